"""Which days all that was said of a day can mean, seen from today and from what the question takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from flows.replies.calendar import Range, add_months, holiday, make, nth_day, weekday_dates, years
from flows.replies.day_said import Said

_MOST_MONTHS = 3


def resolve(said: Said, today: date, within: Range) -> list[date]:
    """Every day that was said can mean, in order; those outside the question's range too, so that they can be told."""
    return [day + timedelta(days=said.shift) for day in _resolve(said, today, within)]


def _resolve(said: Said, today: date, within: Range) -> list[date]:
    if said.quarrel or (said.stray and said.weekday is not None):
        return []
    if said.numeric:
        found = [day for year, month, number in said.numeric for day in _of_month(year, month, number, today, within)]
        return _checked(found, said)
    if said.holiday is not None:
        found = _yearly(said.year, partial(holiday, said.holiday), today, within)
        return _checked([day for day in found if said.month in (None, day.month) and said.day in (None, day.day)], said)
    if said.nth is not None and (said.month is not None or said.month_shift is not None):
        return _placed(said, said.nth, today, within)
    if said.relative is not None:
        shifted = said.offset is not None or said.stray
        return [] if shifted else _checked([today + timedelta(days=said.relative)], said)
    if said.offset is not None or said.months is not None:
        base = _weekday_base(said, today)
        return [add_months(base + timedelta(days=said.offset or 0), said.months or 0)]
    if said.month is not None and said.day is not None:
        return _checked(_of_month(said.year, said.month, said.day, today, within), said)
    if said.month_shift is not None and said.day is not None:
        there = add_months(today.replace(day=1), said.month_shift)
        day = make(there.year, there.month, said.day)
        return _checked([day] if day else [], said)
    if said.month is not None:
        return []
    if said.weekday is not None and said.year is None:
        return _of_week(said, today, within)
    if said.day is not None and said.years_day and not said.stray:
        return _of_day(said.day, today, within)
    return []


def _weekday_base(said: Said, today: date) -> date:
    """ "A week from Friday" counts from the coming Friday."""
    if said.weekday is None:
        return today
    return today + timedelta(days=(said.weekday - today.isoweekday() - 1) % 7 + 1)


def _checked(found: list[date], said: Said) -> list[date]:
    """Without days of another weekday than was said: "Friday December 5" is a mistake."""
    return [
        day
        for day in found
        if (said.weekday is None or day.isoweekday() == said.weekday)
        and (said.relative is None or said.month is not None or not said.years_day or day.day == said.day)
    ]


def _placed(said: Said, nth: int, today: date, within: Range) -> list[date]:
    """The second Monday of a month that was named, or of this or the next one."""
    weekday = said.weekday or 0
    if said.month is None:
        there = add_months(today.replace(day=1), said.month_shift or 0)
        day = nth_day(there.year, there.month, weekday, nth)
        return [] if day is None else [day]
    month = said.month
    return _yearly(said.year, lambda year: nth_day(year, month, weekday, nth), today, within)


def _of_month(year: int | None, month: int, day: int, today: date, within: Range) -> list[date]:
    return _yearly(year, lambda one: make(one, month, day), today, within)


def _yearly(year: int | None, day: Callable[[int], date | None], today: date, within: Range) -> list[date]:
    """The days that come once a year, of the years that they can be of."""
    found = [there for one in years(year, today, within) if (there := day(one)) is not None]
    if year is not None:
        return found
    inside = [there for there in found if within.holds(there)]
    if within.first is None and within.last is None:
        return _near(inside, today)
    if within.first is not None and within.first >= today - timedelta(days=31):
        return [there for there in inside if there >= today][:1] or inside or found[-1:]
    return inside or found[-1:]


def _near(found: list[date], today: date) -> list[date]:
    """Of the same day in several years, the next; one just past too where the next is most of a year away."""
    ahead = [day for day in found if day >= today][:1]
    behind = [day for day in found if day < today][-1:]
    if ahead and behind and (ahead[0] - today).days > 300:
        return behind if (today - behind[0]).days <= 21 else [*behind, *ahead]
    return ahead or behind


def _of_day(day: int, today: date, within: Range) -> list[date]:
    """The nearest such day of a month: the next, or the last one where the question asks about the past."""
    step = -1 if within.is_past(today) else 1
    if within.first is not None and within.last is not None and within.first > today:
        last = (within.last.year - within.first.year) * 12 + within.last.month - within.first.month
        firsts = [add_months(within.first.replace(day=1), ahead) for ahead in range(last + 1)]
        days = [
            one for first in firsts if (one := make(first.year, first.month, day)) is not None and within.holds(one)
        ]
        return days[:_MOST_MONTHS]
    start = today.replace(day=1)
    for months in range(13):
        there = add_months(start, months * step)
        found = make(there.year, there.month, day)
        if found is not None and within.holds(found) and (found >= today if step > 0 else found <= today):
            return [found]
    return []


def _of_week(said: Said, today: date, within: Range) -> list[date]:
    assert said.weekday is not None  # noqa: S101 - the caller has looked
    monday = today - timedelta(days=today.weekday())
    here = monday + timedelta(days=said.weekday - 1)
    if said.week is not None:
        return [here + timedelta(days=7 * said.week)]
    coming = today + timedelta(days=(said.weekday - today.isoweekday()) % 7)
    gone = today - timedelta(days=(today.isoweekday() - said.weekday) % 7)
    found = list(_weekdays(said, today, here, coming, gone, within))
    dated = [day for day in found if said.day is None or day.day == said.day]
    if said.day is not None and said.years_day:
        whole = weekday_dates(said.weekday, said.day, today)
        return _soonest([day for day in whole if within.holds(day)], today, within) or dated
    return dated or found


def _soonest(found: list[date], today: date, within: Range) -> list[date]:
    """Of days with the same weekday and number, the next one; where the question asks about the past, the last one."""
    if within.is_past(today):
        return found[-1:]
    coming = [day for day in found if day >= today][:1]
    gone = [day for day in found if day < today][-1:]
    nearer = bool(coming and gone) and today - gone[0] < coming[0] - today
    return [*gone, *coming] if nearer or not coming else coming


def _weekdays(said: Said, today: date, here: date, coming: date, gone: date, within: Range) -> Iterator[date]:
    week = timedelta(days=7)
    after = coming if coming > today else coming + week
    before = gone if gone < today else gone - week
    if said.relation == "next":
        yield after
        if here + week != after:
            yield here + week
    elif said.relation == "coming":
        yield after
        if after == today + timedelta(days=1):
            yield here + week
    elif said.relation == "previous":
        yield before
        if before >= today - timedelta(days=today.weekday()):
            yield before - week
    elif within.is_past(today):
        yield from (gone, before) if gone == today and said.relation != "this" else (gone,)
    else:
        yield coming
        if coming == today and said.relation != "this":
            yield after
