"""One person's own data: all of it in a file, and none of it anywhere once it is erased."""

from __future__ import annotations

import orjson
from sqlalchemy import Connection, insert, select

from bot.communities import require_community
from bot.config import Settings
from bot.conversation import House, receive
from bot.persons import erase, everything_about, require_person
from storage.database import Database
from storage.models import Base, Medium, Message, Receipt, Suppression, UnplacedText
from tests.builders import NOON, a_community, a_coordinator, a_participant, a_sender, an_inbound

PHONE = "sms:+19025550123"
WORDS = "my landlord Olaf locks the door"
SECRETS = ("9025550123", "5550142", "Bertrand", "Olaf", "snowdrift", "cGhvdG8", "photo-of-birch")


def everything(connection: Connection) -> str:
    """Every row of every table, as text."""
    return "\n".join(
        f"{table.name}: {row!r}" for table in Base.metadata.sorted_tables for row in connection.execute(select(table))
    )


def a_person_with_all(connection: Connection, house: House) -> int:
    """Who wrote in distress and of whom coordinators were told, sent a photo, has a receipt, an unplaced text, and said STOP."""
    community_id = a_community(connection, settings={"distress": {"en": {"words": ["landlord"], "text": "Call."}}})
    sender_id = a_sender(connection, community_id)
    bot_id = a_sender(connection, community_id, address="telegram:our_bot")
    a_coordinator(connection, community_id)
    person = a_participant(connection, community_id, PHONE, name="Bertrand", attributes={"street": "snowdrift"})
    other = a_participant(connection, community_id, "sms:+19025550177", name="Otto")
    assert other != person
    receive(connection, [an_inbound(WORDS, address=PHONE), an_inbound("hi", address="sms:+19025550177")], NOON, house)
    notices = select(Message.text).where(Message.kind == "notification")
    told = connection.execute(notices).scalars().all()
    assert any("Olaf" in text for text in told)
    receive(connection, [an_inbound("STOP", address=PHONE)], NOON, house)
    ours = connection.execute(select(Message).where(Message.participant_id == person).limit(1)).one()
    connection.execute(
        insert(Medium).values(
            community_id=community_id,
            participant_id=person,
            message_id=ours.id,
            kind="photo",
            reference="photo-of-birch",
            content_type="image/jpeg",
            status="kept",
            due_at=NOON,
            content=b"photo",
            created_at=NOON,
        )
    )
    columns = {name: value for name, value in ours._mapping.items() if name != "id"}
    connection.execute(
        insert(Message).values(
            columns
            | {"direction": "out", "sender_id": bot_id, "provider_id": "5550142:7", "kind": "say", "text": WORDS}
        )
    )
    for provider_id, sender in (("5550142:7", bot_id), ("SM-of-another", sender_id)):
        connection.execute(
            insert(Receipt).values(sender_id=sender, provider_id=provider_id, status="sent", received_at=NOON)
        )
    for address in (PHONE, "sms:+19025550177"):
        connection.execute(
            insert(UnplacedText).values(
                sender="sms:+19025550111",
                provider_id=f"SM-{address[-2:]}",
                inbound={"address": address, "text": WORDS if address == PHONE else "hello"},
                received_at=NOON,
            )
        )
    return person


def test_a_file_has_all_that_is_held_and_erasing_leaves_none_of_it_anywhere(database: Database) -> None:
    house = House(Settings())
    with database.write() as connection:
        a_person_with_all(connection, house)
        person = require_person(connection, require_community(connection, "shore-road"), "902-555-0123")
        held = everything_about(connection, person)
        file = orjson.dumps(held).decode()
        for word in ("9025550123", "Bertrand", "Olaf", "snowdrift", "cGhvdG8"):
            assert word in file
        assert "Otto" not in file
        before = everything(connection)
        assert "9025550123" in before
        receipt = erase(connection, person, NOON, house)
    assert receipt.counts["receipts"] == 1
    assert receipt.counts["unplaced_texts"] == 1
    assert receipt.counts["notices"] == 1
    assert receipt.counts["media"] == 1
    with database.read() as connection:
        left = everything(connection)
        assert [word for word in SECRETS if word in left] == []
        # A keyed hash keeps the next import from texting them; what others said stays.
        assert connection.execute(select(Suppression.address_hash)).scalars().all() != []
        assert "Otto" in left
        assert connection.execute(select(Receipt.provider_id)).scalars().all() == ["SM-of-another"]
        assert "902555017" in left
