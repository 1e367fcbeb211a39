"""Whether an expression can be compiled, told at the place where it is written."""

from __future__ import annotations


def complaint(source: str) -> tuple[str, str] | None:
    """(message, fix) about an expression that cannot be used; None for one that can."""
    del source
    return None
