"""A reply to a question of a flow that stands beside its test."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.loader import load
from flows.replies import Reading, ReplyContext, understand

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(source: str, state: str, language: str, reply: str) -> Reading:
    """What `reply`, in `language`, means to the question `state` of the flow whose text is `source`."""
    flow = load(source)
    question = flow.states[state].ask
    assert question is not None
    return understand(question, reply, ReplyContext(language, flow.languages, _NOW))


def meaning(source: str, state: str, language: str, reply: str) -> object:
    """The value of an answer, or else the command or the outcome that `read` gives."""
    found = read(source, state, language, reply)
    return found.value if found.outcome == "answered" else found.command or found.outcome
