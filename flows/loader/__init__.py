"""Reading flows: a file in, a `Flow` out, or a `FlowError` with the line and the mending of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from flows.definition import Flow
from flows.errors import FlowError, Problem
from flows.loader import shelf
from flows.loader.draft import Catalogue, Draft
from flows.loader.frozen import fingerprint, freeze, thaw
from flows.loader.shelf import library_names, library_source, library_transcripts
from flows.loader.source import MAX_BYTES, SourceError, parse
from flows.loader.whole import Resolve, read_flow

__all__ = [
    "Catalogue",
    "FlowError",
    "Problem",
    "Resolve",
    "fingerprint",
    "freeze",
    "library_flow",
    "library_names",
    "library_source",
    "library_transcripts",
    "load",
    "load_file",
    "load_library",
    "thaw",
]

#: The flows that are being read at this moment, each called by the one before it.
_reading: ContextVar[tuple[str, ...]] = ContextVar("flows being read", default=())


def load(
    source: str | bytes, *, name: str = "<flow>", resolve: Resolve | None = None, catalogue: Catalogue | None = None
) -> Flow:
    """The flow in a YAML file's text.

    `name` stands in messages until the file has said its own. `resolve` finds the flows that it calls (by default in
    the library): KeyError where there is none. `catalogue` translates texts that are written in one language.
    Raises FlowError with every problem of the file, sorted by line; flows that call each other in a ring are one.
    """
    draft = Draft(name, catalogue)
    try:
        root = parse(source)
    except SourceError as error:
        raise FlowError(name, [error.problem]) from error
    flow = read_flow(
        draft, root, _guarded(draft, resolve or (lambda called: library_flow(called, catalogue=catalogue)))
    )
    if draft.problems:
        raise FlowError(name if name != "<flow>" else draft.name, draft.problems)
    return replace(flow, source=source.decode("utf-8-sig") if isinstance(source, bytes) else source)


def load_file(path: Path | str, *, resolve: Resolve | None = None, catalogue: Catalogue | None = None) -> Flow:
    """The flow in a file. What it calls is looked for in files beside it, then by `resolve` (by default the library)."""
    path = Path(path)
    further = resolve or (lambda called: library_flow(called, catalogue=catalogue))

    def find(called: str) -> Flow:
        neighbour = shelf.beside(path, called)
        if neighbour is not None:
            return load_file(neighbour, resolve=resolve, catalogue=catalogue)
        return further(called)

    return load(_read(path), name=path.name, resolve=find, catalogue=catalogue)


def library_flow(name: str, *, catalogue: Catalogue | None = None) -> Flow:
    """A flow of the library. Raises KeyError(name, all names) where there is none."""
    return load(shelf.library_source(name), name=name, catalogue=catalogue)


def load_library(*, catalogue: Catalogue | None = None) -> Mapping[str, Flow]:
    """Every flow of the library, by name."""
    return {name: library_flow(name, catalogue=catalogue) for name in shelf.library_names()}


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES * 64)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        problem = Problem("unreadable-file", 0, 0, f"{path} cannot be read: {reason}.", "Check its name and place.")
        raise FlowError(str(path), [problem]) from error


def _guarded(draft: Draft, resolve: Resolve) -> Resolve:
    """`resolve`, refusing a flow that is being read already: one that it calls, calls it."""

    def find(called: str) -> Flow:
        ring = (*_reading.get(), draft.name)
        if called in ring:
            way = " calls ".join((*ring[ring.index(called) :], called))
            message = f"{way}: such a conversation would never end."
            problem = Problem("call-recursion", 0, 0, message, "Take one of these calls out.")
            raise FlowError(called, [problem])
        with _within(ring):
            return resolve(called)

    return find


@contextmanager
def _within(ring: tuple[str, ...]) -> Iterator[None]:
    token = _reading.set(ring)
    try:
        yield
    finally:
        _reading.reset(token)
