"""What a reply says about a day, gathered piece by piece before it is decided which day that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from flows.replies.calendar import numeric_dates, weekday_dates
from flows.replies.lexicon import Lexicon, Message, Piece, read
from flows.replies.numerals import Amount, amounts
from flows.replies.spelling import near
from flows.replies.spelt import sense

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SHORTEST_SLIP = 5
#: Languages that say an hour right after a weekday: "Friday 4".
_HOURS_AFTER_DAYS = ("en", "tl")


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


def gather(message: Message, lexicon: Lexicon, today: date) -> Said:
    """All that the message says about a day."""
    return _Gatherer(message, lexicon, today).said()


class _Gatherer:
    """Collects what the pieces of a message say about a day."""

    def __init__(self, message: Message, lexicon: Lexicon, today: date) -> None:
        self.lexicon = lexicon
        self.today = today
        self.said_so_far = Said()
        numeric, rest = numeric_dates(message.normal, lexicon.first.day_first)
        if numeric:
            self.said_so_far.numeric = numeric
            again, _ = numeric_dates(rest, lexicon.first.day_first)
            self.said_so_far.quarrel = bool(again)
            message = read(rest, lexicon)
        self.pieces = [self._mended(piece) for piece in message.pieces]
        self.amounts = {
            amount.first: amount for amount in amounts(Message("", message.normal, "", self.pieces), lexicon)
        }

    def said(self) -> Said:
        at = 0
        while at < len(self.pieces):
            amount = self.amounts.get(at)
            if amount is not None and "month" in self.pieces[at].senses and amount.end == at + 1:
                amount = None
            at = self._number(amount) if amount is not None else self._word(at)
        self._between()
        return self.said_so_far

    def _mended(self, piece: Piece) -> Piece:
        """A misspelt month or weekday ("wedensday") as what it is."""
        if not piece.is_unknown or len(piece.text) < _SHORTEST_SLIP:
            return piece
        for own in self.lexicon.all[:2]:
            names = [
                text
                for text, senses in own.senses.items()
                if len(text) >= _SHORTEST_SLIP and not {"month", "weekday", "day"}.isdisjoint(senses)
            ]
            likely = near(piece.text, names)
            best = {tuple(sorted(own.senses[name].items(), key=str)) for slips, name in likely if slips == likely[0][0]}
            if len(best) == 1:
                return piece._replace(senses=own.senses[likely[0][1]])
        return piece

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
        if "weekday" in piece.senses and not self._is_month(at):
            self._set("weekday", int(sense(piece, "weekday")))
            if "week" in piece.senses:
                self._set("week", int(sense(piece, "week")))
        elif "month" in piece.senses and not self._is_may(at):
            self._set("month", int(sense(piece, "month")))
        elif "holiday" in piece.senses:
            self._set("holiday", str(piece.senses["holiday"]))
        elif "day" in piece.senses and not self._is_daypart(at) and not self._tells_weekday(at):
            self._set("relative", int(sense(piece, "day")))
        elif "week" in piece.senses:
            self._set("week", int(sense(piece, "week")))
        elif "month_shift" in piece.senses:
            self._set("month_shift", int(sense(piece, "month_shift")))
        elif "unit" in piece.senses:
            self._one_unit(at)
        elif piece.has("before", "after") and not piece.has("at", "day_article"):
            counted = at > 0 and "unit" in self.pieces[at - 1].senses  # "a week from Friday"
            said.stray = said.stray or (not counted and self._shifts(at))
        elif piece.has("next", "previous", "this"):
            relation = next(name for name in ("next", "previous", "this") if name in piece.senses)
            said.relation = said.relation or relation
        return at + 1

    def _is_month(self, at: int) -> bool:
        """Whether "mar" is March, not mardi: a number stands before it."""
        before = self._at(at - 1)
        return "month" in self.pieces[at].senses and before is not None and before.is_digits

    def _one_unit(self, at: int) -> None:
        """ "A week ago", "за тиждень": one of the unit, unless what stands before leaves the number open ("a few days")."""
        before = self._at(at - 1)
        if before is not None and (before.has("vague") or before.is_unknown):
            self.said_so_far.quarrel = True
        else:
            self._span(at, 1, at)

    def _shifts(self, at: int) -> bool:
        """Whether "before" or "after" stands before a day: "after Friday" is not Friday."""
        days = ("weekday", "month", "day", "holiday")
        ahead = self.amounts.get(at + 1) or self.amounts.get(at + 2)
        if (
            ahead is not None
            and (ahead.ordinal or self.pieces[ahead.first - 1].has("day_article"))
            and (ahead.first == at + 1 or self.pieces[at + 1].has("small"))
        ):
            return True
        later = (piece for piece in self.pieces[at + 1 :] if not piece.is_sign and not piece.has("small", "this"))
        after = next(later, None)
        before = self._at(at - 1) if "\u4e00" <= self.pieces[at].text[0] <= "\u9fff" else None
        return (after is not None and after.has(*days)) or (before is not None and before.has(*days))

    def _is_may(self, at: int) -> bool:
        """Whether "may" (or "mar", "sat") is a word of grammar here: a month has a number beside it or is alone."""
        piece = self.pieces[at]
        if not piece.has("small", "undecided"):
            return False
        beside = [other for other in (self._at(at - 1), self._at(at + 1)) if other is not None]
        return not any(other.is_digits or other.has("number", "ordinal") for other in beside)

    def _tells_weekday(self, at: int) -> bool:
        """Whether "pasado" is the last one of a weekday here: "el viernes pasado"."""
        beside = (self._at(at - 1), self._at(at + 1))
        return "previous" in self.pieces[at].senses and any(
            one is not None and "weekday" in one.senses for one in beside
        )

    def _is_daypart(self, at: int) -> bool:
        """Whether "mañana" is the morning here: "el viernes en la mañana"."""
        piece = self.pieces[at]
        if "daypart" not in piece.senses:
            return False
        return any(
            "weekday" in other.senses or "month" in other.senses or ("day" in other.senses and other is not piece)
            for other in self.pieces
        )

    def _number(self, amount: Amount) -> int:
        if self._is_hour(amount):
            return self._past_hour(amount)
        after = self._at(amount.end)
        value = amount.value
        if not isinstance(value, int):
            whole = value is not None and after is not None and "unit" in after.senses
            self.said_so_far.quarrel = self.said_so_far.quarrel or whole
            return amount.end
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
        if after is not None and "unit" in after.senses and not amount.ordinal:
            return self._span(amount.end, value, amount.first)
        if amount.article:
            return amount.end
        return self._plain(amount, value)

    def _plain(self, amount: Amount, value: int) -> int:
        """A number with nothing after it that says what it counts: a day or a year."""
        said = self.said_so_far
        before = self._at(amount.first - 1)
        article = before is not None and before.has("day_article", "position") and not before.is_sign
        if value >= 1900 and value <= 2100:
            self._set("year", value)
        elif 1 <= value <= 31 and (said.day is None or said.month is None or amount.ordinal or not said.years_day):
            if said.day is not None and value != said.day and self._is_range(amount):
                said.quarrel = True
            elif said.day is not None and said.month is not None and value != said.day:
                self._set("year", value)
            else:
                self._day(value, written=amount.ordinal or article)
        elif 31 < value < 100 and said.month is not None:
            self._set("year", value)
        return amount.end

    def _is_range(self, amount: Amount) -> bool:
        """ "Dec 4-6", "4 or 5 December"."""
        before = self._at(amount.first - 1)
        return before is not None and (before.text == "-" or before.has("or", "to", "and"))

    def _day(self, value: int, *, written: bool) -> None:
        self._set("day", value)
        self.said_so_far.years_day = self.said_so_far.years_day or written

    def _is_hour(self, amount: Amount) -> bool:
        before, after = self._at(amount.first - 1), self._at(amount.end)
        if amount.ordinal:
            return False
        if (
            after is not None
            and (after.has("am", "pm", "clock") or after.text == ":")
            and not after.has("day_mark", "month_mark")
        ):
            return True
        if after is not None and after.has("daypart") and "day" not in after.senses and self.said_so_far.month is None:
            return True
        if after is not None and after.senses.get("unit") == "hour":
            return True
        at_hour = before is not None and "at" in before.senses
        return at_hour and not (after is not None and after.has("month", "month_mark", "day_mark", "unit"))

    def _past_hour(self, amount: Amount) -> int:
        end = amount.end
        while (piece := self._at(end)) is not None and (
            piece.is_digits
            or piece.text == ":"
            or piece.has("am", "pm", "clock", "unit")
            or ("fraction" in piece.senses)
        ):
            end += 1
        return end

    def _span(self, unit: int, count: float, first: int) -> int:
        """ "In 2 weeks", "3 days ago": `unit` is the piece of the unit, `first` the first of the number."""
        name = str(self.pieces[unit].senses["unit"])
        before = [piece for at in range(max(0, first - 3), first) if (piece := self._at(at)) is not None]
        after = [piece for at in range(unit + 1, unit + 4) if (piece := self._at(at)) is not None]
        if any("ago" in piece.senses for piece in (*before, *after[:2])):
            direction = -1
        elif any("ahead" in piece.senses for piece in before) or any(
            "from_now" in piece.senses or "from" in piece.senses for piece in after[:2]
        ):
            direction = 1
        else:
            self.said_so_far.stray = True
            return unit + 1
        if name in _DAYS:
            self._set("offset", direction * round(count * _DAYS[name]))
        elif name == "year":
            self.said_so_far.quarrel = True  # "two years ago" is no day
        elif name == "month":
            self._set("months", direction * round(count))
        return unit + 1

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
