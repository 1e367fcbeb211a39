"""How well replies are understood: right, missed and wrong by kind and language, over the corpus beside this file.

    python -m tests.replies.report            both parts in numbers, and the tuning part's mistakes
    python -m tests.replies.report --quiet    the numbers alone
    python -m tests.replies.report en zh      some languages

The held-out part is only counted: its texts are never printed, so that nobody tunes on them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from flows.definition import Flow
from flows.loader import load_file
from flows.replies import Reading, ReplyContext, understand

HERE = Path(__file__).parent
PARTS = ("tuning", "held_out")
Verdict = Literal["right", "missed", "wrong"]


class Expected(TypedDict, total=False):
    """One acceptable reading of a case."""

    outcome: str
    value: object
    text: str
    suggestion: object
    command: str


class Case(TypedDict):
    """One line of the corpus; README.md says what its keys mean."""

    id: str
    language: str
    flow: str
    state: str
    now: str
    reply: str
    readings: list[Expected]
    note: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, what was read, and the verdict."""

    case: Case
    reading: Reading
    verdict: Verdict

    @property
    def group(self) -> str:
        """The kind of question, or `stop`, `notstop`, `command`, `skip`."""
        return "-".join(self.case["id"].split("-")[1:-1])


def cases(part: str) -> Iterator[Case]:
    """The cases of `tuning` or `held_out`."""
    for path in sorted((HERE / part).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


@cache
def flow(name: str) -> Flow:
    """One of the corpus's flows."""
    return load_file(HERE / "flows" / f"{name}.yaml")


def read(case: Case) -> Reading:
    """What the reader makes of a case."""
    asked = flow(case["flow"])
    question = asked.states[case["state"]].ask
    if question is None:
        raise ValueError(f"{case['id']}: {case['state']} asks nothing")
    now = datetime.fromisoformat(case["now"])
    if now.tzinfo is None:
        now = now.replace(tzinfo=ZoneInfo("America/Halifax"))
    return understand(question, case["reply"], ReplyContext(case["language"], asked.languages, now))


def _same(value: object, wanted: object, kind: str) -> bool:
    if isinstance(value, bool) != isinstance(wanted, bool):
        return False
    if kind == "email" and isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    return value == wanted


def accepts(expected: Expected, reading: Reading, kind: str) -> bool:
    """Whether a reading is the one expected."""
    if expected["outcome"] != reading.outcome:
        return False
    if reading.outcome == "answered":
        words = expected.get("text")
        kept = words is None or (reading.other or "").strip().casefold() == words.strip().casefold()
        return kept and _same(reading.value, expected.get("value"), kind)
    if reading.outcome == "command":
        wanted = expected.get("value")
        return reading.command == expected.get("command") and (wanted is None or wanted == reading.value)
    return "suggestion" not in expected or expected["suggestion"] == reading.suggestion


def judge(case: Case) -> Judged:
    """The verdict on a case, by the rules of README.md."""
    reading = read(case)
    question = flow(case["flow"]).states[case["state"]].ask
    kind = question.kind if question is not None else ""
    if any(accepts(expected, reading, kind) for expected in case["readings"]):
        return Judged(case, reading, "right")
    return Judged(case, reading, "missed" if reading.outcome == "unclear" else "wrong")


def _shown(reading: Reading) -> str:
    match reading.outcome:
        case "answered":
            return f"{reading.value!r}" + (f" ({reading.other})" if reading.other else "")
        case "command":
            return f"{reading.command} {reading.value or ''}".strip()
        case _:
            return reading.outcome


def _expected(expected: Expected) -> str:
    if expected["outcome"] == "answered":
        return f"{expected.get('value')!r}"
    return f"{expected.get('command', expected['outcome'])} {expected.get('value', '')}".strip()


def _table(title: str, rows: Mapping[str, Counter[str]]) -> Iterator[str]:
    yield f"{title:<14}{'cases':>7}{'right':>9}{'missed':>9}{'wrong':>9}"
    for name, counts in rows.items():
        every = counts.total()
        share = "".join(f"{100 * counts[verdict] / every:>8.1f}%" for verdict in ("right", "missed", "wrong"))
        yield f"{name:<14}{every:>7}{share}"


def _tables(judged: Sequence[Judged]) -> Iterator[str]:
    for title, key in (("language", lambda one: one.case["language"]), ("kind", lambda one: one.group)):
        rows: dict[str, Counter[str]] = {}
        for one in judged:
            rows.setdefault(key(one), Counter())[one.verdict] += 1
        yield from _table(title, {**dict(sorted(rows.items())), "all": sum(rows.values(), Counter())})
        yield ""


def _costliest(judged: Sequence[Judged]) -> Iterator[str]:
    """The confusions of one kind with another that occur most, wrong ones first."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for one in judged:
        if one.verdict != "right":
            wanted = one.case["readings"][0]
            best = wanted.get("command", wanted["outcome"])
            got = one.reading.command or one.reading.outcome
            found[one.verdict, one.group, best, got] += 1
    order = sorted(found.items(), key=lambda item: (item[0][0] != "wrong", -item[1]))
    for (verdict, group, best, got), count in order[:8]:
        yield f"  {verdict:<7}{group:<12}{best} read as {got}: {count}"


def report(part: str, languages: Sequence[str], *, quiet: bool) -> Iterator[str]:
    """The lines of the report on one part of the corpus."""
    judged = [judge(case) for case in cases(part) if not languages or case["language"] in languages]
    if not judged:
        return
    yield f"— {part.replace('_', ' ')} —"
    yield from _tables(judged)
    stops = [one for one in judged if any(expected.get("command") == "stop" for expected in one.case["readings"])]
    heard = sum(one.reading.command == "stop" for one in stops)
    false = sum(one.reading.command == "stop" for one in judged if one not in stops)
    yield f"opt-outs: {heard} of {len(stops)} heard; {false} heard where there was none"
    yield "what costs most:"
    yield from _costliest(judged)
    yield ""
    if part == "tuning" and not quiet:
        for verdict in ("wrong", "missed"):
            for one in judged:
                if one.verdict == verdict:
                    wanted = " or ".join(_expected(expected) for expected in one.case["readings"])
                    case = one.case
                    yield f"{verdict:<7}{case['id']:<18}{case['state']:<14}{case['reply']!r}: {_shown(one.reading)}, not {wanted}"
        yield ""


def main(arguments: Sequence[str]) -> None:
    """Print the report; see the module's docstring."""
    languages = [argument for argument in arguments if not argument.startswith("-")]
    parts = [part for part in PARTS if f"--{part}" in arguments] or PARTS
    for part in parts:
        for line in report(part, languages, quiet="--quiet" in arguments):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
