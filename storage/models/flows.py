"""Flows and their frozen revisions, the runs through them, and the answers that were understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, KeyColumn, one_of, partial_index, reference

RUN_STATUSES = ("active", "handed_over", "ended")
OPEN_RUN = ("active", "handed_over")


class Flow(Base):
    """A flow of one community, by name."""

    __tablename__ = "flows"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    name: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime]


class Revision(Base):
    """A published flow as `flows.loader.freeze` writes it, with every text and every flow it calls. Never changed."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("flow_id", "number"), UniqueConstraint("flow_id", "fingerprint"))

    id: Mapped[KeyColumn]
    flow_id: Mapped[int] = mapped_column(reference("flows.id"))
    number: Mapped[int]
    fingerprint: Mapped[str]
    definition: Mapped[dict[str, Any]]
    source: Mapped[str]
    created_at: Mapped[datetime]


class Run(Base):
    """One participant's way through one revision. `state` is `flows.run.Run` as JSON, whose gist the columns repeat.

    A participant has one open run at the most. `due_at`: the next moment that the engine waits for; none once it is over.
    """

    __tablename__ = "runs"
    __table_args__ = (
        one_of("status", RUN_STATUSES),
        partial_index("uq_runs_open", "participant_id", where=text("status IN ('active', 'handed_over')"), unique=True),
        partial_index("ix_runs_due", "due_at", "id", where=text("due_at IS NOT NULL")),
        Index("ix_runs_campaign", "campaign_id", "status"),
        Index("ix_runs_participant", "participant_id", "id"),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int] = mapped_column(reference("participants.id"))
    revision_id: Mapped[int] = mapped_column(reference("revisions.id"))
    campaign_id: Mapped[int | None] = mapped_column(reference("campaigns.id"))
    invitation_id: Mapped[int | None] = mapped_column(reference("invitations.id"), index=True)
    address_id: Mapped[int] = mapped_column(reference("addresses.id"))
    sender_id: Mapped[int] = mapped_column(reference("senders.id"))
    status: Mapped[str]
    outcome: Mapped[str | None]
    current_state: Mapped[str | None]
    visit: Mapped[int] = mapped_column(default=0)
    state: Mapped[dict[str, Any]]
    prompted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Answer(Base):
    """What was understood of a reply: one row a question of a run, the latest; what it was before stays in the messages.

    `question` is the save name (`about.age` inside a subflow); `value` JSON, null when skipped; `other` the words behind
    "something else"; `raw` the reply to the letter. `sensitive` answers never reach an update or a public page.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("run_id", "question"),
        Index("ix_answers_campaign", "campaign_id", "question"),
        Index("ix_answers_participant", "participant_id", "question"),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int] = mapped_column(reference("participants.id"))
    run_id: Mapped[int] = mapped_column(reference("runs.id"))
    campaign_id: Mapped[int | None] = mapped_column(reference("campaigns.id"))
    revision_id: Mapped[int] = mapped_column(reference("revisions.id"))
    message_id: Mapped[int | None] = mapped_column(reference("messages.id"))
    question: Mapped[str]
    state: Mapped[str]
    value: Mapped[Any | None] = mapped_column(Json)
    other: Mapped[str | None]
    raw: Mapped[str]
    language: Mapped[str]
    sensitive: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime]
