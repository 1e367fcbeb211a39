"""Tests, and the providers that they run against."""
