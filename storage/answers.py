"""Queries on answers: counts for results, the words of open questions, and rows for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, or_, select

from storage.models import Answer, Invitation, Participant, Run

#: id, status, outcome, started_at, ended_at, revision_id, the participant's public_id and language.
RunRow = Row[int, str, str | None, datetime, datetime | None, int, str, str]


def answered_by(connection: Connection, campaign_id: int) -> int:
    """How many participants answered at least one question of a campaign (a skipped one is no answer)."""
    statement = select(func.count(func.distinct(Answer.participant_id))).where(
        Answer.campaign_id == campaign_id, Answer.value.is_not(None)
    )
    return int(connection.execute(statement).scalar_one())


def value_counts(
    connection: Connection, campaign_id: int, questions: Sequence[str], until: datetime | None = None
) -> Sequence[Row[str, Any, int]]:
    """(question, value, how many) for each different value of `questions`; a skipped one has the value None."""
    statement = (
        select(Answer.question, Answer.value, func.count())
        .where(Answer.campaign_id == campaign_id, Answer.question.in_(questions))
        .group_by(Answer.question, Answer.value)
    )
    if until is not None:
        statement = statement.where(Answer.answered_at < until)
    return connection.execute(statement).all()


def open_counts(connection: Connection, campaign_id: int, questions: Sequence[str]) -> dict[str, tuple[int, int]]:
    """question -> (how many answered, how many skipped), for questions whose answers are not counted by value."""
    statement = (
        select(Answer.question, func.count(Answer.value), func.count() - func.count(Answer.value))
        .where(Answer.campaign_id == campaign_id, Answer.question.in_(questions))
        .group_by(Answer.question)
    )
    return {
        str(question): (int(answered), int(skipped)) for question, answered, skipped in connection.execute(statement)
    }


def words(connection: Connection, campaign_id: int, question: str, limit: int) -> list[str]:
    """What people wrote to an open question, and behind "something else", the newest first; not what is kept no longer."""
    written = func.coalesce(Answer.other, Answer.raw)
    mine = (Answer.campaign_id == campaign_id, Answer.question == question)
    statement = (
        select(written).where(*mine, Answer.value.is_not(None), written != "").order_by(Answer.id.desc()).limit(limit)
    )
    return [str(text) for text in connection.execute(statement).scalars()]


def others(connection: Connection, campaign_id: int, question: str, limit: int) -> list[str]:
    """The words that people gave for "something else", the newest first."""
    statement = (
        select(Answer.other)
        .where(Answer.campaign_id == campaign_id, Answer.question == question, Answer.other.is_not(None))
        .order_by(Answer.id.desc())
        .limit(limit)
    )
    return [str(text) for text in connection.execute(statement).scalars()]


def run_outcomes(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many runs of a campaign are open (`active`, `handed_over`) or ended, by outcome; not those that were taken back unread."""
    standing = func.coalesce(Run.outcome, Run.status)
    unread = exists().where(Invitation.id == Run.invitation_id, Invitation.status == "skipped")
    statement = (
        select(standing, func.count())
        .where(Run.campaign_id == campaign_id, or_(standing != "cancelled", ~unread))
        .group_by(standing)
    )
    return {str(name): int(n) for name, n in connection.execute(statement)}


def skip_reasons(connection: Connection, campaign_id: int) -> dict[str, int]:
    """Why invitations of a campaign were skipped: reason -> how many."""
    statement = (
        select(Invitation.reason, func.count())
        .where(Invitation.campaign_id == campaign_id, Invitation.status == "skipped")
        .group_by(Invitation.reason)
    )
    return {str(reason or "other"): int(n) for reason, n in connection.execute(statement)}


def run_answers(connection: Connection, campaign_id: int, *, batch: int = 500) -> Iterator[tuple[RunRow, list[Any]]]:
    """Each run of a campaign with its answers, in the order in which they began; `batch` runs a query."""
    after = 0
    while True:
        runs = connection.execute(
            select(
                Run.id,
                Run.status,
                Run.outcome,
                Run.started_at,
                Run.ended_at,
                Run.revision_id,
                Participant.public_id,
                Participant.language,
            )
            .join(Participant, Participant.id == Run.participant_id)
            .where(Run.campaign_id == campaign_id, Run.id > after)
            .order_by(Run.id)
            .limit(batch)
        ).all()
        if not runs:
            return
        found: dict[int, list[Any]] = {run.id: [] for run in runs}
        answers = select(
            Answer.run_id, Answer.question, Answer.value, Answer.other, Answer.raw, Answer.answered_at, Answer.sensitive
        ).where(Answer.run_id.in_(list(found)))
        for answer in connection.execute(answers.order_by(Answer.id)):
            found[answer.run_id].append(answer)
        for run in runs:
            yield run, found[run.id]
        after = runs[-1].id
