"""Measurements: each ratio has its two sides in one run, and every count is asserted. `make bench` runs all of them."""
