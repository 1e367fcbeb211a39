"""Whom a campaign asks: the audience as a set, never as a list in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Select, exists, func, select

from bot.errors import WrongUsage
from storage.models import Address, Participant, ParticipantTag


class Audience(BaseModel):
    """Which participants of a community are asked: those who fit every part that is given.

    `tags`: bear all of these. `languages`, `channels`: one of these. `participants`: these alone (ids, from a file).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    participants: tuple[int, ...] | None = None


def read_audience(stored: Mapping[str, Any]) -> Audience:
    """The audience as a campaign's row holds it; raises `WrongUsage` where it cannot be read."""
    try:
        return Audience.model_validate(dict(stored))
    except ValidationError as error:
        raise WrongUsage(f"This audience cannot be read: {error.errors()[0]['msg']}") from None


def members(audience: Audience, community_id: int) -> Select[int]:
    """A select of the ids of everybody who fits, may be asked (surveys agreed to, no STOP, not held) and can be reached."""
    reachable = exists().where(Address.participant_id == Participant.id, Address.status == "open")
    if audience.channels:
        reachable = reachable.where(Address.channel.in_(audience.channels))
    statement = select(Participant.id).where(
        Participant.community_id == community_id,
        Participant.surveys == "granted",
        Participant.opted_out_at.is_(None),
        Participant.held_at.is_(None),
        Participant.erased_at.is_(None),
        reachable,
    )
    for tag in audience.tags:
        statement = statement.where(
            exists().where(ParticipantTag.participant_id == Participant.id, ParticipantTag.tag == tag)
        )
    if audience.languages:
        statement = statement.where(Participant.language.in_(audience.languages))
    if audience.participants is not None:
        statement = statement.where(Participant.id.in_(audience.participants))
    return statement


def size(connection: Connection, audience: Audience, community_id: int) -> int:
    """How many would be asked now."""
    counted = select(func.count()).select_from(members(audience, community_id).subquery())
    return int(connection.execute(counted).scalar_one())


def upper_bound(connection: Connection, people: Select[int], after: int, slice_size: int) -> int | None:
    """The highest id of the next `slice_size` people whose id is above `after`; None where nobody is left."""
    piece = people.where(Participant.id > after).order_by(Participant.id).limit(slice_size).subquery()
    found = connection.execute(select(func.max(piece.c.id))).scalar_one()
    return None if found is None else int(found)


def between(people: Select[int], after: int, last: int) -> Select[int]:
    """The part of `people` with ids above `after` and up to `last`."""
    return people.where(Participant.id > after, Participant.id <= last)
