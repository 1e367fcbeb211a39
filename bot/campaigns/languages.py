"""Whether a flow speaks a reader's language in every text, and what they would read where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.definition import Flow, Question, State, Text
from flows.texts import nearest

#: Tags that name one language, or one that is written alike.
_SAME = frozenset({("tl", "fil"), ("fil", "tl"), ("yue", "zh")})


@dataclass(frozen=True, slots=True)
class Missing:
    """`missing` of a flow's `texts` are not there in `language`; its readers get `instead`."""

    language: str
    missing: int
    texts: int
    instead: str


def missing_texts(flow: Flow, languages: Iterable[str]) -> tuple[Missing, ...]:
    """Those of `languages` in which the flow, or one that it calls, lacks a text that residents read."""
    texts = list(_texts(flow))
    found = []
    for language in dict.fromkeys(languages):
        lacking = [instead for text in texts if (instead := _instead(text, language, flow.languages[0])) is not None]
        if lacking:
            found.append(Missing(language, len(lacking), len(texts), max(set(lacking), key=lacking.count)))
    return tuple(found)


def _instead(text: Text, language: str, fallback: str) -> str | None:
    """The language in which a reader gets this text, None where it is their own."""
    tag = nearest(text, language, fallback)
    if tag is None:
        return None
    base, wanted = tag.split("_")[0], language.split("_")[0]
    return None if base == wanted or (wanted, base) in _SAME else tag


def _texts(flow: Flow) -> Iterator[Text]:
    for one in (flow, *flow.calls.values()):
        for state in one.states.values():
            yield from _state_texts(state)


def _state_texts(state: State) -> Iterator[Text]:
    for text in (state.say, state.otherwise):
        if text:
            yield text
    if state.ask is not None:
        yield from _question_texts(state.ask)


def _question_texts(question: Question) -> Iterator[Text]:
    yield question.text
    yield from (option.label for option in question.options)
    yield from question.labels.values()
    yield from (text for text in (question.unit, question.invalid) if text)
