"""Messages in and out (those going out are the outbox), their media, and receipts that found no message yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, KeyColumn, one_of, partial_index, reference

#: In: `received` was handed to the conversation, `kept` was not (an edit, a stranger, a silenced or late one).
INBOUND_STATUSES = ("received", "kept")
#: Out. `sending` is claimed; `unknown` may or may not have gone and is never silently sent again; `dropped` was past use, or in doubt and let be by a person.
OUTBOUND_STATUSES = (
    "queued",
    "sending",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "unknown",
    "cancelled",
    "dropped",
)
#: What leaves first: answers to a resident, reminders, campaigns and updates.
PRIORITY_REPLY, PRIORITY_REMINDER, PRIORITY_BULK = 0, 1, 2


class Message(Base):
    """One text in or out.

    `provider_id`: MessageSid, `update_id`, or `chat:message` of a Telegram text that we sent; unique for a sender and direction.
    `kind`: in `text`, `button`, `media`, `edited`, `block`; out `prompt`, `say`, `reminder`, `confirmation`, `help`, `update`,
    `notification` (to a coordinator), `manual`. `occurrence`: which time an update goes out, which of its question's reminders it is. `visit` is the run's visit that a prompt opened or a button answers.
    Out: `due_at` not before; `hours_exempt_until` hours do not bind before it (a reply to a text just received);
    `valid_until` of no use after it; `segments` after lightening; `claimed_at` when it last left the queue, `claimed_by` which process took it;
    `retried_at` when it was queued once more after the provider had it (handset off, or a person's decision).
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("direction", ("in", "out")),
        one_of("status", INBOUND_STATUSES + OUTBOUND_STATUSES),
        partial_index(
            "uq_messages_provider_id",
            "sender_id",
            "direction",
            "provider_id",
            where=text("provider_id IS NOT NULL"),
            unique=True,
        ),
        partial_index(
            "uq_messages_update",
            "update_id",
            "occurrence",
            "participant_id",
            where=text("update_id IS NOT NULL"),
            unique=True,
        ),
        partial_index("ix_messages_outbox", "sender_id", "priority", "due_at", "id", where=text("status = 'queued'")),
        # The direction keeps PostgreSQL from reading all of it in place of the outbox's index, whose condition is narrower.
        partial_index(
            "ix_messages_waiting",
            "address_id",
            "id",
            where=text("direction = 'out' AND status IN ('queued', 'sending')"),
        ),
        partial_index("ix_messages_sending", "claimed_at", where=text("status = 'sending'")),
        partial_index("ix_messages_unknown", "sender_id", "id", where=text("status = 'unknown'")),
        Index("ix_messages_participant", "participant_id", "id"),
        partial_index(
            "ix_messages_bulk",
            "participant_id",
            "claimed_at",
            where=text("priority = 2 AND claimed_at IS NOT NULL"),
        ),
        partial_index("ix_messages_campaign", "campaign_id", "status", where=text("campaign_id IS NOT NULL")),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    sender_id: Mapped[int] = mapped_column(reference("senders.id"))
    address_id: Mapped[int] = mapped_column(reference("addresses.id"))
    participant_id: Mapped[int | None] = mapped_column(reference("participants.id"))
    run_id: Mapped[int | None] = mapped_column(reference("runs.id"))
    campaign_id: Mapped[int | None] = mapped_column(reference("campaigns.id"))
    update_id: Mapped[int | None] = mapped_column(reference("updates.id"))
    occurrence: Mapped[int | None]
    direction: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    language: Mapped[str | None]
    buttons: Mapped[list[Any] | None]
    media: Mapped[list[Any] | None]
    visit: Mapped[int] = mapped_column(default=0)
    reply_to: Mapped[int | None] = mapped_column(reference("messages.id"))
    provider_id: Mapped[str | None]
    status: Mapped[str]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=PRIORITY_REPLY)
    segments: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    hours_exempt_until: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    retried_at: Mapped[datetime | None]


class Medium(Base):
    """A photo, voice note or file that came with a message: fetched after the commit, stripped of EXIF, erased with the person.

    `due_at`: not to be fetched before; whoever fetches it puts it off by the time that this may take.
    """

    __tablename__ = "media"
    __table_args__ = (
        one_of("status", ("waiting", "kept", "refused", "failed")),
        partial_index("ix_media_waiting", "due_at", "id", where=text("status = 'waiting'")),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    participant_id: Mapped[int | None] = mapped_column(reference("participants.id"), index=True)
    message_id: Mapped[int] = mapped_column(reference("messages.id"), index=True)
    kind: Mapped[str]
    reference: Mapped[str]
    content_type: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class UnplacedText(Base):
    """A text that came to a number or bot which is not registered here: kept as it came, and taken in once it is.

    `inbound`: what the channel made of it, its writer's number included; gone when it is taken in, or a month old.
    """

    __tablename__ = "unplaced_texts"
    __table_args__ = (UniqueConstraint("sender", "provider_id"),)

    id: Mapped[KeyColumn]
    sender: Mapped[str]
    provider_id: Mapped[str]
    inbound: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class Receipt(Base):
    """A provider's word on a message that we do not know (yet): kept, and applied when the message is found.

    The id of an earlier try stays here too, once its message was queued again: what comes for it late changes nothing.
    """

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_provider_id", "sender_id", "provider_id"),)

    id: Mapped[KeyColumn]
    sender_id: Mapped[int | None] = mapped_column(reference("senders.id"))
    provider_id: Mapped[str]
    status: Mapped[str]
    error_code: Mapped[str | None]
    consequence: Mapped[str | None]
    retry_once: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
