"""What is held since an older copy was put back: told apart from what is in doubt, and let go by campaign or by when it was due."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Campaign, Community, Message
from tests.delivery.post import Town, a_town

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(microsecond=0)


def run(*words: str, ends: tuple[int, ...] = (0,)) -> Any:
    """What a command prints as JSON."""
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code in ends, done.output
    return json.loads(done.output[done.output.index("[" if done.output.rstrip().endswith("]") else "{") :])


@pytest.fixture
def town(database: Database, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Three messages of a campaign, due one, two and three hours ago; one beside it, past its use; one that is in doubt."""
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", database.url.render_as_string(hide_password=False))
    town = a_town(database)
    town.change(Campaign, town.campaign_id, status="running")
    for hours in (3, 2, 1):
        town.message(due_at=NOW - hours * HOUR, campaign_id=town.campaign_id, priority=2)
    town.message(due_at=NOW - HOUR, valid_until=NOW - HOUR / 2)
    town.message(status="unknown", error_code="timeout", claimed_at=NOW - HOUR)
    assert run("outbox", "hold")["messages"] == 4
    return town


def names(town: Town) -> tuple[str, str]:
    with town.database.read() as connection:
        return (
            connection.execute(select(Community.slug)).scalar_one(),
            connection.execute(select(Campaign.name)).scalar_one(),
        )


def statuses(town: Town) -> list[str]:
    with town.database.read() as connection:
        return list(connection.execute(select(Message.status).order_by(Message.id)).scalars())


def doubts() -> list[str]:
    """What `soundings check` says of messages that may have gone."""
    return [one["what"] for one in run("check", ends=(0, 1)) if "gone" in one["what"]]


def test_what_is_held_is_told_apart_from_what_is_in_doubt(town: Town) -> None:
    slug, campaign = names(town)
    parts = {(one["campaign"], one["messages"]): one for one in run("outbox", "held", "-c", slug)}
    assert set(parts) == {(campaign, 3), (None, 1)}
    assert datetime.fromisoformat(parts[campaign, 3]["due_from"]) == NOW - 3 * HOUR
    assert datetime.fromisoformat(parts[campaign, 3]["due_until"]) == NOW - HOUR
    held, in_doubt = doubts()
    assert held.startswith("4 messages are held since")
    assert in_doubt.startswith("1 messages may or may not")
    assert [one["held"] for one in run("outbox", "unknown")] == [True] * 4 + [False]


def test_what_was_due_after_the_end_is_let_go_first_and_the_rest_by_campaign(town: Town) -> None:
    slug, campaign = names(town)
    until = (NOW - 1.5 * HOUR).isoformat()
    part = ("-c", slug, "--campaign", campaign)
    assert run("outbox", "release", *part, "--due-after", until) == {"queued": 1, "held": 3}
    assert statuses(town) == ["unknown", "unknown", "queued", "unknown", "unknown"]
    assert run("outbox", "release", *part) == {"queued": 2, "held": 1}
    assert run("outbox", "release", "--all") == {"queued": 1, "held": 0}
    # What nobody held stays in doubt.
    assert statuses(town) == ["queued"] * 4 + ["unknown"]
    assert [words.split(" ", 1)[0] for words in doubts()] == ["1"]
    assert run("outbox", "held") == []


def test_what_is_of_no_use_any_more_is_not_sent_late(town: Town) -> None:
    run("outbox", "release", "--all")
    town.claimed(datetime.now(UTC))
    with town.database.read() as connection:
        ended = connection.execute(select(Message.id, Message.error_code).where(Message.status == "dropped")).all()
    assert [(row.id, row.error_code) for row in ended] == [(4, "expired")]


def test_what_is_let_be_waits_for_nobody(town: Town) -> None:
    slug, campaign = names(town)
    assert run("outbox", "dismiss", "-c", slug, "--campaign", campaign) == {"dismissed": 3}
    assert statuses(town) == ["dropped"] * 3 + ["unknown"] * 2
    assert [words.split(" ", 1)[0] for words in doubts()] == ["1", "1"]


@pytest.mark.parametrize(("words", "told"), [((), "Say which"), (("--campaign", "spring", "--all"), "Whose campaign")])
def test_what_to_let_go_must_be_said(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        CliRunner().invoke(app, ["outbox", "release", *words], catch_exceptions=False)
