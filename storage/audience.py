"""Whom a campaign asks, as conditions on participants: tags, attributes, past answers, what they were asked lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Select,
    TextClause,
    and_,
    case,
    distinct,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.orm import aliased

from storage.bulk import among
from storage.json_values import holds, number_at, text_at
from storage.models import (
    Address,
    Answer,
    AudienceMember,
    Invitation,
    Message,
    Participant,
    ParticipantTag,
    Run,
)
from storage.reach import Reach

Condition = ColumnElement[bool]


def belongs(community_id: int) -> Condition:
    """A participant of this community who is not erased."""
    return (Participant.community_id == community_id) & Participant.erased_at.is_(None)


def _theirs(*conditions: ColumnElement[bool] | TextClause) -> Exists:
    """There is a row of the participant's, whatever else the statement joins."""
    return exists().where(*conditions).correlate(Participant)


def bears(tag: str) -> Condition:
    """They bear a tag."""
    return _theirs(ParticipantTag.participant_id == Participant.id, ParticipantTag.tag == tag)


def attribute_is(name: str, texts: Sequence[str]) -> Condition:
    """An attribute is one of `texts`, whatever the case; a list, where it has one of them."""
    return holds(Participant.attributes, name, texts)


def attribute_compares(name: str, operator: str, number: float) -> Condition:
    """An attribute is a number that is `<`, `<=`, `>` or `>=` another."""
    value = number_at(Participant.attributes, name)
    compared: dict[str, ColumnElement[bool]] = {
        "<": value < number,
        "<=": value <= number,
        ">": value > number,
        ">=": value >= number,
    }
    return compared[operator]


def attribute_text(name: str) -> ColumnElement[str]:
    """An attribute as text."""
    return text_at(Participant.attributes, name)


def joined(after: datetime, until: datetime) -> Condition:
    """They joined after one moment and by another."""
    return and_(Participant.joined_at > after, Participant.joined_at <= until)


def said(
    campaign_id: int, question: str | None, texts: Sequence[str], between: tuple[datetime, datetime] | None = None
) -> Condition:
    """They answered a campaign: one of its questions where it is named, with one of `texts` where there are any, after one
    moment and by another where `between` gives them."""
    answered = _theirs(
        Answer.participant_id == Participant.id, Answer.campaign_id == campaign_id, Answer.value.is_not(None)
    )
    if question is not None:
        answered = answered.where(Answer.question == question)
    if between is not None:
        answered = answered.where(Answer.answered_at > between[0], Answer.answered_at <= between[1])
    return answered.where(holds(Answer.value, None, texts)) if texts else answered


def listed(campaign_id: int) -> Condition:
    """The campaign's file names them."""
    return _theirs(AudienceMember.participant_id == Participant.id, AudienceMember.campaign_id == campaign_id)


def is_one_of(ids: Sequence[int]) -> Condition:
    """They are one of `ids`, however many."""
    return among(Participant.id, "listed_ids", list(ids))


def has_channel(channels: Sequence[str]) -> Condition:
    """They have an open address on one of these channels."""
    return _theirs(Address.participant_id == Participant.id, Address.status == "open", Address.channel.in_(channels))


def invited_by(campaign_id: int) -> Condition:
    """They have a place in a campaign that was not taken back."""
    return _theirs(
        Invitation.participant_id == Participant.id,
        Invitation.campaign_id == campaign_id,
        Invitation.status.in_(("pending", "started", "ended")),
    )


def asked_since(since: datetime) -> Condition:
    """A campaign of whatever kind began with them after `since`."""
    return _theirs(Invitation.participant_id == Participant.id, Invitation.started_at > since)


def in_a_run() -> Condition:
    """They are in a conversation."""
    return _theirs(Run.participant_id == Participant.id, text("runs.status IN ('active', 'handed_over')"))


def over_cap(since: datetime, most: int) -> Condition:
    """They got `most` campaign and update messages or more since then; all that a run says first is one."""
    got = (
        select(func.count(distinct(func.coalesce(Message.run_id, -Message.id))))
        .where(
            Message.participant_id == Participant.id,
            # To the letter as the partial index has it.
            text("messages.priority = 2"),
            Message.claimed_at > since,
            text("messages.status IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')"),
        )
        .correlate(Participant)
        .scalar_subquery()
    )
    return got >= most


def channel_of(reach: Reach) -> ColumnElement[str]:
    """The channel that a participant is written to on."""
    address = aliased(Address)
    return select(address.channel).where(address.id == reach.address_id()).correlate(Participant).scalar_subquery()


def first_that_holds(named: Iterable[tuple[str, Condition]]) -> ColumnElement[Any]:
    """The name of the first condition that holds; NULL where none does."""
    pairs = list(named)
    return case(*((condition, name) for name, condition in pairs), else_=null()) if pairs else null()


def by_language(values: Mapping[str, Any], first: str) -> ColumnElement[Any]:
    """The value of each participant's language; that of `first` for the languages that are not there."""
    others = ((Participant.language == language, literal(value)) for language, value in values.items())
    return case(*others, else_=literal(values[first]))


def insert_members(connection: Connection, campaign_id: int, participant_ids: Iterable[int]) -> None:
    """Keep whom a campaign's file lists."""
    rows = [{"campaign_id": campaign_id, "participant_id": one} for one in sorted(set(participant_ids))]
    if rows:
        connection.execute(insert(AudienceMember), rows)


def languages_of(connection: Connection, people: Select[Any]) -> list[str]:
    """The languages of the participants that `people`, a select on participants, finds."""
    found = connection.execute(people.with_only_columns(Participant.language).distinct().order_by(None))
    return sorted(found.scalars())


def count(connection: Connection, people: Select[Any]) -> int:
    """How many participants `people` finds."""
    counted = select(func.count()).select_from(people.order_by(None).subquery())
    return int(connection.execute(counted).scalar_one())


def count_by(connection: Connection, people: Select[Any], reason: ColumnElement[str]) -> dict[str, int]:
    """How many of `people`, a select on participants, have each `reason`; those without one are not counted."""
    counted = people.with_only_columns(reason.label("reason"), func.count().label("n")).group_by("reason")
    return {str(row.reason): int(row.n) for row in connection.execute(counted) if row.reason is not None}


__all__ = [
    "Condition",
    "asked_since",
    "attribute_compares",
    "attribute_is",
    "attribute_text",
    "bears",
    "belongs",
    "by_language",
    "channel_of",
    "count",
    "count_by",
    "first_that_holds",
    "has_channel",
    "in_a_run",
    "insert_members",
    "invited_by",
    "is_one_of",
    "joined",
    "languages_of",
    "listed",
    "over_cap",
    "said",
]
