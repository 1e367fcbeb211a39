"""What a drawing says: each state in a few lines, and each way between them in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from flows.definition import Flow, Question, State, Text
from flows.durations import in_words
from flows.paths import Way, ways_from
from flows.texts import sample

Shape = Literal["question", "say", "call", "split", "person", "end", "step"]

_KINDS = {
    "choice": "one of these",
    "choices": "any of these",
    "yesno": "yes or no",
    "number": "a number",
    "scale": "a scale",
    "date": "a day",
    "time": "a time",
    "text": "in their own words",
    "phone": "a phone number",
    "postal_code": "a postal code",
    "email": "an email address",
    "photo": "a photo",
    "location": "a place",
}
_OUTCOMES = {"completed": "Completed", "screened_out": "Screened out", "declined": "Declined"}


@dataclass(frozen=True, slots=True)
class Box:
    """A state as it is drawn: its name with its kind, what it says, and what it does besides."""

    name: str
    shape: Shape
    kind: str
    said: tuple[str, ...]
    options: tuple[str, ...]
    notes: tuple[str, ...]
    start: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """All ways from one state to another, drawn as one; `waits`: time or failed tries lead there, not an answer."""

    start: str
    end: str
    words: tuple[str, ...]
    waits: bool


def boxes(flow: Flow, language: str) -> list[Box]:
    """The states of a flow, in their order."""
    return [_box(flow, state, language) for state in flow.states.values()]


def _box(flow: Flow, state: State, language: str) -> Box:
    question = state.ask
    texts = [text for text in (state.say, question.text if question else None) if text is not None]
    return Box(
        name=state.name,
        shape=_shape(state),
        kind=_kind(flow, state, language),
        said=tuple(said for text in texts if (said := _in(text, language).replace("{options}", "").strip())),
        options=_options(question, language) if question is not None else (),
        notes=tuple(_notes(state, language)),
        start=state.name == flow.start,
    )


def _shape(state: State) -> Shape:
    if state.ask is not None:
        return "question"
    if state.end is not None:
        return "end"
    if state.call is not None:
        return "call"
    if state.split:
        return "split"
    if state.hand_over or (state.notify is not None and state.say is None):
        return "person"
    return "say" if state.say is not None else "step"


def _kind(flow: Flow, state: State, language: str) -> str:
    question = state.ask
    if question is not None:
        unit = f" of {_in(question.unit, language)}" if question.unit else ""
        asked = _KINDS[question.kind] + unit + _bounds(question)
        return asked + (", may be skipped" if question.optional else "")
    if state.end is not None:
        return _OUTCOMES[state.end]
    if state.call is not None:
        called = flow.calls.get(state.call)
        return f"goes through {_in(called.title, language) if called is not None else state.call}"
    return "by chance" if state.split else ""


def _bounds(question: Question) -> str:
    low, high = question.minimum, question.maximum
    if low is None and high is None:
        return ""
    if low is None:
        return f" up to {_bound(high)}"
    return f" from {_bound(low)}" if high is None else f" from {_bound(low)} to {_bound(high)}"


def _bound(bound: float | str | None) -> str:
    if isinstance(bound, str):
        return "today" if bound == "+0d" else bound
    return f"{bound:g}" if bound is not None else ""


def _options(question: Question, language: str) -> tuple[str, ...]:
    lines = [f"{number} {_in(option.label, language)}" for number, option in enumerate(question.options, 1)]
    if question.other:
        lines.append(f"{len(lines) + 1} Something else")
    return (*lines, *(f"{point} {_in(label, language)}" for point, label in sorted(question.labels.items())))


def _notes(state: State, language: str) -> list[str]:
    notes = [f"keeps {name}" for name in state.set]
    notes += [f"tags {', '.join(state.tags_add)}"] if state.tags_add else []
    notes += [f"takes off {', '.join(state.tags_remove)}"] if state.tags_remove else []
    notes += [f"subscribes to {state.subscribe}"] if state.subscribe else []
    notes += [f"unsubscribes from {state.unsubscribe}"] if state.unsubscribe else []
    notes += [f"tells coordinators: {_in(state.notify, language)}"] if state.notify is not None else []
    notes += ["a person answers from here"] if state.hand_over else []
    if state.ask is not None and state.ask.skip_if is not None:
        notes.append(f"not asked if {_in_words(state.ask.skip_if.source, None, language)}")
    notes += ["kept apart (sensitive)"] if state.ask is not None and state.ask.sensitive else []
    return notes


def arrows(flow: Flow, language: str) -> list[Arrow]:
    """The ways of a flow, those between the same two states together."""
    drawn: dict[tuple[str, str], list[Way]] = {}
    for state in flow.states.values():
        for way in ways_from(state):
            if way.end in flow.states:
                drawn.setdefault((way.start, way.end), []).append(way)
    found: list[Arrow] = []
    for (start, end), ways in drawn.items():
        words = dict.fromkeys(way_in_words(flow, way, language) for way in ways)
        if len(words) > 1 and "" in words:
            words = dict.fromkeys(word or "then" for word in words)
        waits = all(way.because in ("give_up", "timeout") for way in ways)
        found.append(Arrow(start, end, tuple(word for word in words if word), waits))
    return found


def way_in_words(flow: Flow, way: Way, language: str) -> str:
    """When a way is taken: "Housing", "4 or more", "otherwise", "no answer after 2 days"; "" for the only way."""
    state = flow.states[way.start]
    if way.because == "rule":
        return _in_words(way.word, state.ask, language, flow)
    if way.because == "branch":
        total = sum(weight for _, weight in state.split) or 1
        share = dict(state.split).get(way.word, 0) / total
        return f"{way.word}: {share:.0%}"
    if way.because == "give_up":
        tries = state.ask.tries if state.ask is not None else 3
        return f"not understood {tries} times" if tries > 1 else "not understood"
    if way.because == "timeout" and state.timeout is not None:
        return f"no answer after {in_words(state.timeout.after)}"
    return "otherwise" if way.last else ""


_PATH = r"(?P<path>answer|(?:answers|participant|community|campaign)(?:\.\w+)+|visits)"
_COMPARISON = re.compile(
    rf"{_PATH}\s*(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>\"[^\"]*\"|'[^']*'|-?\d+(?:\.\d+)?|true|false|null)"
)
_KNOWN = re.compile(rf"(?P<no>!?)\s*has\(\s*{_PATH}\s*\)")
_AMONG = re.compile(rf"(?P<value>\"[^\"]*\"|'[^']*')\s+in\s+{_PATH}")
_VISITS = {"==": "on", "!=": "not on", "<": "before", ">": "after", "<=": "up to", ">=": "from"}
_SIGNS = {"==": "", "!=": "not ", "<": "under ", ">": "over ", "<=": "up to ", ">=": "from "}


def _in_words(source: str, asked: Question | None, language: str, flow: Flow | None = None) -> str:
    """A condition as a coordinator would say it; what is too involved for that stays as it is written."""
    source = source.strip()
    for sign, word in (("||", " or "), ("&&", " and ")):
        parts = _parts(source, sign)
        if len(parts) > 1:
            return word.join(_in_words(part, asked, language, flow) for part in parts)
    known = _KNOWN.fullmatch(source)
    if known:
        return _comparison(known["path"], "==" if known["no"] else "!=", "null", asked, language, flow)
    found = _COMPARISON.fullmatch(source)
    if found:
        return _comparison(found["path"], found["sign"], found["value"], asked, language, flow)
    found = _AMONG.fullmatch(source)
    if found:
        question = _question(found["path"], asked, flow)
        return f"{_about(found['path'])}{_value(found['value'], question, language)} among them"
    return source


def _parts(source: str, sign: str) -> list[str]:
    """The parts of an expression that `sign` joins, outside of its texts and brackets."""
    parts, start, depth, quote, at = [], 0, 0, "", 0
    while at < len(source):
        letter = source[at]
        if quote:
            at += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif not depth and source.startswith(sign, at):
            parts.append(source[start:at])
            start = at + len(sign)
            at += 1
        at += 1
    return [*parts, source[start:]]


def _comparison(path: str, sign: str, value: str, asked: Question | None, language: str, flow: Flow | None) -> str:
    about = _about(path)
    if value == "null":
        subject = about.rstrip(": ") or "an answer"
        known = sign == "!="
        if path == "answer":
            return "answered" if known else "skipped"
        if path.startswith("answers."):
            return f"{subject} {'answered' if known else 'not answered'}"
        return f"{subject} is known" if known else f"{subject} is not known"
    said = _value(value, _question(path, asked, flow), language)
    if path == "visits":
        return f"{_VISITS[sign]} visit {said}"
    return f"{about}{_SIGNS[sign]}{said}"


def _about(path: str) -> str:
    if path in ("answer", "visits"):
        return ""
    return path.partition(".")[2].replace(".", " ").replace("_", " ") + ": "


def _question(path: str, asked: Question | None, flow: Flow | None) -> Question | None:
    if path == "answer":
        return asked
    save = path.removeprefix("answers.")
    questions = [state.ask for state in flow.questions if state.ask is not None] if flow is not None else []
    return next((question for question in questions if question.save == save), None)


def _value(value: str, question: Question | None, language: str) -> str:
    bare = value[1:-1] if value[:1] in "\"'" else value
    if bare in ("true", "false") and (question is None or question.kind == "yesno"):
        return "yes" if bare == "true" else "no"
    for option in question.options if question is not None else ():
        if option.key == bare:
            return _in(option.label, language)
    return "something else" if bare == "other" and question is not None else bare


def _in(text: Text, language: str) -> str:
    """A text with its placeholders as they are written, its plurals and dates by way of example."""
    return sample(text, language, fallback=language, words=lambda found: f"{{{found.name}}}")
