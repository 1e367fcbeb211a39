"""A quota lets in as many as it lacks, and nobody more once it is full; who began may finish."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.campaigns.audience import Comparison
from bot.campaigns.quotas import to_release
from bot.campaigns.settings import CampaignSettings, Quota
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Invitation, Message
from storage.models.messages import PRIORITY_BULK
from storage.quotas import Standing
from tests.campaigns.hall import Hall

DAY = timedelta(days=1)


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def quota(most: int, name: str = "all", **where: str) -> Quota:
    comparisons = tuple(Comparison(attribute=key, values=(value,)) for key, value in where.items())
    return Quota(name=name, where=comparisons, most=most)


def launch(hall: Hall, *quotas: Quota) -> None:
    hall.launch(settings=CampaignSettings(quotas=quotas))
    hall.work()


def started(hall: Hall) -> list[int]:
    return sorted(hall.all(select(Invitation.participant_id).where(Invitation.status == "started")))


def unsent(hall: Hall) -> int:
    """First messages that wait."""
    of_campaign = select(func.count()).where(Message.status == "queued", Message.priority == PRIORITY_BULK)
    return int(hall.one(of_campaign))


def test_only_so_many_are_asked_as_the_quota_will_need(hall: Hall) -> None:
    hall.residents(60)
    launch(hall, quota(4))
    # Four lacking, one in five completes (FACTS §6): twenty are asked.
    assert hall.runs() == 20
    hall.wait(timedelta(hours=1))
    assert hall.runs() == 20


def test_those_who_stay_silent_make_room_after_a_day_and_a_full_quota_ends_it(hall: Hall) -> None:
    hall.residents(60)
    launch(hall, quota(4))
    first = started(hall)
    hall.send()
    for person in first[:3]:
        hall.answer(person)
    hall.wait(timedelta(minutes=1))
    assert hall.runs() == 20  # one lacking, seventeen might answer yet
    hall.wait(DAY)
    assert hall.runs() == 25
    hall.send()
    late = next(one for one in started(hall) if one not in first)
    hall.answer(late)
    hall.wait(timedelta(minutes=1))
    assert hall.status().completed == 4
    assert hall.places()["skipped:quota"] == 35
    assert "pending" not in hall.places()
    hall.answer(first[5])  # asked before it was full
    assert hall.status().completed == 5


def test_people_count_towards_the_first_quota_that_they_fit(hall: Hall) -> None:
    north = hall.residents(8, attributes={"area": "north"})
    french = hall.residents(8, attributes={"area": "south"}, language="fr")
    others = hall.residents(3)
    launch(hall, quota(1, "north", area="north"), quota(1, "french", language="fr"))
    assert hall.all(select(Invitation.cell).order_by(Invitation.id)) == ["north"] * 8 + ["french"] * 8 + [None] * 3
    found = started(hall)
    assert (len(set(found) & set(north)), len(set(found) & set(french))) == (5, 5)
    assert set(others) <= set(found)
    hall.send()
    hall.answer(min(set(found) & set(north)))
    hall.wait(timedelta(minutes=1))
    assert hall.places()["skipped:quota"] == 3
    assert hall.places()["pending"] == 3


def test_the_rest_may_have_a_quota_too(hall: Hall) -> None:
    hall.residents(2, attributes={"area": "north"})
    hall.residents(9)
    launch(hall, quota(100, "north", area="north"), quota(1, "others"))
    assert hall.runs() == 7
    with pytest.raises(WrongUsage, match="one quota"):
        hall.launch("twice", settings=CampaignSettings(quotas=(quota(1, "a"), quota(2, "b"))))


def test_who_was_let_in_and_not_texted_yet_is_taken_back_once_the_quota_is_full(hall: Hall) -> None:
    hall.residents(60)
    launch(hall, quota(4))
    first = started(hall)
    for person in first[:3]:
        hall.answer(person)
    hall.send(first[4])  # has read the question
    hall.wait(timedelta(minutes=1))
    assert unsent(hall) == len(first) - 4  # nobody is taken back while one is lacking
    hall.answer(first[3])
    hall.wait(timedelta(minutes=1))
    assert unsent(hall) == 0
    assert hall.texts(first[6]) == hall.texts(first[4])  # written, and never sent
    found = hall.status()
    assert (found.started, found.completed, found.outcomes) == (5, 4, {"completed": 4, "active": 1})
    assert [(one.status, one.reason, one.n) for one in found.unsent] == [("cancelled", "the run is over", 15)]
    assert hall.places()["skipped:quota"] == 60 - 5
    hall.answer(first[4])
    assert hall.status().completed == 5


def test_a_quota_is_cut_off_where_nobody_waits_for_their_turn_any_more(hall: Hall) -> None:
    hall.residents(6)
    hall.residents(3, attributes={"area": "north"})
    launch(hall, quota(9, "north", area="north"), quota(2, "others"))
    people = started(hall)
    assert len(people) == 9
    for person in people[:2]:
        hall.answer(person)
    hall.wait(timedelta(minutes=1))
    assert unsent(hall) == 3  # those of the quota that is not full
    assert hall.places() == {"ended": 2, "started": 3, "skipped:quota": 4}


def test_a_message_that_is_just_leaving_is_not_taken_back(hall: Hall) -> None:
    hall.residents(3)
    launch(hall, quota(1))
    answered, leaving, waiting = started(hall)
    hall.answer(answered)
    with hall.database.write() as connection:
        one = update(Message).where(Message.participant_id == leaving).values(status="sending", claimed_at=hall.now)
        connection.execute(one)
    hall.wait(timedelta(minutes=1))
    assert hall.places() == {"ended": 1, "started": 1, "skipped:quota": 1}
    hall.answer(leaving)
    assert hall.status().completed == 2
    assert hall.all(select(Message.status).where(Message.participant_id == waiting)) == ["cancelled"]


@pytest.mark.parametrize(
    ("standing", "rate", "more"),
    [
        (Standing(), 0.5, 20),
        (Standing(fresh=20), 0.5, 0),
        (Standing(completed=9, under_way=1), 0.5, 0),
        (Standing(completed=9, fresh=1), 0.5, 1),
        (Standing(completed=12), 0.5, 0),
        (Standing(), 0.01, 100),
    ],
)
def test_how_many_more_are_asked(standing: Standing, rate: float, more: int) -> None:
    assert to_release(quota(10), standing, rate) == more
