"""What a coordinator is shown of one person: their agreement, their answers, and the whole thread, taps and photos too."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.app import open_installation
from bot.channels.base import ButtonPress, IncomingMedium
from bot.cli import app
from bot.config import load_settings
from storage.models import Campaign, Message, Run
from tests.builders import RESIDENT, a_community, a_participant, a_place, a_sender, an_invitation
from tests.conversation.talk import Phone, one


def test_a_thread_shows_what_was_tapped_and_that_a_photo_came() -> None:
    installation = open_installation(load_settings())
    with installation.write() as connection:
        a_sender(connection, a_community(connection, "shore-road"), address="telegram:soundings_test_bot")
    phone = Phone(installation.database, address="telegram:77", sender="telegram:soundings_test_bot")
    phone.text("start", start="join", language="en")
    run = one(installation.database, select(Run.id))
    # Telegram brings no words with a tap, only what the button carries.
    assert phone.text("", kind="button", button=ButtonPress(run, 1, "yes"))
    phone.text("", kind="media", media=(IncomingMedium("photo", "F1", "image/jpeg"),))
    phone.text("", kind="block")
    installation.database.close()

    shown = CliRunner().invoke(app, ["participant", "show", "telegram:77", "-c", "shore-road"], catch_exceptions=False)
    thread = [line.split(" > ", 1)[1] for line in shown.output.splitlines() if " > " in line]
    assert thread == ["start", "yes", "(a photo or file)", "(blocked the bot)"]


def test_a_thread_says_what_waits_and_why_something_was_not_sent() -> None:
    installation = open_installation(load_settings())
    with installation.write() as connection:
        a_sender(connection, a_community(connection, "shore-road"), address="telegram:soundings_test_bot")
    phone = Phone(installation.database, address="telegram:77", sender="telegram:soundings_test_bot")
    for word in ("start", "yes"):
        phone.text(word, language="en")
    with installation.write() as connection:
        first, second = connection.execute(
            select(Message.id).where(Message.direction == "out").order_by(Message.id).limit(2)
        ).scalars()
        late = {"status": "dropped", "error": "its time was over before it could leave"}
        waits = {"status": "queued", "due_at": datetime(2026, 12, 2, 17, 57, tzinfo=UTC)}
        connection.execute(update(Message).where(Message.id == first).values(late))
        connection.execute(update(Message).where(Message.id == second).values(waits))
    installation.database.close()

    shown = CliRunner().invoke(app, ["participant", "show", "telegram:77", "-c", "shore-road"], catch_exceptions=False)
    told = " ".join(shown.output.split())
    assert "[dropped: its time was over before it could leave]" in told
    assert "[waits until 12-02 17:57]" in told


def test_what_was_erased_is_in_no_file_of_the_database_any_more() -> None:
    installation = open_installation(load_settings())
    with installation.write() as connection:
        a_sender(connection, a_community(connection, "shore-road"), address="telegram:soundings_test_bot")
    phone = Phone(installation.database, address="telegram:777000777", sender="telegram:soundings_test_bot")
    for word in ("start", "yes", "the zebra crossing"):
        phone.text(word, language="en")
    file = installation.database.file
    assert file is not None

    def places(*words: bytes) -> list[tuple[str, bytes]]:
        return [
            (one.name, word) for one in file.parent.glob("soundings.db*") for word in words if word in one.read_bytes()
        ]

    secrets = (b"777000777", b"zebra crossing")
    assert places(*secrets)
    with installation.read() as connection:
        # Another process has it open; the log is not taken in by closing it.
        connection.execute(select(Run.id).limit(1)).all()
        connection.rollback()
        words = ["participant", "erase", "telegram:777000777", "-c", "shore-road", "--yes"]
        told = CliRunner().invoke(app, words, catch_exceptions=False)
        assert "was erased" in told.output
        assert "reads the database for long" not in told.output
        assert places(*secrets) == []
    installation.database.close()


def test_a_persons_file_is_its_owners_alone_and_names_the_campaigns(tmp_path: Path) -> None:
    installation = open_installation(load_settings())
    with installation.write() as connection:
        place = a_place(connection)
        person = a_participant(connection, place.community_id)
        an_invitation(connection, place.community_id, place.campaign_id, person)
        name = connection.execute(select(Campaign.name)).scalar_one()
    installation.database.close()
    file = tmp_path / "person.json"
    words = ["participant", "export", RESIDENT.removeprefix("sms:"), "-c", "shore-road", "--output", str(file)]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    assert "Only you can read it" in told.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one["campaign"] for one in json.loads(file.read_text("utf-8"))["invitations"]] == [name]
