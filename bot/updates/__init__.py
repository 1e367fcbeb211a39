"""Reporting back: results and news turned into messages to those who spoke."""
