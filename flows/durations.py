"""Spans of time as flows write them: `7d` calendar days, `24h` and `30m` elapsed time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.definition import Days, DaysAt

LONGEST = timedelta(days=366)

_WRITTEN = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE | re.ASCII)
_AT_HOUR = re.compile(r"(\d{1,3})\s*d(?:\s+|\s*@\s*)(\d{1,2}):(\d\d)", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_OTHER_UNITS = {
    "day": "d",
    "days": "d",
    "hour": "h",
    "hours": "h",
    "hr": "h",
    "hrs": "h",
    "min": "m",
    "mins": "m",
    "minute": "m",
    "minutes": "m",
}


class DurationError(ValueError):
    """What is written is no span of time; `message` says why and `fix` what to write."""

    def __init__(self, message: str, fix: str) -> None:
        self.message = message
        self.fix = fix
        super().__init__(f"{message} {fix}")


def parse(written: str) -> timedelta:
    """`7d` as `Days`, `24h` and `30m` as elapsed time. Raises `DurationError`."""
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise DurationError(f'"{written[:40]}" is no span of time.', "Write a number and d, h or m: 7d, 24h, 30m.")
    number, unit = int(match[1]), match[2]
    if unit in ("w", "week", "weeks"):
        raise DurationError(f'"{written}" is written in days here.', f"Write {number * 7}d.")
    if unit not in _UNITS:
        instead = _OTHER_UNITS.get(unit.lower(), unit.lower()[0])
        example = f"{number}{instead}" if instead in _UNITS else "a number and d, h or m: 7d, 24h, 30m"
        raise DurationError(f'"{written}" is no span of time.', f"Write {example}.")
    if number == 0:
        raise DurationError(f'"{written}" is no time at all.', "Write at least 1m.")
    if number > LONGEST / timedelta(**{_UNITS[unit]: 1}):
        raise DurationError(f'"{written}" is longer than a year.', f"Write {LONGEST.days}d at the most.")
    return Days(days=number) if unit == "d" else timedelta(**{_UNITS[unit]: number})


def parse_reminder(written: str) -> timedelta:
    """What `parse` reads, and `2d 18:00`: so many calendar days on, at that hour. Raises `DurationError`."""
    match = _AT_HOUR.fullmatch(written.strip())
    if match is None:
        return parse(written)
    days, hour, minute = (int(part) for part in match.groups())
    if hour > 23 or minute > 59:
        raise DurationError(f'"{written}" has an hour that no clock shows.', f"Write {days}d 18:00.")
    parse(f"{days}d")
    return DaysAt(days, time(hour, minute))


def written(span: timedelta) -> str:
    """The span as a flow writes it; `parse` reads it back. Whole minutes are kept, seconds are not."""
    minutes = int(span.total_seconds() // 60)
    if isinstance(span, DaysAt):
        return f"{span.days}d {span.clock:%H:%M}"
    if isinstance(span, Days):
        return f"{span.days}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def in_words(span: timedelta) -> str:
    """The span in English for a coordinator: `2 days`, `24 hours`, `1 hour 30 minutes`."""
    if isinstance(span, DaysAt):
        return f"{_counted(span.days, 'day')}, at {span.clock:%H:%M}"
    if isinstance(span, Days):
        return _counted(span.days, "day")
    minutes = int(span.total_seconds() // 60)
    parts = [_counted(minutes // 60, "hour") if minutes >= 60 else "", _counted(minutes % 60, "minute")]
    return " ".join(part for part in parts if part and not part.startswith("0 ")) or "no time"


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def later(moment: datetime, span: timedelta, zone: ZoneInfo) -> datetime:
    """The aware moment `span` after `moment`, in UTC.

    `Days` keep the hour in `zone`: an hour that daylight saving skips becomes the next valid one, a doubled hour is
    the first of the two (DESIGN §10). `DaysAt` come at their own hour. Other spans are elapsed time.
    """
    if not isinstance(span, Days):
        return moment.astimezone(UTC) + span
    clock = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=span.days)
    if isinstance(span, DaysAt):
        clock = datetime.combine(clock.date(), span.clock)
    while (there := clock.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != clock:
        clock = clock.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return there


def earlier(moment: datetime, span: timedelta, zone: ZoneInfo) -> datetime:
    """The aware moment of which `moment` is `span` later, in UTC: `Days` keep the hour in `zone`, other spans are elapsed time."""
    if not isinstance(span, Days):
        return moment.astimezone(UTC) - span
    clock = moment.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(days=span.days)
    return clock.replace(tzinfo=zone).astimezone(UTC)
