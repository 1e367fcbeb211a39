"""Communities, the coordinators who work in them, and the senders that messages leave from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, KeyColumn, one_of, reference

OPT_OUT_HANDLERS = ("provider", "ours")
ROLES = ("viewer", "coordinator", "owner")


class Community(Base):
    """A place with its own backbone organisation. `slug` is what commands call it.

    `hours`: day (`mon` … `sun`, `holiday`) -> `["09:00", "20:30"]`, local; a day that is left out is closed.
    `settings`: `cap_per_day` and `cap_per_week` (messages to one participant across campaigns), `small_cell`,
    `replies_per_day`, `segments_per_month`, `distress` ({language: {words, text}}), `countries` (calling codes), and so on;
    `bot.config.CommunitySettings` names each with its default.
    """

    __tablename__ = "communities"

    id: Mapped[KeyColumn]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    languages: Mapped[list[Any]]
    timezone: Mapped[str]
    hours: Mapped[dict[str, Any]]
    contact: Mapped[str | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Sender(Base):
    """A number, short code, messaging service or bot. `address` is `sms:+1…`, `telegram:<bot name>` or `sim:<n>`.

    `pace`: segments (SMS) or messages (others) a second. `budget` and `budget_at`: what the claim may still spend, refilled by
    database time. `ambiguous`: results in a row of which nobody knows whether the message went; at 5 the sender
    pauses and probes with the one message `probe_id`.
    """

    __tablename__ = "senders"
    __table_args__ = (one_of("opt_out", OPT_OUT_HANDLERS),)

    id: Mapped[KeyColumn]
    address: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    opt_out: Mapped[str]
    pace: Mapped[float]
    budget: Mapped[float] = mapped_column(default=0.0)
    budget_at: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    ambiguous: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    probe_id: Mapped[int | None]
    strangers_on: Mapped[date | None]
    strangers: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class SenderCommunity(Base):
    """A community that a sender serves; the lowest `id` is the sender's first community."""

    __tablename__ = "sender_communities"
    __table_args__ = (UniqueConstraint("sender_id", "community_id"),)

    id: Mapped[KeyColumn]
    sender_id: Mapped[int] = mapped_column(reference("senders.id"))
    community_id: Mapped[int] = mapped_column(reference("communities.id"), index=True)


class Keyword(Base):
    """A word that, texted to one of a community's senders, joins it or one of its campaigns. Held folded to lower case."""

    __tablename__ = "keywords"
    __table_args__ = (UniqueConstraint("community_id", "word"),)

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    campaign_id: Mapped[int | None] = mapped_column(reference("campaigns.id"), index=True)
    word: Mapped[str]


class Coordinator(Base):
    """A person who signs in; `password_hash` is empty until they set one."""

    __tablename__ = "coordinators"

    id: Mapped[KeyColumn]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """A coordinator's role in one community. `notified`: told of what needs a person at their own address."""

    __tablename__ = "memberships"
    __table_args__ = (PrimaryKeyConstraint("coordinator_id", "community_id"), one_of("role", ROLES))

    coordinator_id: Mapped[int] = mapped_column(reference("coordinators.id"))
    community_id: Mapped[int] = mapped_column(reference("communities.id"), index=True)
    role: Mapped[str]
    notified: Mapped[bool] = mapped_column(default=True)


class SegmentUsage(Base):
    """Segments that a community sent in a month (`2026-11`), counted at the claim and held against its cap.

    `held_at`: when messages were first held back in this month, and its coordinators told.
    """

    __tablename__ = "segment_usage"
    __table_args__ = (PrimaryKeyConstraint("community_id", "month"),)

    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    month: Mapped[str]
    segments: Mapped[int] = mapped_column(default=0)
    held_at: Mapped[datetime | None]


class Lease(Base):
    """Who leads a piece of work that one process at a time may do (`scheduler`, `polling:<bot>`), on database time."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]
