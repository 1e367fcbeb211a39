"""When a community may text: opening hours of each day in a resident's own zone, with holidays and daylight saving."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays as calendars

from bot.errors import WrongUsage

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Used where neither the participant's zone nor the community's is known (FACTS §4).
LAST_RESORT_ZONE = "America/Halifax"

#: Day (`mon` … `sun`, `holiday`) -> (opens, closes), local; `24:00` is the day's end. A day that is left out is closed.
Hours = Mapping[str, Any]

#: FACTS §4: 9:00-20:30 on weekdays, 10:00-18:00 at weekends and on holidays.
DEFAULT_HOURS: dict[str, list[str]] = {
    **{day: ["09:00", "20:30"] for day in DAYS[:5]},
    **{day: ["10:00", "18:00"] for day in (*DAYS[5:], "holiday")},
}

_EXAMPLE = "Write 09:00-20:30 for every day, or: mon-fri 09:00-20:30, sat-sun 10:00-18:00, holiday closed"
_FULL_NAMES = dict(
    zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), DAYS, strict=True)
)
_MINUTES_A_DAY = 24 * 60
#: Days looked at for the next opening: a year and its holidays.
_HORIZON = 370


def parse_hours(text: str) -> dict[str, list[str]]:
    """Hours as a person writes them: `09:00-20:30`, or parts such as `mon-fri 09:00-20:30, sat 10-18, holiday closed`.

    A day that no part names is closed; holidays that no part names are like Sundays. Raises `WrongUsage` with the part
    that cannot be and an example.
    """
    found: dict[str, list[str] | None] = {}
    for part in (piece.strip() for piece in re.split(r"[,;]", text)):
        if part:
            _take_part(part, found)
    found.setdefault("holiday", found.get("sun"))
    hours = {day: window for day in (*DAYS, "holiday") if (window := found.get(day)) is not None}
    if not hours:
        raise WrongUsage(f"--hours {text!r} never opens, so nothing could be sent. {_EXAMPLE}")
    return hours


def _take_part(part: str, found: dict[str, list[str] | None]) -> None:
    days_text, _, window_text = part.rpartition(" ")
    days = _days(days_text.strip(), part) if days_text else (*DAYS, "holiday")
    window = None if window_text.lower() == "closed" else _window(window_text, part)
    for day in days:
        if day in found:
            raise WrongUsage(f"--hours names {day} twice. {_EXAMPLE}")
        found[day] = window


def _days(text: str, part: str) -> tuple[str, ...]:
    """`mon`, `monday`, `holiday`, or a range such as `mon-fri` or `sat - mon`."""
    names = [_FULL_NAMES.get(name, name) for name in re.split(r"\s*[-–]\s*", text.lower())]
    names = ["holiday" if name == "holidays" else name for name in names]
    if names == ["holiday"] or (len(names) == 1 and names[0] in DAYS):
        return (names[0],)
    if len(names) == 2 and all(name in DAYS for name in names):
        first, last = (DAYS.index(name) for name in names)
        return tuple(DAYS[at % 7] for at in range(first, last + 1 if first <= last else last + 8))
    raise WrongUsage(
        f"--hours: {text!r} in {part!r} is no day. Days are mon tue wed thu fri sat sun holiday. {_EXAMPLE}"
    )


def _window(text: str, part: str) -> list[str]:
    match = re.fullmatch(r"(\d{1,2})(?::(\d\d))?[-–](\d{1,2})(?::(\d\d))?", text)
    if match is None:
        raise WrongUsage(f"--hours: {part!r} is not understood. {_EXAMPLE}")
    opens = int(match[1]) * 60 + int(match[2] or 0)
    closes = int(match[3]) * 60 + int(match[4] or 0)
    if int(match[2] or 0) > 59 or int(match[4] or 0) > 59 or max(opens, closes) > _MINUTES_A_DAY:
        raise WrongUsage(f"--hours: {part!r} has a time that no clock shows; 24:00 is the latest. {_EXAMPLE}")
    if opens >= closes:
        raise WrongUsage(f"--hours: {part!r} closes before it opens; hours lie within one day. {_EXAMPLE}")
    return [f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"]


@lru_cache(maxsize=256)
def zone_of(*names: str | None) -> ZoneInfo:
    """The first of `names` that is a time zone, the participant's before the community's; else America/Halifax."""
    for name in names:
        if name:
            try:
                return ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                continue
    return ZoneInfo(LAST_RESORT_ZONE)


def is_open(at: datetime, hours: Hours, zone: ZoneInfo, holidays: str = "") -> bool:
    """Whether `at` (aware) lies within `hours` on the clocks of `zone`.

    `holidays` names a calendar such as `CA-NS` (country, or country and province; "" is none), whose days have the
    hours of `holiday`.
    """
    at = at.astimezone(UTC)
    opening = _opening(at.astimezone(zone).date(), hours, zone, holidays)
    return opening is not None and opening[0] <= at < opening[1]


def next_opening(at: datetime, hours: Hours, zone: ZoneInfo, holidays: str = "") -> datetime:
    """`at` itself where it is open, else the next moment (UTC) that is; see `is_open`.

    Raises `ValueError` where no day of a year has hours.
    """
    return max(at.astimezone(UTC), next_window(at, hours, zone, holidays)[0])


def next_window(at: datetime, hours: Hours, zone: ZoneInfo, holidays: str = "") -> tuple[datetime, datetime]:
    """When it opens and closes (UTC): the opening that `at` lies in, else the next one. Raises as `next_opening` does."""
    at = at.astimezone(UTC)
    for opens, closes in _openings(at.astimezone(zone).date(), hours, zone, holidays):
        if at < closes:
            return opens, closes
    raise ValueError("these hours never open")


def _openings(day: date, hours: Hours, zone: ZoneInfo, holidays: str) -> Iterator[tuple[datetime, datetime]]:
    for _ in range(_HORIZON):
        opening = _opening(day, hours, zone, holidays)
        if opening is not None:
            yield opening
        day += timedelta(days=1)


def _opening(day: date, hours: Hours, zone: ZoneInfo, holidays: str) -> tuple[datetime, datetime] | None:
    """When `day` opens and closes (UTC), or None where it stays closed."""
    name = "holiday" if holidays and day in _holidays(holidays, day.year) else DAYS[day.weekday()]
    window = hours.get(name)
    if not window:
        return None
    opens, closes = (_moment(day, text, zone) for text in window)
    return (opens, closes) if opens < closes else None


def _moment(day: date, text: str, zone: ZoneInfo) -> datetime:
    """A local time as UTC. One that daylight saving skips is the moment of the jump, the next that is valid; a doubled one is the first."""
    hour, minute = (int(part) for part in text.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    local = datetime.combine(day, time(hour, minute), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _jump(moment, zone)


def _jump(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment within the hours before `moment` (UTC) at which the clocks of `zone` were put forward."""
    late, early = moment, moment - timedelta(hours=3)
    offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


@lru_cache(maxsize=256)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    """The holidays of a year by a calendar such as `CA-NS`; none where there is no such calendar.

    Those that are widely kept count beside those that the law names: Thanksgiving and Natal Day are days off in Nova Scotia.
    """
    country, _, province = calendar.partition("-")
    try:
        found = calendars.country_holidays(country, subdiv=province or None)
        kept = tuple(kind for kind in ("public", "government", "optional") if kind in found.supported_categories)
        return frozenset(
            calendars.country_holidays(country, subdiv=province or None, years=year, categories=kept or None)
        )
    except (NotImplementedError, KeyError):
        return frozenset()


__all__ = ["DEFAULT_HOURS", "Hours", "is_open", "next_opening", "next_window", "parse_hours", "zone_of"]
