"""Putting things into words: the engine's own phrases, a flow's texts, and values as a resident would say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress

from flows import conditions
from flows.definition import Expression, Flow, Question, State, Text
from flows.effects import Button, Say, Value
from flows.engine.scope import Scope, answers_of, participant_of
from flows.engine.walk import Walk
from flows.errors import FlowsError, MissingValue
from flows.phrases import LANGUAGE_NAMES, PHRASES
from flows.texts import render

#: What may go wrong in a text: a value is missing, or a translator's pattern cannot be read.
_FAULTS = (FlowsError, ValueError, RuntimeError)
#: Ends of sentences that are as wide as a letter, so that no space follows.
_WIDE_ENDS = frozenset("。？！；：）」』")
#: How much of an open answer is said back.
_SAID_BACK = 60
#: How often a text is tried again with one more value left out.
_MOST_BLANKS = 60


def phrase(phrases: Mapping[str, Text], language: str, key: str, values: Mapping[str, object] | None = None) -> str:
    """One of the engine's own phrases in the language, or in English where its translation is missing or broken."""
    english = PHRASES[key]
    translated = phrases.get(key)
    if translated is not None:
        with suppress(*_FAULTS):
            text = translated if "en" in translated else {**translated, "en": english}
            said = render(text, language, values or {}, fallback="en")
            if said:
                return said
    return render({"en": english}, language, values or {}, fallback="en")


def speak(walk: Walk, key: str, **values: object) -> str:
    """A phrase in the language of the run."""
    return phrase(walk.context.phrases, walk.language, key, values)


def side_by_side(*sentences: str) -> str:
    """Sentences after each other, with a space between but where the script has none: "好的。请回答。"."""
    joined = ""
    for sentence in sentences:
        between = " " if joined and sentence and joined[-1] not in _WIDE_ENDS else ""
        joined += between + sentence
    return joined


def say(walk: Walk, text: str, kind: str = "say", buttons: tuple[Button, ...] = ()) -> None:
    """Wants `text` sent; a prompt of any kind carries the visit that it belongs to."""
    if not text:
        return
    if kind == "say":
        walk.effects.append(Say(text, "say", (), 0, walk.language))
    elif kind == "prompt":
        walk.effects.append(Say(text, "prompt", buttons, walk.visit, walk.language))
    elif kind == "reprompt":
        walk.effects.append(Say(text, "reprompt", buttons, walk.visit, walk.language))
    else:
        walk.effects.append(Say(text, "reminder", buttons, walk.visit, walk.language))


class Placeholders(Mapping[str, object]):
    """What the placeholders of a state's texts stand for, looked up only when one is met.

    First the state's `with`; then `participant.X`, `community.X`, `campaign.X` and `answers.X` in full; `community`
    and `campaign` alone are their names, `visits` counts those of the state; any other name is a field of the
    participant, community or campaign, and `name` the participant's alone. Nothing written is no value.
    """

    __slots__ = ("_given", "_walk", "_with")

    def __init__(self, walk: Walk, with_values: Mapping[str, Expression], given: Mapping[str, object]) -> None:
        self._walk = walk
        self._with = with_values
        self._given = given

    def __getitem__(self, name: str) -> object:
        if name in self._given:
            return self._given[name]
        if name in self._with:
            try:
                return conditions.compiled(self._with[name].source).value(Scope(self._walk))
            except FlowsError:
                raise KeyError(name) from None
        context = self._walk.context
        head, dot, rest = name.partition(".")
        if dot:
            return _step_by_step(self._field(head), rest)
        if name in ("community", "campaign"):
            return (context.community if name == "community" else context.campaign)["name"]
        if name == "visits":
            return self._walk.visits.get(self._walk.path(self._walk.state), 0)
        others = () if name == "name" else (context.community, context.campaign)
        for fields in (participant_of(self._walk), *others):
            if fields.get(name) not in (None, ""):
                return fields[name]
        raise KeyError(name)

    def _field(self, head: str) -> object:
        if head == "answers":
            return answers_of(self._walk)
        if head == "participant":
            return participant_of(self._walk)
        return {"community": self._walk.context.community, "campaign": self._walk.context.campaign}[head]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._walk.context.campaign, **self._walk.context.community, **self._with, **self._given})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _step_by_step(value: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(value, Mapping):
            raise KeyError(name)
        value = value[name]
    return value


def state_text(walk: Walk, state: State, text: Text, given: Mapping[str, object] | None = None) -> str | None:
    """A text of the state in the language of the run; its `otherwise` where a value is missing; None without one."""
    values = Placeholders(walk, state.with_values, given or {})
    fallback = walk.root.languages[0]
    for one in (text, state.otherwise):
        if one is not None:
            with suppress(*_FAULTS):
                return render(one, walk.language, values, fallback=fallback)
    return None


def with_blanks(walk: Walk, state: State, text: Text, given: Mapping[str, object] | None = None) -> str:
    """A text that has to be said whatever is missing: what has no value is left out."""
    said = state_text(walk, state, text, given)
    if said is not None:
        return said
    stand_ins = ("", 0, walk.now.date())
    tried: Counter[str] = Counter()
    blanks: dict[str, object] = dict(given or {})
    for _ in range(_MOST_BLANKS):
        try:
            values = Placeholders(walk, state.with_values, blanks)
            return render(text, walk.language, values, fallback=walk.root.languages[0])
        except MissingValue as missing:
            blanks[missing.name] = stand_ins[tried[missing.name] % len(stand_ins)]
            tried[missing.name] += 1
        except _FAULTS:
            break
    return ""


def label_of(label: Text, language: str, fallback: str) -> str:
    """An option's or point's own words."""
    with suppress(*_FAULTS):
        return render(label, language, {}, fallback=fallback)
    return next(iter(label.values()), "")


def in_words(walk: Walk, question: Question, value: Value, other: str | None = None) -> str:
    """An answer as the resident would say it: "Housing and Food", "December 4, 2026", "3:30 PM", "Yes"."""
    if question.kind in ("choice", "choices"):
        keys = value if isinstance(value, list) else [value]
        words: list[object] = [_option_in_words(walk, question, str(key), other) for key in keys]
        return _formatted(walk.language, "{value}", words if len(words) > 1 else words[0] if words else "")
    if isinstance(value, bool):
        return speak(walk, "yes" if value else "no")
    if question.kind == "date":
        return _formatted(walk.language, "{value, date, long}", value)
    if question.kind == "time":
        return _formatted(walk.language, "{value, time, short}", value)
    if isinstance(value, list):
        return ", ".join(f"{float(one):.5f}".rstrip("0").rstrip(".") for one in value)
    if isinstance(value, int | float):
        unit = label_of(question.unit, walk.language, walk.root.languages[0]) if question.unit else ""
        return f"{plain_number(value)} {unit}".strip()
    said = str(value)
    return said if len(said) <= _SAID_BACK else said[:_SAID_BACK].rsplit(" ", 1)[0] + "..."


def _option_in_words(walk: Walk, question: Question, key: str, other: str | None) -> str:
    for option in question.options:
        if option.key == key:
            return label_of(option.label, walk.language, walk.root.languages[0])
    return other or speak(walk, "something_else")


def _formatted(language: str, pattern: str, value: object) -> str:
    with suppress(*_FAULTS):
        return render({language: pattern}, language, {"value": value}, fallback=language)
    return str(value)


def plain_number(value: float) -> str:
    """A number without a needless `.0`, and without separators that a basic phone cannot show."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def language_name(tag: str) -> str:
    """A language as its own speakers call it."""
    return LANGUAGE_NAMES.get(tag) or LANGUAGE_NAMES.get(tag.split("_")[0], tag)


def language_names(flow: Flow) -> str:
    """The languages of a flow in one line."""
    return ", ".join(language_name(tag) for tag in flow.languages)
