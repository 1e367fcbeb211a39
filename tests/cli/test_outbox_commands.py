"""Commands for what did not leave: senders that are paused, messages in doubt, and sending them again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from bot.app import open_installation
from bot.cli import app
from bot.config import load_settings
from bot.errors import NotFound, WrongUsage
from storage.models import Address, Message, Sender
from tests.builders import NOON, SENDER, a_participant, a_place

STATUSES = ("unknown", "unknown", "failed", "undelivered", "delivered", "queued")


@pytest.fixture(autouse=True)
def _messages() -> None:
    """An installation in the folder of the test, with a message of each status."""
    installation = open_installation(load_settings())
    with installation.write() as connection:
        place = a_place(connection)
        participant = a_participant(connection, place.community_id)
        row = {
            "community_id": place.community_id,
            "sender_id": place.sender_id,
            "address_id": connection.execute(select(Address.id)).scalar_one(),
            "participant_id": participant,
            "direction": "out",
            "kind": "say",
            "text": "Thank you.",
            "created_at": NOON,
            "attempts": 1,
        }
        for status in STATUSES:
            claimed = None if status == "queued" else NOON + timedelta(minutes=1)
            connection.execute(insert(Message).values(**row, status=status, claimed_at=claimed))
    installation.database.close()


def run(*words: str) -> Any:
    """What a command prints as JSON."""
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def statuses() -> list[str]:
    installation = open_installation(load_settings())
    with installation.read() as connection:
        found = list(connection.execute(select(Message.status).order_by(Message.id)).scalars())
    installation.database.close()
    return found


def paused() -> str | None:
    found: str | None = run("sender", "list")[0]["paused"]
    return found


def test_messages_in_doubt_are_listed_without_number_or_text() -> None:
    listed = run("outbox", "unknown")
    assert [one["message"] for one in listed] == [1, 2]
    assert "Thank you" not in str(listed)
    assert "+1902555012" not in str([one["participant"] for one in listed])


def test_one_message_is_sent_again_and_others_stay() -> None:
    assert run("outbox", "resend", "2") == {"queued": 1, "of": 1}
    assert statuses() == ["unknown", "queued", "failed", "undelivered", "delivered", "queued"]


def test_all_of_some_statuses_are_sent_again() -> None:
    assert run("outbox", "resend", "--all", "unknown", "--all", "failed") == {"queued": 3, "of": 3}
    assert statuses() == ["queued", "queued", "queued", "undelivered", "delivered", "queued"]


def test_what_has_arrived_is_not_sent_again() -> None:
    assert run("outbox", "resend", "5", "3") == {"queued": 1, "of": 2}
    assert statuses()[4] == "delivered"


def test_what_is_in_doubt_is_let_be_by_a_persons_word() -> None:
    assert run("outbox", "dismiss", "2", "3") == {"dismissed": 1}
    assert statuses() == ["unknown", "dropped", "failed", "undelivered", "delivered", "queued"]
    assert run("outbox", "dismiss", "--all") == {"dismissed": 1}
    assert run("outbox", "unknown") == []
    assert run("outbox", "resend", "--all", "failed") == {"queued": 1, "of": 1}


@pytest.mark.parametrize(
    ("words", "told"),
    [([], "Say which"), (["1", "--all"], "Say which"), (["--campaign", "spring"], "Whose campaign")],
)
def test_what_to_let_be_must_be_said(words: list[str], told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        CliRunner().invoke(app, ["outbox", "dismiss", *words], catch_exceptions=False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Say which"),
        (["1", "--all", "unknown"], "Say which"),
        (["--all", "delivered"], "what may be sent again is unknown, failed, undelivered"),
    ],
)
def test_what_to_send_again_must_be_said(words: list[str], told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        CliRunner().invoke(app, ["outbox", "resend", *words], catch_exceptions=False)


def test_who_answers_stop_can_be_changed() -> None:
    with pytest.raises(WrongUsage, match="soundings sender change"):
        run("sender", "add", SENDER, "-c", "shore-road", "--opt-out", "provider")
    assert run("sender", "change", SENDER, "--opt-out", "provider", "--pace", "3")["opt_out"] == "provider"
    (listed,) = run("sender", "list")
    assert (listed["opt_out"], listed["pace"]) == ("provider", 3.0)
    for words in ([], ["--pace", "0"], ["--opt-out", "theirs"]):
        with pytest.raises(WrongUsage):
            run("sender", "change", SENDER, *words)


def test_a_sender_is_paused_and_goes_on() -> None:
    assert paused() is None
    assert run("sender", "pause", SENDER, "--reason", "the number moves") == {
        "sender": SENDER,
        "paused": "the number moves",
    }
    assert paused() == "the number moves"
    with pytest.raises(WrongUsage, match="paused already"):
        run("sender", "pause", SENDER)
    run("sender", "resume", "sms:902 555 0100")
    assert paused() is None
    with pytest.raises(WrongUsage, match="not paused"):
        run("sender", "resume", SENDER)


def test_a_sender_that_its_provider_refused_goes_on_once_a_person_says_so() -> None:
    installation = open_installation(load_settings())
    with installation.write() as connection:
        connection.execute(update(Sender).values(paused_at=NOON, paused_reason="wrong credentials (20003)"))
    installation.database.close()
    run("sender", "resume", SENDER)
    assert paused() is None


def test_an_unknown_sender_is_named_with_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"There is: sms:\+19025550100"):
        run("sender", "resume", "sms:+19025550199")
