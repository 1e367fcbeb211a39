"""Quotas: how many completed conversations are wanted of whom, and how many more people to ask for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, literal

from bot.campaigns.audience import Comparison
from bot.campaigns.settings import Quota
from storage import audience
from storage.models import Participant
from storage.quotas import Standing
from storage.reach import Reach

#: However few answered before: a quota asks at most so many times the people that it lacks at once.
LEAST_RATE = 0.1


class QuotaFit(NamedTuple):
    """A quota before the launch: `wanted` completed conversations, how many people `fit` it, how many of them are likely to be
    `asked` until it is full."""

    name: str
    wanted: int
    fit: int
    asked: int


def cell_column(quotas: Sequence[Quota], reach: Reach) -> ColumnElement[str] | None:
    """The quota that each participant counts towards, as SQL; None where a campaign has none."""
    if not quotas:
        return None
    named = [(quota.name, condition(quota, reach)) for quota in quotas if quota.where]
    rest = [(quota.name, literal(True)) for quota in quotas if not quota.where]
    return audience.first_that_holds([*named, *rest])


def condition(quota: Quota, reach: Reach) -> audience.Condition:
    """A participant fits the quota, as SQL."""
    return and_(literal(True), *(_compared(one, reach) for one in quota.where))


def _compared(comparison: Comparison, reach: Reach) -> audience.Condition:
    columns = {"language": Participant.language, "channel": audience.channel_of(reach)}
    column = columns.get(comparison.attribute)
    if column is None:
        return comparison.condition()
    found = column.in_(comparison.values)
    return ~found if comparison.operator == "!=" else found


def is_full(quota: Quota, standing: Standing) -> bool:
    """Nobody more is asked: as many have completed it as were wanted."""
    return standing.completed >= quota.most


def to_release(quota: Quota, standing: Standing, rate: float) -> int:
    """How many more people to ask now, so that the quota fills and is hardly overshot.

    Those under way are taken to complete; those asked within a day to answer at `rate`; those asked longer ago and silent no more.
    """
    lacking = quota.most - standing.completed - standing.under_way
    if lacking <= 0:
        return 0
    return max(0, math.ceil(lacking / max(rate, LEAST_RATE)) - standing.fresh)


def likely(quotas: Sequence[Quota], fits: Mapping[str | None, int], rate: float) -> tuple[QuotaFit, ...]:
    """How far each quota is likely to go, where `rate` of those asked complete; `fits`: quota -> how many fit it."""
    return tuple(
        QuotaFit(quota.name, quota.most, fit, min(fit, math.ceil(quota.most / max(rate, LEAST_RATE))))
        for quota in quotas
        for fit in (fits.get(quota.name, 0),)
    )


__all__ = ["LEAST_RATE", "QuotaFit", "cell_column", "condition", "is_full", "likely", "to_release"]
