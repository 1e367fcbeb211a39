"""What people said, counted: pure functions from counted values to results, shares, means and what may be published."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.insight.questions import Asked
from flows.definition import Text
from flows.effects import Value
from flows.phrases import PHRASES
from flows.texts import render

#: Kinds of question whose answers are counted by value; the others are read one by one.
COUNTED = frozenset({"choice", "choices", "yesno", "scale", "number"})
#: Kinds whose answers have a mean.
MEASURED = frozenset({"scale", "number"})

Counts = Iterable[tuple[str, Value, int]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One possible answer: how many gave it, and their share of those who answered the question (0 to 1)."""

    value: str | int | float | bool
    label: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class QuestionResults:
    """What became of one question. `answered` counts people, so the shares of a `choices` add up to more than one.

    `words` holds what people wrote to an open question or behind "something else", the newest first.
    """

    question: str
    kind: str
    text: str
    answered: int
    skipped: int
    cells: tuple[Cell, ...] = ()
    mean: float | None = None
    median: float | None = None
    words: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A campaign's results: `n` people answered at least one question."""

    n: int
    questions: tuple[QuestionResults, ...] = field(default=())


def count(
    asked: Asked, counts: Counts, *, language: str, phrases: Mapping[str, Text], words: Sequence[str] = ()
) -> QuestionResults:
    """Results of one question from (question, value, how many) rows, whichever order they come in; labels in `language`."""
    question = asked.question
    mine = [(value, n) for name, value, n in counts if name == asked.name]
    skipped = sum(n for value, n in mine if value is None)
    given = [(value, n) for value, n in mine if value is not None]
    answered = sum(n for _, n in given)
    tally: dict[str | int | float | bool, int] = dict.fromkeys(_possible(asked), 0)
    for value, n in given:
        for one in value if isinstance(value, list) else [value]:
            tally[one] = tally.get(one, 0) + n
    cells = tuple(
        Cell(value, label_of(asked, value, language, phrases), n, n / answered if answered else 0.0)
        for value, n in tally.items()
    )
    measured = [
        (float(value), n)
        for value, n in given
        if question.kind in MEASURED and isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return QuestionResults(
        question=asked.name,
        kind=question.kind,
        text=asked.text(language),
        answered=answered,
        skipped=skipped,
        cells=(tuple(sorted(cells, key=_by_size)) if question.kind == "number" else cells)
        if question.kind in COUNTED
        else (),
        mean=_mean(measured),
        median=_median(measured),
        words=tuple(words),
        sensitive=question.sensitive,
    )


def label_of(asked: Asked, value: str | int | float | bool, language: str, phrases: Mapping[str, Text]) -> str:
    """An answer in words: an option's label, a scale's point with what it stands for, Yes or No."""
    question = asked.question
    for option in question.options:
        if option.key == value:
            return asked.label(option, language)
    if question.kind == "scale" and isinstance(value, int) and (label := question.labels.get(value)):
        words = label.get(language) or label.get(asked.languages[0]) or next(iter(label.values()))
        return f"{value} ({words})"
    if isinstance(value, bool):
        return _phrase("yes" if value else "no", phrases, language)
    if value == "other":
        return _phrase("something_else", phrases, language)
    return str(value)


def _phrase(key: str, phrases: Mapping[str, Text], language: str) -> str:
    return render({"en": PHRASES[key], **phrases.get(key, {})}, language, {}, fallback="en")


def hidden_cells(cells: Sequence[Cell], limit: int) -> frozenset[str | int | float | bool]:
    """The values whose counts may not be published: those under `limit`, and where one alone is hidden the next
    smallest too, so that nobody finds it by subtraction."""
    small = [cell for cell in cells if cell.n < limit]
    if len(small) == 1 and len(cells) > 1:
        small.append(min((cell for cell in cells if cell.n >= limit), key=lambda cell: cell.n))
    return frozenset(cell.value for cell in small)


def published(results: Results, *, limit: int) -> Mapping[str, object]:
    """The values that an update's text may use as `{results.…}`; what is under `limit` is left out (None).

    `results.n`; for each question `results.focus.n`, `.top` (the label that most chose), `.top_percent` (0 to 1),
    `.second`, `.mean`, `.median`, and for each option `results.focus.housing.n` and `.percent`.
    """
    values: dict[str, object] = {"n": results.n if results.n >= limit else None}
    for question in results.questions:
        if question.sensitive or question.answered < limit:
            continue
        hidden = hidden_cells(question.cells, limit)
        shown = [cell for cell in question.cells if cell.value not in hidden]
        ranked = sorted(shown, key=lambda cell: -cell.n)
        inner: dict[str, object] = {"n": question.answered, "mean": _rounded(question.mean), "median": question.median}
        if ranked and not _tied(ranked):
            inner |= {"top": ranked[0].label, "top_percent": ranked[0].share, "top_n": ranked[0].n}
        if len(ranked) > 1 and not _tied(ranked[1:]):
            inner |= {"second": ranked[1].label, "second_percent": ranked[1].share}
        inner |= {str(cell.value): {"n": cell.n, "percent": cell.share} for cell in shown}
        _put(values, question.question, inner)
    return values


def _put(values: dict[str, object], dotted: str, inner: dict[str, object]) -> None:
    *path, last = dotted.split(".")
    for step in path:
        deeper = values.setdefault(step, {})
        if not isinstance(deeper, dict):
            return
        values = deeper
    values[last] = inner


def _possible(asked: Asked) -> list[str | int | float | bool]:
    question = asked.question
    if question.kind in ("choice", "choices"):
        return [*(option.key for option in question.options), *(["other"] if question.other else [])]
    if question.kind == "yesno":
        return [True, False]
    if (
        question.kind == "scale"
        and isinstance(question.minimum, int | float)
        and isinstance(question.maximum, int | float)
    ):
        return list(range(int(question.minimum), int(question.maximum) + 1))
    return []


def _by_size(cell: Cell) -> float:
    return float(cell.value) if isinstance(cell.value, int | float) else 0.0


def _tied(ranked: Sequence[Cell]) -> bool:
    return len(ranked) > 1 and ranked[0].n == ranked[1].n


def _mean(measured: Sequence[tuple[float, int]]) -> float | None:
    total = sum(n for _, n in measured)
    return sum(value * n for value, n in measured) / total if total else None


def _median(measured: Sequence[tuple[float, int]]) -> float | None:
    # Counted values stand for their repetitions; a campaign's numbers are few and small enough to write out by rank.
    total = sum(n for _, n in measured)
    if not total:
        return None
    ranked = sorted(measured)

    def at(rank: int) -> float:
        seen = 0
        for value, n in ranked:
            seen += n
            if rank < seen:
                return value
        return ranked[-1][0]

    return statistics.fmean((at((total - 1) // 2), at(total // 2)))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
