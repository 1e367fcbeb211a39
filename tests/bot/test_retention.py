"""Retention: what is too old goes, whoever has contact or waits for something stays, and all is still counted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.consent import is_suppressed
from bot.delivery.audit import audit
from bot.insight.campaign import campaign_results
from bot.interop.answers_csv import write_answers
from bot.persons import everything_about
from bot.retention import begin, retain_due, work_pass
from storage.database import Database
from storage.models import (
    Address,
    Campaign,
    Consent,
    InboxItem,
    Invitation,
    Message,
    Participant,
    Run,
    Suppression,
    Update,
)
from storage.retention import retention_is_due
from tests.bot.long_ago import (
    FLOW,
    JUST_NOW,
    LATELY,
    LONG_AGO,
    NOW,
    SETTINGS,
    a_message,
    a_person,
    a_town,
    everything,
    more_of,
    retain,
    rows_of,
)
from tests.builders import (
    NOON,
    Place,
    a_community,
    a_house,
    a_revision,
    a_sender,
    an_invitation,
)


def test_all_is_kept_unless_a_community_says_otherwise(database: Database) -> None:
    with database.write() as connection:
        a_person(connection, a_town(connection), "0101", LONG_AGO)
    with database.write() as connection:
        before = rows_of(connection)
        assert not retention_is_due(connection, NOW)
        assert retain_due(connection, NOW, a_house()) == 0
        work_pass(connection, begin(connection, NOW), NOW, a_house())
        assert rows_of(connection) == before


def test_words_go_after_their_days_and_what_was_chosen_stays(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, keep_texts_days=30)
        person = a_person(connection, place, "0101", LATELY)
        a_message(connection, more_of(connection, person), "new words", JUST_NOW)
        stranger = {"community_id": place.community_id, "sender_id": place.sender_id, "participant_id": None}
        address = select(Address.id).limit(1).scalar_subquery()
        a_message(connection, stranger | {"address_id": address}, "stranger words", LATELY, status="kept")
    counts = retain(database)
    assert counts == {
        str(place.community_id): {"texts": 3, "replies": 2, "conversations": 1, "media": 1, "inbox_items": 1}
    }
    with database.read() as connection:
        left = everything(connection)
        gone = ("words0101", "stranger words", "ours0101", "raw0101", "ill0101", "photo0101", "item0101", "state0101", "last0101")  # fmt: skip
        assert [word for word in gone if word in left] == []
        for kept in ("new words", "open0101", "else0101", "Name0101", "+19025550101", "I agree to be texted"):
            assert kept in left
        focus, why, health = _results(connection, place)
        assert (focus.cells[2].n, focus.words, why.answered, why.words) == (1, ("else0101",), 1, ("open0101",))
        assert (health.answered, health.words) == (1, ())


def _results(connection: Connection, place: Place) -> Any:
    return campaign_results(connection, place.campaign_id, place.revision_id, language="en").questions


def test_a_quiet_person_is_let_go_and_what_they_chose_is_counted_about_nobody(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        gone = a_person(connection, place, "0101", LONG_AGO, timezone="America/Vancouver")
        stopped = a_person(connection, place, "0102", LONG_AGO, opted_out_at=LONG_AGO)
        stays = a_person(connection, place, "0103", LATELY)
        connection.execute(
            insert(Address).values(
                community_id=place.community_id, address="sms:+19025550177", channel="sms", created_at=LONG_AGO
            )
        )
        ledger = {repr(tuple(row)) for row in connection.execute(select(Consent.__table__))}
    assert retain(database) == {str(place.community_id): {"people": 2, "strangers": 1}}
    with database.read() as connection:
        left = everything(connection)
        for number in ("0101", "0102", "0177"):
            assert number not in left
        for word in ("words", "raw", "open", "else", "ill", "photo", "item", "state", "Name", "last"):
            assert f"{word}0103" in left
        assert {repr(tuple(row)) for row in connection.execute(select(Consent.__table__))} == ledger
        erased = select(Participant.id).where(Participant.erased_at.is_not(None))
        assert set(connection.execute(erased).scalars()) == {gone, stopped}
        keys = a_house().settings.secret_keys
        assert is_suppressed(connection, [place.community_id], "sms:+19025550102", keys)
        assert connection.execute(select(func.count()).select_from(Suppression)).scalar_one() == 1
        focus, why, health = _results(connection, place)
        assert (focus.cells[2].n, focus.words) == (3, ("else0103",))
        assert (why.answered, why.words) == (3, ("open0103",))
        assert health.answered == 1
        file = io.StringIO()
        campaign = connection.execute(select(Campaign.__table__)).one()
        assert write_answers(connection, campaign, file) == 3
        assert file.getvalue().count(",other,") == 3
        assert not [one for one in audit(connection, NOW).findings if one.kind != "lost"]
        person = connection.execute(select(Participant.__table__).where(Participant.id == stays)).one()
        assert everything_about(connection, person)["messages"][0]["text"] == "words0103"


def test_the_audit_says_the_same_before_and_after(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        person = a_person(connection, place, "0101", LONG_AGO, timezone="America/Vancouver")
        run_id = connection.execute(select(Run.id)).scalar_one()
        for words in ("one", "two"):
            out = {"run_id": run_id, "visit": 1, "kind": "prompt", "direction": "out", "status": "sent"}
            a_message(connection, more_of(connection, person), words, LONG_AGO, **out, claimed_at=LONG_AGO)
        before = audit(connection, NOW)
    assert retain(database) == {
        str(place.community_id): {
            "texts": 4, "replies": 2, "conversations": 1, "media": 1, "inbox_items": 1, "people": 1,
        }
    }  # fmt: skip
    with database.read() as connection:
        assert audit(connection, NOW) == before


def _open_run(connection: Connection, place: Place) -> None:
    a_person(connection, place, "0101", LONG_AGO, run="active")


def _handed_over(connection: Connection, place: Place) -> None:
    a_person(connection, place, "0101", LONG_AGO, run="handed_over")


OPEN = (_open_run, _handed_over)


@pytest.mark.parametrize("build", OPEN)
def test_an_open_conversation_is_not_touched(database: Database, build: Any) -> None:
    with database.write() as connection:
        build(connection, a_town(connection, **SETTINGS))
        # Its words of a loop alone are no part of it.
        connection.execute(update(Address).values(last_text=None))
        before = rows_of(connection)
    assert retain(database) == {}
    with database.read() as connection:
        assert rows_of(connection) == before


@pytest.mark.parametrize("status", ["queued", "sending", "unknown"])
def test_what_is_still_to_go_keeps_its_words_and_its_person(database: Database, status: str) -> None:
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        person = a_person(connection, place, "0101", LONG_AGO)
        waiting = {"direction": "out", "kind": "say", "status": status}
        a_message(connection, more_of(connection, person), "to go", LONG_AGO, **waiting)
    assert "people" not in retain(database)[str(place.community_id)]
    with database.read() as connection:
        assert connection.execute(select(Message.text).where(Message.status == status)).scalars().all() == ["to go"]
        assert "+19025550101" in everything(connection)


def _wrote(connection: Connection, _place: Place, person: int) -> None:
    a_message(connection, more_of(connection, person), "hi", JUST_NOW)


def _was_texted(connection: Connection, _place: Place, person: int) -> None:
    changes = {"direction": "out", "kind": "say", "status": "sent", "sent_at": JUST_NOW}
    a_message(connection, more_of(connection, person), "hi", LONG_AGO, **changes)


def _agreed_anew(connection: Connection, place: Place, person: int) -> None:
    connection.execute(
        insert(Consent).values(
            community_id=place.community_id, participant_id=person, scope="surveys", state="granted", source="fair",
            wording="Yes", language="en", given_at=JUST_NOW, recorded_at=JUST_NOW,
        )
    )  # fmt: skip


def _is_invited(connection: Connection, place: Place, person: int) -> None:
    an_invitation(connection, place.community_id, place.campaign_id, person)


def _waits_for_an_update(connection: Connection, place: Place, person: int) -> None:
    invitation = an_invitation(connection, place.community_id, place.campaign_id, person)
    connection.execute(update(Invitation).where(Invitation.id == invitation).values(status="ended"))
    connection.execute(
        insert(Update).values(
            community_id=place.community_id, campaign_id=place.campaign_id, texts={}, audience={}, status="scheduled",
            created_at=NOON, next_at=NOW + timedelta(days=1), occurrence=0, cursor=0,
        )
    )  # fmt: skip


def _waits_for_a_person(connection: Connection, _place: Place, person: int) -> None:
    connection.execute(update(InboxItem).where(InboxItem.participant_id == person).values(done_at=None))


@pytest.mark.parametrize(
    "contact", [_wrote, _was_texted, _agreed_anew, _is_invited, _waits_for_an_update, _waits_for_a_person]
)
def test_whoever_has_contact_or_waits_for_something_stays(database: Database, contact: Any) -> None:
    with database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        contact(connection, place, a_person(connection, place, "0101", LONG_AGO))
        before = rows_of(connection)
    assert retain(database) == {}
    with database.read() as connection:
        assert rows_of(connection) == before


def test_another_community_is_not_touched(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        other = a_community(connection, "other-side")
        revision = a_revision(connection, other, FLOW)
        sender = a_sender(connection, other, address="sms:+19025550111")
        theirs = Place(other, sender, revision, place.campaign_id)
        a_person(connection, theirs, "0142", LONG_AGO)
        before = rows_of(connection)
        a_person(connection, place, "0101", LONG_AGO)
    assert set(retain(database)) == {str(place.community_id)}
    with database.read() as connection:
        after = rows_of(connection)
        assert all(before[table] <= after[table] for table in before)
