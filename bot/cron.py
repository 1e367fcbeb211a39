"""Times that come again and again, as the five fields of a crontab name them on a community's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.errors import WrongUsage


def next_time(cron: str, zone: str, now: datetime) -> datetime | None:
    """The next moment (UTC) after `now` that the five fields of `cron` name in the zone; None where it never comes.

    Raises `WrongUsage` where the fields cannot be read.
    """
    local = now.astimezone(ZoneInfo(zone))
    found: datetime | None = _trigger(cron, zone).get_next_fire_time(local, local + timedelta(microseconds=1))
    return None if found is None else found.astimezone(UTC)


def _trigger(cron: str, zone: str) -> CronTrigger:
    try:
        return CronTrigger.from_crontab(cron, timezone=ZoneInfo(zone))
    except ValueError as error:
        raise WrongUsage(
            f"{cron!r} cannot be read ({error}). Five fields: minute hour day month weekday, such as '0 10 * * mon'."
        ) from None


__all__ = ["next_time"]
