"""Re-prompts: what is expected, and the way out."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from flows.definition import Question, State
from flows.engine.prompts import LONG_LIST, option_keys, option_lines, shown_number, whole
from flows.engine.speech import label_of, side_by_side, speak, state_text
from flows.engine.timers import zone_of
from flows.engine.walk import Walk

_OFFSET = re.compile(r"([+-]?)\s*(\d{1,5})\s*([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
#: How far ahead the day lies that a re-prompt gives as an example.
_AHEAD = timedelta(days=10)


def hint(walk: Walk, state: State, reason: str = "", *, words_only: bool = False) -> str:
    """The re-prompt after a reply that was not understood: the flow's own words, or what is expected here."""
    question = state.ask
    if question is None:
        return ""
    if question.invalid is not None:
        own = state_text(walk, state, question.invalid)
        if own:
            return own
    parts = _expected(walk, question, reason)
    if words_only:
        # Where words are what is expected, that says it all.
        parts = [speak(walk, "words_only"), *(parts if question.kind != "text" else [])]
    way_out = [speak(walk, "skip_passes")] if question.optional else []
    text = side_by_side(*parts)
    return "\n".join([text, *way_out]) if "\n" in text else side_by_side(text, *way_out)


def no_skipping(walk: Walk, state: State) -> str:
    """The re-prompt for somebody who passes a question that needs an answer."""
    needed = speak(walk, "no_skipping")
    return side_by_side(needed, hint(walk, state))


def _expected(walk: Walk, question: Question, reason: str) -> list[str]:
    kind = question.kind
    if kind in ("choice", "choices"):
        return [_choices(walk, question, reason)]
    if kind == "scale":
        return _scale(walk, question)
    if kind == "number":
        return _number(walk, question)
    if kind == "date":
        return _date(walk, question)
    if kind == "text" and reason == "too_long" and question.max_length:
        return [speak(walk, "hint_text_most", most=question.max_length)]
    return [speak(walk, f"hint_{kind}")]


def _choices(walk: Walk, question: Question, reason: str) -> str:
    if reason == "too_few" and question.least:
        return speak(walk, "hint_choices_least", least=question.least)
    if reason == "too_many" and question.most:
        return speak(walk, "hint_choices_most", most=question.most)
    key = "hint_choice" if question.kind == "choice" else "hint_choices"
    lines = "\n".join(option_lines(question, walk.language, walk.context.phrases, walk.root.languages[0]))
    if len(lines) > LONG_LIST:
        return speak(walk, f"{key}_range", last=str(len(option_keys(question))))
    return speak(walk, key, options=lines)


def _scale(walk: Walk, question: Question) -> list[str]:
    low, high = whole(question.minimum or 0), whole(question.maximum or 0)
    parts = [speak(walk, "hint_scale", low=str(low), high=str(high))]
    if low in question.labels and high in question.labels:
        words = [label_of(question.labels[point], walk.language, walk.root.languages[0]) for point in (low, high)]
        ends = {"low": str(low), "low_label": words[0], "high": str(high), "high_label": words[1]}
        parts.append(speak(walk, "hint_scale_ends", **ends))
    return parts


def _number(walk: Walk, question: Question) -> list[str]:
    bounds = {"low": question.minimum, "high": question.maximum}
    shown = {name: shown_number(bound) for name, bound in bounds.items() if bound is not None}
    key = {(): "", ("low",): "_least", ("high",): "_most", ("low", "high"): "_range"}[tuple(shown)]
    parts = [speak(walk, f"hint_number{key}", **shown)]
    if question.integer:
        parts.append(speak(walk, "hint_whole"))
    if question.unit is not None:
        unit = label_of(question.unit, walk.language, walk.root.languages[0])
        parts.append(speak(walk, "hint_unit", unit=unit))
    return parts


def _date(walk: Walk, question: Question) -> list[str]:
    today = walk.now.astimezone(zone_of(walk.context.zone)).date()
    bounds = {"low": _day(question.minimum, today), "high": _day(question.maximum, today)}
    shown = {name: day for name, day in bounds.items() if day is not None}
    example = min(max(today + _AHEAD, shown.get("low", date.min)), shown.get("high", date.max))
    parts = [speak(walk, "hint_date", example=example)]
    if shown:
        key = {("low",): "least", ("high",): "most", ("low", "high"): "range"}[tuple(shown)]
        parts.append(speak(walk, f"hint_date_{key}", **shown))
    return parts


def _day(bound: float | str | None, today: date) -> date | None:
    """A bound of a date question: an ISO date, or days, weeks, months or years from today (`+30d`)."""
    if not isinstance(bound, str):
        return None
    found = _OFFSET.fullmatch(bound.strip())
    try:
        if found:
            days = int(found[2]) * _DAYS[found[3]]
            return today + timedelta(days=-days if found[1] == "-" else days)
        return today if bound.strip() in ("today", "now") else datetime.fromisoformat(bound).date()
    except (ValueError, OverflowError):
        return None
