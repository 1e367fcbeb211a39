"""Campaigns, their waves and invitations, and the updates that report back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, KeyColumn, one_of, partial_index, reference

CAMPAIGN_STATUSES = ("scheduled", "launching", "running", "paused", "cancelled", "closed")
INVITATION_STATUSES = ("pending", "started", "ended", "cancelled", "skipped")
UPDATE_STATUSES = ("scheduled", "sending", "sent", "cancelled", "withheld")
#: The `due_at` of an invitation that waits for nothing.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


class Campaign(Base):
    """A revision of a flow sent to an audience on a schedule.

    `audience`: `{"tags": […], "languages": […]}` and the like, as `bot.campaigns.audience` reads it. `reminders`: durations
    (`["24h", "72h"]`) that replace the flow's; None leaves the flow's own. `closes_at`: nobody starts after it.
    `settings`: arms, quotas, repeats, the notice and languages that fall back, as `bot.campaigns.settings` reads them.
    `cleared_at`: when nothing of a cancelled or closed campaign was left to take back.
    """

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("community_id", "name"), one_of("status", CAMPAIGN_STATUSES))

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    name: Mapped[str]
    revision_id: Mapped[int] = mapped_column(reference("revisions.id"))
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminders: Mapped[list[Any] | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str]
    paused_from: Mapped[str | None]
    launch_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AudienceMember(Base):
    """A participant whom a campaign's file lists: the audience is these alone, as far as they may be asked."""

    __tablename__ = "audience_members"
    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "participant_id"),
        Index("ix_audience_members_participant", "participant_id"),
    )

    campaign_id: Mapped[int] = mapped_column(reference("campaigns.id"))
    participant_id: Mapped[int] = mapped_column(reference("participants.id"))


class Wave(Base):
    """One going-out of a campaign; a campaign that runs once has wave 1 alone.

    `invite_at`: when its invitations are made, before `due_at`, when they begin, by the lead of a notice.
    `cursor`: the highest participant id invited so far, where a launch that was killed goes on. `plan`: what was decided when
    inviting began, such as the bounds of the sample, so that every slice decides alike. `seen_until`: how far a wave that
    follows joining or answers has looked.
    """

    __tablename__ = "waves"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        partial_index("ix_waves_open", "invite_at", where=text("invited_at IS NULL")),
    )

    id: Mapped[KeyColumn]
    campaign_id: Mapped[int] = mapped_column(reference("campaigns.id"))
    number: Mapped[int]
    invite_at: Mapped[datetime]
    due_at: Mapped[datetime]
    cursor: Mapped[int] = mapped_column(default=0)
    plan: Mapped[dict[str, Any] | None]
    seen_until: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]


class Invitation(Base):
    """A participant's place in one wave of a campaign: invited once, whatever is run again.

    `pending`: no run yet; `started`: its run is open; `ended`: its run is over; `skipped`: `reason` says why nobody was texted.
    `due_at`: it does not begin before. `arm` and `revision_id`: the one of several flows or wordings that it got, None where the
    campaign has one alone. `cell`: the quota that it counts towards.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("campaign_id", "wave", "participant_id"),
        one_of("status", INVITATION_STATUSES),
        partial_index("ix_invitations_pending", "campaign_id", "due_at", "id", where=text("status = 'pending'")),
        Index("ix_invitations_participant", "participant_id", "id"),
        Index("ix_invitations_status", "campaign_id", "status"),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"))
    campaign_id: Mapped[int] = mapped_column(reference("campaigns.id"))
    wave: Mapped[int] = mapped_column(default=1)
    participant_id: Mapped[int] = mapped_column(reference("participants.id"))
    revision_id: Mapped[int | None] = mapped_column(reference("revisions.id"))
    arm: Mapped[str | None]
    cell: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    due_at: Mapped[datetime] = mapped_column(default=AT_ONCE)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Update(Base):
    """A progress update: results or news, to those who took part or subscribed, once (`at`) or again and again (`cron`).

    `texts` and `otherwise`: language -> ICU pattern with `{results.…}`. `occurrence` counts the times it went out;
    `audience`: `{"campaign": id}`, `{"subscribed": true}`, `{"tags": […]}`. `reason` says why it was withheld.
    `rendered`: language -> the text of the occurrence under way, so that everybody reads the same figures;
    `cursor`: the highest participant id of it that has its message; `last_id`: the highest that there was when it began.
    """

    __tablename__ = "updates"
    __table_args__ = (
        one_of("status", UPDATE_STATUSES),
        partial_index("ix_updates_due", "next_at", "id", where=text("status IN ('scheduled', 'sending')")),
    )

    id: Mapped[KeyColumn]
    community_id: Mapped[int] = mapped_column(reference("communities.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(reference("campaigns.id"), index=True)
    texts: Mapped[dict[str, Any]]
    otherwise: Mapped[dict[str, Any] | None]
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cron: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    occurrence: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(default=0)
    rendered: Mapped[dict[str, Any] | None]
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
