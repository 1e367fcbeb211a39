"""A launch writes everything down at once; everybody is invited and begun once, whatever is run again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.audience import Audience, size
from bot.campaigns.inviting import invite_due
from bot.campaigns.settings import CampaignSettings
from bot.errors import NotFound, WrongUsage
from storage.database import Database
from storage.models import AudienceMember, Message, Run, Wave
from storage.models.messages import PRIORITY_BULK
from tests.builders import NOON
from tests.campaigns.hall import Hall


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def test_everybody_who_agreed_is_asked_once(hall: Hall) -> None:
    asked = hall.residents(20) + hall.residents(3, language="fr")
    hall.residents(2, agreed=())
    hall.resident(opted_out_at=NOON)
    hall.resident(held_at=NOON)
    hall.resident(address_status="closed")
    hall.resident(channel="telegram")  # no bot serves this community
    hall.launch()
    hall.work()
    hall.work()
    assert hall.invited() == asked
    assert [hall.texts(one)[0].splitlines()[0] for one in (asked[0], asked[-1])] == [
        "What should we fix first?",
        "Par quoi commencer?",
    ]
    assert all(len(hall.texts(one)) == 1 for one in asked)
    assert set(hall.all(select(Message.priority))) == {PRIORITY_BULK}
    assert hall.campaign().status == "running"


def test_a_campaign_for_later_waits(hall: Hall) -> None:
    hall.residents(3)
    hall.launch(at=NOON + timedelta(hours=3))
    hall.wait(timedelta(hours=2, minutes=59))
    assert (hall.campaign().status, hall.invited()) == ("scheduled", [])
    hall.wait(timedelta(minutes=1))
    assert hall.runs() == 3
    assert hall.campaign().launched_at == NOON + timedelta(hours=3)


def test_it_sends_the_revision_that_was_newest_when_it_was_written_down(hall: Hall) -> None:
    person = hall.resident()
    hall.launch(at=NOON + timedelta(hours=1))
    hall.publish(CHANGED)
    hall.wait(timedelta(hours=2))
    assert hall.texts(person)[0].startswith("What should we fix first?")
    hall.launch("later", flow="check-in@2")
    hall.launch("first", flow="check-in@1")
    hall.reply(person, "STOP", "START")
    assert hall.all(select(Run.revision_id)) == [hall.revision_id]
    assert hall.campaign("later").revision_id != hall.campaign("first").revision_id == hall.revision_id


def test_those_who_join_while_it_goes_out_are_not_of_it(hall: Hall) -> None:
    first = hall.residents(10)
    hall.launch()
    with hall.database.write() as connection:
        invite_due(connection, hall.now, slice_size=4)
    hall.residents(3)
    hall.work()
    assert hall.invited() == first


def test_a_file_of_people_is_kept_whole_however_long(hall: Hall) -> None:
    everybody = hall.residents(6)
    hall.launch(audience=Audience(participants=(everybody[4], everybody[1], everybody[4])))
    hall.work()
    assert hall.invited() == [everybody[1], everybody[4]]
    assert sorted(hall.all(select(AudienceMember.participant_id))) == [everybody[1], everybody[4]]
    assert "participants" not in hall.campaign().audience
    with hall.database.read() as connection:
        # More ids than a statement takes parameters.
        many = Audience(participants=(everybody[0], *range(10_000, 90_000)))
        assert size(connection, many, hall.community_id) == 1


def test_a_waiting_place_begins_when_the_conversation_before_it_is_over(hall: Hall) -> None:
    person, other = hall.residents(2)
    hall.launch("first")
    hall.work()
    hall.answer(other)
    hall.launch("second")
    hall.wait(timedelta(seconds=10))
    assert hall.places("second") == {"pending": 1, "started": 1}
    hall.wait(timedelta(seconds=10))
    assert hall.places("second") == {"pending": 1, "started": 1}
    hall.answer(person)
    hall.wait(timedelta(seconds=10))
    assert hall.places("second") == {"started": 2}
    assert hall.texts(person)[-1].startswith("What should we fix first?")


def test_two_campaigns_at_once_ask_one_after_the_other(hall: Hall) -> None:
    person = hall.resident()
    hall.launch("first")
    hall.launch("second")
    hall.wait(timedelta(seconds=1))
    assert (hall.places("first"), hall.places("second")) == ({"started": 1}, {"pending": 1})
    hall.answer(person)
    hall.wait(timedelta(seconds=10))
    assert (hall.places("first"), hall.places("second")) == ({"ended": 1}, {"started": 1})


def test_a_stop_between_invitation_and_start_is_obeyed(hall: Hall) -> None:
    _stays, stops = hall.residents(2)
    hall.launch()
    with hall.database.write() as connection:
        invite_due(connection, hall.now)
    hall.reply(stops, "STOP")
    hall.work()
    assert hall.places() == {"started": 1, "skipped:opted_out": 1}
    assert hall.status().skipped == {"opted_out": 1}


def test_the_campaign_s_reminders_replace_the_flow_s(hall: Hall) -> None:
    silent, talks = hall.residents(2)
    hall.launch(reminders=["2h", "1d"])
    hall.work()
    hall.answer(talks)
    hall.send()
    before = len(hall.texts(talks))
    hall.wait(timedelta(hours=2))
    assert len(hall.texts(silent)) == 2
    assert "What should we fix first?" in hall.texts(silent)[-1]
    hall.send()
    hall.wait(timedelta(days=1))
    hall.send()
    hall.wait(timedelta(days=3))
    assert len(hall.texts(silent)) == 3
    assert len(hall.texts(talks)) == before


def test_reminders_may_come_on_other_days_at_other_hours(hall: Hall) -> None:
    silent = hall.resident(timezone="America/Vancouver")
    hall.launch(reminders=["1d 18:30", "3d@08:00"])
    hall.work()
    # Noon in Halifax is eight in Vancouver, where 18:30 of the next day is 02:30 UTC of the one after.
    for at, texts in (
        ("2026-11-25T02:29", 1),
        ("2026-11-25T02:30", 2),
        ("2026-11-26T15:59", 2),
        ("2026-11-26T16:00", 3),
    ):
        hall.send()
        hall.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        hall.work()
        assert len(hall.texts(silent)) == texts, at


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "Spring!"}, "small letters"),
        ({"flow": "nothing"}, "Published there: check-in"),
        ({"flow": "check-in@7"}, "has no revision '7'"),
        ({"closes_at": NOON - timedelta(days=1)}, "close before it opens"),
        ({"reminders": ["soon"]}, "--reminder soon"),
        ({"reminders": ["2d 25:00"]}, "no clock shows"),
        ({"reminders": ["1d", "2d", "3d"]}, "people feel chased"),
        ({"keyword": "two words"}, "cannot be a keyword"),
    ],
)
def test_what_cannot_be_is_refused_in_words(hall: Hall, changes: dict[str, object], says: str) -> None:
    given = {"name": "spring", **changes}
    with pytest.raises(WrongUsage, match=says):
        hall.launch(given.pop("name"), **given)
    with pytest.raises(NotFound, match="no campaign called 'spring'"):
        hall.campaign()


def test_a_name_and_a_keyword_are_used_once(hall: Hall) -> None:
    hall.launch(keyword="Fundy")
    with pytest.raises(WrongUsage, match="campaign status spring"):
        hall.launch()
    with pytest.raises(WrongUsage, match="taken"):
        hall.launch("summer", keyword="FUNDY")


def test_a_keyword_lets_anybody_take_part_once(hall: Hall) -> None:
    inside = hall.resident("other")
    hall.launch(audience=Audience(tags=("nobody",)), keyword="fundy")
    hall.work()
    hall.reply(inside, "Fundy")
    assert hall.places() == {"started": 1}
    hall.answer(inside)
    hall.reply(inside, "fundy")
    assert hall.places() == {"ended": 1}
    assert hall.status().completed == 1


def test_readers_of_a_language_that_the_flow_lacks_are_not_asked_in_another_unless_told_so(hall: Hall) -> None:
    hall.residents(2)
    arab = hall.resident(language="ar")
    hall.resident(language="tl")
    lacking = r"not there: العربية \(ar\), 7 of the flow's 7; Tagalog \(tl\), 7 of the flow's 7\. .*--fall-back"
    with pytest.raises(WrongUsage, match=lacking):
        hall.launch()
    hall.launch("english", Audience(languages=("en",)))
    hall.launch(settings=CampaignSettings(fall_back=True))
    hall.work()
    assert hall.texts(arab)[0].startswith("What should we fix first?")


def test_who_comes_to_read_another_language_after_the_launch_was_written_down_is_left_out_and_counted(
    hall: Hall,
) -> None:
    hall.residents(2)
    hall.launch(at=NOON + timedelta(hours=1))
    newcomer = hall.resident(language="ar")
    hall.wait(timedelta(hours=2))
    assert newcomer not in hall.invited()
    assert hall.status().excluded == {"no_text": 1}


def test_a_language_that_nobody_of_the_audience_reads_is_not_missing(hall: Hall) -> None:
    hall.residents(2)
    hall.resident(language="ar")
    hall.launch(audience=Audience(languages=("en",)))
    hall.work()
    assert [plan["without_text"] for plan in hall.all(select(Wave.plan))] == [[]]


CHANGED = """
flow: check-in
title: Check-in
languages: [en]
start: all
states:
  all:
    ask: text
    text: How are things?
    next: done
  done:
    say: Thank you.
    end: completed
"""
