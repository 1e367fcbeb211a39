"""The corpus of replies keeps its shape: unique ids, legal readings, the split as the README says, enough of each."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import pytest
from ruamel.yaml import YAML

from flows.loader import load_file

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
FLOWS = tuple(sorted(path.stem for path in (HERE / "flows").glob("*.yaml")))
KINDS = {
    "choice", "choices", "yesno", "number", "scale", "date", "time", "text", "phone", "postal_code", "email", "photo",
    "location",
}  # fmt: skip
GROUPS = {kind.replace("_", "-") for kind in KINDS} | {"stop", "notstop", "command", "skip"}
COMMANDS = {"stop", "start", "help", "back", "language", "repeat", "person"}
AT_LEAST = {"en": 1300, "fr": 1000, "es": 650, "ar": 650, "uk": 650, "zh": 650, "tl": 650}
OPT_OUTS_AT_LEAST = {"en": 110, "fr": 80, "es": 50, "ar": 50, "uk": 50, "zh": 50, "tl": 50}
KEYS = {"id", "language", "flow", "state", "now", "reply", "readings", "note"}
READING_KEYS = {
    "answered": {"outcome", "value", "text"},
    "unclear": {"outcome", "suggestion"},
    "skipped": {"outcome"},
    "command": {"outcome", "command", "value"},
}

JsonValue = str | int | float | bool | list[str] | list[float]


class Expected(TypedDict, total=False):
    """One acceptable reading, as it stands in a case."""

    outcome: str
    value: JsonValue
    text: str
    suggestion: JsonValue
    command: str


class Case(TypedDict):
    """One line of the corpus."""

    id: str
    language: str
    flow: str
    state: str
    now: str
    reply: str
    readings: list[Expected]
    note: str


class WrittenQuestion(TypedDict, total=False):
    """The keys of a state in `flows/*.yaml` that say what an answer may be."""

    ask: str
    options: dict[str, object]
    other: bool
    min: int
    max: int
    range: list[float | str]
    integer: bool
    max_length: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A case and the part that it lies in."""

    part: str
    case: Case


@cache
def states(flow: str) -> dict[str, WrittenQuestion]:
    """The states of one flow file, as written."""
    loaded = YAML(typ="safe").load((HERE / "flows" / f"{flow}.yaml").read_text("utf-8"))
    written: dict[str, WrittenQuestion] = loaded["states"]
    return written


@cache
def corpus() -> tuple[Placed, ...]:
    """Every case of both parts."""
    return tuple(
        Placed(part, json.loads(line))
        for part in ("tuning", "held_out")
        for path in sorted((HERE / part).glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    )


def question(case: Case) -> WrittenQuestion:
    """The question that a case answers."""
    return states(case["flow"])[case["state"]]


def wrong_value(case: Case, value: object) -> str:
    """Why `value` can be no answer to the case's question; empty where it can."""
    asked = question(case)
    kind = asked["ask"]
    options = [*asked.get("options", {}), *(["other"] if asked.get("other") else [])]
    if kind == "choice":
        return "" if value in options else f"{value!r} is no option"
    if kind == "choices":
        if not isinstance(value, list) or value != [key for key in options if key in value]:
            return f"{value!r} are not options in the flow's order"
        return "" if asked.get("min", 0) <= len(value) <= asked.get("max", 99) else "too few or too many"
    if kind == "yesno":
        return "" if isinstance(value, bool) else "not true or false"
    if kind in ("number", "scale"):
        return wrong_number(asked, value)
    if kind == "location" and isinstance(value, list):
        return "" if len(value) == 2 else "not a latitude and a longitude"
    return wrong_words(kind, asked, case, value)


def wrong_number(asked: WrittenQuestion, value: object) -> str:
    """Why `value` can be no number for this question."""
    low, high = asked["range"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not a number"
    if not float(low) <= value <= float(high):
        return "out of range"
    whole = asked["ask"] == "scale" or asked.get("integer", False)
    return "not whole" if whole and not isinstance(value, int) else ""


def wrong_words(kind: str, asked: WrittenQuestion, case: Case, value: object) -> str:
    """Why `value` can be no answer to a question whose answers are kept as text."""
    if not isinstance(value, str):
        return "not a string"
    if kind == "date":
        return wrong_date(asked, case, value)
    if kind in ("text", "location"):
        too_long = len(value) > asked.get("max_length", 10_000)
        return "too long" if too_long else "" if value == case["reply"].strip() else "not the reply itself"
    patterns = {
        "time": r"([01]\d|2[0-3]):[0-5]\d",
        "phone": r"\+\d{8,15}",
        "postal_code": r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d",
        "email": r"[^@\s]+@[^@\s]+\.[a-zA-Z]+",
    }
    return "" if kind in patterns and re.fullmatch(patterns[kind], value) else f"{value!r} is no {kind}"


def wrong_date(asked: WrittenQuestion, case: Case, value: str) -> str:
    """Why `value` can be no date for this question: not ISO, or outside its range on the day of the case."""
    today = datetime.datetime.fromisoformat(case["now"]).date()
    day = datetime.date.fromisoformat(value)

    def bound(written: object) -> datetime.date:
        text = str(written)
        if text == "today":
            return today
        if text[-1] in "dy":
            return today + datetime.timedelta(days=int(text[:-1]) * (1 if text[-1] == "d" else 365.2425))
        return datetime.date.fromisoformat(text)

    low, high = (bound(written) for written in asked["range"])
    return "" if low <= day <= high else "outside the range"


def faults(placed: Placed) -> list[str]:
    """What is wrong with the shape of one case, in words."""
    case = placed.case
    if set(case) != KEYS:
        return ["its keys are not those of the README"]
    if case["state"] not in states(case["flow"]):
        return [f"no state {case['state']} in {case['flow']}"]
    held_out = int(hashlib.sha256(case["id"].encode()).hexdigest(), 16) % 3 == 0
    held = [
        (
            f"{case['language']}-{group_of(case)}" in case["id"] and group_of(case) in GROUPS,
            "its id says another group",
        ),
        (datetime.datetime.fromisoformat(case["now"]).tzinfo is not None, "its time has no zone"),
        (bool(case["readings"]), "it has no reading"),
        (
            len({json.dumps(one, sort_keys=True) for one in case["readings"]}) == len(case["readings"]),
            "a reading twice",
        ),
        (placed.part == ("held_out" if held_out else "tuning"), "it lies in the wrong part"),
    ]
    found = [why for holds, why in held if not holds]
    return found + [why for expected in case["readings"] if (why := wrong_reading(case, expected))]


def group_of(case: Case) -> str:
    """`postal-code` of `en-postal-code-004`."""
    return case["id"].removeprefix(f"{case['language']}-").rsplit("-", 1)[0]


def wrong_reading(case: Case, expected: Expected) -> str:
    """Why a reading is not a legal one for its case; empty where it is."""
    outcome, command = expected["outcome"], expected.get("command")
    if not set(expected) <= READING_KEYS[outcome]:
        return f"{sorted(expected)} do not go with {outcome}"
    if outcome == "answered":
        return wrong_value(case, expected["value"])
    if outcome == "command" and command not in COMMANDS:
        return f"{command} is no command"
    if outcome == "command" and "value" in expected and (expected["value"] not in LANGUAGES or command != "language"):
        return "a language belongs to the command language, and to no other"
    return ""


def misused_stop(case: Case) -> bool:
    """Whether an opt-out has another reading than stop or unclear, or another case has stop among its readings."""
    if group_of(case) != "stop":
        return any(expected.get("command") == "stop" for expected in case["readings"])
    best, *others = case["readings"]
    return best.get("command") != "stop" or any(other["outcome"] != "unclear" for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_is_legal(language: str) -> None:
    mine = [placed for placed in corpus() if placed.case["language"] == language]
    assert {placed.case["id"]: found for placed in mine if (found := faults(placed))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_opt_outs_have_no_other_reading(language: str) -> None:
    mine = [placed.case for placed in corpus() if placed.case["language"] == language]
    assert [case["id"] for case in mine if misused_stop(case)] == []


def test_ids_and_replies_are_unique() -> None:
    ids = Counter(placed.case["id"] for placed in corpus())
    assert [name for name, times in ids.items() if times > 1] == []
    asked = Counter(
        (c["language"], c["flow"], c["state"], c["now"], c["reply"]) for c in (placed.case for placed in corpus())
    )
    assert [what for what, times in asked.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_enough_of_each(language: str) -> None:
    cases = [placed.case for placed in corpus() if placed.case["language"] == language]
    assert len(cases) >= AT_LEAST[language]
    assert {question(case)["ask"] for case in cases} == KINDS
    groups = Counter(group_of(case) for case in cases)
    assert groups["stop"] >= OPT_OUTS_AT_LEAST[language]
    assert min(groups["notstop"], groups["command"]) >= 10


@pytest.mark.parametrize("flow", FLOWS)
def test_the_flows_load(flow: str) -> None:
    loaded = load_file(HERE / "flows" / f"{flow}.yaml")
    assert set(loaded.languages) <= set(LANGUAGES)
    assert {state.name for state in loaded.questions} == set(states(flow)) - {"done"}


@pytest.mark.parametrize("flow", FLOWS)
def test_every_text_is_in_every_language(flow: str) -> None:
    def texts(node: object, key: str) -> list[dict[str, object]]:
        if not isinstance(node, dict):
            return []
        if not node.keys() - set(LANGUAGES) and key not in ("accept", "units"):
            return [node]
        return [text for name, child in node.items() for text in texts(child, str(name))]

    loaded = YAML(typ="safe").load((HERE / "flows" / f"{flow}.yaml").read_text("utf-8"))
    found = texts(loaded, "")
    assert found
    for text in found:
        assert set(text) == set(loaded["languages"]), text
