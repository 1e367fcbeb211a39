"""What time brings: starts by the slice, reminders, timeouts, expiry; and runs that are ended from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.conversation import RunStart, StartedRuns, cancel_runs, due_runs, reach_times, start_runs
from storage import runs
from storage.database import Database
from storage.models import Address, Answer, Campaign, Invitation, Message, Participant, Run
from tests.builders import NOON, a_house, a_participant, a_place, a_sender, an_invitation
from tests.conversation.talk import Phone, one, read

REMINDING = """
flow: short
title: Short
languages: [en]
expires: 5d
reminders: [24h, 48h]
start: a
states:
  a:
    ask: yesno
    text: Is it better?
    on:
      timeout: {after: 72h, go: b}
    next: b
  b: {ask: text, text: Why?, next: c}
  c: {say: Thanks., end: completed}
"""


def start_one(database: Database, participant: dict[str, Any], **settings: Any) -> tuple[StartedRuns, Any]:
    with database.write() as connection:
        place = a_place(connection, **settings)
        participant_id = a_participant(connection, place.community_id, **participant)
        invitation_id = an_invitation(connection, place.community_id, place.campaign_id, participant_id)
        start = RunStart(participant_id, place.revision_id, place.campaign_id, invitation_id)
        started = start_runs(connection, [start], NOON, a_house())
    return started, read(database, select(Invitation.__table__))[0]


@pytest.mark.parametrize(
    ("participant", "reason"),
    [
        ({"opted_out_at": NOON}, "opted_out"),
        ({"held_at": NOON}, "held"),
        ({"agreed": ()}, "no_consent"),
        ({"agreed": ("updates",)}, "no_consent"),
        ({"address_status": "closed"}, "no_address"),
        ({"address": "telegram:77"}, "no_sender"),
        ({"erased_at": NOON}, "gone"),
    ],
)
def test_who_may_not_be_texted_is_skipped_with_the_reason(
    database: Database, participant: dict[str, Any], reason: str
) -> None:
    started, invitation = start_one(database, participant)
    assert started == StartedRuns(0, 0, {reason: 1}, 0)
    assert (invitation.status, invitation.reason) == ("skipped", reason)
    assert read(database, select(Message.id)) == []


def test_a_start_is_bulk_in_the_participants_language(database: Database) -> None:
    started, invitation = start_one(database, {"language": "fr"})
    assert (started.started, started.messages) == (1, 1)
    assert invitation.status == "started"
    (message,) = read(database, select(Message.__table__))
    assert message.text.startswith("Par quoi commencer?")
    assert (message.priority, message.language, message.hours_exempt_until) == (2, "fr", None)
    assert message.segments >= 1
    assert one(database, select(Address.sender_id)) == message.sender_id


def test_who_is_in_another_run_waits(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        participant_id = a_participant(connection, place.community_id)
        start = RunStart(participant_id, place.revision_id, place.campaign_id)
        assert start_runs(connection, [start, start], NOON, a_house()).waiting == 1
        invitation_id = an_invitation(connection, place.community_id, place.campaign_id, participant_id)
        again = RunStart(participant_id, place.revision_id, place.campaign_id, invitation_id)
        assert start_runs(connection, [again], NOON, a_house()) == StartedRuns(0, 1)
    assert one(database, select(Invitation.status)) == "pending"
    assert len(read(database, select(Run.id))) == 1


def test_a_thread_stays_with_its_sender(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        second = a_sender(connection, place.community_id, address="sms:+19025550101")
        ids = [
            a_participant(connection, place.community_id, f"sms:+1902555013{n}", sender_id=second if n < 2 else None)
            for n in range(6)
        ]
        start_runs(connection, [RunStart(one_id, place.revision_id) for one_id in ids], NOON, a_house())
    senders = [row.sender_id for row in read(database, select(Run.sender_id).order_by(Run.participant_id))]
    assert senders[:2] == [second, second]
    assert set(senders[2:]) == {place.sender_id, second}


def test_a_campaign_of_one_channel_uses_that_alone(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        bot = a_sender(connection, place.community_id, address="telegram:soundings_test_bot")
        participant_id = a_participant(connection, place.community_id)
        connection.execute(
            insert(Address).values(
                community_id=place.community_id,
                participant_id=participant_id,
                address="telegram:77",
                channel="telegram",
                created_at=NOON,
            )
        )
        start = RunStart(participant_id, place.revision_id, channels=("telegram",))
        assert start_runs(connection, [start], NOON, a_house()).started == 1
        other = a_participant(connection, place.community_id, "sms:+19025550124")
        start = RunStart(other, place.revision_id, channels=("telegram",))
        assert start_runs(connection, [start], NOON, a_house()).skipped == {"no_address": 1}
    assert one(database, select(Run.sender_id)) == bot


def test_reminders_then_the_timeout_then_the_end(database: Database) -> None:
    phone = remind(database)
    assert phone.wait(timedelta(hours=23)) == []
    assert phone.wait(timedelta(hours=2)) == ["When you have a minute: Is it better?"]
    assert one(database, select(Message.priority).where(Message.kind == "reminder")) == 1
    assert phone.wait(timedelta(hours=24)) == ["When you have a minute: Is it better?"]
    assert phone.wait(timedelta(hours=24)) == ["Why?"]
    phone.wait(timedelta(days=6))
    assert phone.wait(timedelta(days=6)) == []
    assert one(database, select(Run.outcome)) == "expired"


def remind(database: Database, **campaign: Any) -> Phone:
    with database.write() as connection:
        place = a_place(connection, REMINDING)
        connection.execute(update(Campaign).values(status="running", **campaign))
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    assert phone.start(RunStart(participant_id, place.revision_id, place.campaign_id)) == ["Is it better?"]
    return phone


def test_a_campaigns_reminders_replace_the_flows(database: Database) -> None:
    phone = remind(database, reminders=["2h"])
    assert phone.wait(timedelta(hours=3)) == ["When you have a minute: Is it better?"]
    assert phone.wait(timedelta(hours=40)) == []


def test_a_reminder_that_waits_is_taken_back_by_an_answer(database: Database) -> None:
    phone = remind(database)
    phone.now += timedelta(hours=25)
    with database.write() as connection:
        reach_times(connection, due_runs(connection, phone.now, 10), phone.now, phone.house)
    assert phone.text("yes") == ["Why?"]
    (reminder,) = read(database, select(Message.__table__).where(Message.kind == "reminder"))
    assert (reminder.status, reminder.error) == ("cancelled", "answered meanwhile")


def test_a_paused_campaign_reminds_nobody_until_it_goes_on(database: Database) -> None:
    phone = remind(database)
    with database.write() as connection:
        connection.execute(update(Campaign).values(status="paused"))
    assert phone.wait(timedelta(hours=25)) == []
    with database.write() as connection:
        connection.execute(update(Campaign).values(status="running"))
    assert phone.wait(timedelta(minutes=1)) == ["When you have a minute: Is it better?"]


def test_very_many_who_must_wait_stand_in_nobodys_way(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a window of two runs to look at, the two of a paused campaign do not hide the third."""
    monkeypatch.setattr(runs, "LOOKED_AT", 2)
    phone = remind(database)
    with database.write() as connection:
        community_id = connection.execute(select(Campaign.community_id)).scalar_one()
        revision_id = connection.execute(select(Campaign.revision_id)).scalar_one()
        paused = connection.execute(select(Campaign.id)).scalar_one()
        ids = [a_participant(connection, community_id, f"sms:+1902555013{n}") for n in range(2)]
        starts = [RunStart(ids[0], revision_id, paused), RunStart(ids[1], revision_id)]
        start_runs(connection, starts, phone.now, phone.house)
        connection.execute(update(Campaign).values(status="paused"))
    later = phone.now + timedelta(hours=25)
    with database.write() as connection:
        assert due_runs(connection, later, 2) == []
        (due,) = due_runs(connection, later, 2)
        assert connection.execute(select(Run.participant_id).where(Run.id == due)).scalar_one() == ids[1]


def test_a_conversation_that_a_person_took_over_and_left_ends_in_time(database: Database) -> None:
    phone = remind(database)
    assert phone.text("can someone call me")
    assert one(database, select(Run.status)) == "handed_over"
    assert phone.wait(timedelta(days=3)) == []
    assert one(database, select(Run.status)) == "handed_over"
    phone.wait(timedelta(days=3))
    assert one(database, select(Run.outcome)) == "expired"


def test_who_is_held_keeps_their_conversation_until_somebody_has_looked(database: Database) -> None:
    phone = remind(database)
    phone.text("yes")
    phone.text("make it stop")
    phone.wait(timedelta(days=30))
    assert one(database, select(Run.status)) == "handed_over"


def test_a_time_that_is_reached_twice_counts_once(database: Database) -> None:
    phone = remind(database)
    phone.now += timedelta(hours=25)
    with database.write() as connection:
        due = due_runs(connection, phone.now, 10)
        assert reach_times(connection, due, phone.now, phone.house) == 1
        assert reach_times(connection, due, phone.now, phone.house) == 0
        assert due_runs(connection, phone.now, 10) == []


def test_cancelled_runs_end_in_silence_and_keep_their_answers(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        participant_id = a_participant(connection, place.community_id)
        invitation_id = an_invitation(connection, place.community_id, place.campaign_id, participant_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id, place.campaign_id, invitation_id))
    with database.write() as connection:
        run_id = one(database, select(Run.id))
        assert cancel_runs(connection, [run_id, run_id + 9], "cancelled", phone.now, phone.house) == 1
        assert cancel_runs(connection, [run_id], "cancelled", phone.now, phone.house) == 0
    assert (one(database, select(Run.outcome)), one(database, select(Invitation.status))) == ("cancelled", "ended")
    assert phone.new() == []


def test_what_a_cancelled_run_had_still_to_say_is_taken_back(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        participant_id = a_participant(connection, place.community_id)
        start_runs(connection, [RunStart(participant_id, place.revision_id)], NOON, a_house())
    with database.write() as connection:
        cancel_runs(connection, [one(database, select(Run.id))], "cancelled", NOON, a_house())
    assert one(database, select(Message.status)) == "cancelled"


def test_a_count_in_a_text_is_exact(database: Database) -> None:
    """The one who is told is counted among those before: how many completed it when they read it."""
    with database.write() as connection:
        place = a_place(
            connection,
            "flow: c\ntitle: C\nlanguages: [en]\nstart: a\nstates:\n  a: {ask: yesno, text: Good?, next: b}\n"
            "  b:\n    say: '{n} answered before you.'\n    with: {n: campaign.answered}\n    end: completed\n",
        )
        ids = [a_participant(connection, place.community_id, f"sms:+1902555013{n}") for n in range(3)]
    house = a_house()
    for at, participant_id in enumerate(ids):
        phone = Phone(database, address=f"sms:+1902555013{at}", house=house)
        phone.start(RunStart(participant_id, place.revision_id, place.campaign_id))
        assert phone.text("yes") == [f"{at} answered before you."]


def test_a_run_whose_number_is_somebody_elses_now_ends_by_itself(database: Database) -> None:
    phone = remind(database)
    with database.write() as connection:
        connection.execute(update(Address).values(participant_id=None))
    assert phone.wait(timedelta(hours=25)) == []
    assert one(database, select(Run.outcome)) == "failed"
    assert read(database, select(Answer.id)) == []
    assert one(database, select(Participant.opted_out_at)) is None
