"""Providers on loopback: real HTTP servers that refuse what the real ones would."""
