"""A reminder is looked at again when it leaves: whoever answered, or whose time is over, is not reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Accepted, Postponed
from bot.conversation import receive
from bot.conversation.by_hand import take_over
from bot.delivery.claim import Claim, claim
from bot.delivery.results import Outcome, Released, record
from storage.database import Database
from storage.models import Address, Message
from tests.builders import CHECK_IN, an_inbound
from tests.campaigns.hall import Hall

DAY = timedelta(days=1)


def reminded(database: Database) -> Hall:
    """A hall with one resident, whose reminder is due."""
    flow = CHECK_IN.replace("start: focus", "start: focus\nexpires: 3d\nreminders: [24h]")
    hall = Hall.built(database, flow=flow)
    hall.resident()
    hall.launch()
    hall.work()
    hall.send()
    hall.wait(DAY)
    assert hall.queued() == 1
    return hall


def claimed(hall: Hall) -> Claim:
    with hall.database.write() as connection:
        return claim(connection, hall.sender_id, hall.now)


def reminder(hall: Hall) -> tuple[str, str | None]:
    """Its status and the code of why."""
    (found,) = hall.all(select(Message.status, Message.error_code).where(Message.kind == "reminder"))
    return found


@pytest.mark.parametrize("result", [Released(), Postponed(timedelta(seconds=1), "429", "too many")])
def test_one_that_was_on_its_way_as_the_answer_came_and_is_put_back_stays(
    database: Database, result: Released | Postponed
) -> None:
    hall = reminded(database)
    (taken,) = claimed(hall).messages
    address = hall.one(select(Address.address))
    with database.write() as connection:
        receive(connection, [an_inbound("snow", address=address, at=hall.now)], hall.now, hall.house)
        record(connection, [Outcome(taken, result)], hall.now, opt_outs=lambda *_: None)
    left = []
    for _ in range(3):
        hall.now += timedelta(seconds=10)
        found = claimed(hall)
        left += [one.text for one in found.messages]
        with database.write() as connection:
            accepted = [Outcome(one, Accepted(f"SM{one.id}")) for one in found.messages]
            record(connection, accepted, hall.now, opt_outs=lambda *_: None)
    assert left == ["Where is it worst?"]
    assert reminder(hall) == ("dropped", "moved_on")


def test_one_that_waited_until_the_conversation_was_over_is_not_sent(database: Database) -> None:
    hall = reminded(database)
    hall.wait(3 * DAY)
    assert hall.runs(status="ended", outcome="expired") == 1
    assert claimed(hall).messages == ()
    assert reminder(hall) == ("dropped", "moved_on")


def test_one_that_waits_is_taken_back_when_a_person_takes_over(database: Database) -> None:
    hall = reminded(database)
    with database.write() as connection:
        assert take_over(connection, hall.people[0], hall.now, hall.house)
    assert claimed(hall).messages == ()
    assert reminder(hall)[0] == "cancelled"


def test_one_whose_question_is_open_leaves(database: Database) -> None:
    hall = reminded(database)
    (taken,) = claimed(hall).messages
    assert "fix first" in taken.text
