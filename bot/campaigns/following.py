"""Campaigns that follow people: each is asked some time after they joined, or after an answer of theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns.settings import Follow
from flows.durations import earlier
from storage import audience

#: How far back a look goes over what was looked at before, so that a row that was written a little late is not missed.
OVERLAP = timedelta(minutes=10)


def has_come(
    follow: Follow, seen_until: datetime | None, until: datetime, launch_at: datetime, zone: ZoneInfo
) -> audience.Condition:
    """A participant's time came after `seen_until` (a little before it too, who is invited is so once) and by `until`.

    Only where it came after the launch: those who joined long ago are not asked all at once.
    """
    since = launch_at if seen_until is None else max(launch_at, seen_until - OVERLAP)
    between = (earlier(since, follow.span, zone), earlier(until, follow.span, zone))
    if follow.event == "joining" or follow.answer is None:
        return audience.joined(*between)
    answer = follow.answer
    return audience.said(answer.campaign, answer.question, answer.values, between=between)


__all__ = ["OVERLAP", "has_come"]
