"""Cutting off: a quota that is full takes back those of its people whose first message has not left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.campaigns.quotas import is_full
from bot.campaigns.settings import read_settings
from bot.conversation import House, take_back_runs
from storage import campaigns, quotas
from storage.quotas import Standing


def cut_off(connection: Connection, now: datetime, house: House, limit: int) -> int:
    """Take back one slice of those who were to be asked for quotas that are full by now; how many. Call until it returns 0.

    They were let in while it lacked people, and their message still waits for hours or pace. Who has read it may finish.
    """
    taken = 0
    for campaign in quotas.campaigns_to_cut_off(connection, now):
        waiting = quotas.unheard(connection, campaign.id)
        if not waiting or not campaigns.lock_campaign(connection, campaign.id):
            continue
        wanted = {quota.name: quota for quota in read_settings(campaign.settings).quotas}
        for wave in sorted({wave for wave, _ in waiting}):
            known = quotas.standings(connection, campaign.id, wave, now)
            for quota in wanted.values():
                places = dict(waiting.get((wave, quota.name), [])[: limit - taken])
                if places and is_full(quota, known.get(quota.name, Standing())):
                    ended = take_back_runs(connection, places, now, house)
                    quotas.skip_full(connection, [places[run_id] for run_id in ended])
                    taken += len(ended)
    return taken


__all__ = ["cut_off"]
