"""A community's own limits by command: set, shown, set back; what cannot be is refused in words that help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import CommunitySettings
from bot.errors import NotFound, WrongUsage


def run(*words: str) -> Any:
    """What a command prints as JSON."""
    done = CliRunner().invoke(app, ["community", *words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture(autouse=True)
def _north_end() -> None:
    run("add", "north-end", "--name", "North End", "--languages", "en,fr")


def test_what_is_given_changes_and_the_rest_stays() -> None:
    found = run("change", "north-end", "--contact", "Ana, 902 555 0199", "--hours", "mon-fri 10:00-18:00")
    assert found["contact"] == "Ana, 902 555 0199"
    assert found["hours"]["mon"] == ["10:00", "18:00"]
    assert "sat" not in found["hours"]
    assert (found["name"], found["languages"], found["own"]) == ("North End", ["en", "fr"], [])
    assert run("change", "north-end", "--name", "The North End", "--languages", "fr,en")["contact"] == found["contact"]
    assert run("show", "north-end")["languages"] == ["fr", "en"]


def test_limits_are_set_and_set_back() -> None:
    found = run("change", "north-end", "--set", "cap_per_day=2", "--set", "countries=CA, GB", "--set", "keyword=FUNDY")
    assert (found["settings"]["cap_per_day"], found["settings"]["countries"]) == (2, ["CA", "GB"])
    assert found["own"] == ["cap_per_day", "countries", "keyword"]
    found = run("change", "north-end", "--set", "cap_per_day=")
    assert found["settings"]["cap_per_day"] == CommunitySettings.model_validate({}).cap_per_day
    assert found["own"] == ["countries", "keyword"]


def test_nothing_is_a_value_too() -> None:
    assert run("change", "north-end", "--set", 'holidays=""')["settings"]["holidays"] == ""


def test_words_of_distress_come_from_a_file(tmp_path: Path) -> None:
    words = {"en": {"words": ["at the end of my rope"], "text": "Call 902 555 0199, day or night."}}
    (tmp_path / "words.json").write_text(json.dumps(words), encoding="utf-8")
    assert run("change", "north-end", "--set", "distress=@words.json")["settings"]["distress"] == words


def test_a_community_begins_with_limits_of_its_own() -> None:
    run("add", "south-end", "--name", "South End", "--set", "small_cell=5", "--set", "holidays=")
    assert run("show", "south-end")["own"] == ["small_cell"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Nothing to change"),
        (["--set", "cap=2"], "There is cap_per_day, cap_per_week"),
        (["--set", "cap_per_day"], "write name=value"),
        (["--set", "cap_per_day=many"], "cap_per_day: Input should be a valid integer"),
        (["--set", "small_cell=2"], "small_cell: Input should be greater than or equal to 5"),
        (["--set", "distress={"], "this is no JSON"),
        (["--set", "distress=@nowhere.json"], "cannot be read"),
        (["--set", 'distress={"en": {"words": ["x"]}}'], "distress.en.text: Field required"),
        (["--timezone", "Mars/Phobos"], "is not a time zone"),
        (["--name", " "], "--name is empty"),
        (["--languages", ","], "is not a language tag"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(words: list[str], told: str) -> None:
    before = run("show", "north-end")
    with pytest.raises(WrongUsage, match=told):
        CliRunner().invoke(app, ["community", "change", "north-end", *words], catch_exceptions=False)
    assert run("show", "north-end") == before


def test_an_unknown_community_is_named_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="There is: north-end"):
        run("show", "nowhere")


def test_every_limit_is_shown_to_people() -> None:
    shown = CliRunner().invoke(app, ["community", "show", "north-end"], catch_exceptions=False).output
    assert all(name in shown for name in CommunitySettings.model_fields)
