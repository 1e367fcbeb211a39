"""Waves come again and again; notices come before; campaigns that follow people ask each in their own time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.campaigns.audience import Audience, PastAnswer, Sample
from bot.campaigns.changes import cancel
from bot.campaigns.inviting import invite_due
from bot.campaigns.settings import CampaignSettings, Follow, Notice, Repeat
from bot.errors import WrongUsage
from bot.hours import parse_hours
from flows import durations
from storage.database import Database
from storage.models import Invitation, Message, Run, Wave
from tests.builders import NOON
from tests.campaigns.hall import Hall

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def test_a_campaign_repeats_on_the_community_s_clock_over_daylight_saving(database: Database) -> None:
    hall = Hall.built(database)
    hall.now = datetime(2027, 3, 1, 14, tzinfo=UTC)
    hall.residents(2)
    # Clocks in Halifax go forward on 14 March 2027: ten o'clock is 14:00 UTC before, 13:00 after.
    hall.launch(settings=CampaignSettings(repeat=Repeat(cron="0 10 * * mon", times=3)))
    hall.work()
    waves = []
    for _ in range(4):
        hall.send()
        hall.now += timedelta(days=8)
        hall.work()
        waves = hall.all(select(Wave.number, Wave.due_at).order_by(Wave.number))
    assert waves == [
        (1, datetime(2027, 3, 1, 14, tzinfo=UTC)),
        (2, datetime(2027, 3, 8, 14, tzinfo=UTC)),
        (3, datetime(2027, 3, 15, 13, tzinfo=UTC)),
    ]
    assert Counter(hall.all(select(Invitation.wave))) == {1: 2, 2: 2, 3: 2}
    assert hall.runs(status="ended", outcome="expired") >= 4


def test_waves_that_were_missed_are_not_made_up_for(hall: Hall) -> None:
    hall.residents(1)
    hall.launch(settings=CampaignSettings(repeat=Repeat(cron="0 10 * * *")))
    hall.work()
    hall.now += 10 * DAY
    hall.work()
    assert hall.all(select(Wave.number, Wave.invited_at.is_not(None)).order_by(Wave.number)) == [
        (1, True),
        (2, True),
        (3, False),
    ]


def test_no_wave_comes_after_the_close(hall: Hall) -> None:
    hall.residents(1)
    hall.launch(closes_at=NOON + 3 * DAY, settings=CampaignSettings(repeat=Repeat(cron="0 10 * * mon")))
    hall.work()
    assert hall.all(select(Wave.number)) == [1]


def test_a_notice_announces_and_the_survey_comes_its_lead_later(hall: Hall) -> None:
    reader, acadian = hall.resident(), hall.resident(language="fr_CA")
    notice = Notice(texts={"en": "{community}: 3 questions tomorrow.", "fr": "3 questions demain."}, before="24h")
    hall.launch(settings=CampaignSettings(notice=notice))
    hall.work()
    assert hall.texts(reader) == ["Shore Road Neighbours: 3 questions tomorrow."]
    assert hall.texts(acadian) == ["3 questions demain."]
    told = hall.all(select(Message.kind, Message.priority, Message.run_id, Message.segments, Message.valid_until))
    assert told == [("say", 2, None, 1, NOON + DAY)] * 2
    hall.wait(23 * HOUR)
    assert hall.runs() == 0
    hall.wait(HOUR)
    assert hall.runs() == 2
    assert hall.texts(reader)[-1].startswith("What should we fix first?")
    assert hall.campaign().launch_at == NOON + DAY


def test_a_notice_is_written_once_in_whatever_slices(hall: Hall) -> None:
    people = hall.residents(10)
    keyword = hall.resident("other")
    notice = Notice(texts={"en": "Tomorrow."}, before="1d")
    hall.launch(audience=Audience(without_tags=("other",)), settings=CampaignSettings(notice=notice), keyword="fundy")
    hall.reply(keyword, "fundy")
    for _ in range(3):
        with hall.database.write() as connection:
            invite_due(connection, hall.now, slice_size=4)
    hall.work()
    assert [hall.texts(one) for one in people] == [["Tomorrow."]] * 10
    assert "Tomorrow." not in hall.texts(keyword)


def test_a_notice_that_is_late_takes_its_survey_with_it(hall: Hall) -> None:
    person = hall.resident()
    notice = Notice(texts={"en": "Tomorrow."}, before="24h")
    hall.launch(at=NOON + 2 * DAY, settings=CampaignSettings(notice=notice))
    hall.wait(2 * DAY + HOUR)  # nothing ran for two days
    assert hall.texts(person) == ["Tomorrow."]
    hall.wait(DAY)
    assert len(hall.texts(person)) == 2


def test_a_campaign_cancelled_between_notice_and_survey_says_no_more(hall: Hall) -> None:
    person = hall.resident()
    hall.launch(settings=CampaignSettings(notice=Notice(texts={"en": "Tomorrow."}, before="24h")))
    hall.work()
    hall.send()
    with hall.database.write() as connection:
        cancel(connection, hall.campaign(), hall.now, hall.house)
    hall.wait(2 * DAY)
    assert hall.texts(person) == ["Tomorrow."]


@pytest.mark.parametrize(
    ("texts", "says"), [({"en": "{name}, hello"}, "nothing that a notice knows"), ({"en": "{com"}, "cannot be used")]
)
def test_a_notice_that_cannot_be_said_is_refused(hall: Hall, texts: dict[str, str], says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        hall.launch(settings=CampaignSettings(notice=Notice(texts=texts, before="24h")))


def test_each_who_joins_is_asked_some_days_after_once(hall: Hall) -> None:
    old = hall.resident(joined_at=NOON - 30 * DAY)
    recent = hall.resident(joined_at=NOON - 2 * DAY)
    hall.launch(settings=CampaignSettings(follow=Follow(event="joining", after="3d")))
    hall.work()
    hall.now += HOUR
    newcomers = hall.residents(9, joined_at=hall.now)
    hall.work()
    assert hall.invited() == []
    hall.now = NOON + DAY + timedelta(minutes=1)
    hall.work()
    assert hall.invited() == [recent]
    hall.now = NOON + HOUR + 3 * DAY + timedelta(minutes=1)
    for _ in range(3):
        hall.work(slice_size=2)
        hall.now += timedelta(minutes=1)
    assert hall.invited() == [recent, *newcomers]
    assert hall.runs() == 10
    assert old not in hall.invited()
    assert hall.campaign().status == "running"
    hall.now += 30 * DAY
    hall.work()
    assert hall.invited() == [recent, *newcomers]


def test_each_who_answers_is_asked_again_some_days_after(hall: Hall) -> None:
    snow, lights = hall.residents(2)
    hall.launch("spring")
    hall.work()
    answer = PastAnswer(campaign=hall.campaign().id, question="focus", values=("snow",))
    hall.launch("after", settings=CampaignSettings(follow=Follow(event="answer", after="7d", answer=answer)))
    hall.work()
    hall.answer(snow, "snow")
    hall.answer(lights, "lights")
    hall.now += timedelta(days=6, hours=23)
    hall.work()
    assert hall.invited("after") == []
    hall.now += 2 * HOUR
    hall.work()
    hall.now += HOUR
    hall.work()
    assert hall.invited("after") == [snow]
    assert hall.all(select(Run.participant_id).where(Run.campaign_id == hall.campaign("after").id)) == [snow]


def test_a_part_of_those_who_join_may_be_asked(hall: Hall) -> None:
    follow = Follow(event="joining", after="1h")
    hall.launch(audience=Audience(sample=Sample(share=0.5)), settings=CampaignSettings(follow=follow))
    hall.residents(60)
    hall.now += 2 * HOUR
    hall.work(slice_size=50)
    assert 15 <= len(hall.invited()) <= 45
    with pytest.raises(WrongUsage, match="as a share"):
        hall.launch("sized", Audience(sample=Sample(size=5)), CampaignSettings(follow=follow))
    with pytest.raises(WrongUsage, match="not both"):
        hall.launch("both", settings=CampaignSettings(follow=follow, repeat=Repeat(cron="0 10 * * *")))


def test_days_after_joining_keep_the_hour_when_the_clocks_change(database: Database) -> None:
    hall = Hall.built(database)
    # Clocks in Halifax go forward on 14 March 2027: eleven o'clock is 15:00 UTC before, 14:00 after.
    hall.now = datetime(2027, 3, 10, 14, tzinfo=UTC)
    hall.launch("days", settings=CampaignSettings(follow=Follow(event="joining", after="7d")))
    hall.work()
    hall.now += HOUR
    newcomer = hall.resident(joined_at=hall.now)
    for hour, asked in ((13, 0), (14, 1)):
        hall.now = datetime(2027, 3, 17, hour, 5, tzinfo=UTC)
        hall.work()
        assert len(hall.texts(newcomer)) == asked
    hours = durations.parse("168h"), durations.parse("7d")
    back = [durations.earlier(hall.now, span, ZoneInfo("America/Halifax")) for span in hours]
    assert back == [datetime(2027, 3, 10, 14, 5, tzinfo=UTC), datetime(2027, 3, 10, 15, 5, tzinfo=UTC)]


def test_who_was_busy_for_several_waves_is_asked_the_newest_alone(hall: Hall) -> None:
    silent, talkative = hall.residents(2)
    hall.launch(settings=CampaignSettings(repeat=Repeat(cron="0 12 * * *", times=4)))
    hall.work()
    hall.send()
    for _ in range(3):
        hall.answer(talkative)
        hall.now = hall.now.replace(minute=0, second=0)
        hall.wait(DAY)
        hall.send()
    statement = select(Invitation.wave, Invitation.status, Invitation.reason).order_by(Invitation.wave)
    assert hall.all(statement.where(Invitation.participant_id == silent)) == [
        (1, "started", None),
        (2, "skipped", "next_wave"),
        (3, "skipped", "next_wave"),
        (4, "pending", None),
    ]
    assert [status for _, status, _ in hall.all(statement.where(Invitation.participant_id == talkative))] == [
        "ended",
        "ended",
        "ended",
        "started",
    ]
    hall.answer(silent)
    hall.wait(timedelta(minutes=11))
    assert hall.all(statement.where(Invitation.participant_id == silent))[-1] == (4, "started", None)


def test_a_notice_that_is_written_at_night_comes_in_the_morning_before_its_survey(database: Database) -> None:
    hall = Hall.built(database, hours=parse_hours("09:00-20:30"))
    hall.residents(1)
    hall.now = datetime(2026, 11, 24, 2, tzinfo=UTC)  # ten in the evening
    hall.launch(settings=CampaignSettings(notice=Notice(texts={"en": "Soon"}, before="10h")))
    hall.work()
    (told,) = hall.all(select(Message.valid_until))
    # It leaves at nine, and the survey ten hours later.
    assert told == datetime(2026, 11, 24, 23, tzinfo=UTC)
    hall.wait(20 * HOUR)
    assert hall.runs() == 0
    hall.wait(HOUR)
    assert hall.runs() == 1


def test_who_comes_back_between_notice_and_survey_is_not_asked_before_its_time(hall: Hall) -> None:
    resident = hall.resident()
    hall.launch(settings=CampaignSettings(notice=Notice(texts={"en": "Soon"}, before="48h")))
    hall.work()
    hall.reply(resident, "STOP", "START")
    assert hall.runs() == 0
    hall.wait(48 * HOUR)
    assert hall.runs() == 1
