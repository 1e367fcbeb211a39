"""What time alone does: reminders, time-outs, the end of idle runs; over daylight saving, late, and twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.context import Context
from flows.definition import Days
from flows.effects import RunEnded, Say
from flows.engine import new_run, step
from flows.engine.timers import later
from flows.events import Resumed, Started, TimeReached
from tests.flows.talking import NOON, Talk, flow_of, play, talk_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = "a: {ask: yesno, text: All well?, next: b}\nb: {say: Good., end: completed}"
TIMED = """
a: {ask: yesno, text: All well?, on: {timeout: {after: 2d, go: later}}, next: b}
later: {ask: text, text: Still there?, on: {timeout: {after: 12h, go: b}}, next: b}
b: {say: Bye., end: completed}
"""
REMINDED = "reminders: [24h, 72h]\n"


def test_a_question_that_waits_is_reminded_of_as_often_as_the_flow_says() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    assert talk.run.due_at == NOON + 24 * HOUR
    assert talk.wait(24 * HOUR) == (Say("When you have a minute: All well?", "reminder", (), 1, "en"),)
    assert talk.run.due_at == NOON + 72 * HOUR
    talk.wait(48 * HOUR)
    assert talk.said == ["When you have a minute: All well?"]
    assert talk.run.due_at == NOON + 7 * DAY
    talk.reply("yes")
    assert talk.run.outcome == "completed"


def test_doing_what_is_due_twice_does_it_once() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    talk.wait(24 * HOUR)
    before = talk.run
    assert talk.happen(TimeReached()) == ()
    assert talk.run == before


def test_a_time_that_has_not_come_changes_nothing() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    before = talk.run
    assert talk.wait(23 * HOUR) == ()
    assert talk.run == before


def test_reminders_missed_while_nobody_looked_are_one() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    assert len(talk.wait(80 * HOUR)) == 1
    assert talk.happen(TimeReached()) == ()


@pytest.mark.parametrize(("looked_at", "next_at"), [(47, 72), (48, 72), (49, None), (71, None)])
def test_a_reminder_that_comes_late_stands_for_one_that_would_follow_at_its_heels(
    looked_at: int, next_at: int | None
) -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    assert len(talk.wait(looked_at * HOUR)) == 1
    assert talk.run.due_at == (NOON + 7 * DAY if next_at is None else NOON + next_at * HOUR)


def test_a_reply_that_was_not_understood_puts_the_reminder_off() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED))
    talk.now += 23 * HOUR
    talk.reply("purple")
    assert talk.run.due_at == NOON + 47 * HOUR


def test_each_question_has_its_own_reminders() -> None:
    flow = flow_of(
        "a: {ask: yesno, text: One?, next: b}\nb: {ask: yesno, text: Two?, next: c}\nc: {end: completed}", head=REMINDED
    )
    play(flow, "~ 24h\n< When you have a minute: One?\n> yes\n< Two?\n~ 24h\n< When you have a minute: Two?")


def test_a_campaigns_reminders_replace_those_of_the_flow() -> None:
    talk = talk_to(flow_of(ASKED, head=REMINDED), reminders=(2 * HOUR,))
    assert talk.run.due_at == NOON + 2 * HOUR
    talk.wait(2 * HOUR)
    assert talk.run.due_at == NOON + 7 * DAY
    assert talk_to(flow_of(ASKED, head=REMINDED), reminders=()).run.due_at == NOON + 7 * DAY


def test_a_question_times_out() -> None:
    talk = talk_to(flow_of(TIMED))
    assert talk.run.due_at == NOON + 2 * DAY
    talk.wait(2 * DAY)
    assert talk.said == ["Still there?"]
    assert talk.run.answers == {}
    assert talk.run.due_at == NOON + 2 * DAY + 12 * HOUR
    talk.wait(12 * HOUR)
    assert talk.effects == (Say("Bye.", "say", (), 0, "en"), RunEnded("completed"))


def test_a_time_out_counts_from_the_prompt_not_from_the_last_try() -> None:
    talk = talk_to(flow_of(TIMED))
    talk.now += DAY
    talk.reply("purple")
    assert talk.run.due_at == NOON + 2 * DAY


def test_a_time_out_that_is_due_makes_a_reminder_needless() -> None:
    talk = talk_to(flow_of(TIMED, head=REMINDED))
    talk.wait(3 * DAY)
    assert talk.said == ["Still there?"]


def test_an_idle_run_ends_without_a_word_and_keeps_its_answers() -> None:
    flow = flow_of("a: {ask: yesno, text: One?, next: b}\nb: {ask: yesno, text: Two?, next: c}\nc: {end: completed}")
    talk = talk_to(flow)
    talk.now += 6 * DAY
    talk.reply("yes")
    assert talk.wait(6 * DAY) == ()
    assert talk.wait(DAY) == (RunEnded("expired"),)
    assert talk.run.answers == {"a": True}
    assert talk.wait(DAY) == ()


def test_the_earlier_of_time_out_and_expiry_counts_however_late_it_is_noticed() -> None:
    flow = flow_of(TIMED.replace("2d", "8d"))
    talk = talk_to(flow)
    assert talk.wait(30 * DAY) == (RunEnded("expired"),)
    talk = talk_to(flow_of(TIMED))
    talk.wait(6 * DAY)
    assert talk.said == ["Still there?"]


def test_a_run_that_waits_for_a_person_is_neither_reminded_nor_timed_out_but_expires() -> None:
    talk = talk_to(flow_of(TIMED, head=REMINDED))
    talk.reply("can someone call me")
    assert talk.run.due_at == NOON + 7 * DAY
    assert talk.wait(3 * DAY) == ()
    talk.happen(Resumed())
    assert talk.run.due_at == NOON + 4 * DAY
    assert talk.wait(30 * DAY) != ()


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def at(written: str, after: str, zone: str = "America/Halifax") -> Talk:
    states = TIMED.replace("2d", after)
    flow = flow_of(states, head="")
    talk = Talk(flow, talk_to(flow).run, now=local(written)).knows(zone=zone)
    talk.run = type(talk.run)(flow=flow.name, seed=1, language="en")
    return talk.start()


def test_days_keep_the_local_hour_and_hours_elapse() -> None:
    # In Halifax clocks went forward on 8 March 2026 at 2:00 and back on 1 November 2026 at 2:00.
    assert at("2026-03-07T18:00-04:00", "1d").run.due_at == local("2026-03-08T18:00-03:00")
    assert at("2026-03-07T18:00-04:00", "24h").run.due_at == local("2026-03-08T19:00-03:00")
    assert at("2026-10-31T18:00-03:00", "1d").run.due_at == local("2026-11-01T18:00-04:00")
    assert at("2026-10-31T18:00-03:00", "24h").run.due_at == local("2026-11-01T17:00-04:00")


def test_an_hour_that_is_skipped_becomes_the_next_and_a_doubled_one_is_the_first() -> None:
    assert at("2026-03-07T02:30-04:00", "1d").run.due_at == local("2026-03-08T03:00-03:00")
    assert at("2026-10-31T01:30-03:00", "1d").run.due_at == local("2026-11-01T01:30-03:00")


def test_the_zone_is_the_participants_and_an_unknown_one_is_ours() -> None:
    assert at("2026-03-28T12:00+00:00", "1d", "Europe/Paris").run.due_at == local("2026-03-29T11:00+00:00")
    assert at("2026-03-07T18:00-04:00", "1d", "Mars/Olympus").run.due_at == local("2026-03-08T18:00-03:00")


def test_a_flow_that_times_out_in_circles_ends() -> None:
    flow = flow_of(
        "a: {ask: yesno, text: Well?, on: {timeout: {after: 1m, go: b}}, next: c}\nb: {next: a}\nc: {end: completed}"
    )
    talk = talk_to(flow)
    assert talk.wait(HOUR)[0] == Say("Well?", "prompt", (), 2, "en")
    assert talk.run.due_at == talk.now + timedelta(minutes=1)


def test_days_counted_from_winter_to_the_hour_that_comes_twice_are_the_first() -> None:
    # 1:30 comes twice on 1 November 2026; the second of them has the offset that March began with.
    assert later(local("2026-03-01T01:30-04:00"), Days(days=245), "America/Halifax") == local("2026-11-01T01:30-03:00")


def test_a_time_beyond_the_calendar_never_comes() -> None:
    assert later(NOON, timedelta(days=10**7), "America/Halifax").year == 9999
    assert later(NOON, Days(days=10**7), "America/Halifax").year == 9999


def test_the_times_of_a_run_are_in_utc_wherever_now_is_from() -> None:
    flow = flow_of(ASKED)
    made = step(
        flow, new_run(flow, seed=1, language="en"), Started(), Context(), NOON.astimezone(ZoneInfo("Asia/Tokyo"))
    )
    assert made.run.to_json()["prompted_at"] == made.run.to_json()["active_at"] == "2026-11-23T16:00:00+00:00"
    with pytest.raises(ValueError, match="aware"):
        step(flow, made.run, TimeReached(), Context(), NOON.replace(tzinfo=None))
