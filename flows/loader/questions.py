"""Reading what a state asks: its kind, and the fields that belong to that kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from flows.definition import Option, Question, QuestionKind, Text
from flows.loader import keys
from flows.loader.draft import LANGUAGE, WHOLE, called
from flows.loader.fields import Fields
from flows.loader.source import Entries, Items, Node, Scalar

MAX_OPTIONS = 50
MAX_WORDS = 40
SCALE_RANGE = (1, 5)

_OFFSET = re.compile(r"[-+]\d{1,5}[dwmy]", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_question(fields: Fields, state: str, kind: QuestionKind) -> Question | None:
    """The question of a state, or None where it has no text to ask with."""
    text = fields.text("text", f"{state}:text")
    if "text" not in fields:
        fields.missing("text", "text: … with the words of the question")
    least, most = _bounds(fields, kind)
    options = _options(fields, state) if "options" in keys.OF_KIND.get(kind, ()) else ()
    few, many = _how_many(fields, options) if kind == "choices" else (None, None)
    low, high = (least, most) if kind == "scale" else (None, None)
    tries = fields.whole("tries", 1, 10)
    if text is None:
        return None
    return Question(
        kind=kind,
        text=text,
        options=options,
        other=fields.flag("other"),
        minimum=least,
        maximum=most,
        integer=fields.flag("integer"),
        unit=fields.text("unit", f"{state}:unit"),
        labels=_labels(fields, state, low, high),
        least=few,
        most=many,
        max_length=fields.whole("max_length", 1, 4000),
        save=fields.name("save") or state,
        optional=fields.flag("optional"),
        tries=3 if tries is None else tries,
        invalid=fields.text("invalid", f"{state}:invalid"),
        sensitive=fields.flag("sensitive"),
        confirm=fields.flag("confirm"),
        skip_if=fields.expression("skip_if"),
    )


def _how_many(fields: Fields, options: tuple[Option, ...]) -> tuple[int | None, int | None]:
    few, many = fields.whole("min", 0, MAX_OPTIONS), fields.whole("max", 1, MAX_OPTIONS)
    there = len(options) + fields.flag("other")
    if few is not None and many is not None and few > many:
        fields.wrong("empty-range", fields.place("min"), f"{fields.what}: min is more than max.", "Swap them.")
    elif few is not None and options and few > there:
        fields.wrong(
            "empty-range",
            fields.place("min"),
            f"{fields.what} asks for at least {few} options and has {there}.",
            f"Write min: {there} or less, or add options.",
        )
    return few, many


def _bounds(fields: Fields, kind: QuestionKind) -> tuple[float | str | None, float | str | None]:
    """The two ends of `range`; `null` leaves an end open, except on a scale."""
    if "range" not in keys.OF_KIND.get(kind, ()):
        return None, None
    if "range" not in fields:
        return SCALE_RANGE if kind == "scale" else (None, None)
    example = "range: [2026-01-01, +30d]" if kind == "date" else "range: [1, 5]"
    ends = fields.items("range", example)
    if ends is None:
        return SCALE_RANGE if kind == "scale" else (None, None)
    if len(ends) != 2:
        fields.wrong(
            "wrong-type",
            fields.place("range"),
            f"{fields.what}: range should have two ends, not {len(ends)}.",
            f"Write {example}; null leaves an end open.",
        )
        return None, None
    read = _day_end if kind == "date" else _number_end
    low, high = read(fields, ends[0], kind), read(fields, ends[1], kind)
    _refuse_empty(fields, low, high, kind)
    return low, high


def _number_end(fields: Fields, node: Node, kind: QuestionKind) -> float | None:
    if isinstance(node, Scalar) and node.empty and kind != "scale":
        return None
    if kind == "scale" and not (isinstance(node, Scalar) and WHOLE.fullmatch(node.text)):
        fields.wrong(
            "wrong-type",
            node,
            f"{fields.what}: the range of a scale should be two whole numbers, not {called(node)}.",
            "Write range: [1, 5].",
        )
        return None
    return fields.number_in(node, "range")


def _day_end(fields: Fields, node: Node, kind: QuestionKind) -> str | None:
    del kind
    if isinstance(node, Scalar) and node.empty:
        return None
    if isinstance(node, Scalar):
        if node.text == "today":
            return "+0d"
        if _OFFSET.fullmatch(node.text):
            return node.text
        if _DAY.fullmatch(node.text) and _is_day(node.text):
            return node.text
    fields.wrong(
        "wrong-type",
        node,
        f"{fields.what}: the range of a date should hold days, not {called(node)}.",
        "Write a day (2026-12-04), today, or days from today (+30d, -1y).",
    )
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse_empty(fields: Fields, low: float | str | None, high: float | str | None, kind: QuestionKind) -> None:
    place = fields.place("range")
    if isinstance(low, int | float) and isinstance(high, int | float):
        if low > high or (kind == "scale" and low == high):
            fields.wrong(
                "empty-range",
                place,
                f"{fields.what}: no number is in the range [{low}, {high}].",
                "Write the smaller first.",
            )
        elif kind == "scale" and high - low > 100:
            fields.wrong(
                "empty-range",
                place,
                f"{fields.what}: a scale may have 101 points.",
                "Ask for a number instead: ask: number.",
            )
    both_days = isinstance(low, str) and isinstance(high, str) and _DAY.fullmatch(low) and _DAY.fullmatch(high)
    if both_days and str(low) > str(high):
        fields.wrong(
            "empty-range", place, f"{fields.what}: no day is in the range [{low}, {high}].", "Write the earlier first."
        )


def _labels(fields: Fields, state: str, low: float | str | None, high: float | str | None) -> Mapping[int, Text]:
    if "labels" not in fields or low is None:
        return MappingProxyType({})
    inner = fields.entries("labels", f"{fields.what}, labels", "labels: {1: not at all, 5: very}")
    labels: dict[int, Text] = {}
    for key, node in inner or ():
        if not WHOLE.fullmatch(key.text):
            fields.wrong(
                "wrong-type",
                key,
                f"{fields.what}: a label stands for a point of the scale, not {called(key)}.",
                "Write 1: …",
            )
            continue
        point = int(key.text)
        if isinstance(low, int) and isinstance(high, int) and not low <= point <= high:
            fields.wrong(
                "empty-range",
                key,
                f"{fields.what}: {point} is not on the scale from {low} to {high}.",
                "Give labels to its points, such as its two ends.",
            )
            continue
        said = fields.draft.text(node, f"{state}:labels.{point}", f"{fields.what}: the label of {point}")
        if said is not None:
            labels[point] = said
    return MappingProxyType(labels)


def _options(fields: Fields, state: str) -> tuple[Option, ...]:
    if "options" not in fields:
        fields.missing("options", "options: with a line for each, such as housing: Housing")
        return ()
    inner = fields.entries("options", f"{fields.what}, options", "a line for each option, such as housing: Housing")
    if inner is None:
        return ()
    options = [option for key, node in inner if (option := _option(fields, state, key, node)) is not None]
    if not inner.node.pairs:
        fields.wrong(
            "missing-value", inner.node, f"{fields.what} has no options.", "Add a line for each: housing: Housing."
        )
    elif len(options) > MAX_OPTIONS:
        fields.wrong(
            "too-many-options",
            inner.node,
            f"{fields.what} has {len(options)} options; {MAX_OPTIONS} is the most.",
            "Ask in two steps, or ask: text.",
        )
        return ()
    if fields.flag("other") and any(option.key == "other" for option in options):
        fields.wrong(
            "duplicate-option",
            fields.place("other"),
            f"{fields.what} has an option named other and other: true as well.",
            "Take the option out: other: true adds it, and keeps the words.",
        )
    return tuple(options)


def _option(fields: Fields, state: str, key: Scalar, node: Node) -> Option | None:
    name = fields.name_in(key, "an option")
    what = f"{fields.what}: the option {key.text}"
    context = f"{state}:options.{key.text}"
    if not isinstance(node, Entries) or not _is_long(node):
        label = fields.draft.text(node, context, what)
        return None if name is None or label is None else Option(name, label, line=key.line)
    long = Fields(fields.draft, node, what)
    long.only(keys.OPTION)
    label = long.text("label", context)
    if "label" not in long:
        long.missing("label", "label: … with the words of the option")
    accept = _accept(long)
    return None if name is None or label is None else Option(name, label, accept, key.line)


def _is_long(node: Entries) -> bool:
    """Whether a map is `{label: …, accept: …}` rather than a label by language or one that wants quotation marks."""
    unquoted = len(node.pairs) == 1 and isinstance(node.pairs[0][1], Scalar) and node.pairs[0][1].empty
    return not unquoted and any(not LANGUAGE.fullmatch(key.text.replace("-", "_")) for key, _ in node.pairs)


def _accept(option: Fields) -> Mapping[str, tuple[str, ...]]:
    node = option.node_of("accept")
    if node is None:
        return MappingProxyType({})
    languages = option.draft.languages
    if not isinstance(node, Entries):
        return MappingProxyType({languages[0]: _words(option, node)})
    accept: dict[str, tuple[str, ...]] = {}
    for key, value in Fields(option.draft, node, f"{option.what}, accept"):
        tag = key.text.replace("-", "_")
        if tag not in languages:
            option.wrong(
                "unknown-language",
                key,
                f"{option.what} accepts words in {key.text}, which is not among the flow's languages "
                f"({', '.join(languages)}).",
                f"Add {key.text} to languages, or take it out here.",
            )
            continue
        accept[tag] = _words(option, value)
    return MappingProxyType(accept)


def _words(option: Fields, node: Node) -> tuple[str, ...]:
    nodes = node.nodes if isinstance(node, Items) else ()
    words = [each.text.strip() for each in nodes if isinstance(each, Scalar) and not each.empty and each.text.strip()]
    if not nodes or len(words) != len(nodes):
        option.wrong(
            "wrong-type",
            node,
            f"{option.what}: accept should be a list of words, not {called(node)}.",
            "Write accept: [groceries, hunger], or by language: {en: [groceries], fr: [épicerie]}.",
        )
    if len(words) > MAX_WORDS:
        option.wrong(
            "too-many-options",
            node,
            f"{option.what} accepts {len(words)} words; {MAX_WORDS} is the most.",
            "Keep those that people really text; typing slips are understood anyway.",
        )
    return tuple(dict.fromkeys(words))
