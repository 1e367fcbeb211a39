"""What was said of a day, before it is decided which day that is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Said:
    """What was said: parts of a date, a weekday with what goes before it, days from today.

    `relation`: "next", "this", "coming" or "previous", of the weekday. `week`: weeks from this one that the weekday lies in.
    `relative`: days from today that a word says ("tomorrow"). `offset`, `months`: "in 3 days", "a month ago".
    `nth`: the place of the weekday in its month, -1 for the last. `years_day`: the day was written as one ("the 4th", "4号"), not a bare number. `quarrel`: two days were said;
    `stray`: something besides that may shift the day ("a week Friday", "before Friday"). `shift`: days from what was said ("the day
    before Christmas").
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
    nth: int | None = None
    numeric: list[tuple[int | None, int, int]] = field(default_factory=list)
    quarrel: bool = False
    stray: bool = False
    shift: int = 0
