"""Who is asked, but later: they had as many messages as the community's caps allow, so that the first one waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, Select

from bot.campaigns.pacing import Course
from bot.config import CommunitySettings
from bot.delivery.rules import DAY, WEEK
from bot.hours import next_window, zone_of
from storage.audience import count, in_a_run
from storage.estimates import nth_latest

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Late:
    """How many of those asked wait for a cap, and when the first and the last of them are asked. `by`: (moment, how many), by the hour.

    `busy` are in another conversation, and are asked once that is over: nobody knows when.
    """

    n: int = 0
    first_at: datetime | None = None
    until: datetime | None = None
    by: tuple[tuple[datetime, int], ...] = ()
    busy: int = 0

    def joined_to(self, course: Course, recipients: int) -> Course:
        """A course with these behind: what it sends of everybody at once is the part of the others."""
        if not self.n or course.ends_at is None or self.until is None:
            return course
        on_time = (recipients - self.n) / recipients
        points = [(at, round(n * on_time)) for at, n in course.curve]
        moments = sorted({at for at, _ in (*points, *self.by)})
        curve = tuple((at, _by(points, at) + sum(n for then, n in self.by if then <= at)) for at in moments)
        return Course(curve, max(course.ends_at if on_time else self.until, self.until))


def _by(points: Sequence[tuple[datetime, int]], moment: datetime) -> int:
    """How many had been sent by a moment: evenly between two points."""
    for (begins, before), (ends, after) in pairwise(points):
        if moment <= ends:
            return round(before + (after - before) * ((moment - begins) / (ends - begins)))
    return points[-1][1]


def late_ones(connection: Connection, community: Row[Any], people: Select[Any], start: datetime) -> Late:
    """Those of `people` (a select on participants) to whom a message that is due at `start` could leave only later for the caps.

    As the claim counts (`bot.delivery.rules`): what left in the day and the week before, one for each conversation; what waits in
    the queue is taken to leave first.
    """
    settings = CommunitySettings.model_validate(community.settings)
    fits: dict[int, datetime] = {}
    for most, span in ((settings.cap_per_day, DAY), (settings.cap_per_week, WEEK)):
        # They come in the order of time, so that each zone's hours are gone through once.
        windows: dict[str | None, tuple[datetime, datetime]] = {}
        for participant_id, timezone, at in nth_latest(connection, people, start - span, start, most):
            fit = at + span
            if timezone not in windows or fit >= windows[timezone][1]:
                zone = zone_of(timezone, community.timezone)
                windows[timezone] = next_window(fit, community.hours, zone, settings.holidays)
            opens = max(fit, windows[timezone][0])
            fits[participant_id] = max(opens, fits.get(participant_id, opens))
    busy = count(connection, people.where(in_a_run()))
    if not fits:
        return Late(busy=busy)
    by = Counter(max(start, at.replace(minute=0, second=0, microsecond=0) + HOUR) for at in fits.values())
    until = max(fits.values())
    return Late(len(fits), min(fits.values()), until, tuple(sorted((min(at, until), n) for at, n in by.items())), busy)


__all__ = ["Late", "late_ones"]
