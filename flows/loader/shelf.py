"""The library of ready flows that comes with the program, and where a flow that is called is looked for."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_SUFFIX = ".yaml"
_TRANSCRIPTS = ".test.yaml"


def _shelf() -> Traversable:
    return files("flows") / "library"


def library_names() -> tuple[str, ...]:
    """The names of the library's flows, in alphabetical order."""
    names = (entry.name for entry in _shelf().iterdir())
    return tuple(
        sorted(
            name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX) and not name.endswith(_TRANSCRIPTS)
        )
    )


def library_source(name: str) -> bytes:
    """The file of a library flow. Raises KeyError(name, all names) where there is none."""
    names = library_names()
    if name not in names:
        raise KeyError(name, names)
    return (_shelf() / f"{name}{_SUFFIX}").read_bytes()


def library_transcripts(name: str) -> bytes | None:
    """The transcripts that come with a library flow, or None."""
    entry = _shelf() / f"{name}{_TRANSCRIPTS}"
    return entry.read_bytes() if entry.is_file() else None


def beside(path: Path, name: str) -> Path | None:
    """The file of the flow `name` in the directory of another flow's file, or None."""
    for suffix in (_SUFFIX, ".yml"):
        candidate = path.parent / f"{name}{suffix}"
        if candidate.is_file():
            return candidate
    return None
