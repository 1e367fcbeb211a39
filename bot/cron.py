"""Times that come again and again, as the five fields of a crontab name them on a community's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.errors import WrongUsage


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
        return CronTrigger.from_crontab(cron, timezone=UTC)
    except ValueError as error:
        raise WrongUsage(
            f"{cron!r} cannot be read ({error}). Five fields: minute hour day month weekday, such as '0 10 * * mon'."
        ) from None


def _moment(face: datetime, zone: ZoneInfo) -> datetime:
    clock = face.replace(tzinfo=None)
    while (there := clock.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != clock:
        clock += timedelta(minutes=1)
    return there


__all__ = ["next_time"]
