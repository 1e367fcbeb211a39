"""Arms: several flows or wordings in one campaign, each person drawn into one and the same in every wave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy import ColumnElement, case, literal

from bot.campaigns.settings import Arm
from storage.draws import arms_draw, upper_bounds
from storage.models import Participant


class ArmColumns(TypedDict, total=False):
    """The two columns of an invitation that say which arm it is; none where a campaign has one flow alone."""

    revision_id: ColumnElement[int]
    arm: ColumnElement[str]


def arm_columns(arms: Sequence[Arm], campaign_id: int) -> ArmColumns:
    """Each participant's arm as SQL, drawn by the campaign and their id, with the arms' shares."""
    if not arms:
        return {}
    number = arms_draw(campaign_id).sql(Participant.__table__.c.id)
    limits = _limits(arms)
    *first, last = arms
    keys = [(number < limits[arm.key], literal(arm.key)) for arm in first]
    revisions = [(number < limits[arm.key], literal(arm.revision)) for arm in first]
    return {
        "arm": case(*keys, else_=literal(last.key)),
        "revision_id": case(*revisions, else_=literal(last.revision)),
    }


def arm_of(arms: Sequence[Arm], campaign_id: int, participant_id: int) -> Arm | None:
    """The arm that one participant is drawn into; None where there are none."""
    number, limits = arms_draw(campaign_id).of(participant_id), _limits(arms)
    return next((arm for arm in arms if number < limits[arm.key]), arms[-1] if arms else None)


def _limits(arms: Sequence[Arm]) -> dict[str, int]:
    return dict(zip((arm.key for arm in arms), upper_bounds(arm.share for arm in arms), strict=True))


__all__ = ["ArmColumns", "arm_columns", "arm_of"]
