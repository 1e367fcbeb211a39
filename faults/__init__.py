"""Faults: Soundings run as real processes between fake providers while everything that can break does, and held to its promises."""
