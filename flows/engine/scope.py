"""What expressions see: the answers of the flow that is on top, the participant as this step has left them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flows.effects import Value
from flows.engine.walk import Walk


class Scope(Mapping[str, object]):
    """The names of `flows.conditions.NAMES` as they stand in the state that the walk is in, each made when it is read.

    `answer` is the answer of the state's own question, and in a state without one, that of the question asked last.
    """

    __slots__ = ("_walk",)

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def __getitem__(self, name: str) -> object:
        return _NAMED[name](self._walk)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMED)

    def __len__(self) -> int:
        return len(_NAMED)


def _answer_key(walk: Walk) -> str:
    state = walk.open_state
    if state.ask is not None or not walk.asked:
        return walk.question_key(state)
    flow, name, *callers = walk.asked[-1]
    asked_in = walk.flow_named(flow)
    asked = asked_in.states.get(name) if asked_in else None
    save = asked.ask.save if asked is not None and asked.ask is not None else ""
    return ".".join([*callers[1::2], save or name])


def answers_of(walk: Walk) -> Mapping[str, object]:
    """The answers by the names that the flow on top gives them, those of a flow that it called nested beneath."""
    answers = walk.answers
    if not walk.stack and not any("." in name for name in answers):
        return answers
    start = walk.path("")
    nested: dict[str, object] = {}
    for name, value in answers.items():
        if name.startswith(start):
            _put(nested, name[len(start) :].split("."), value)
    return nested


def _put(nested: dict[str, object], path: list[str], value: Value) -> None:
    for name in path[:-1]:
        inner = nested.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        nested = inner
    nested[path[-1]] = value


def participant_of(walk: Walk) -> Mapping[str, object]:
    """The participant with the attributes and tags that this step has changed."""
    participant = dict(walk.context.participant)
    participant.update(walk.attributes)
    participant["language"] = walk.language
    if walk.tags is not None:
        participant["tags"] = list(walk.tags)
    return participant


_NAMED: dict[str, Callable[[Walk], object]] = {
    "answer": lambda walk: walk.answers.get(_answer_key(walk)),
    "answers": answers_of,
    "participant": participant_of,
    "community": lambda walk: dict(walk.context.community),
    "campaign": lambda walk: dict(walk.context.campaign),
    "visits": lambda walk: walk.visits.get(walk.path(walk.state), 0),
}
