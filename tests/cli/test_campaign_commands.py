"""What a coordinator types to ask a community something, and what they read of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import SoundingsError

TOWN = ("--community", "north-end")
PEOPLE = "phone,language,area\n" + "".join(
    f"902 555 01{at},{'fr' if at % 3 == 0 else 'en'},{'north' if at % 2 else 'south'}\n" for at in range(10, 22)
)


def told(*words: str) -> str:
    """What a command prints for a person."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def read(*words: str) -> Any:
    """What a command prints for a program."""
    return json.loads(told(*words, "--json"))


@pytest.fixture(autouse=True)
def _town(tmp_path: Path) -> None:
    """Twelve people of a community in Halifax, a third of them French, half of them in the north, and a flow."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    told("community", "add", "north-end", "--name", "North End", "--languages", "en,fr")
    told("sender", "add", "sms:+19025550100", *TOWN, "--opt-out", "ours")
    consent = ("--consent-source", "fair", "--consent-date", "2026-11-01", "--consent-wording", "I agree")
    told("participant", "import", str(file), *TOWN, *consent)
    told("flow", "publish", "neighbourhood-check-in", *TOWN)


def estimated(*options: str) -> Any:
    return read("campaign", "estimate", "neighbourhood-check-in", *TOWN, *options)


def test_an_estimate_says_who_is_asked_and_writes_nothing_down() -> None:
    found = estimated("--where", "area=north")
    assert (found["recipients"], found["first_message"]["segments"]) == (6, 6)
    assert {(part["language"], part["n"]) for part in found["by"]} == {("en", 4), ("fr", 2)}
    assert read("campaign", "list", *TOWN) == []


def test_a_sample_in_equal_parts_tells_who_was_not_drawn() -> None:
    found = estimated("--sample", "4", "--strata", "language", "--equal")
    assert {(part["language"], part["n"]) for part in found["by"]} == {("en", 2), ("fr", 2)}
    assert (found["chosen"], found["excluded"]) == (12, {"not_drawn": 8})


def test_a_later_launch_is_told_on_the_communitys_clock() -> None:
    output = told("campaign", "launch", "neighbourhood-check-in", *TOWN, "--name", "spring", "--at", "2999-06-03T10:00")
    assert "spring goes out on Mon 03 Jun 10:00." in output
    assert read("campaign", "status", "spring", *TOWN)["launch_at"].startswith("2999-06-03T13:00")


def test_a_campaign_is_paused_resumed_and_ended_for_good() -> None:
    told("campaign", "launch", "neighbourhood-check-in", *TOWN, "--name", "spring", "--at", "2999-06-03T10:00")

    def status() -> str:
        found: str = read("campaign", "status", "spring", *TOWN)["status"]
        return found

    seen = [status()]
    for change in ("pause", "resume", "cancel"):
        told("campaign", change, "spring", *TOWN)
        seen.append(status())
    assert seen == ["scheduled", "paused", "scheduled", "cancelled"]
    with pytest.raises(SoundingsError):
        told("campaign", "resume", "spring", *TOWN)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sample", "some"), "500 or 10%"),
        (("--equal",), "--sample"),
        (("--where", "north"), "area=north"),
        (("--quota", "north"), "area=north: 50"),
        (("--against", "nothing-like-it"), "no published flow"),
        (("--said", "autumn"), "autumn"),
        (("--at", "tomorrowish"), "2026-11-24T10:00"),
        (("--csv", "missing.csv"), "missing.csv"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write_and_launches_nothing(options: tuple[str, ...], said: str) -> None:
    with pytest.raises(SoundingsError) as refused:
        told("campaign", "launch", "neighbourhood-check-in", *TOWN, *options)
    assert said in str(refused.value)
    assert read("campaign", "list", *TOWN) == []
