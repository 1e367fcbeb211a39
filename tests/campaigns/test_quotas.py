"""A quota lets in as many as it lacks, and nobody more once it is full; who began may finish."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.campaigns.audience import Comparison
from bot.campaigns.quotas import to_release
from bot.campaigns.settings import CampaignSettings, Quota
from bot.errors import WrongUsage
from storage.database import Database
from storage.models import Invitation
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
    for person in first[:3]:
        hall.answer(person)
    hall.wait(timedelta(minutes=1))
    assert hall.runs() == 20  # one lacking, seventeen might answer yet
    hall.wait(DAY)
    assert hall.runs() == 25
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
