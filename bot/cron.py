"""Times that come again and again, as the five fields of a crontab name them on a community's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.errors import WrongUsage

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERED = re.compile(r"(?:\*|(?P<first>[0-7])(?:-(?P<last>[0-7]))?)(?:/(?P<step>\d))?")


def next_time(cron: str, zone: str, now: datetime) -> datetime | None:
    """The next moment (UTC) after `now` that the five fields of `cron` name in the zone; None where it never comes.

    The fields are read off the clock's face. Of a time that comes twice as the clocks go back the first counts, and no other; one
    that is skipped as they go forward moves to the next that there is (DESIGN §10). Raises `WrongUsage` where the fields cannot be
    read.
    """
    here, trigger = ZoneInfo(zone), _trigger(cron)
    face: datetime | None = now.astimezone(here).replace(tzinfo=UTC)
    while face is not None:
        face = trigger.get_next_fire_time(face, face + timedelta(microseconds=1))
        if face is not None and (moment := _moment(face, here)) > now:
            return moment
    return None


def _trigger(cron: str) -> CronTrigger:
    try:
        # On a clock that never changes: APScheduler's own way over a change comes back to the same moment for ever.
        return CronTrigger.from_crontab(_with_named_days(cron), timezone=UTC)
    except ValueError as error:
        raise WrongUsage(
            f"{cron!r} cannot be read ({error}). Five fields: minute hour day month weekday, such as '0 10 * * mon'."
        ) from None


def _with_named_days(cron: str) -> str:
    """The weekdays by name: a crontab counts them from Sunday, which is 0 and 7, and APScheduler from Monday."""
    *others, weekdays = cron.split() or [""]
    return " ".join([*others, ",".join(map(_named, weekdays.split(",")))])


def _named(part: str) -> str:
    found = _NUMBERED.fullmatch(part)
    if found is None or part == "*":
        return part
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    begin = int(first) if first is not None else 0
    end = int(last) if last is not None else 6 if first is None or found["step"] is not None else begin
    days = [_DAYS[day % 7] for day in range(begin, end + 1, step or 1)]
    return ",".join(dict.fromkeys(days)) if days and step else part


def _moment(face: datetime, zone: ZoneInfo) -> datetime:
    clock = face.replace(tzinfo=None)
    while (there := clock.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != clock:
        clock += timedelta(minutes=1)
    return there


__all__ = ["next_time"]
