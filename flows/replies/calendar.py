"""What a reply says about a day, gathered before it is decided which day that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

_YEAR = re.compile(r"(?:19|20)\d\d")
#: Numeric dates: two or three numbers with the same sign between.
_NUMERIC = re.compile(r"(?<![\d/.:-])(\d{1,4}) ?([/.-]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{1,2}))?(?![\d:]|[/.-]\d)")
#: The same with spaces between: "12 25 1950".
_SPACED = re.compile(r"(?<![\d.,:/-])(\d{1,2}) (\d{1,2}) ((?:19|20)\d\d)(?![\d.,:/])")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_HORIZON = 366
_MOST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Range:
    """The days that a question takes; None where an end is open."""

    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether the question takes `day`."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def is_past(self, today: date) -> bool:
        """Whether the question asks about what has been."""
        return self.last is not None and self.last <= today


def range_of(minimum: object, maximum: object, today: date) -> Range:
    """A question's bounds, ISO dates or offsets such as `+30d`, `-2w`, `-365d`, `+1y`, seen from `today`."""
    return Range(_bound(minimum, today), _bound(maximum, today))


def _bound(text: object, today: date) -> date | None:
    if not isinstance(text, str):
        return None
    found = re.fullmatch(r"([+-])(\d{1,5})([dwmy])", text.strip())
    if found is None:
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            return None
    size = int(found[2]) * (1 if found[1] == "+" else -1)
    if found[3] in "dw":
        return today + timedelta(days=size * (7 if found[3] == "w" else 1))
    return add_months(today, size * (12 if found[3] == "y" else 1))


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        if (found := make(year, month + 1, last)) is not None:
            return found
    return day


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(slots=True)
class Said:
    """What was said: parts of a date, a weekday with what goes before it, days from today.

    `relation`: "next", "this" or "previous", of the weekday. `week`: weeks from this one that the weekday lies in.
    `relative`: days from today that a word says ("tomorrow"). `offset`, `months`: "in 3 days", "a month ago".
    `years_day`: the day was written as one ("the 4th", "4号"), not a bare number. `quarrel`: two days were said;
    `stray`: something besides that may shift the day ("a week Friday", "before Friday").
    """

    year: int | None = None
    month: int | None = None
    month_shift: int | None = None
    day: int | None = None
    years_day: bool = False
    weekday: int | None = None
    relation: str = ""
    week: int | None = None
    relative: int | None = None
    offset: int | None = None
    months: int | None = None
    holiday: str | None = None
    numeric: list[tuple[int | None, int, int]] = field(default_factory=list)
    quarrel: bool = False
    stray: bool = False


def numeric_dates(text: str, day_first: str) -> tuple[list[tuple[int | None, int, int]], str]:
    """The (year, month, day) that a date in digits can mean, likeliest first, and the text without it.

    `day_first`: "yes", "no" or "unsure", as the language has it. Dots stand between day and month, in this order.
    """
    compact = _COMPACT.search(text)
    if compact is not None and (found := make(int(compact[1]), int(compact[2]), int(compact[3]))) is not None:
        return [(found.year, found.month, found.day)], text.replace(compact[0], " ", 1)
    text = _SPACED.sub(r"\1/\2/\3", text)
    for match in _NUMERIC.finditer(text):
        first, sign, second, third = int(match[1]), match[2], int(match[3]), match[4]
        if len(match[1]) == 4:
            if third is not None and make(first, second, int(third)) is not None:
                return [(first, second, int(third))], text.replace(match[0], " ", 1)
            continue
        if (third is None and sign == "-") or first > 31 or second > 31:
            continue
        year = None if third is None else int(third)
        orders = {"yes": [True], "no": [False]}.get(day_first, [True, False])
        if sign == "." and third is None:
            orders = [True]
        pairs = [(second, first) if day_is_first else (first, second) for day_is_first in orders]
        found_dates = [(year, month, day) for month, day in pairs if _possible(month, day)]
        if not found_dates:
            other = [(second, first), (first, second)]
            found_dates = [(year, month, day) for month, day in other if _possible(month, day)]
        if found_dates:
            return list(dict.fromkeys(found_dates)), text.replace(match[0], " ", 1)
    return [], text


def _possible(month: int, day: int) -> bool:
    return 1 <= month <= 12 and make(2024, month, day) is not None


def years(written: int | None, today: date, within: Range) -> list[int]:
    """The years that a written one can be: 87 is 1987 or 2087, whichever the question takes; none written, those near."""
    if written is None:
        first = within.first.year if within.first is not None else today.year - 1
        last = within.last.year if within.last is not None else today.year + 1
        return list(range(max(first, today.year - 130), min(last, today.year + 10) + 1))
    if written >= 100:
        return [written]
    both = [1900 + written, 2000 + written]
    fitting = [
        year
        for year in both
        if (within.first is None or year >= within.first.year) and (within.last is None or year <= within.last.year)
    ]
    if len(fitting) == 1:
        return fitting
    return [2000 + written if 2000 + written <= today.year + 10 else 1900 + written]


def resolve(said: Said, today: date, within: Range) -> list[date]:
    """Every day that was said can mean, in order; those outside the question's range too, so that they can be told."""
    if said.quarrel or (said.stray and said.weekday is not None):
        return []
    if said.numeric:
        found = [day for year, month, number in said.numeric for day in _of_month(year, month, number, today, within)]
        return _checked(found, said)
    if said.holiday is not None:
        month, number = (int(part) for part in said.holiday.split("-"))
        if (said.month or month) != month or (said.day or number) != number:
            return []
        return _checked(_of_month(said.year, month, number, today, within), said)
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


def _of_month(year: int | None, month: int, day: int, today: date, within: Range) -> list[date]:
    found = [there for one in years(year, today, within) if (there := make(one, month, day)) is not None]
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


def weekday_dates(weekday: int, day: int, today: date) -> list[date]:
    """The days of the two months before and after today that have this weekday and this number."""
    found = (today + timedelta(days=ahead) for ahead in range(-62, 63))
    return [one for one in found if one.isoweekday() == weekday and one.day == day]


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
        return [day for day in whole if within.holds(day)] or dated
    return dated or found


def _weekdays(said: Said, today: date, here: date, coming: date, gone: date, within: Range) -> Iterator[date]:
    week = timedelta(days=7)
    after = coming if coming > today else coming + week
    before = gone if gone < today else gone - week
    if said.relation == "next":
        yield after
        if here + week != after:
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
