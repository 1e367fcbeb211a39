"""What a careful reader would object to in a flow: `check(flow)` finds it, with a code, a line and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flows import loader
from flows.checks import length, manners, names, options, timing, ways, wording
from flows.checks.review import Review, Said, texts_of
from flows.definition import Flow, Text
from flows.errors import FlowError, Problem, in_order
from flows.loader import Catalogue, Resolve

__all__ = ["Said", "check", "check_file", "check_source", "texts_of"]

_THEMES = (ways, names, wording, length, options, timing, manners)


def check(
    flow: Flow, *, catalogue: Catalogue | None = None, phrases: Mapping[str, Text] | None = None
) -> tuple[Problem, ...]:
    """Every problem of a flow that can be read, by line; errors are to be mended before it is used, warnings thought over.

    `catalogue`: the translations that the flow was loaded with, to be checked too. `phrases`: what the engine says
    by itself, in its translations, which counts towards the length of prompts.
    """
    review = Review(flow, catalogue, phrases or MappingProxyType({}))
    for theme in _THEMES:
        theme.look(review)
    return in_order(review.problems)


def check_source(
    source: str | bytes,
    *,
    name: str = "<flow>",
    resolve: Resolve | None = None,
    catalogue: Catalogue | None = None,
    phrases: Mapping[str, Text] | None = None,
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow in a file's text and its problems; None where it cannot be read, with what keeps it from that."""
    try:
        flow = loader.load(source, name=name, resolve=resolve, catalogue=catalogue)
    except FlowError as error:
        return None, error.problems
    return flow, check(flow, catalogue=catalogue, phrases=phrases)


def check_file(
    path: Path | str,
    *,
    resolve: Resolve | None = None,
    catalogue: Catalogue | None = None,
    phrases: Mapping[str, Text] | None = None,
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow in a file and its problems, as `check_source`."""
    try:
        flow = loader.load_file(path, resolve=resolve, catalogue=catalogue)
    except FlowError as error:
        return None, error.problems
    return flow, check(flow, catalogue=catalogue, phrases=phrases)
