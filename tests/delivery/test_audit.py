"""The audit: silent about a sound installation, and it finds each thing that is broken on purpose."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.channels.base import Ambiguous
from bot.clock import SetClock
from bot.conversation import RunStart, reach_times, receive, start_runs
from bot.delivery.audit import AuditReport, audit
from bot.delivery.dispatcher import Dispatcher
from bot.writer import Writer
from storage.database import Database
from storage.models import Answer, Campaign, Consent, Invitation, Message, Participant, Run, Sender, Update
from storage.persons import erase_person
from tests.builders import NOON, a_house, an_inbound
from tests.delivery.post import DAYTIME, RecordingChannel, Town, a_town, no_opt_outs

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=2)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def report(town: Town, now: datetime = LATER, since: datetime | None = None) -> AuditReport:
    with town.database.read() as connection:
        return audit(connection, now, since=since)


def codes(town: Town, now: datetime = LATER) -> dict[str, int]:
    return {finding.code: finding.count for finding in report(town, now).findings}


def left(town: Town, participant: int | None = None, at: datetime = NOON, **changes: Any) -> int:
    """A message that left at a moment."""
    fields = {"status": "sent", "claimed_at": at, "sent_at": at, "attempts": 1, "created_at": at, "due_at": at}
    return town.message(participant, **{**fields, **changes})


def text(town: Town, participant: int, at: datetime = NOON, **changes: Any) -> int:
    """A text that a resident wrote."""
    return town.message(
        participant,
        **{"direction": "in", "kind": "text", "status": "received", "created_at": at, "due_at": None, **changes},
    )


def withdraw(town: Town, participant: int, at: datetime, *scopes: str, state: str = "withdrawn") -> None:
    with town.database.write() as connection:
        for scope in scopes or ("surveys", "updates"):
            values = {"community_id": town.community_id, "participant_id": participant, "scope": scope, "state": state}
            values |= {"source": "text", "wording": "STOP", "language": "en", "given_at": at, "recorded_at": at}
            connection.execute(insert(Consent).values(**values))


async def test_a_whole_survey_leaves_nothing_to_find(database: Database, clock: SetClock) -> None:
    """A campaign's runs, answers, a HELP, a reprompt, a STOP midway, another resident's evening: all through the real code."""
    town, channel, house = a_town(database, hours=DAYTIME), RecordingChannel(), a_house()
    people = [town.resident() for _ in range(4)]
    writer = Writer(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs)
    with database.write() as connection:
        starts = []
        for person in people:
            values = {"community_id": town.community_id, "campaign_id": town.campaign_id, "participant_id": person}
            values |= {"status": "pending", "created_at": NOON}
            invitation = connection.execute(insert(Invitation).values(**values).returning(Invitation.id)).scalar_one()
            starts.append(RunStart(person, town.revision_id, town.campaign_id, invitation))
        start_runs(connection, starts, NOON, house)
    await dispatcher.drain()
    scripts = [
        ("2", "by the school", "4"),
        ("purple", "help", "1"),
        ("snow", "STOP", "STOP"),
        ("3", "everywhere", "thanks"),
    ]
    for turn in range(3):
        for number, script in enumerate(scripts):
            clock.forward(MINUTE if number < 3 else timedelta(hours=3))
            words = an_inbound(script[turn], address=f"sms:+1902555{number:04}", at=clock.now())
            with database.write() as connection:
                receive(connection, [words], clock.now(), house)
            await dispatcher.drain()
    writer.close()
    found = report(town, clock.now() + timedelta(days=2))
    assert found.findings == ()
    assert found.ok
    assert (found.messages_in, found.messages_out) == (12, len(channel.sent))
    assert found.messages_out >= 13


def test_the_report_as_json(database: Database) -> None:
    town = a_town(database)
    town.message()
    message = left(town, status="unknown")
    stuck = left(town, status="sending")
    found = json.loads(json.dumps(report(town).as_dict()))
    assert found == {
        "ok": False,
        "lost": 1,
        "doubled": 0,
        "after_stop": 0,
        "outside_hours": 0,
        "out_of_order": 0,
        "unknown": 1,
        "messages_in": 0,
        "messages_out": 3,
        "findings": [
            {"kind": "lost", "code": "sending_stuck", "count": 1, "of": "message", "examples": [stuck]},
        ],
    }
    town.change(Message, stuck, status="sent")
    assert report(town).ok, "an unknown message is no fault"
    assert report(town, since=NOON + MINUTE).messages_out == 0
    assert message


# -- lost


def test_what_is_on_its_way_is_not_lost_yet(database: Database) -> None:
    town = a_town(database)
    left(town, status="sending")
    assert codes(town, NOON + MINUTE) == {}
    assert codes(town) == {"sending_stuck": 1}


def test_an_open_run_whose_question_was_never_put(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, visit=2)
    assert codes(town) == {"run_without_prompt": 1}
    left(town, resident, run_id=run, visit=1)
    assert codes(town) == {"run_without_prompt": 1}
    left(town, resident, run_id=run, visit=2, at=NOON + MINUTE)
    assert codes(town) == {}


@pytest.mark.parametrize(
    ("status", "run", "found"),
    [
        ("pending", None, {"invitation_stuck": 1}),
        ("pending", "active", {}),
        ("started", None, {"invitation_stuck": 1}),
        ("started", "ended", {"invitation_stuck": 1}),
        ("started", "active", {}),
        ("ended", "ended", {}),
        ("skipped", None, {}),
    ],
)
def test_invitations_that_ought_to_have_moved_on(
    database: Database, status: str, run: str | None, found: dict[str, int]
) -> None:
    town = a_town(database)
    resident = town.resident()
    with database.write() as connection:
        values = {"community_id": town.community_id, "campaign_id": town.campaign_id, "participant_id": resident}
        statement = insert(Invitation).values(**values, status=status, created_at=NOON).returning(Invitation.id)
        invitation = connection.execute(statement).scalar_one()
    if run is not None:
        town.run(resident, status=run, visit=0, invitation_id=invitation if status != "pending" else None)
    assert codes(town) == found
    assert codes(town, NOON + MINUTE) == (found if status == "started" else {})


def test_an_answer_whose_message_is_not_there(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, status="ended")
    message = text(town, resident)
    with database.write() as connection:
        for number, (raw, message_id) in enumerate([("2", message), ("2", None), ("", None)]):
            values = {"community_id": town.community_id, "participant_id": resident, "run_id": run, "value": "snow"}
            values |= {"revision_id": town.revision_id, "question": f"q{number}", "state": "focus", "language": "en"}
            connection.execute(insert(Answer).values(**values, raw=raw, message_id=message_id, answered_at=NOON))
    assert codes(town) == {"answer_without_message": 1}


def test_a_text_that_left_no_trace(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    message = text(town, resident)
    assert codes(town) == {"text_without_trace": 1}
    left(town, resident, reply_to=message)
    assert codes(town) == {}
    text(town, resident, status="kept")
    assert codes(town) == {}, "what is kept is no part of a conversation"
    withdraw(town, town.resident(), NOON)
    text(town, town.residents[-1], NOON + MINUTE)
    assert codes(town) == {}, "a second STOP is met with silence"
    town.change(Sender, town.sender_id, opt_out="provider")
    text(town, town.resident(), text="HELP")
    assert codes(town) == {}, "the provider answered it"
    text(town, town.resident(), text="by the school")
    assert codes(town) == {"text_without_trace": 1}


# -- doubled


def test_one_text_of_the_provider_under_two_senders(database: Database) -> None:
    town = a_town(database)
    with database.write() as connection:
        values = {"address": "sms:+19025550101", "channel": "sms", "opt_out": "ours", "pace": 1.0, "created_at": NOON}
        other = connection.execute(insert(Sender).values(**values).returning(Sender.id)).scalar_one()
    left(town, provider_id="SM1")
    assert codes(town) == {}
    left(town, provider_id="SM1", sender_id=other)
    assert codes(town) == {"provider_id_twice": 1}


def test_the_same_words_twice_for_one_text_or_one_question(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, status="ended")
    question = text(town, resident)
    left(town, resident, run_id=run, visit=1, reply_to=question)
    left(town, resident, at=NOON + MINUTE, run_id=run, visit=1, reply_to=question, text="and a second part")
    help_text = text(town, resident, at=NOON + 2 * MINUTE)
    left(town, resident, at=NOON + 2 * MINUTE, run_id=run, visit=1, reply_to=help_text)
    left(town, resident, at=NOON + timedelta(hours=9), run_id=run, visit=1)
    left(town, resident, at=NOON + timedelta(hours=19), run_id=run, visit=1)
    assert codes(town) == {}, "a prompt is repeated when it is asked for, or when a person hands the run back"
    left(town, resident, at=NOON + timedelta(hours=19), run_id=run, visit=1)
    left(town, resident, at=NOON + timedelta(hours=20), run_id=run, visit=1, reply_to=question)
    town.message(resident, run_id=run, visit=1, reply_to=question, status="cancelled")
    assert codes(town) == {"said_twice": 2}


@pytest.mark.parametrize("seconds", [31, 60])
def test_a_reminder_soon_after_another_is_another_one(database: Database, seconds: int) -> None:
    town, house = a_town(database), a_house()
    resident = town.resident()
    town.change(Campaign, town.campaign_id, status="running", reminders=["1m", "2m"])
    with database.write() as connection:
        start_runs(connection, [RunStart(resident, town.revision_id, town.campaign_id)], NOON, house)
        (run,) = connection.execute(select(Run.id)).scalars()
        sent = update(Message).values(status="sent", claimed_at=Message.created_at, sent_at=Message.created_at)
        connection.execute(sent)
        # The scheduler was away as the first one was due: it comes late, the second one in its time.
        for at in (NOON + 2 * MINUTE - timedelta(seconds=seconds), NOON + 2 * MINUTE):
            reach_times(connection, [run], at, house)
        connection.execute(sent)
    assert codes(town) == {}
    with database.write() as connection:
        kinds = connection.execute(select(Message.kind, Message.occurrence).order_by(Message.id)).all()
        assert [tuple(row) for row in kinds] == [("prompt", None), ("reminder", 1), ("reminder", 2)]
        # The same one twice, as it would be if two schedulers sent it.
        connection.execute(update(Message).where(Message.occurrence == 2).values(occurrence=1))
    assert codes(town) == {"said_twice": 1}


def test_two_messages_to_one_resident_at_once(database: Database) -> None:
    town = a_town(database)
    resident, other = town.resident(), town.resident()
    left(town, resident, sent_at=NOON + SECOND)
    left(town, other, sent_at=NOON + SECOND)
    left(town, other, at=NOON + SECOND)
    assert codes(town) == {}
    left(town, resident, sent_at=NOON + 2 * SECOND)
    assert codes(town) == {"at_once": 1}


def test_an_update_twice_to_one_resident(database: Database) -> None:
    town = a_town(database)
    values = {"community_id": town.community_id, "texts": {"en": "News"}, "status": "sent", "created_at": NOON}
    with database.write() as connection:
        news = connection.execute(insert(Update).values(**values).returning(Update.id)).scalar_one()
    resident = town.resident()
    for occurrence in (1, 2, None):
        left(town, resident, kind="update", priority=2, update_id=news, occurrence=occurrence)
    left(town, kind="update", priority=2, update_id=news, occurrence=1)
    assert codes(town) == {}
    left(town, resident, kind="update", priority=2, update_id=news, occurrence=None)
    assert codes(town) == {"update_twice": 1}


def test_two_runs_for_one_invitation(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    with database.write() as connection:
        values = {"community_id": town.community_id, "campaign_id": town.campaign_id, "participant_id": resident}
        statement = insert(Invitation).values(**values, status="ended", created_at=NOON).returning(Invitation.id)
        invitation = connection.execute(statement).scalar_one()
    town.run(resident, status="ended", invitation_id=invitation)
    assert codes(town) == {}
    town.run(resident, status="ended", invitation_id=invitation)
    assert codes(town) == {"run_twice": 1}


# -- after STOP


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({"kind": "say"}, True),
        ({"kind": "prompt", "priority": 2}, True),
        ({"kind": "manual"}, True),
        ({"kind": "confirmation"}, False),
        ({"kind": "help"}, False),
        ({"kind": "say", "status": "cancelled"}, False),
        ({"kind": "say", "status": "failed"}, False),
    ],
)
@pytest.mark.parametrize("written", ["before", "after"])
def test_what_left_after_stop(database: Database, message: dict[str, Any], found: bool, written: str) -> None:
    town = a_town(database)
    resident = town.resident()
    withdraw(town, resident, NOON)
    created_at = NOON - MINUTE if written == "before" else NOON + timedelta(seconds=1)
    left(town, resident, at=NOON + MINUTE, **message, **({"created_at": created_at}))
    assert codes(town) == ({"after_stop": 1} if found else {})


def test_what_was_on_its_way_as_stop_was_written_is_no_fault(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    withdraw(town, resident, NOON)
    left(town, resident, at=NOON + timedelta(seconds=2), created_at=NOON - MINUTE)
    assert codes(town) == {}
    left(town, resident, at=NOON + timedelta(seconds=2), created_at=NOON + timedelta(seconds=1))
    assert codes(town) == {"after_stop": 1}, "but nothing is written after it"


def test_one_confirmation_and_no_second_for_the_same_stop(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    stop = text(town, resident)
    withdraw(town, resident, NOON)
    left(town, resident, at=NOON + MINUTE, kind="confirmation", reply_to=stop, created_at=NOON)
    assert codes(town) == {}
    left(town, resident, at=NOON + 2 * MINUTE, kind="confirmation", reply_to=stop, text="Bye", created_at=NOON)
    assert codes(town) == {"after_stop": 1}


def test_coming_back_and_writing_anew_are_answered(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    withdraw(town, resident, NOON)
    join = text(town, resident, at=NOON + MINUTE)
    left(town, resident, at=NOON + MINUTE, kind="say", reply_to=join)
    withdraw(town, resident, NOON + 2 * MINUTE, "surveys", "updates", state="granted")
    left(town, resident, at=NOON + 3 * MINUTE, kind="prompt", priority=2)
    assert codes(town) == {}


def test_a_single_scope_that_was_withdrawn_holds_what_needs_it(database: Database) -> None:
    town = a_town(database)
    surveys, updates = town.resident(), town.resident()
    withdraw(town, surveys, NOON, "surveys")
    withdraw(town, updates, NOON, "updates")
    values = {"community_id": town.community_id, "texts": {"en": "News"}, "status": "sent", "created_at": NOON}
    with database.write() as connection:
        news = connection.execute(insert(Update).values(**values).returning(Update.id)).scalar_one()
    survey: dict[str, Any] = {"at": NOON + MINUTE, "priority": 2}
    update_message: dict[str, Any] = {**survey, "kind": "update", "update_id": news, "occurrence": 1}
    left(town, surveys, **update_message)
    left(town, updates, **survey)
    left(town, surveys, at=NOON + 2 * MINUTE)
    assert codes(town) == {}
    left(town, surveys, **{**survey, "at": NOON + 3 * MINUTE})
    left(town, updates, **{**update_message, "at": NOON + 3 * MINUTE})
    assert codes(town) == {"after_stop": 2}


# -- hours and order


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({}, True),
        ({"priority": 2}, True),
        ({"hours_exempt_until": NIGHT + MINUTE}, False),
        ({"hours_exempt_until": NIGHT}, True),
        ({"kind": "notification"}, False),
    ],
)
def test_what_left_outside_hours(database: Database, message: dict[str, Any], found: bool) -> None:
    town = a_town(database, hours=DAYTIME)
    left(town, at=NIGHT, **message)
    left(town, town.resident(timezone="America/Vancouver"), at=NIGHT)
    left(town)
    assert codes(town) == ({"outside_hours": 1} if found else {})


@pytest.mark.parametrize("keep_answers", [True, False])
def test_what_left_in_the_hours_of_somebody_who_was_erased_is_no_fault(database: Database, keep_answers: bool) -> None:
    town = a_town(database, hours=DAYTIME)
    resident = town.resident(timezone="America/Vancouver")
    left(town, resident, at=NIGHT)
    assert codes(town) == {}
    with database.write() as connection:
        erase_person(connection, resident, NOON + MINUTE, keep_answers=keep_answers)
        zone = connection.execute(select(Participant.timezone).where(Participant.id == resident)).scalar_one()
    assert zone == ("America/Vancouver" if keep_answers else None)
    assert codes(town) == {}


def test_what_overtook_a_message_that_it_ought_to_have_waited_for(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    left(town, resident, at=NOON + MINUTE, due_at=NOON, created_at=NOON - MINUTE)
    overtaker = left(town, resident, at=NOON)
    (finding,) = report(town).findings
    assert (finding.kind, finding.code, finding.examples) == ("out_of_order", "overtaken", [overtaker])


@pytest.mark.parametrize(
    "old",
    [
        {"due_at": NOON + MINUTE},
        {"priority": 2, "due_at": NOON},
        {"due_at": NOON, "retried_at": NOON + MINUTE, "created_at": NOON - MINUTE},
        # Written just before, and committed only after: nobody could wait for it.
        {"due_at": NOON, "created_at": NOON - timedelta(seconds=1)},
        # The later one's claim began first, stood still, and went on when this one had gone.
        {"due_at": NOON - MINUTE, "created_at": NOON - MINUTE, "sent_at": NOON},
    ],
)
def test_what_may_overtake(database: Database, old: dict[str, Any]) -> None:
    """What was not due, was less urgent, went a second time later, was not there yet, or was there first all the same."""
    town = a_town(database)
    resident = town.resident()
    left(town, resident, **{"at": NOON + MINUTE, **old})
    left(town, resident, at=NOON)
    assert codes(town) == {}


def test_a_conversation_keeps_its_order_even_when_put_off(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, status="ended")
    left(town, resident, at=NOON + MINUTE, run_id=run, kind="say")
    left(town, resident, at=NOON, run_id=run, due_at=NOON)
    assert codes(town) == {"overtaken": 1}


async def test_an_unknown_message_is_counted_and_no_fault(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    town.message()
    channel.script.append(Ambiguous("timeout", "no answer"))
    writer = Writer(database)
    await Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs).drain()
    writer.close()
    assert (report(town).unknown, report(town).ok) == (1, True)


def test_many_cases_are_counted_and_a_few_are_named(database: Database) -> None:
    town = a_town(database)
    with database.write() as connection:
        town.crowd(connection, 50, status="sending", claimed_at=NOON)
        connection.execute(update(Message).values(attempts=1))
        assert connection.execute(select(Run.id)).all() == []
    (finding,) = report(town).findings
    assert (finding.count, len(finding.examples)) == (50, 20)
