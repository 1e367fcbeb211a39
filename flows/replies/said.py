"""What a reply says about a day, gathered piece by piece before it is decided which day that is."""

from __future__ import annotations

from datetime import date, timedelta

from flows.replies.calendar import numeric_dates, weekday_dates
from flows.replies.clock import is_hour, past_hour, past_hours
from flows.replies.day_said import Said
from flows.replies.daywords import (
    is_daypart,
    is_grammar,
    is_month,
    is_of_date,
    is_of_month,
    mended,
    shifts_day,
    spans_days,
    tells_weekday,
)
from flows.replies.lexicon import Lexicon, read
from flows.replies.numerals import Amount, amounts
from flows.replies.pieces import Message, Piece
from flows.replies.places import placed
from flows.replies.spans import counts_from, direction, is_part
from flows.replies.spelt import sense

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
#: Languages that call months by their number, after the word for month.
_MONTHS_BY_NUMBER = ("ar",)
#: Languages that say an hour right after a weekday: "Friday 4".
_HOURS_AFTER_DAYS = ("en", "tl")
_LONGEST_MONTH = 31


def gather(message: Message, lexicon: Lexicon, today: date, starts: bool = False) -> Said:
    """All that the message says about a day."""
    return _Gatherer(message, lexicon, today, starts).said()


class _Gatherer:
    """Collects what the pieces of a message say about a day."""

    def __init__(self, message: Message, lexicon: Lexicon, today: date, starts: bool) -> None:
        self.lexicon = lexicon
        self.today = today
        self.starts = starts
        self.said_so_far = Said()
        self.months_named = 0
        numeric, rest = numeric_dates(message.normal, lexicon.first.day_first)
        if numeric:
            self.said_so_far.numeric = numeric
            again, _ = numeric_dates(rest, lexicon.first.day_first)
            self.said_so_far.quarrel = bool(again)
            message = read(rest, lexicon)
        self.pieces = [mended(piece, lexicon) for piece in message.pieces]
        self.amounts = {
            amount.first: amount for amount in amounts(Message("", message.normal, "", self.pieces), lexicon)
        }

    def said(self) -> Said:
        at = 0
        while at < len(self.pieces):
            month_named = self.said_so_far.month is not None
            place = placed(self.pieces, self.amounts, at, month_named=month_named)
            if place is not None:
                self._set("nth", place.nth)
                self._set("weekday", place.weekday or None)
                at = place.end
                continue
            amount = self.amounts.get(at)
            if amount is not None and "month" in self.pieces[at].senses and amount.end == at + 1:
                amount = None
            at = self._number(amount) if amount is not None else self._word(at)
        self._between()
        self.said_so_far.quarrel = self.said_so_far.quarrel or spans_days(self.pieces)
        return self.said_so_far

    def _at(self, at: int) -> Piece | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def _set(self, name: str, value: object) -> None:
        known = getattr(self.said_so_far, name)
        if known is not None and known != value:
            self.said_so_far.quarrel = True
        setattr(self.said_so_far, name, value)

    def _word(self, at: int) -> int:
        piece = self.pieces[at]
        said = self.said_so_far
        if "weekday" in piece.senses and not is_month(self.pieces, at):
            self._set("weekday", int(sense(piece, "weekday")))
            if "week" in piece.senses:
                self._set("week", int(sense(piece, "week")))
        elif "month" in piece.senses and not is_grammar(self.pieces, at):
            self._set("month", int(sense(piece, "month")))
            self.months_named += 1
        elif "holiday" in piece.senses:
            self._set("holiday", str(piece.senses["holiday"]))
        elif "day_shift" in piece.senses:
            said.shift += int(sense(piece, "day_shift"))
        elif "day" in piece.senses and not is_daypart(self.pieces, at) and not tells_weekday(self.pieces, at):
            self._set("relative", int(sense(piece, "day")))
        elif "week" in piece.senses:
            self._set("week", int(sense(piece, "week")))
        elif "month_shift" in piece.senses:
            self._set("month_shift", int(sense(piece, "month_shift")))
        elif "year_shift" in piece.senses:
            self._set("year", self.today.year + int(sense(piece, "year_shift")))
        elif "unit" in piece.senses and (month := self._numbered_month(at)) is not None:
            self._set("month", month)
            return at + 2
        elif "unit" in piece.senses:
            self._one_unit(at)
        elif "rate" in piece.senses and self._is_dated_week(str(piece.senses["rate"]), at):
            said.quarrel = True
        elif piece.has("before", "after") and not piece.has("at", "day_article") and not tells_weekday(self.pieces, at):
            self._shift(piece, at)
        elif piece.has("next", "previous", "this"):
            named = [name for name in ("next", "previous", "this") if name in piece.senses]
            said.relation = said.relation or ("coming" if named == ["next", "this"] else named[0])  # "que viene"
        return at + 1

    def _shift(self, piece: Piece, at: int) -> None:
        """ "After Friday", "the day before the 13th" are other days than the one named; "a week from Friday" is counted."""
        said = self.said_so_far
        counted = at > 0 and "unit" in self.pieces[at - 1].senses
        shifts = shifts_day(self.pieces, self.amounts, at) and not (self.starts and "onward" in piece.senses)
        if not shifts or (counted and "from" in piece.senses and counts_from(self.pieces, at)):
            return
        said.stray = True
        said.quarrel = said.quarrel or counted or ("after" in piece.senses and "before" not in piece.senses)

    def _numbered_month(self, at: int, *, dated: bool = False) -> int | None:
        """ "شهر 2" is February; in words only after a day, for "شهر واحد" is one month."""
        amount = self.amounts.get(at + 1)
        if self.lexicon.first.language not in _MONTHS_BY_NUMBER or self.pieces[at].senses.get("unit") != "month":
            return None
        told = amount is not None and (amount.digits or dated) and not amount.ordinal
        value = amount.value if amount is not None and told else None
        return value if isinstance(value, int) and 1 <= value <= 12 else None

    def _one_unit(self, at: int) -> None:
        """ "A week ago", "за тиждень": one of the unit, unless what stands before leaves the number open ("a few days")."""
        before = self._at(at - 1)
        if before is not None and (before.has("vague") or before.is_unknown):
            self.said_so_far.quarrel = True
        else:
            self._span(at, 1, at)

    def _number(self, amount: Amount) -> int:
        if is_hour(self.pieces, amount, month_named=self.said_so_far.month is not None):
            return past_hour(self.pieces, amount.end)
        if (end := past_hours(self.pieces, self.amounts, amount)) is not None:
            return end
        after = self._at(amount.end)
        value = amount.value
        if not isinstance(value, int):
            whole = value is not None and after is not None and "unit" in after.senses
            self.said_so_far.quarrel = self.said_so_far.quarrel or whole
            return amount.end
        if (
            amount.ordinal
            and after is not None
            and after.has("unit", "part", "fraction")
            and not self._is_day_unit(after)
        ):
            self.said_so_far.quarrel = True  # "the first week of October"
            return amount.end + 1
        if after is not None and "month_mark" in after.senses and 1 <= value <= 12:
            self._set("month", value)
            return amount.end + 1
        if after is not None and "year_mark" in after.senses and value > 31:
            self._set("year", value)
            return amount.end + 1
        if after is not None and "day_mark" in after.senses and 1 <= value <= 31:
            self._day(value, written=True)
            return amount.end + 1
        if amount.end == amount.first + 1 and "unit" in self.pieces[amount.first].senses and not amount.digits:
            return self._span(amount.first, value, amount.first)
        if after is not None and "unit" in after.senses:
            month = self._numbered_month(amount.end, dated=value <= _LONGEST_MONTH)
            if month is not None:
                self._day(value, written=True)
                self._set("month", month)
                return self.amounts[amount.end + 1].end
        if after is not None and "unit" in after.senses and not amount.ordinal:
            return self._span(amount.end, value, amount.first)
        if amount.article and not (after is not None and after.has("small") and is_of_month(self.pieces, amount.end)):
            return amount.end
        return self._plain(amount, value)

    @staticmethod
    def _is_day_unit(piece: Piece) -> bool:
        return piece.senses.get("unit") == "day" or piece.has("day_mark", "month_mark", "year_mark")

    def _plain(self, amount: Amount, value: int) -> int:
        """A number with nothing after it that says what it counts: a day or a year."""
        said = self.said_so_far
        before = self._at(amount.first - 1)
        article = before is not None and before.has("day_article", "position") and not before.is_sign
        if value >= 1900 and value <= 2100:
            self._set("year", value)
        elif said.day is not None and said.month is not None and self._is_of_another_day(amount, value):
            said.quarrel = True
        elif said.weekday is not None and before is not None and "ahead" in before.senses and not before.has("at"):
            said.quarrel = True  # "lundi en 8"
        elif self._ends_date(amount, value):
            self._set("year", value)
        elif 1 <= value <= 31 and (said.day is None or said.month is None or amount.ordinal or not said.years_day):
            if said.day is not None and value != said.day and self._is_range(amount):
                said.quarrel = True
            elif said.day not in (None, value) and (said.month is not None or (said.years_day and not amount.ordinal)):
                self._beyond(amount, value)
            else:
                self._day(value, written=amount.ordinal or article)
        elif 31 < value < 100 and said.month is not None:
            self._set("year", value)
        return amount.end

    def _is_of_another_day(self, amount: Amount, value: int) -> bool:
        """Whether a day stands beside a month after a date was said: "July 13 - July 15"."""
        said = self.said_so_far
        before = self._at(amount.first - 1)
        if value == said.day or (amount.digits and len(self.pieces[amount.first].text) == 4):
            return False
        again = before is not None and "month" in before.senses and self.months_named > 1
        return again or is_of_month(self.pieces, amount.end)

    def _ends_date(self, amount: Amount, value: int) -> bool:
        """Whether two digits after a day and its month are the year: "14th April 19"."""
        said, before = self.said_so_far, self._at(amount.first - 1)
        if said.day is None or said.month is None or said.year is not None or value == said.day:
            return False
        named = before is not None and "month" in before.senses
        return named and amount.digits and not amount.ordinal and len(self.pieces[amount.first].text) == 2

    def _beyond(self, amount: Amount, value: int) -> None:
        """A number after a whole date: the year ("5 Dec 26"), another day ("Dec 5, 12") or a count ("Dec 5, 2 of us")."""
        before, after = self._at(amount.first - 1), self._at(amount.end)
        day = (before is not None and "day_article" in before.senses) or is_of_month(self.pieces, amount.end)
        if after is not None and not (day or after.is_sign or after.has("and", "or")):
            return
        dated = self.said_so_far.month is not None and before is not None and not before.is_sign
        if dated and len(self.pieces[amount.first].text) == 2:
            self._set("year", value)
        else:
            self.said_so_far.quarrel = True

    def _is_range(self, amount: Amount) -> bool:
        """ "Dec 4-6", "4 or 5 December"."""
        before = self._at(amount.first - 1)
        return before is not None and (before.text == "-" or before.has("or", "to", "and"))

    def _day(self, value: int, *, written: bool) -> None:
        self._set("day", value)
        self.said_so_far.years_day = self.said_so_far.years_day or written

    def _span(self, unit: int, count: float, first: int) -> int:
        """ "In 2 weeks", "3 days ago": `unit` is the piece of the unit, `first` the first of the number."""
        said = self.said_so_far
        name = str(self.pieces[unit].senses["unit"])
        side = direction(self.pieces, unit, first)
        if side is None:
            said.stray = True
            said.quarrel = said.quarrel or is_part(self.pieces, unit, first) or self._is_dated_week(name, unit)
        elif name in _DAYS:
            self._set("offset", side * round(count * _DAYS[name]))
        elif name == "year":
            said.quarrel = True  # "two years ago" is no day
        elif name == "month":
            self._set("months", side * round(count))
        return unit + 1

    def _is_dated_week(self, name: str, at: int) -> bool:
        """ "The week of October 6th" is no day."""
        return name == "week" and is_of_date(self.pieces, at + 1)

    def _between(self) -> None:
        """A bare number beside a weekday is its day where the calendar has it so, and else an hour: "vendredi 4"."""
        said = self.said_so_far
        if said.weekday is None or said.day is None or said.years_day or said.month is not None or said.numeric:
            return
        dated = weekday_dates(said.weekday, said.day, self.today)
        coming = self.today + timedelta(days=(said.weekday - self.today.isoweekday()) % 7)
        if not dated:
            said.quarrel = said.quarrel or said.day > 12
            said.day = None
        elif coming not in dated and self.lexicon.first.language in _HOURS_AFTER_DAYS and said.day <= 12:
            said.quarrel = True
        else:
            said.years_day = True
