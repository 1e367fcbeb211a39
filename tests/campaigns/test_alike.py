"""What the database repeats is to the letter what the conversation would have written for each, and only where that is so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot import i18n
from bot.campaigns import starting
from bot.campaigns.alike import begins_alike
from bot.campaigns.audience import Audience
from bot.campaigns.inviting import invite_due
from bot.campaigns.settings import Arm, CampaignSettings
from bot.campaigns.starting import start_pending
from flows.loader import library_flow, load
from storage.database import Database
from storage.models import Address, Campaign, Invitation, Message, Participant, Run
from tests.builders import CHECK_IN, NOON, a_revision, a_sender
from tests.campaigns.hall import Hall
from tests.campaigns.test_sampling import OTHER

#: Columns that a second launch of the same campaign would write otherwise.
_KEYS = ("id", "run_id", "invitation_id", "campaign_id")


def rows(hall: Hall, model: Any, campaign: int) -> list[dict[str, Any]]:
    """What was written for a campaign, by participant, keys and seeds left out."""
    table = model.__table__
    with hall.database.read() as connection:
        order = [table.c.participant_id, table.c.id]
        found = connection.execute(select(table).where(table.c.campaign_id == campaign).order_by(*order)).mappings()
        written = [{key: value for key, value in row.items() if key not in _KEYS} for row in found]
    for row in written:
        if "state" in row:
            row["state"] = {key: value for key, value in row["state"].items() if key != "seed"}
    return written


def town(database: Database) -> Hall:
    """Residents of two languages, three zones and two channels, some of them not to be asked."""
    hall = Hall.built(database)
    with database.write() as connection:
        for address in ("sms:+19025550101", "sms:+19025550102", "telegram:soundings_test_bot"):
            a_sender(connection, hall.community_id, address=address)
    for number in range(24):
        hall.resident(
            language=("en", "fr", "fr_CA")[number % 3],
            timezone=(None, "America/Halifax", "America/Vancouver", None)[number % 4],
            channel=("sms", "sms", "telegram", "sms", "sms")[number % 5],
            name=f"Person {number}",
            attributes={"area": str(number % 2)},
        )
    return hall


@pytest.mark.parametrize("flow", [CHECK_IN, "neighbourhood-check-in"])
def test_repeating_writes_what_one_by_one_writes(
    database: Database, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = town(database)
    name = load(flow).name if "\n" in flow else flow
    if name == flow:
        with database.write() as connection:
            a_revision(connection, hall.community_id, library_flow(flow, catalogue=i18n.catalogue))
    written, talks = {}, []
    for way in ("at once", "alike", "one by one"):
        if way == "one by one":
            monkeypatch.setattr(starting, "begins_alike", lambda _flow: False)
        hall.launch(way.replace(" ", "-"), flow=name)
        hall.now = NOON + timedelta(hours=1)
        hall.house.forget()
        hall.work(slice_size=50, at_once=way == "at once")
        campaign = hall.campaign(way.replace(" ", "-")).id
        written[way] = [rows(hall, model, campaign) for model in (Run, Message, Invitation)]
        addresses = hall.all(select(Address.id, Address.sender_id).order_by(Address.id))
        talks.append(addresses)
        with database.write() as connection:
            for model in (Message, Run):
                connection.execute(model.__table__.delete())
            connection.execute(Address.__table__.update().values(sender_id=None))
    assert talks[0] == talks[1] == talks[2]
    assert [len(one) for one in written["alike"]] == [24, 24, 24]
    assert written["at once"] == written["alike"] == written["one by one"]


def test_each_has_a_seed_of_their_own_the_same_whenever_it_is_begun(database: Database) -> None:
    hall = Hall.built(database)
    hall.residents(30)
    hall.launch()
    hall.work(slice_size=100)
    seeds = [state["seed"] for state in hall.all(select(Run.state))]
    assert len(set(seeds)) == 30


def test_a_slice_that_is_rolled_back_leaves_nothing_to_the_next(database: Database) -> None:
    hall = Hall.built(database)
    hall.residents(10)
    hall.launch()
    with pytest.raises(KeyboardInterrupt), database.write() as connection:
        invite_due(connection, hall.now, hall.house, begin_size=5)
        raise KeyboardInterrupt
    assert hall.all(select(Run.id)) == []
    hall.house.forget()
    hall.work(slice_size=5)
    runs, texts = hall.all(select(Run.participant_id)), hall.all(select(Message.participant_id))
    assert sorted(runs) == sorted(texts)
    assert len(set(runs)) == len(runs) == 10


def test_several_campaigns_begin_in_one_transaction_each_with_its_own_people(database: Database) -> None:
    hall = Hall.built(database)
    for number in range(12):
        hall.resident(language=("en", "fr")[number % 2])
    for language in ("en", "fr"):
        hall.launch(language, Audience(languages=(language,)))
    with database.write() as connection:
        assert invite_due(connection, hall.now, hall.house) == 2
    found = hall.all(
        select(Campaign.name, Participant.language, Message.language)
        .select_from(Message)
        .join(Campaign, Campaign.id == Message.campaign_id)
        .join(Participant, Participant.id == Message.participant_id)
    )
    assert sorted(found) == [("en", "en", "en")] * 6 + [("fr", "fr", "fr")] * 6


def test_who_stopped_or_talks_is_not_begun_with_the_others(database: Database) -> None:
    hall = Hall.built(database)
    people = hall.residents(40)
    hall.launch("before", keyword="before", at=NOON + timedelta(days=30))
    hall.launch()
    with database.write() as connection:
        invite_due(connection, hall.now)
    hall.reply(people[3], "STOP")
    hall.change(people[4], held_at=NOON)
    hall.change(people[5], surveys="withdrawn")
    with database.write() as connection:
        connection.execute(Address.__table__.update().where(Address.participant_id == people[6]).values(status="dead"))
    hall.launch("other", settings=None)
    with database.write() as connection:
        found = start_pending(connection, hall.now, hall.house, alike_size=100)
    assert found == 40
    assert hall.places() == {
        "started": 36,
        "skipped:opted_out": 1,
        "skipped:held": 1,
        "skipped:no_consent": 1,
        "skipped:no_address": 1,
    }
    hall.work()
    assert hall.places("other") == {"pending": 36}


def test_arms_are_repeated_each_in_its_own_words(database: Database) -> None:
    hall = Hall.built(database)
    hall.residents(50)
    arms = (
        Arm(key="a", revision=hall.revision_id, share=0.5),
        Arm(key="b", revision=hall.publish(OTHER), share=0.5),
    )
    hall.launch(settings=CampaignSettings(arms=arms))
    hall.work(slice_size=100)
    statement = select(Invitation.arm, Message.text, Run.revision_id).select_from(Message)
    statement = statement.join(Run, Run.id == Message.run_id).join(Invitation, Invitation.id == Run.invitation_id)
    found = {(arm, text.splitlines()[0], revision) for arm, text, revision in hall.all(statement)}
    assert found == {
        ("a", "What should we fix first?", arms[0].revision),
        ("b", "What troubles you?", arms[1].revision),
    }


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ("", True),
        ("say: Hello {community}", True),
        ("say: Hello {community.contact}", True),
        ("say: Hello {name}", False),
        ("say: Call {contact}", False),
        ("say: '{n} answered'\n    with: {n: campaign.answered}", False),
        ("say: 'News of {community}'\n    with: {community: participant.area}", False),
        ("set: {area: '\"north\"'}", False),
        ("tags: {add: [asked]}", False),
        ("notify: Somebody begins", False),
        ("subscribe: updates", False),
    ],
)
def test_a_first_step_that_asks_anything_of_the_person_is_taken_one_by_one(change: str, alike: bool) -> None:
    flow = load(FLOW.replace("CHANGE", change or "say: Hello"))
    assert begins_alike(flow) is alike


@pytest.mark.parametrize(
    ("ask", "alike"),
    [
        ("text: How are you?", True),
        ("text: 'How are you, {name}?'", False),
        ("text: How are you?\n    skip_if: participant.area != null", False),
    ],
)
def test_a_first_question_that_depends_on_the_person_is_asked_one_by_one(ask: str, alike: bool) -> None:
    flow = load(FLOW.replace("CHANGE", "say: Hello").replace("text: How are you?", ask))
    assert begins_alike(flow) is alike


def test_a_first_step_with_a_choice_of_ways_is_taken_one_by_one() -> None:
    ways = 'next:\n      - when: participant.area == "north"\n        go: ask\n      - go: ask'
    flow = load(FLOW.replace("CHANGE", "say: Hello").replace("next: ask", ways))
    assert not begins_alike(flow)
    assert not begins_alike(load(SPLIT))


FLOW = """
flow: hello
title: Hello
languages: [en]
start: begin
states:
  begin:
    CHANGE
    next: ask
  ask:
    ask: text
    text: How are you?
    next: done
  done:
    say: Thank you.
    end: completed
"""
SPLIT = """
flow: hello
title: Hello
languages: [en]
start: begin
states:
  begin:
    split: {a: 50, b: 50}
    next: {a: ask, b: done}
  ask:
    ask: text
    text: How are you?
    next: done
  done:
    say: Thank you.
    end: completed
"""


def test_where_everybody_got_their_run_nothing_is_put_right_afterwards(database: Database) -> None:
    hall = Hall.built(database)
    hall.residents(12)
    hall.launch()
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with database.write() as connection:
        invite_due(connection, hall.now, hall.house)
    assert hall.runs() == 12
    assert not [one for one in statements if one.startswith("UPDATE invitations") and "NOT (EXISTS" in one]


def test_somebody_in_another_conversation_waits_though_the_others_begin_at_once(database: Database) -> None:
    hall = Hall.built(database)
    people = hall.residents(9)
    hall.launch("before", Audience(participants=(people[0], people[5])))
    hall.work()
    hall.launch()
    with database.write() as connection:
        invite_due(connection, hall.now, hall.house, begin_size=5)
    assert hall.places() == {"pending": 5}  # the first of them, the pilot, is in another conversation
    with database.write() as connection:
        invite_due(connection, hall.now, hall.house, begin_size=5)
    hall.work()
    assert hall.places() == {"started": 7, "pending": 2}
    assert sorted(hall.all(select(Run.participant_id).where(Run.campaign_id == hall.campaign().id))) == [
        one for one in people if one not in (people[0], people[5])
    ]
