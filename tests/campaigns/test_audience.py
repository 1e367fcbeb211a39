"""An audience is who fits every part of it: tags, attributes, past answers, consent, language, channel; less who is left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.campaigns.audience import (
    Audience,
    Comparison,
    Exclusions,
    PastAnswer,
    exclusions,
    left,
    members,
    read_audience,
    size,
)
from bot.config import CommunitySettings
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Address, Message
from storage.reach import reach_of
from tests.builders import NOON, a_community, a_participant, a_sender
from tests.campaigns.hall import Hall


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def found(hall: Hall, audience: Audience) -> list[int]:
    """Who fits and may be asked, less those who are left out."""
    with hall.database.read() as connection:
        reach = reach_of(connection, hall.community_id, audience.channels)
        settings = CommunitySettings.model_validate(hall.community.settings)
        people = left(members(audience, reach), exclusions(audience, settings, hall.now))
        return sorted(connection.execute(people).scalars())


def where(attribute: str, operator: Any, *values: str) -> Audience:
    return Audience(where=(Comparison(attribute=attribute, operator=operator, values=values),))


def test_tags_all_any_and_none(hall: Hall) -> None:
    both, street, new, none = (
        hall.resident("street", "new"),
        hall.resident("street"),
        hall.resident("new"),
        hall.resident(),
    )
    assert found(hall, Audience(tags=("street", "new"))) == [both]
    assert found(hall, Audience(any_tags=("street", "new"))) == [both, street, new]
    assert found(hall, Audience(without_tags=("street", "new"))) == [none]
    assert found(hall, Audience(tags=("street",), without_tags=("new",))) == [street]


def test_attributes_as_they_were_written_or_set(hall: Hall) -> None:
    north, south, shore, none = (
        hall.resident(attributes={"area": "North End", "age": 34, "renter": True, "needs": ["food", "jobs"]}),
        hall.resident(attributes={"area": "south", "age": "61", "renter": False, "needs": ["food"]}),
        hall.resident(attributes={"area": None, "age": 7.5, "needs": "jobs", "lives at": "x"}),
        hall.resident(),
    )
    assert found(hall, where("area", "=", "north end", "east")) == [north]
    assert found(hall, where("area", "!=", "north end")) == [south, shore, none]
    assert found(hall, where("renter", "=", "true")) == [north]
    assert found(hall, where("needs", "=", "jobs")) == [north, shore]
    assert found(hall, where("age", "=", "34.0")) == [north]
    assert found(hall, where("age", "=", "61")) == [south]
    assert found(hall, where("age", ">", "34")) == [south]
    assert found(hall, where("age", ">=", "7.5")) == [north, south, shore]
    assert found(hall, where("age", "<", "34")) == [shore]
    assert found(hall, where("area", "<=", "3")) == []
    assert found(hall, where("lives at", "=", "X")) == [shore]
    assert found(hall, where("nothing", "=", "null")) == []


def test_two_conditions_of_different_shape_are_not_mistaken_for_each_other(hall: Hall) -> None:
    # SQLAlchemy keeps statements by their shape: a key and one value, no key and two values.
    jobs = hall.resident(attributes={"needs": "jobs"})
    hall.resident(attributes={"needs": "7"})
    assert found(hall, where("needs", "=", "jobs")) == [jobs]
    assert len(found(hall, where("needs", "=", "jobs", "7"))) == 2
    assert found(hall, where("needs", "=", "a", "jobs")) == [jobs]


def test_what_was_said_before(hall: Hall) -> None:
    snow, lights, midway, silent = hall.residents(4)
    hall.launch("spring")
    hall.work()
    hall.answer(snow, "snow")
    hall.answer(lights, "lights")
    hall.reply(midway, "cars")
    spring = hall.campaign().id
    said = {"campaign": spring}
    assert found(hall, Audience(said=(PastAnswer(**said),))) == [snow, lights, midway]
    assert found(hall, Audience(said=(PastAnswer(**said, question="safe"),))) == [snow, lights]
    assert found(hall, Audience(said=(PastAnswer(**said, question="focus", values=("snow", "cars")),))) == [
        snow,
        midway,
    ]
    assert found(hall, Audience(said=(PastAnswer(**said, question="safe", values=("4",)),))) == [snow, lights]
    both = (PastAnswer(**said, question="focus", values=("snow",)), PastAnswer(**said, question="where"))
    assert found(hall, Audience(said=both)) == [snow]
    assert found(hall, Audience(exclude=Exclusions(answered=(spring,)))) == [silent]


def test_languages_and_their_regions(hall: Hall) -> None:
    french, acadian, _english = hall.resident(language="fr"), hall.resident(language="fr_CA"), hall.resident()
    assert found(hall, Audience(languages=("fr",))) == [french, acadian]
    assert found(hall, Audience(languages=("fr_CA",))) == [acadian]
    assert found(hall, Audience(languages=("f_",))) == []


def test_consent_covers_what_is_asked_for(hall: Hall) -> None:
    both, surveys = hall.resident(), hall.resident(agreed=("surveys",))
    hall.resident(agreed=("updates",))
    assert found(hall, Audience()) == [both, surveys]
    assert found(hall, Audience(scopes=("surveys", "updates"))) == [both]


def test_channels_are_those_that_a_sender_serves(hall: Hall) -> None:
    sms, chat = hall.resident(), hall.resident(channel="telegram")
    assert found(hall, Audience()) == [sms]
    with hall.database.write() as connection:
        a_sender(connection, hall.community_id, address="telegram:soundings_test_bot")
        both = hall.people[0]
        connection.execute(
            Address.__table__.insert().values(
                community_id=hall.community_id,
                participant_id=both,
                address="telegram:77",
                channel="telegram",
                status="open",
                created_at=NOON,
            )
        )
    assert found(hall, Audience()) == [sms, chat]
    assert found(hall, Audience(channels=("telegram",))) == [sms, chat]
    assert found(hall, Audience(channels=("sms",))) == [sms]
    hall.launch(audience=Audience(channels=("telegram",)))
    hall.house.forget()
    hall.work()
    channels = select(Address.channel).join(Message, Message.address_id == Address.id)
    assert hall.all(channels) == ["telegram", "telegram"]


def test_a_community_s_people_are_its_own(hall: Hall) -> None:
    mine = hall.resident()
    with hall.database.write() as connection:
        elsewhere = a_community(connection, "elsewhere")
        a_sender(connection, elsewhere, address="sms:+19025550101")
        a_participant(connection, elsewhere)
    assert found(hall, Audience()) == [mine]


def test_those_who_were_asked_lately_are_left_alone(hall: Hall) -> None:
    asked, later = hall.resident("first"), hall.resident()
    hall.launch("first", Audience(tags=("first",)))
    hall.work()
    assert found(hall, Audience(exclude=Exclusions(asked_within="14d"))) == [later]
    hall.now += timedelta(days=14, minutes=1)
    assert found(hall, Audience(exclude=Exclusions(asked_within="14d"))) == [asked, later]
    assert found(hall, Audience(exclude=Exclusions(asked_within="14d", invited_by=(hall.campaign("first").id,)))) == [
        later
    ]


def test_those_in_a_conversation_may_be_left_out(hall: Hall) -> None:
    _busy, free = hall.residents(2)
    hall.launch("first")
    hall.work()
    hall.answer(free)
    assert found(hall, Audience(exclude=Exclusions(busy=True))) == [free]


def test_those_who_had_their_week_s_messages_may_be_left_out(database: Database) -> None:
    hall = Hall.built(database, settings={"cap_per_week": 2})
    full, free = hall.residents(2)
    for name in ("first", "second"):
        hall.launch(name, Audience(participants=(full,)))
        hall.work()
        hall.send()
        hall.answer(full)
        hall.send()
    assert found(hall, Audience(exclude=Exclusions(over_cap=True))) == [free]
    hall.now += timedelta(days=8)
    assert found(hall, Audience(exclude=Exclusions(over_cap=True))) == [full, free]


def test_who_is_left_out_is_counted_by_the_first_reason(hall: Hall) -> None:
    busy, reader, free = hall.resident("first"), hall.resident(language="ar"), hall.resident()
    hall.launch("first", Audience(tags=("first",)))
    hall.work()
    hall.launch("later", Audience(languages=("en", "fr"), exclude=Exclusions(asked_within="7d", busy=True)))
    hall.work()
    assert hall.invited("later") == [free]
    assert hall.status("later").excluded == {"asked_lately": 1}
    assert {busy, reader}.isdisjoint(hall.invited("later"))


def test_an_audience_is_stored_and_read_back(hall: Hall) -> None:
    audience = Audience(
        tags=("a",),
        where=(Comparison(attribute="age", operator=">", values=("3",)),),
        said=(PastAnswer(campaign=1, question="focus", values=("snow",)),),
        exclude=Exclusions(asked_within="3d", busy=True),
    )
    assert read_audience(audience.stored()) == audience
    assert Audience().stored() == {}
    for wrong in ({"tag": "a"}, {"where": [{"attribute": 'a"b', "values": ["x"]}]}, {"sample": {"seed": "2"}}):
        with pytest.raises(WrongUsage, match="cannot be read"):
            read_audience(wrong)


def test_its_size_is_who_may_be_asked_now(hall: Hall) -> None:
    hall.residents(3)
    hall.resident(opted_out_at=NOON)
    with hall.database.read() as connection:
        assert size(connection, Audience(), hall.community_id) == 3
        assert size(connection, Audience(), hall.community_id + 1) == 0
