"""Reading flows: a file in, a `Flow` out, or a `FlowError` with the line and the mending of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
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

#: How many flows deep calls may go.
MAX_CALLS = 5


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is being read at this moment: each flow called by the one before it, and those that were read on the way."""

    ring: tuple[str, ...] = ()
    found: dict[str, Flow] = field(default_factory=dict)


_reading: ContextVar[_Reading | None] = ContextVar("the flows being read", default=None)


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
    find = resolve or (lambda called: library_flow(called, catalogue=catalogue))
    flow = read_flow(draft, root, _guarded(draft, find, _reading.get() or _Reading()))
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


def _guarded(draft: Draft, resolve: Resolve, reading: _Reading) -> Resolve:
    """`resolve`, reading each flow once and refusing one that is being read already: one that it calls, calls it."""

    def find(called: str) -> Flow:
        ring = (*reading.ring, draft.name)
        if called in ring:
            way = " calls ".join((*ring[ring.index(called) :], called))
            raise _refused(called, "call-recursion", f"{way}: such a conversation would never end.")
        if len(ring) > MAX_CALLS:
            way = " calls ".join((*ring, called))
            raise _refused(called, "call-recursion", f"{way}: calls go more than {MAX_CALLS} flows deep.")
        if called not in reading.found:
            with _within(_Reading(ring, reading.found)):
                reading.found[called] = resolve(called)
        return reading.found[called]

    return find


def _refused(name: str, code: str, message: str) -> FlowError:
    return FlowError(name, [Problem(code, 0, 0, message, "Take one of these calls out.")])


@contextmanager
def _within(reading: _Reading) -> Iterator[None]:
    token = _reading.set(reading)
    try:
        yield
    finally:
        _reading.reset(token)
