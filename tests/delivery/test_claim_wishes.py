"""The claim: consent, addresses, campaigns and updates are looked at again as a message leaves."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from bot.campaigns.changes import resume
from bot.delivery.claim import claim
from storage.campaigns import hold_paused
from storage.database import Database
from storage.models import Answer, Campaign, Message, Update
from tests.builders import NOON
from tests.delivery.post import a_town

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("resident", "message", "status", "code"),
    [
        ({"opted_out_at": NOON}, {"priority": 2}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "say"}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "manual"}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "confirmation"}, "sending", None),
        ({"opted_out_at": NOON}, {"kind": "help"}, "sending", None),
        ({"held_at": NOON}, {"kind": "say"}, "queued", None),
        ({"held_at": NOON}, {"priority": 2}, "queued", None),
        ({"held_at": NOON}, {"kind": "confirmation"}, "sending", None),
        ({"held_at": NOON}, {"kind": "manual"}, "sending", None),
        ({"surveys": "none"}, {"priority": 2}, "cancelled", "no_consent"),
        ({"surveys": "withdrawn"}, {"priority": 2}, "cancelled", "no_consent"),
        ({"surveys": "withdrawn"}, {"priority": 1, "kind": "reminder"}, "cancelled", "no_consent"),
        ({"surveys": "none"}, {"priority": 1, "kind": "reminder"}, "cancelled", "no_consent"),
        ({"surveys": "none", "last_inbound_at": NOON}, {"priority": 1, "kind": "reminder"}, "sending", None),
        ({"surveys": "none"}, {"kind": "prompt"}, "sending", None),
        ({"surveys": "withdrawn"}, {"kind": "prompt"}, "sending", None),
        ({"surveys": "none"}, {"kind": "manual", "priority": 2}, "sending", None),
        ({"address_status": "dead"}, {}, "cancelled", "address_dead"),
        ({"address_status": "blocked"}, {"kind": "confirmation"}, "cancelled", "address_blocked"),
        ({"address_status": "closed"}, {}, "cancelled", "address_closed"),
        ({"address_status": "closed"}, {"kind": "confirmation"}, "sending", None),
        ({}, {"valid_until": NOON}, "dropped", "expired"),
        ({}, {"valid_until": NOON + SECOND}, "sending", None),
        ({"address_status": "closed"}, {"kind": "confirmation", "text": ""}, "dropped", "erased"),
        ({}, {"text": ""}, "dropped", "erased"),
    ],
)
def test_wishes_are_looked_at_again_when_a_message_leaves(
    database: Database, resident: dict[str, Any], message: dict[str, Any], status: str, code: str | None
) -> None:
    town = a_town(database)
    message_id = town.message(town.resident(**resident), **message)
    town.claim()
    row = town.row(message_id)
    assert (row.status, row.error_code) == (status, code)
    assert (row.settled_at is not None) == (status in ("cancelled", "dropped"))
    assert bool(row.error) == bool(code)
    if status == "queued":
        assert row.due_at == NOON + timedelta(minutes=1), "looked at again soon"


@pytest.mark.parametrize(
    ("campaign", "message", "status", "code"),
    [
        ("paused", {"priority": 2}, "queued", None),
        ("paused", {"priority": 1, "kind": "reminder"}, "queued", None),
        ("paused", {"priority": 0}, "sending", None),
        ("cancelled", {"priority": 2}, "cancelled", "campaign_cancelled"),
        ("cancelled", {"priority": 0}, "cancelled", "campaign_cancelled"),
        ("cancelled", {"kind": "confirmation"}, "sending", None),
        ("closed", {"priority": 2}, "dropped", "campaign_closed"),
        ("closed", {"priority": 1, "kind": "reminder"}, "sending", None),
        ("closed", {"priority": 0}, "sending", None),
        ("launching", {"priority": 2}, "sending", None),
    ],
)
def test_a_campaigns_state_is_looked_at_again_when_a_message_leaves(
    database: Database, campaign: str, message: dict[str, Any], status: str, code: str | None
) -> None:
    town = a_town(database)
    town.change(Campaign, town.campaign_id, status=campaign)
    message_id = town.message(campaign_id=town.campaign_id, **message)
    town.claim()
    assert (town.row(message_id).status, town.row(message_id).error_code) == (status, code)


def test_a_paused_campaign_goes_on_within_a_second_of_being_resumed(database: Database) -> None:
    town = a_town(database)
    town.change(Campaign, town.campaign_id, status="paused")
    waiting = town.messages(300, priority=2)
    reply = town.message()
    assert town.claimed() == [reply], "replies do not wait behind what is paused"
    town.change(Campaign, town.campaign_id, status="running")
    assert len(town.claimed(NOON + SECOND, burst=10.0)) == len(waiting)


def test_who_resumes_while_a_claim_puts_messages_off_finds_them(postgres_database: Database) -> None:
    town = a_town(postgres_database)
    town.change(Campaign, town.campaign_id, status="paused", launched_at=None)
    town.messages(300, priority=2, campaign_id=town.campaign_id)

    def resume_it() -> None:
        with postgres_database.write() as connection:
            campaign = connection.execute(select(Campaign.__table__)).one()
            resume(connection, campaign, NOON)

    resuming = threading.Thread(target=resume_it)
    with postgres_database.write() as claiming:
        claim(claiming, town.sender_id, NOON)
        resuming.start()
        while resuming.is_alive() and not _waits_for_a_lock(postgres_database):
            pass
    resuming.join()
    with postgres_database.read() as connection:
        late = select(func.count()).where(Message.status == "queued", Message.due_at > NOON)
        assert connection.execute(late).scalar_one() == 0


def _waits_for_a_lock(database: Database) -> bool:
    with database.read() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(connection.execute(waiting).scalar_one())


def test_a_campaign_that_was_resumed_since_its_messages_were_read_is_not_put_off(database: Database) -> None:
    town = a_town(database)
    with database.read() as connection:
        assert hold_paused(connection, [town.campaign_id]) == set()
    town.change(Campaign, town.campaign_id, status="paused")
    with database.write() as connection:
        assert hold_paused(connection, [town.campaign_id, 99]) == {town.campaign_id}


def _an_update(town: Any, **changes: Any) -> int:
    fields = {"community_id": town.community_id, "texts": {"en": "News"}, "status": "sending", "created_at": NOON}
    with town.database.write() as connection:
        return int(connection.execute(insert(Update).values(**{**fields, **changes}).returning(Update.id)).scalar_one())


@pytest.mark.parametrize(
    ("resident", "answered", "status"),
    [
        ({"updates": "granted", "surveys": "none"}, False, "sending"),
        ({"updates": "withdrawn"}, True, "cancelled"),
        ({"updates": "none"}, False, "cancelled"),
        ({"updates": "none"}, True, "sending"),
    ],
)
def test_an_update_goes_to_those_who_subscribed_or_took_part(
    database: Database, resident: dict[str, Any], answered: bool, status: str
) -> None:
    town = a_town(database)
    participant = town.resident(**resident)
    if answered:
        run = town.run(participant, status="ended")
        answer = {"community_id": town.community_id, "participant_id": participant, "run_id": run, "value": "snow"}
        answer |= {"revision_id": town.revision_id, "question": "focus", "state": "focus", "raw": "2", "language": "en"}
        with database.write() as connection:
            connection.execute(insert(Answer).values(**answer, answered_at=NOON))
    update_id = _an_update(town)
    # The campaign that it tells of is over: that does not hold it back.
    town.change(Campaign, town.campaign_id, status="closed")
    message = town.message(
        participant, kind="update", priority=2, update_id=update_id, occurrence=1, campaign_id=town.campaign_id
    )
    town.claim()
    assert town.row(message).status == status


def test_a_cancelled_updates_messages_are_cancelled(database: Database) -> None:
    town = a_town(database)
    message = town.message(kind="update", priority=2, update_id=_an_update(town, status="cancelled"), occurrence=1)
    town.claim()
    assert (town.row(message).status, town.row(message).error_code) == ("cancelled", "update_cancelled")
