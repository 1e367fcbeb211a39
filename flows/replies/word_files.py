"""Reads the files of words: YAML 1.2, by a reader in Rust, for there is a megabyte of it to be read before the first reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# It has these names, and does not say so to mypy.
from ryaml import InvalidYamlError, loads  # type: ignore[attr-defined]

WORDS = Path(__file__).parent / "words"


def document(path: Path) -> Any:
    """What a file holds. Raises `NotYaml` with the line."""
    return loads(path.read_text("utf-8"))


NotYaml: type[ValueError] = InvalidYamlError

__all__ = ["WORDS", "NotYaml", "document"]
