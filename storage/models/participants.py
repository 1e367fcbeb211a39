"""Participants, the addresses that reach them, what they agreed to, and what needs a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, KeyColumn, one_of, reference

CONSENT_STATES = ("none", "granted", "withdrawn")
SCOPES = ("surveys", "updates")
ADDRESS_STATUSES = ("open", "closed", "dead", "blocked")
INBOX_KINDS = (
    "person",
    "notify",
    "give_up",
    "unsure_stop",
    "distress",
    "abuse",
    "loop",
    "wrong_number",
    "stray",
    "failed",
)


class Participant(Base):
    """A resident who takes part, in one community. `public_id` is the pseudonym that leaves the database.

    `surveys` and `updates`: where the consent ledger stands, kept beside it for set-based audiences.
    `last_inbound_at`: when they last wrote, up to five minutes late. `opted_out_at`: STOP; nothing is sent. `held_at`: a text that may be a wish to stop waits for a coordinator's word; nothing is sent.
    """

    __tablename__ = "participants"
    __table_args__ = (
        one_of("surveys", CONSENT_STATES),
        one_of("updates", CONSENT_STATES),
        Index("ix_participants_community", "community_id", "id"),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[KeyColumn]
    public_id: Mapped[str] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    name: Mapped[str | None]
    language: Mapped[str]
    timezone: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    surveys: Mapped[str] = mapped_column(default="none")
    updates: Mapped[str] = mapped_column(default="none")
    opted_out_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    joined_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class ParticipantTag(Base):
    """A tag that a participant bears."""

    __tablename__ = "participant_tags"
    __table_args__ = (
        PrimaryKeyConstraint("participant_id", "tag"),
        Index("ix_participant_tags_tag", "tag", "participant_id"),
    )

    participant_id: Mapped[int] = mapped_column(reference("participants.id"))
    tag: Mapped[str]


class Address(Base):
    """A way to reach a participant or a coordinator, or a stranger (neither) who wrote to a sender. The only table with personal numbers,
    but for `unplaced_texts`, where they stay a month at the most.

    `sender_id`: the sender that talks with it, so that a thread stays with one number.
    The counters hold abuse at bay: automatic replies today, texts in this minute.
    `language`: the one that a stranger asked for before joining; a participant has their own.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("community_id", "address"),
        Index("ix_addresses_address", "address"),
        one_of("status", ADDRESS_STATUSES),
        # Counters change with each text: room beside a row keeps its indexes out of it.
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int | None] = mapped_column(reference("participants.id"), index=True)
    coordinator_id: Mapped[int | None] = mapped_column(reference("coordinators.id"), index=True)
    address: Mapped[str]
    channel: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    sender_id: Mapped[int | None] = mapped_column(reference("senders.id"))
    replies_on: Mapped[date | None]
    replies: Mapped[int] = mapped_column(default=0)
    minute_at: Mapped[datetime | None]
    minute_texts: Mapped[int] = mapped_column(default=0)
    last_text: Mapped[str | None]
    greeted_on: Mapped[date | None]
    created_at: Mapped[datetime]
    language: Mapped[str | None]


class Consent(Base):
    """One line of the consent ledger, never changed: who agreed to or withdrew what, when, how, in which words."""

    __tablename__ = "consents"
    __table_args__ = (one_of("scope", SCOPES), one_of("state", ("granted", "withdrawn")))

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int] = mapped_column(reference("participants.id"), index=True)
    scope: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]
    channel: Mapped[str | None]
    wording: Mapped[str]
    language: Mapped[str]
    given_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(reference("messages.id"))


class Suppression(Base):
    """A keyed hash of an address that said STOP; it outlives erasure, so that the next import does not text it."""

    __tablename__ = "suppressions"
    __table_args__ = (PrimaryKeyConstraint("community_id", "address_hash"),)

    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    address_hash: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class InboxItem(Base):
    """Something that needs a person: who wrote it, what it is about, and whether somebody took care of it."""

    __tablename__ = "inbox_items"
    __table_args__ = (
        one_of("kind", INBOX_KINDS),
        Index("ix_inbox_items_community", "community_id", "done_at", "id"),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int | None] = mapped_column(reference("participants.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(reference("runs.id"))
    message_id: Mapped[int | None] = mapped_column(reference("messages.id"))
    kind: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime]
    assigned_to: Mapped[int | None] = mapped_column(reference("coordinators.id"))
    done_at: Mapped[datetime | None]
