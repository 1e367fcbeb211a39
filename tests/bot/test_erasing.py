"""What erasure reaches that stands outside a person's own rows, and what keeps the next import from texting them."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import Connection, select

from bot.channels.base import IncomingMedium
from bot.communities import add_sender, plan_sender, require_community
from bot.conversation import House, receive
from bot.conversation.by_hand import stop_for
from bot.interop.import_consent import ImportConsent
from bot.participants import import_participants
from bot.persons import erase, everything_about, require_person
from storage.database import Database
from storage.models import Address, Consent, InboxItem, Medium, Participant
from tests.bot.test_persons import everything
from tests.builders import NOON, SENDER, a_community, a_coordinator, a_participant, a_sender, an_inbound
from tests.conversation.talk import Phone, one, read

PHONE = "sms:+19025550142"
AGREED = ImportConsent("fair", "2026-11-01", "I agree to be texted", ("surveys", "updates"))


def erased(database: Database, phone: Phone, community: str = "shore-road") -> None:
    with database.write() as connection:
        person = require_person(connection, require_community(connection, community), phone.address)
        erase(connection, person, phone.now, phone.house)


def left_of(database: Database, *words: str) -> list[str]:
    with database.read() as connection:
        return [row for row in everything(connection).splitlines() if any(word in row for word in words)]


def test_what_somebody_wrote_before_they_joined_is_theirs_in_file_and_erasure(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection, settings={"distress": {"en": {"words": ["eviction"], "text": "Call."}}})
        a_sender(connection, community_id)
        a_coordinator(connection, community_id)
    phone = Phone(database, address=PHONE)
    phone.text("Olaf says eviction", media=(IncomingMedium("photo", "photo-of-birch", "image/jpeg"),))
    phone.text("JOIN")
    phone.text("yes")
    other = Phone(database, address="sms:+19025550143", house=phone.house)
    other.text("Olga here, eviction")
    with database.read() as connection:
        person = require_person(connection, require_community(connection, "shore-road"), PHONE)
        file = orjson.dumps(everything_about(connection, person), default=str).decode()
    assert "Olaf" in file
    assert "Olga" not in file
    assert one(database, select(Medium.reference)) == "photo-of-birch"
    erased(database, phone)
    assert left_of(database, "Olaf", "birch", "9025550142") == []
    assert left_of(database, "Olga")
    assert [row.text for row in read(database, select(InboxItem.text).order_by(InboxItem.id))] == [
        "",
        "Olga here, eviction",
    ]


def test_a_stranger_s_number_is_erased_beside_the_community_that_they_joined(database: Database) -> None:
    with database.write() as connection:
        first, second = (
            a_community(connection, "first"),
            a_community(connection, "second", settings={"keyword": "hill"}),
        )
        elsewhere = a_community(connection, "elsewhere")
        a_sender(connection, first, second)
        a_sender(connection, elsewhere, address="sms:+19025550101")
    phone, foreign = Phone(database, address=PHONE), Phone(database, address=PHONE, sender="sms:+19025550101")
    phone.text("Who is this?")
    phone.text("hill")
    foreign.text("And who are you?")
    assert len(read(database, select(Address.id))) == 3
    erased(database, phone, "second")
    numbers = [row.address for row in read(database, select(Address.address).order_by(Address.id))]
    assert [one.startswith("erased:") for one in numbers] == [True, True, False]
    assert left_of(database, "Who is this") == []
    assert left_of(database, "And who are you")


def test_the_number_s_former_holder_is_not_in_the_file(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id)
    phone = Phone(database, address=PHONE)
    for words in ("Olaf wants to know", "JOIN", "yes", "wrong number", "Inga wants to know", "JOIN", "yes"):
        phone.text(words)
    with database.read() as connection:
        person = require_person(connection, require_community(connection, "shore-road"), PHONE)
        file = orjson.dumps(everything_about(connection, person), default=str).decode()
    assert "Olaf" not in file


def test_the_words_in_which_somebody_withdrew_are_erased_and_the_ledger_stands(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id)
        a_participant(connection, community_id, PHONE)
    phone = Phone(database, address=PHONE)
    phone.text("please stop texting Olaf on 9025550142")
    erased(database, phone)
    assert left_of(database, "Olaf", "9025550142") == []
    ledger = select(Consent.scope, Consent.state, Consent.wording).order_by(Consent.id)
    assert read(database, ledger) == [
        ("surveys", "granted", "I agree to be texted"),
        ("updates", "granted", "I agree to be texted"),
        ("surveys", "withdrawn", ""),
        ("updates", "withdrawn", ""),
    ]


def told_a_coordinator(connection: Connection, person: int, house: House) -> None:
    stop_for(connection, person, NOON, house, source="coordinator", words="at the door")


def texted_wrong_number(connection: Connection, _: int, house: House) -> None:
    receive(connection, [an_inbound("wrong number", address=PHONE)], NOON, house)


@pytest.mark.parametrize("how", [told_a_coordinator, texted_wrong_number])
def test_who_must_not_be_texted_is_not_texted_by_the_next_import_after_erasure(
    database: Database, how: Callable[[Connection, int, House], None]
) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id, address=SENDER)
        person = a_participant(connection, community_id, PHONE)
    phone = Phone(database, address=PHONE)
    with database.write() as connection:
        how(connection, person, phone.house)
    erased(database, phone)
    with database.write() as connection:
        place = require_community(connection, "shore-road")
        file = b"phone\n902-555-0142\n902-555-0143\n"
        report = import_participants(connection, file, place, AGREED, phone.now, False, phone.house)
    assert (report.imported, report.suppressed) == (1, 1)
    assert one(database, select(Participant.id).where(Participant.erased_at.is_(None))) != person


def test_a_sender_that_comes_to_serve_another_community_brings_who_said_stop_to_it(database: Database) -> None:
    with database.write() as connection:
        first, second = a_community(connection, "first"), a_community(connection, "second")
        a_sender(connection, first)
        a_participant(connection, first, PHONE)
    phone = Phone(database, address=PHONE)
    phone.text("STOP")
    with database.write() as connection:
        add_sender(connection, plan_sender(SENDER), community_id=second, opt_out=None, pace=None, now=phone.now)
        place = require_community(connection, "second")
        report = import_participants(connection, b"phone\n902-555-0142\n", place, AGREED, phone.now, False, phone.house)
    assert (report.imported, report.suppressed) == (0, 1)
    phone.text("START")
    with database.write() as connection:
        report = import_participants(connection, b"phone\n902-555-0142\n", place, AGREED, phone.now, False, phone.house)
    assert (report.imported, report.suppressed) == (1, 0)
