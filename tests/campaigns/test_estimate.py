"""What is estimated is what a launch then does: who, which texts, how many segments, how long, at what price."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.campaigns.audience import Audience, Comparison, Exclusions, Sample
from bot.campaigns.estimate import estimate
from bot.campaigns.estimated import Estimate
from bot.campaigns.launch import find_revision
from bot.campaigns.prices import Prices, load_prices
from bot.campaigns.settings import Arm, CampaignSettings, Follow, Notice, Quota
from bot.delivery.claim import claim
from bot.errors import BadFile, WrongUsage
from flows.segments import segment
from storage.communities import community_by_id
from storage.database import Database
from storage.models import Address, Message
from tests.builders import NOON, a_sender
from tests.campaigns.hall import Hall
from tests.campaigns.test_sampling import OTHER

PERSONAL = """
flow: personal
title: {en: Personal, fr: Personnel}
languages: [en, fr]
start: hello
states:
  hello:
    say: {en: "Hello {name} of {area}.", fr: "Bonjour {name}."}
    otherwise: {en: "Hello.", fr: "Bonjour."}
    next:
      - when: participant.age > 60
        go: long
      - go: short
  short:
    ask: yesno
    text: {en: "Are you well?", fr: "Ça va?"}
    next: done
  long:
    ask: text
    text: {en: "LONG", fr: "LONG"}
    next: done
  done:
    say: {en: Thank you., fr: Merci.}
    end: completed
""".replace("LONG", "x" * 200)


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def estimated(
    hall: Hall,
    audience: Audience | None = None,
    settings: CampaignSettings | None = None,
    *,
    flow: str = "check-in",
    at: datetime | None = None,
    prices: Prices | None = None,
    progress: Any = lambda _done, _total: None,
) -> Estimate:
    hall.house.forget()
    with hall.database.read() as connection:
        community = community_by_id(connection, hall.community_id)
        return estimate(
            connection,
            community=community,
            audience=audience or Audience(),
            settings=settings or CampaignSettings(),
            revision_id=find_revision(connection, community, flow),
            name="spring",
            launch_at=at or hall.now,
            now=hall.now,
            house=hall.house,
            prices=prices or load_prices(),
            progress=progress,
        )


def sent(hall: Hall) -> tuple[int, Counter[tuple[str, int]]]:
    """The segments that a launch put in the outbox, and its messages by language and length."""
    rows = hall.all(select(Message.text, Message.language, Message.segments).where(Message.run_id.is_not(None)))
    return sum(row[2] for row in rows), Counter((language, segment(text).segments) for text, language, _ in rows)


def test_everybody_is_counted_with_the_reason_of_each_who_is_not_asked(hall: Hall) -> None:
    hall.residents(5)
    busy = hall.resident("busy")
    hall.resident(opted_out_at=NOON)
    hall.resident(held_at=NOON)
    hall.residents(2, agreed=("updates",))
    hall.resident(address_status="dead")
    hall.resident(channel="telegram")
    hall.resident("elsewhere", attributes={"area": "south"})
    hall.launch("before", Audience(tags=("busy",)))
    hall.work()
    found = estimated(
        hall,
        Audience(
            where=(Comparison(attribute="area", operator="!=", values=("south",)),),
            exclude=Exclusions(busy=True, asked_within="7d"),
        ),
    )
    assert (found.chosen, found.recipients) == (12, 5)
    assert found.excluded == {
        "no_consent": 2,
        "asked_lately": 1,
        "held": 1,
        "no_address": 1,
        "no_sender": 1,
        "opted_out": 1,
    }
    assert busy not in hall.invited("before")[1:]
    assert found.as_dict()["by"] == [{"language": "en", "channel": "sms", "n": 5}]


@pytest.mark.parametrize("flow", ["check-in", "personal"])
def test_segments_are_those_that_the_launch_then_sends(hall: Hall, flow: str) -> None:
    hall.publish(PERSONAL)
    names = ("Ana", "Zoë", "Łukasz", "Anne-Marie")
    for number in range(24):
        hall.resident(
            language=("en", "fr")[number % 2],
            name=names[number % 4],
            attributes={"age": 40 + number * 2, **({"area": "Shore Road"} if number % 3 else {})},
        )
    seen: list[tuple[int, int]] = []
    found = estimated(hall, flow=flow, progress=lambda done, total: seen.append((done, total)))
    hall.launch(flow=flow)
    hall.work()
    segments, by_length = sent(hall)
    assert found.first_segments == segments
    for message in found.messages:
        lengths = [length for (language, length), _ in by_length.items() if language == message.language]
        assert (message.least, message.most) == (min(lengths), max(lengths))
        assert message.readers == 12
    letters = {letter: n for message in found.messages for letter, n in message.culprits.items()}
    assert letters == ({} if flow == "check-in" else {"Ł": 4, "ë": 6})
    assert seen == ([] if flow == "check-in" else [(24, 24)])


def test_letters_that_force_unicode_are_named_with_how_many_read_them(hall: Hall) -> None:
    hall.publish(PERSONAL.replace("Ça va?", "Êtes-vous bien?"))
    hall.residents(3, language="fr", name="Ana")
    found = estimated(hall, flow="personal").messages[0]
    assert (dict(found.culprits), dict(found.encodings)) == ({"Ê": 3}, {"UCS-2": 3})


def test_a_sample_is_estimated_as_it_is_drawn(hall: Hall) -> None:
    hall.residents(20)
    audience = Audience(sample=Sample(size=6))
    found = estimated(hall, audience)
    assert (found.recipients, found.excluded) == (6, {"not_drawn": 14})
    hall.launch(audience=audience)
    hall.work()
    assert len(hall.invited()) == 6


def test_arms_and_quotas_are_shown(hall: Hall) -> None:
    hall.residents(10, attributes={"area": "north"})
    hall.residents(4)
    other = hall.publish(OTHER)
    north = Quota(name="north", where=(Comparison(attribute="area", values=("north",)),), most=5)
    arms = (Arm(key="a", revision=hall.revision_id, share=0.5), Arm(key="b", revision=other, share=0.5))
    found = estimated(hall, settings=CampaignSettings(arms=arms, quotas=(north,)))
    assert found.quotas == (("north", 5, 10, 10),)
    assert {one["flow"] for one in found.as_dict()["first_message"]["by"]} == {"check-in@1", "check-in@2"}
    assert sum(message.readers for message in found.messages) == 14


def test_what_a_quota_spares_is_told_and_not_counted_among_the_answers(hall: Hall) -> None:
    hall.residents(20, attributes={"area": "north"})
    hall.residents(10)
    north = Quota(name="north", where=(Comparison(attribute="area", values=("north",)),), most=2)
    found = estimated(hall, settings=CampaignSettings(quotas=(north,)))
    # One in five completes (FACTS §6): ten of the twenty are asked for two, and all of the others.
    assert found.quotas == (("north", 2, 20, 10),)
    assert (found.recipients, found.answers.completed) == (30, 4)
    assert "about 20 of these 30 are asked" in found.warnings[0]
    assert found.as_dict()["quotas"] == [{"quota": "north", "wanted": 2, "fit": 20, "likely_asked": 10}]


def test_a_campaign_that_follows_people_is_counted_over_the_last_month(hall: Hall) -> None:
    hall.residents(3, joined_at=NOON - timedelta(days=10))
    hall.resident(joined_at=NOON - timedelta(days=60))
    found = estimated(hall, settings=CampaignSettings(follow=Follow(event="joining", after="3d")))
    assert (found.chosen, found.recipients) == (3, 3)


def test_what_a_launch_refuses_is_refused_and_what_it_lacks_is_told(hall: Hall) -> None:
    hall.residents(2)
    hall.resident(language="ar")
    found = estimated(hall)
    assert [(one.language, one.missing, one.instead) for one in found.missing] == [("ar", 7, "en")]
    assert "1 of them read العربية, and 7 of the flow's 7 texts" in found.warnings[0]
    assert "would get, with --fall-back, English" in found.warnings[0]
    with pytest.raises(WrongUsage, match="no span of time"):
        estimated(hall, Audience(exclude=Exclusions(asked_within="long")))


def test_nobody_to_ask_is_said(hall: Hall) -> None:
    found = estimated(hall)
    assert (found.recipients, found.warnings) == (0, ("Nobody would be asked.",))
    assert found.sending.course.ends_at == hall.now
    assert found.as_dict()["cost"]["first"] == 0


def test_the_month_s_segments_are_held_against_it(database: Database) -> None:
    hall = Hall.built(database, settings={"segments_per_month": 3})
    hall.residents(5)
    assert "The first messages take 5 segments; 3 of this month's 3 are left" in estimated(hall).warnings[0]


def test_sending_takes_the_senders_pace_within_hours_behind_what_waits(database: Database) -> None:
    weekdays = {day: ["09:00", "12:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
    hall = Hall.built(database, hours=weekdays, settings={"holidays": ""})
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE senders SET pace = 0.01")
    hall.residents(28)
    found = estimated(hall)
    # A segment in a hundred seconds: 18 on Monday until half past twelve, the others on Tuesday morning.
    assert found.sending.course.ends_at == NOON + timedelta(hours=21, seconds=1_000)
    assert found.as_dict()["sending"]["curve"] == [
        [NOON, 0],
        [NOON + timedelta(minutes=30), 18],
        [NOON + timedelta(hours=21), 18],
        [NOON + timedelta(hours=21, seconds=1_000), 28],
    ]
    hall.launch()
    hall.work()
    # The same again: what waits leaves first.
    assert estimated(hall).sending.course.ends_at == NOON + timedelta(hours=21, seconds=1_000 + 2_800)


def test_several_senders_share_the_work(hall: Hall) -> None:
    hall.residents(20)
    before = estimated(hall).sending.course.ends_at
    with hall.database.write() as connection:
        a_sender(connection, hall.community_id, address="sms:+19025550101")
    after = estimated(hall).sending.course.ends_at
    assert (before, after) == (NOON + timedelta(seconds=2), NOON + timedelta(seconds=1))


def test_prices_are_by_the_number_and_the_channel(hall: Hall) -> None:
    hall.residents(4)
    with hall.database.write() as connection:
        a_sender(connection, hall.community_id, address="telegram:soundings_test_bot")
        connection.exec_driver_sql("UPDATE addresses SET address = 'sms:+445550001' WHERE id = 1")
    hall.residents(3, channel="telegram")
    prices = Prices(currency="CAD", out={"": 1.0, "+1": 0.1, "+1902": 0.01}, incoming=0.5)
    found = estimated(hall, prices=prices)
    assert found.cost.first == pytest.approx(1.0 + 3 * 0.01)
    # The shortest way is the longest, four messages: three more for those who answer, each with a text of theirs.
    assert found.cost.expected == pytest.approx(1.03 + 0.395 * 3 * (1.5 + 3 * 0.51))
    assert found.cost.most == pytest.approx(4 * (1.5 + 3 * 0.51))


def test_a_notice_is_counted_too(hall: Hall) -> None:
    hall.residents(4)
    notice = Notice(texts={"en": "y" * 200}, before="24h")
    found = estimated(hall, settings=CampaignSettings(notice=notice))
    assert (found.notice_segments, found.gist()["segments"]) == (8, 12)


def test_answers_are_expected_by_the_community_s_own_past_once_it_has_one(hall: Hall) -> None:
    assert estimated(hall).answers.rates.source.startswith("m4RH Kenya")
    people = hall.residents(40)
    hall.launch("before")
    hall.work()
    for person in people[:20]:
        hall.answer(person)
    for person in people[20:30]:
        hall.reply(person, "snow")
    assert estimated(hall).answers.rates.asked == 0  # they have had no time to answer yet
    hall.now += timedelta(days=4)
    found = estimated(hall)
    assert (found.answers.rates.answer, found.answers.rates.complete, found.answers.rates.asked) == (0.75, 0.5, 40)
    assert (found.answers.answered, found.answers.completed) == (30, 20)


def test_prices_come_from_a_file_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_prices().currency == "CAD"
    path = tmp_path / "prices.yaml"
    path.write_text("currency: EUR\nout: {'': 0.07}\n", encoding="utf-8")
    assert (load_prices(path).of("sms", ""), load_prices(path).of("sim", "")) == (0.07, 0.0)
    monkeypatch.setenv("SOUNDINGS_PRICES", str(path))
    assert load_prices().currency == "EUR"
    path.write_text("currency: EUR\n", encoding="utf-8")
    with pytest.raises(BadFile, match="cannot be used: out: Field required"):
        load_prices(path)
    with pytest.raises(BadFile, match="cannot be read"):
        load_prices(tmp_path / "nowhere.yaml")


def test_estimating_writes_nothing(hall: Hall) -> None:
    hall.residents(3)
    estimated(hall)
    assert (hall.runs(), hall.queued(), hall.now) == (0, 0, datetime(2026, 11, 23, 16, tzinfo=UTC))


def _had(hall: Hall, person: int, *ago: timedelta, status: str = "sent") -> None:
    """Updates that left to somebody so long ago."""
    with hall.database.write() as connection:
        for span in ago:
            values = {"community_id": hall.community_id, "sender_id": hall.sender_id, "participant_id": person}
            values |= {"address_id": select(Address.id).where(Address.participant_id == person).scalar_subquery()}
            values |= {"direction": "out", "kind": "update", "text": "News", "priority": 2, "status": status}
            at = hall.now - span
            values |= {"created_at": at, "due_at": at, "claimed_at": None if status == "queued" else at}
            connection.execute(insert(Message).values(**values))


def test_who_had_as_many_messages_as_the_caps_allow_is_late_and_is_told_so(database: Database) -> None:
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"), ("09:00", "20:00"))
    hall = Hall.built(database, hours=hours, settings={"cap_per_week": 2, "cap_per_day": 1})
    free, day, week, two, night = hall.residents(5)
    _had(hall, free, timedelta(days=2), timedelta(days=8))
    _had(hall, day, timedelta(hours=20))
    _had(hall, week, timedelta(days=5), timedelta(days=3), timedelta(days=6))
    _had(hall, two, timedelta(days=6), status="undelivered")
    _had(hall, two, timedelta(0), status="queued")
    _had(hall, night, timedelta(days=4), timedelta(days=3, hours=6))
    found = estimated(hall)
    assert (found.recipients, found.excluded, found.late.n) == (5, {}, 4)
    # The third of three is the second of the last two: it leaves when the one before has been a week ago.
    assert found.late.until == hall.now + timedelta(days=3)
    assert found.late.first_at == hall.now + timedelta(hours=4)
    assert found.sending.course.ends_at == found.late.until
    assert found.sending.course.curve[-1] == (found.late.until, 5)
    assert found.sending.course.curve[0] == (hall.now, 0)
    assert found.as_dict()["late"]["n"] == 4
    hall.launch()
    hall.work()
    with hall.database.write() as connection:
        claimed = claim(connection, hall.sender_id, hall.now).messages
        assert sorted(one.participant_id or 0 for one in claimed if one.run_id) == [free]
    waiting = dict(
        hall.all(select(Message.participant_id, Message.due_at).where(Message.status == "queued", Message.run_id > 0))
    )
    assert waiting.pop(two, None) is not None
    assert max(waiting.values()) == found.late.until
    assert min(waiting.values()) == found.late.first_at


def test_with_nobody_late_it_says_so(hall: Hall) -> None:
    hall.residents(2)
    assert estimated(hall).as_dict()["late"] == {"n": 0, "first_at": None, "until": None, "busy": 0}


def test_who_is_in_another_conversation_is_asked_after_it(hall: Hall) -> None:
    hall.residents(2)
    hall.resident("first")
    hall.launch("before", Audience(tags=("first",)))
    hall.work()
    assert estimated(hall).late.busy == 1
    hall.launch()
    hall.work()
    assert hall.status().pending == 1
