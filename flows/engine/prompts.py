"""How a question is asked: its text, its numbered options or the ends of its scale, its buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from flows.context import Context
from flows.definition import Flow, Question, State, Text
from flows.effects import Button
from flows.engine.speech import label_of, phrase, plain_number, say, side_by_side, speak, with_blanks
from flows.engine.walk import Walk
from flows.phrases import PHRASES
from flows.run import Run
from flows.texts import nearest, placeholders

#: A button's words are cut off by phones beyond about this many characters; then the list is written out instead.
_BUTTON_WORDS: Final = 30
_MOST_BUTTONS: Final = 12
#: A list of options longer than this, in characters, is not sent again with every re-prompt.
LONG_LIST: Final = 120

_NUMBER = re.compile(r"\d+")
#: (question, language, buttons shown) -> the phrases and question it was made from, and the prompt.
_made: dict[tuple[int, str, bool, bool], tuple[Question, Mapping[str, Text], str, tuple[str, tuple[Button, ...]]]] = {}
_MOST_MADE: Final = 4096


def ask(walk: Walk, state: State, kind: str = "prompt") -> None:
    """Says the prompt of the state's question."""
    text, buttons = prompt(walk, state)
    say(walk, text, kind, buttons)


def prompt(walk: Walk, state: State) -> tuple[str, tuple[Button, ...]]:
    """The prompt of the state's question, and its buttons where the channel shows them."""
    question = state.ask
    if question is None:
        return "", ()
    shown = walk.context.buttons
    key = (id(question), walk.language, shown, bool(state.with_values))
    made = _made.get(key)
    phrases = walk.context.phrases
    if made is not None and made[0] is question and made[1] is phrases and made[2] == walk.root.languages[0]:
        return made[3]
    fallback = walk.root.languages[0]
    pattern = _pattern(question.text, walk.language, fallback)
    names = placeholders(pattern) if "{" in pattern else frozenset[str]()
    lines = "\n".join(option_lines(question, walk.language, phrases, fallback)) if "options" in names else ""
    text = with_blanks(walk, state, question.text, {"options": lines})
    buttons = buttons_of(walk, question) if shown else ()
    if "options" not in names and not _say_it_all(question, buttons):
        text = written_out(question, text, walk.language, phrases, fallback)
    if names <= {"options"}:
        if len(_made) >= _MOST_MADE:
            _made.clear()
        _made[key] = (question, phrases, fallback, (text, buttons))
    return text, buttons


def prompt_text(flow: Flow, state: State, language: str, context: Context | None = None) -> str:
    """The prompt of a state as a resident would read it, for whoever looks at a flow without a run."""
    run = Run(flow=flow.name, seed=0, language=language, state=state.name)
    walk = Walk(flow, run, context or Context(), datetime(2000, 1, 1, tzinfo=UTC))
    return prompt(walk, state)[0]


def _pattern(text: Text, language: str, fallback: str) -> str:
    chosen = nearest(text, language, fallback)
    return text[chosen] if chosen is not None else ""


def written_out(question: Question, text: str, language: str, phrases: Mapping[str, Text], fallback: str) -> str:
    """The text of a question followed by what there is to choose from: the options, the ends or points of a scale."""
    lines = option_lines(question, language, phrases, fallback)
    if question.kind != "scale" or question.minimum is None or question.maximum is None:
        return "\n".join([text, *lines])
    low, high = whole(question.minimum), whole(question.maximum)
    ends = "" if _mentions(text, low, high) else _scale_ends(question, low, high, language, phrases, fallback)
    if set(question.labels) <= {low, high}:
        return side_by_side(text, ends)
    return "\n".join(part for part in (text, ends, *lines) if part)


def whole(bound: float | str) -> int:
    """A scale's end as the integer that it is."""
    return int(float(bound))


def _mentions(text: str, low: int, high: int) -> bool:
    return {low, high} <= {int(found) for found in _NUMBER.findall(text)}


def _scale_ends(
    question: Question, low: int, high: int, language: str, phrases: Mapping[str, Text], fallback: str
) -> str:
    """ "Reply 1 (not at all) to 5 (very)." """
    ends = {"low": str(low), "high": str(high)}
    if set(question.labels) != {low, high}:
        return phrase(phrases, language, "scale_range", ends)
    for name, point in (("low_label", low), ("high_label", high)):
        ends[name] = label_of(question.labels[point], language, fallback)
    return phrase(phrases, language, "scale_ends", ends)


def option_lines(question: Question, language: str, phrases: Mapping[str, Text], fallback: str) -> list[str]:
    """The numbered options of a choice, "Something else" last; of a scale, the points that have words."""
    if question.kind == "scale":
        points = sorted(question.labels.items())
        return [numbered(point, label_of(label, language, fallback), language, phrases) for point, label in points]
    labels = [label_of(option.label, language, fallback) for option in question.options]
    if question.other and "other" not in (option.key for option in question.options):
        labels.append(phrase(phrases, language, "something_else"))
    return [numbered(number, label, language, phrases) for number, label in enumerate(labels, 1)]


def numbered(number: int, label: str, language: str, phrases: Mapping[str, Text]) -> str:
    """ "1 Housing" """
    translated = phrases.get("option_line")
    if translated is None or translated.get(language) == PHRASES["option_line"]:
        return f"{number} {label}"
    return phrase(phrases, language, "option_line", {"number": str(number), "label": label})


def option_keys(question: Question) -> list[str]:
    """The keys of a choice in the order of their numbers, "other" last where it is offered."""
    keys = [option.key for option in question.options]
    return [*keys, "other"] if question.other and "other" not in keys else keys


def buttons_of(walk: Walk, question: Question) -> tuple[Button, ...]:
    """The buttons that answer the question with one tap; none where a tap could not."""
    language, fallback = walk.language, walk.root.languages[0]
    buttons: list[Button] = []
    if question.kind == "yesno":
        buttons = [Button("yes", speak(walk, "yes")), Button("no", speak(walk, "no"))]
    elif question.kind == "scale" and question.minimum is not None and question.maximum is not None:
        points = range(whole(question.minimum), whole(question.maximum) + 1)
        buttons = [Button(str(point), str(point)) for point in points[: _MOST_BUTTONS + 1]]
    elif question.kind == "choice":
        labels = [label_of(option.label, language, fallback) for option in question.options]
        labels.append(speak(walk, "something_else"))
        keys = option_keys(question)
        if any(len(label) > _BUTTON_WORDS for label in labels[: len(keys)]):
            labels = [str(number) for number in range(1, len(keys) + 1)]
        buttons = [Button(key, label) for key, label in zip(keys, labels, strict=False)]
    if not buttons or len(buttons) > _MOST_BUTTONS:
        return ()
    if question.optional and "skip" not in option_keys(question):
        buttons.append(Button("skip", speak(walk, "skip")))
    return tuple(buttons)


def _say_it_all(question: Question, buttons: tuple[Button, ...]) -> bool:
    """Whether the buttons show every option in its own words, so that no list is needed beside them."""
    return question.kind == "choice" and bool(buttons) and not buttons[0].label.isdigit()


def shown_number(value: float | str) -> str:
    """A bound of a question as a re-prompt shows it."""
    return plain_number(float(value))
