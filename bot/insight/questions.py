"""The questions of a flow as answers name them, those of the flows it calls among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.definition import Flow, Option, Question, Text
from flows.texts import nearest


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a flow by the name that its answers are kept under: `focus`, `about.age`."""

    name: str
    question: Question
    languages: tuple[str, ...]

    def text(self, language: str) -> str:
        """The question's words, placeholders as they are written."""
        return _words(self.question.text, language, self.languages[0])

    def label(self, option: Option, language: str) -> str:
        """An option's words."""
        return _words(option.label, language, self.languages[0])


def asked_in(flow: Flow) -> tuple[Asked, ...]:
    """Every question that a run of `flow` can come to, in the order in which they are written."""
    return tuple(_walk(flow, flow, "", frozenset()))


def _walk(flow: Flow, root: Flow, prefix: str, above: frozenset[str]) -> Iterator[Asked]:
    for state in flow.states.values():
        if state.ask is not None:
            yield Asked(prefix + (state.ask.save or state.name), state.ask, flow.languages)
        elif state.call is not None and state.call not in above:
            called = flow.calls.get(state.call) or root.calls.get(state.call)
            if called is not None:
                yield from _walk(called, root, f"{prefix}{state.name}.", above | {state.call})


def _words(text: Text, language: str, first: str) -> str:
    chosen = nearest(text, language, first)
    return text[chosen] if chosen is not None else ""
