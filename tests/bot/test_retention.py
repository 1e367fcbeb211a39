"""Retention: what is too old goes, in slices that a kill does not repeat; all else stays, and is still counted."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update
from typer.testing import CliRunner

from bot.app import open_installation
from bot.cli import app
from bot.config import CommunitySettings, load_settings
from bot.consent import is_suppressed
from bot.delivery.audit import audit
from bot.insight.campaign import campaign_results
from bot.interop.answers_csv import write_answers
from bot.persons import everything_about
from bot.retention import begin, retain_due, work_pass, would_drop
from bot.tasks import TASKS
from storage.database import Database
from storage.models import (
    Address,
    Answer,
    Base,
    Campaign,
    Community,
    Consent,
    InboxItem,
    Invitation,
    Medium,
    Message,
    Participant,
    RetentionPass,
    Run,
    Suppression,
    Update,
)
from storage.retention import open_pass, retention_is_due
from tests.builders import (
    NOON,
    Place,
    a_community,
    a_house,
    a_participant,
    a_place,
    a_revision,
    a_sender,
    an_invitation,
)

FLOW = """
flow: street
title: {en: Street}
languages: [en]
start: focus
states:
  focus:
    ask: choice
    text: {en: What first?}
    other: true
    options: {housing: {en: Housing}, food: {en: Food}}
    next: why
  why: {ask: text, text: {en: Why?}, next: health}
  health: {ask: text, text: {en: How are you?}, sensitive: true, next: done}
  done: {end: completed}
"""
SETTINGS = {"keep_texts_days": 30, "keep_people_days": 365}
NOW = NOON + timedelta(days=1000)
LONG_AGO, LATELY, JUST_NOW = NOW - timedelta(days=400), NOW - timedelta(days=100), NOW - timedelta(days=2)


def a_person(
    connection: Connection, place: Place, number: str, at: datetime, *, run: str = "ended", **changes: Any
) -> int:
    """Somebody who joined and answered three questions at `at`, sent a photo, and asked for a person, who took care of it."""
    address = f"sms:+1902555{number}"
    person = a_participant(connection, place.community_id, address, joined_at=at, name=f"Name{number}", **changes)
    address_id = connection.execute(select(Address.id).where(Address.participant_id == person)).scalar_one()
    connection.execute(update(Consent).where(Consent.participant_id == person).values(given_at=at, recorded_at=at))
    connection.execute(update(Address).where(Address.id == address_id).values(created_at=at, last_text=f"last{number}"))
    common = {"community_id": place.community_id, "participant_id": person}
    both = common | {"address_id": address_id, "sender_id": place.sender_id, "campaign_id": place.campaign_id}
    run_id = connection.execute(
        insert(Run)
        .values(
            **both, revision_id=place.revision_id, status=run, outcome="completed" if run == "ended" else None,
            current_state=None if run == "ended" else "why", visit=1, state={"heard": f"state{number}"}, started_at=at,
            ended_at=at if run == "ended" else None,
        )
        .returning(Run.id)
    ).scalar_one()  # fmt: skip
    message_id = a_message(connection, both | {"run_id": run_id}, f"words{number}", at)
    a_message(connection, both | {"run_id": run_id, "visit": 1}, f"ours{number}", at, direction="out", status="sent")
    for question, value, other in (("focus", "other", f"else{number}"), ("why", f"open{number}", None), ("health", f"ill{number}", None)):  # fmt: skip
        connection.execute(
            insert(Answer).values(
                **common, campaign_id=place.campaign_id, run_id=run_id, revision_id=place.revision_id,
                message_id=message_id, question=question, state=question, value=value, other=other,
                raw=f"open{number}" if question == "why" else f"raw{number}", language="en",
                sensitive=question == "health", answered_at=at,
            )
        )  # fmt: skip
    connection.execute(
        insert(Medium).values(
            **common, message_id=message_id, kind="photo", reference=f"photo{number}", status="kept", due_at=at,
            content=b"x", created_at=at,
        )
    )  # fmt: skip
    connection.execute(
        insert(InboxItem).values(
            **common, message_id=message_id, kind="person", text=f"item{number}", created_at=at, done_at=at
        )
    )
    return person


def a_message(connection: Connection, common: Mapping[str, Any], words: str, at: datetime, **changes: Any) -> int:
    values = {**common, "direction": "in", "kind": "text", "text": words, "status": "received", "created_at": at}
    return int(connection.execute(insert(Message).values(values | changes).returning(Message.id)).scalar_one())


def more_of(connection: Connection, person: int) -> dict[str, Any]:
    """What a further message of somebody's needs."""
    names = ("community_id", "participant_id", "address_id", "sender_id")
    columns = [Message.__table__.c[name] for name in names]
    return dict(connection.execute(select(*columns).where(Message.participant_id == person)).first()._mapping)  # type: ignore[union-attr]


def retain(database: Database, now: datetime = NOW) -> dict[str, dict[str, int]]:
    """A whole pass, as the tasks do it."""
    for _ in range(500):
        with database.write() as connection:
            if not retain_due(connection, now, a_house()):
                break
    with database.read() as connection:
        assert open_pass(connection) is None
        last = select(RetentionPass.counts).order_by(RetentionPass.id.desc()).limit(1)
        return {
            key: {k: n for k, n in value.items() if n} for key, value in connection.execute(last).scalar_one().items()
        }


def rows_of(connection: Connection) -> dict[str, set[str]]:
    """Every row of every table but the passes themselves, as text."""
    return {
        table.name: {repr(tuple(row)) for row in connection.execute(select(table))}
        for table in Base.metadata.sorted_tables
        if table.name != "retention_passes"
    }


def everything(connection: Connection) -> str:
    return "\n".join(row for rows in rows_of(connection).values() for row in sorted(rows))


def a_town(connection: Connection, **settings: int) -> Place:
    return a_place(connection, FLOW, **settings)


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


def test_a_dry_run_counts_what_a_pass_then_drops_and_drops_nothing(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        for number, at in (("0101", LONG_AGO), ("0102", LONG_AGO), ("0103", LATELY), ("0104", JUST_NOW)):
            a_person(connection, place, number, at)
        before = rows_of(connection)
    told = would_drop(database.write, NOW, a_house())
    with database.read() as connection:
        assert rows_of(connection) == before
        assert connection.execute(select(RetentionPass.id)).first() is None
    assert {key: {k: n for k, n in value.items() if n} for key, value in told.items()} == retain(database)
    assert told[str(place.community_id)]["people"] == 2


def test_a_pass_that_was_killed_goes_on_where_it_stood_and_drops_nothing_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.SLICE", 2)
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        for number in range(101, 108):
            a_person(connection, place, f"0{number}", LONG_AGO)

    class Killed(Exception):
        pass

    steps = 0
    while True:
        # Each slice is done, and lost before it commits; then done again.
        with pytest.raises(Killed), database.write() as connection:
            work_pass(connection, open_pass(connection) or begin(connection, NOW), NOW, a_house())
            raise Killed
        with database.write() as connection:
            if not retain_due(connection, NOW, a_house()):
                break
        steps += 1
    assert steps > 20
    with database.read() as connection:
        counts = connection.execute(select(RetentionPass.counts)).scalars().all()
        assert len(counts) == 1
        dropped = counts[0][str(place.community_id)]
        assert (dropped["texts"], dropped["replies"], dropped["people"]) == (14, 14, 7)


def test_more_people_than_a_slice_drops_are_all_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retention.MOST_PEOPLE", 2)
    with database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        for number in range(101, 106):
            a_participant(connection, place.community_id, f"sms:+19025550{number}", agreed=(), joined_at=LONG_AGO)
    assert retain(database)[str(place.community_id)]["people"] == 5


def test_it_is_done_once_a_day(database: Database) -> None:
    (task,) = (one for one in TASKS if one.name == "retention")
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        assert task.due(connection, NOW)
        connection.execute(update(Community).values(settings={"keep_texts_days": 0}))
        assert not task.due(connection, NOW)
        connection.execute(update(Community).where(Community.id == place.community_id).values(settings=SETTINGS))
    retain(database)
    with database.read() as connection:
        assert not task.due(connection, NOW + timedelta(hours=23))
        assert task.due(connection, NOW + timedelta(hours=25))


def test_somebody_who_is_written_about_at_the_same_moment_is_passed_over(postgres_database: Database) -> None:
    with postgres_database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        person = a_person(connection, place, "0101", LONG_AGO)
        more = more_of(connection, person)
    with postgres_database.write() as other:
        a_message(other, more, "I am back", NOW)
        assert retain(postgres_database) == {}
    assert retain(postgres_database, NOW + timedelta(days=2)) == {}


@pytest.mark.parametrize("name", ["keep_texts_days", "keep_people_days"])
def test_days_that_are_too_few_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least 14 days, or 0"):
        CommunitySettings.model_validate({name: 13})
    assert getattr(CommunitySettings.model_validate({name: 14}), name) == 14


def test_the_command_tells_then_does(tmp_path: Any) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["retain", *words], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    installation = open_installation(load_settings())
    with installation.write() as connection:
        place = a_town(connection)
        at = installation.clock.now() - timedelta(days=50)
        a_person(connection, place, "0101", at)
    assert "All is kept" in run()
    with installation.write() as connection:
        connection.execute(update(Community).values(settings={"keep_texts_days": 30}))
    told = json.loads(run("--dry-run", "--json"))
    done = json.loads(run("--json"))
    assert (told.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert told == done
    (one,) = done["communities"]
    assert (one["community"], one["keep_texts_days"], one["keep_people_days"]) == ("shore-road", 30, 0)
    assert one["dropped"]["texts"] == 2
    assert json.loads(run("--json"))["communities"][0]["dropped"]["texts"] == 0
    assert "30 days" in run("--dry-run")
    with installation.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM messages WHERE text <> ''")).scalar_one() == 0
    installation.database.close()
