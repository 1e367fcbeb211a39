"""Days in digits, the days that a question takes, and sums with months and years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_YEAR = re.compile(r"(?:19|20)\d\d")
#: Numeric dates: two or three numbers with the same sign between.
_NUMERIC = re.compile(
    r"(?<![\d/.:-])(\d{1,4}) ?([/.-]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{1,2}))?(?![\d:]|[/.-]\d| ?[ap]\.? ?m\b)"
)
#: The same with spaces between: "12 25 1950".
_SPACED = re.compile(r"(?<![\d.,:/-])(\d{1,2}) (\d{1,2}) ((?:19|20)\d\d)(?![\d.,:/])")
_YEAR_FIRST = re.compile(r"(?<![\d.,:/-])((?:19|20)\d\d) (\d{1,2}) (\d{1,2})(?![\d.,:/])")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_HOLIDAY = re.compile(r"(\d\d)-(\d{1,2})(?:-(mon|tue|wed|thu|fri|sat|sun))?")
_EASTER = re.compile(r"easter([+-]\d{1,2})?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_WEEKS = 5
_HORIZON = 366


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


def numeric_dates(text: str, day_first: str) -> tuple[list[tuple[int | None, int, int]], str]:
    """The (year, month, day) that a date in digits can mean, likeliest first, and the text without it.

    `day_first`: "yes", "no" or "unsure", as the language has it. Dots stand between day and month, in this order unless
    the language is sure of the other.
    """
    compact = _COMPACT.search(text)
    if compact is not None and (found := make(int(compact[1]), int(compact[2]), int(compact[3]))) is not None:
        return [(found.year, found.month, found.day)], text.replace(compact[0], " ", 1)
    text = _YEAR_FIRST.sub(r"\1/\2/\3", _SPACED.sub(r"\1/\2/\3", text))
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
            orders = [day_first != "no"]
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


def weekday_dates(weekday: int, day: int, today: date) -> list[date]:
    """The days of the two months before and after today that have this weekday and this number."""
    found = (today + timedelta(days=ahead) for ahead in range(-62, 63))
    return [one for one in found if one.isoweekday() == weekday and one.day == day]


def nth_day(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The `nth` such weekday of a month, the last one for -1; the last day of the month where `weekday` is 0."""
    first = date(year, month, 1)
    last = add_months(first, 1) - timedelta(days=1)
    if nth < 0:
        return last - timedelta(days=(last.isoweekday() - weekday) % 7 if weekday else 0)
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else None


def holiday(name: str, year: int) -> date | None:
    """The day of a holiday: `12-25`; `10-2-mon`, the second Monday of October; `05-24-mon`, the Monday on or before
    May 24; `easter-2`, two days before Easter. None for another name."""
    if found := _EASTER.fullmatch(name):
        return _easter(year) + timedelta(days=int(found[1] or 0))
    if (found := _HOLIDAY.fullmatch(name)) is None:
        return None
    month, number = int(found[1]), int(found[2])
    if found[3] is None:
        return make(year, month, number)
    weekday = _WEEKDAYS.index(found[3]) + 1
    if number <= _MOST_WEEKS:
        return nth_day(year, month, weekday, number)
    there = make(year, month, number)
    return None if there is None else there - timedelta(days=(there.isoweekday() - weekday) % 7)


def _easter(year: int) -> date:
    """Easter Sunday of the western churches, by the computus of Meeus, Jones and Butcher."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
