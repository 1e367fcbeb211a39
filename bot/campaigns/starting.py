"""Starting: the runs of invitations that are due, first messages into the outbox, a slice at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.alike import begins_alike, put_off_busy, start_alike
from bot.campaigns.audience import read_audience
from bot.campaigns.cutting_off import cut_off
from bot.campaigns.quotas import is_full, to_release
from bot.campaigns.rates import completion_rate
from bot.campaigns.settings import CampaignSettings, read_settings
from bot.conversation import House, RunStart, start_runs
from storage import campaigns, invitations
from storage.quotas import Standing, standings

#: Runs begun in one transaction, one by one and where one person's first step stands for all: long enough to be cheap, short
#: enough that replies get by.
START_SLICE, ALIKE_SLICE = 200, 5_000


def start_pending(
    connection: Connection,
    now: datetime,
    house: House,
    *,
    slice_size: int = START_SLICE,
    alike_size: int = ALIKE_SLICE,
) -> int:
    """Begin the runs of one slice of invitations that are due; how many were looked at. Call until it returns 0.

    Those who are in another conversation wait until it is over. A quota lets in as many as it lacks, and when it is full skips the
    others, and takes back those whose first message has not left. Where the flow begins alike for many, a slice is `alike_size`.
    """
    looked, taken = 0, set[int]()
    due = invitations.campaigns_with_pending(connection, now)
    for campaign in due:
        limit = max(slice_size // len(due), 1)
        settings = read_settings(campaign.settings)
        if settings.quotas:
            looked += _within_quotas(connection, campaign, settings, now, house, limit, taken)
        elif all(begins_alike(house.flow(connection, one).flow) for one in _revisions(campaign, settings)):
            looked += start_alike(connection, campaign, now, house, max(alike_size // len(due), 1))
        else:
            rows = invitations.take_pending(connection, campaign.id, now, limit)
            looked += _start(connection, campaign, rows, now, house, limit, taken)
    return looked + cut_off(connection, now, house, slice_size)


def _revisions(campaign: Row[Any], settings: CampaignSettings) -> list[int]:
    return [arm.revision for arm in settings.arms] or [campaign.revision_id]


def _start(
    connection: Connection,
    campaign: Row[Any],
    rows: Sequence[Row[int, int, int | None, bool]],
    now: datetime,
    house: House,
    limit: int,
    taken: set[int],
) -> int:
    """Begin these invitations' runs; `taken` are those who got one in this transaction already."""
    busy = [row.id for row in rows if row.busy or row.participant_id in taken]
    put_off_busy(connection, busy, now, many=len(rows) == limit)
    waiting = set(busy)
    channels = read_audience(campaign.audience).channels
    starts = [
        RunStart(
            participant_id=row.participant_id,
            revision_id=row.revision_id or campaign.revision_id,
            campaign_id=campaign.id,
            invitation_id=row.id,
            channels=channels,
        )
        for row in rows
        if row.id not in waiting
    ]
    if starts:
        start_runs(connection, starts, now, house)
        taken.update(start.participant_id for start in starts)
    return len(rows)


def _within_quotas(
    connection: Connection,
    campaign: Row[Any],
    settings: CampaignSettings,
    now: datetime,
    house: House,
    limit: int,
    taken: set[int],
) -> int:
    """Begin what the quotas of each wave have room for, skip what they have not; how many were looked at."""
    if not campaigns.lock_campaign(connection, campaign.id):
        return 0
    looked = 0
    for wave in invitations.pending_waves(connection, campaign.id, now):
        known = standings(connection, campaign.id, wave, now)
        rate = completion_rate(connection, campaign.community_id, campaign.id, now)
        for quota in settings.quotas:
            standing = known.get(quota.name, Standing())
            if is_full(quota, standing):
                looked += invitations.end_pending(
                    connection,
                    campaign.id,
                    now,
                    status="skipped",
                    reason="quota",
                    limit=limit,
                    wave=wave,
                    cell=(quota.name,),
                )
                continue
            room = min(limit - looked, to_release(quota, standing, rate))
            if room > 0:
                rows = invitations.take_pending(connection, campaign.id, now, room, wave=wave, cell=(quota.name,))
                looked += _start(connection, campaign, rows, now, house, room, taken)
        if looked < limit:
            rows = invitations.take_pending(connection, campaign.id, now, limit - looked, wave=wave, cell=(None,))
            looked += _start(connection, campaign, rows, now, house, limit - looked, taken)
    return looked


__all__ = ["START_SLICE", "start_pending"]
