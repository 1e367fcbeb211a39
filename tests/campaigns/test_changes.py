"""Pause, resume, cancel and close take effect with their commit, whatever else is under way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.campaigns.changes import cancel, clear_over, pause, resume
from bot.campaigns.inviting import invite_due
from bot.campaigns.starting import start_pending
from bot.delivery.claim import claim
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Campaign, Invitation, Message
from tests.builders import NOON
from tests.campaigns.hall import Hall


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def change(hall: Hall, what: Any, *given: Any, name: str = "spring") -> Any:
    with hall.database.write() as connection:
        return what(connection, hall.campaign(name), *given)


def claimed(hall: Hall) -> int:
    """How many messages leave now."""
    with hall.database.write() as connection:
        return len(claim(connection, hall.sender_id, hall.now, burst=100).messages)


def test_nothing_of_a_paused_campaign_leaves_but_replies(hall: Hall) -> None:
    talks, *_ = hall.residents(10)
    hall.launch()
    hall.work()
    hall.reply(talks, "snow")
    change(hall, pause)
    assert claimed(hall) == 1  # the answer to the reply
    hall.wait(timedelta(seconds=2))
    assert claimed(hall) == 0
    assert change(hall, resume, hall.now) == "running"
    assert claimed(hall) == 9


def test_a_paused_campaign_neither_invites_nor_starts_nor_reminds_and_goes_on_after(hall: Hall) -> None:
    people = hall.residents(10)
    hall.launch(reminders=["2h"])
    with hall.database.write() as connection:
        invite_due(connection, hall.now, slice_size=4)
        start_pending(connection, hall.now, hall.house, slice_size=2, alike_size=2)
    hall.send()
    change(hall, pause)
    hall.wait(timedelta(hours=3))
    assert (len(hall.invited()), hall.runs(), hall.queued()) == (4, 2, 0)
    assert change(hall, resume, hall.now) == "launching"
    hall.work()
    assert hall.invited() == people
    assert hall.runs() == 10
    assert sorted(len(hall.texts(one)) for one in people) == [1] * 8 + [2] * 2
    assert hall.campaign().status == "running"


def test_a_campaign_paused_before_its_hour_waits_for_both(hall: Hall) -> None:
    hall.residents(2)
    hall.launch(at=NOON + timedelta(hours=1))
    change(hall, pause)
    hall.wait(timedelta(hours=2))
    assert (hall.campaign().status, hall.runs()) == ("paused", 0)
    assert change(hall, resume, hall.now) == "scheduled"
    hall.work()
    assert hall.runs() == 2


def test_a_cancelled_campaign_takes_back_what_has_not_left_and_keeps_what_was_said(hall: Hall) -> None:
    through, midway, *others = hall.residents(12)
    hall.launch()
    with hall.database.write() as connection:
        invite_due(connection, hall.now)
        start_pending(connection, hall.now, hall.house, slice_size=8, alike_size=8)
    hall.send()
    hall.answer(through)
    hall.reply(midway, "snow")
    counts = change(hall, cancel, hall.now, hall.house)
    assert counts == {"invitations": 4, "messages": 2, "runs": 7}
    assert claimed(hall) == 0
    hall.wait(timedelta(minutes=2))
    assert hall.places() == {"cancelled:cancelled": 4, "ended": 8}
    assert hall.runs(status="ended", outcome="cancelled") == 7
    assert (hall.status().completed, hall.status().answered) == (1, 2)
    assert hall.campaign().cleared_at is not None
    before = len(hall.texts(others[0]))
    hall.wait(timedelta(days=10))
    assert len(hall.texts(others[0])) == before


def test_what_a_slow_transaction_writes_after_a_cancel_is_taken_back_too(hall: Hall) -> None:
    hall.residents(3)
    hall.launch()
    with hall.database.write() as connection:
        invite_due(connection, hall.now)
    change(hall, cancel, hall.now, hall.house)
    with hall.database.write() as connection:
        # As if it had read the campaign before it was cancelled.
        connection.execute(Campaign.__table__.update().values(status="running"))
        connection.execute(Invitation.__table__.update().values(status="pending"))
        start_pending(connection, hall.now, hall.house)
        connection.execute(Campaign.__table__.update().values(status="cancelled"))
    hall.wait(timedelta(seconds=2))
    assert hall.runs(status="ended") == 3
    assert set(hall.all(select(Message.status))) == {"cancelled"}


def test_a_pause_does_not_undo_a_cancel_nor_the_other_way_round(hall: Hall) -> None:
    hall.residents(1)
    hall.launch()
    seen = hall.campaign()
    change(hall, cancel, hall.now, hall.house)
    for what, given in ((pause, ()), (resume, (hall.now,)), (cancel, (hall.now, hall.house))):
        with hall.database.write() as connection, pytest.raises(WrongUsage, match="spring is"):
            what(connection, seen, *given)
    assert hall.campaign().status == "cancelled"


def test_nobody_begins_after_the_close_and_those_who_read_it_may_finish(hall: Hall) -> None:
    read, unread, waiting = hall.residents(3)
    hall.launch(closes_at=NOON + timedelta(hours=1))
    with hall.database.write() as connection:
        invite_due(connection, hall.now)
        start_pending(connection, hall.now, hall.house, slice_size=1, alike_size=1)
    hall.send()
    with hall.database.write() as connection:
        start_pending(connection, hall.now, hall.house, slice_size=1, alike_size=1)
    change(hall, pause)
    hall.wait(timedelta(hours=1))
    assert hall.campaign().status == "closed"
    assert hall.places() == {"started": 1, "ended": 1, "cancelled:closed": 1}
    hall.answer(read)
    assert hall.status().completed == 1
    assert hall.queued() == 1  # what thanks the one who finished
    hall.reply(waiting, "snow")
    hall.reply(unread, "snow")
    assert hall.status().answered == 1


def test_a_campaign_is_over_for_good_once_nothing_is_left_of_it(hall: Hall) -> None:
    hall.residents(2)
    hall.launch()
    hall.work()
    change(hall, cancel, hall.now, hall.house)
    hall.wait(timedelta(minutes=5))
    with hall.database.write() as connection:
        assert clear_over(connection, hall.now, hall.house) == 0
    assert hall.campaign().cleared_at is not None
