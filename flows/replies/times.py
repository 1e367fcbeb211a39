"""Reading a time of day out of a reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flows.replies.clock import Clock, as_said, in_part, with_daypart
from flows.replies.daynumbers import are_of_days, is_no_hour, may_be_of_day, without_days
from flows.replies.lexicon import Lexicon
from flows.replies.minutes import Minutes, is_dashed, is_mark
from flows.replies.numerals import Amount, amounts
from flows.replies.pieces import Message, Piece
from flows.replies.reading import Reading

UNCLEAR = Reading("unclear")
_BEYOND = ("before", "after", "more_than", "less_than", "at_least", "at_most", "between", "until")
#: "Noon 3" may be three o'clock; "midi quinze" is a quarter past.
_LATEST_BY_NOON = 4
_NOON = 12
#: Languages that write minutes after a dash.
_DASHED_HOURS = ("uk",)
_BEYOND_AFTER = ("more_than", "less_than", "at_least", "at_most")


def read_time(message: Message, lexicon: Lexicon, part: str = "") -> Reading:
    """The one time that the reply names, as `15:30`. An hour that could be of the morning or the evening is unclear,
    unless the question says of which `part` of the day."""
    message = _counted_apart(message, lexicon)
    hours = _Hours(message, lexicon)
    found = without_days(hours.all(), message.pieces)
    said = {str(piece.senses.get("daypart", "")) for piece in message.pieces if piece.has("am", "pm", "daypart")}
    if part and not said:
        found = [clock if clock.sure else in_part(clock, part) for clock in found]
    named = part if not said else said.pop() if len(said) == 1 else "several"
    found = [as_said(clock, named, lexicon.first.language) for clock in found]
    if hours.broken and not are_of_days(message.pieces, hours.amounts, hours.broken):
        return UNCLEAR
    if len(found) == 1 and {"am", "pm"} <= {sense for piece in message.pieces for sense in piece.senses}:
        return UNCLEAR
    times = {(clock.hour, clock.minute, clock.sure) for clock in found}
    if len(times) != 1 or any(_is_open(clock, message.pieces) for clock in found):
        return Reading("unclear", reason="two_readings" if len(times) > 1 else "")
    hour, minute, sure = times.pop()
    if sure:
        return Reading("answered", value=f"{hour:02d}:{minute:02d}")
    both = tuple(f"{one:02d}:{minute:02d}" for one in sorted({hour % 12, hour % 12 + 12}))
    return Reading(
        "unclear", between=both, suggestion=both[1] if hour < 8 or hour == 12 else both[0], reason="two_readings"
    )


def _counted_apart(message: Message, lexicon: Lexicon) -> Message:
    """With the words for all of some options as the hours they are here: "las tres", "las dos"."""
    if not any(piece.has("all", "both") and " " in piece.text for piece in message.pieces):
        return message
    pieces: list[Piece] = []
    for piece in message.pieces:
        words = piece.text.split(" ")
        senses = [lexicon.entries.get(word, {}) for word in words]
        if piece.has("all", "both") and any("number" in one for one in senses):
            pieces += [replace(piece, text=word, senses=one) for word, one in zip(words, senses, strict=True)]
        else:
            pieces.append(piece)
    return Message(message.raw, message.normal, message.whole, pieces)


def _is_open(clock: Clock, pieces: list[Piece]) -> bool:
    """ "After 6", "before noon", "not at 6"."""
    before = pieces[max(0, clock.first - 2) : clock.first]
    after = pieces[clock.end : clock.end + 1]
    refused = any("not" in piece.senses and not piece.has("no", "position", "about") for piece in before)
    beyond = any(piece.has(*_BEYOND) and not piece.has("about") for piece in before)
    shifted = any(piece.has("before", "after") and "\u4e00" <= piece.text[0] <= "\u9fff" for piece in after)
    return refused or beyond or shifted or any(piece.has(*_BEYOND_AFTER) for piece in after)


class _Hours:
    """Walks over the pieces of one message."""

    def __init__(self, message: Message, lexicon: Lexicon) -> None:
        self.pieces = message.pieces
        self.raw = message.raw
        self.lexicon = lexicon
        self.amounts = {amount.first: amount for amount in amounts(message, lexicon)}
        self.minutes = Minutes(message, self.amounts)
        self.broken: list[int] = []

    def _at(self, at: int) -> Piece | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def all(self) -> list[Clock]:
        found: list[Clock] = []
        at = 0
        while at < len(self.pieces):
            clock = self._clock(at)
            if clock is None:
                at = self.amounts[at].end if at in self.amounts else at + 1
                continue
            found.append(clock)
            at = max(clock.end, at + 1)
        return with_daypart(found, self.pieces, self.lexicon)

    def _clock(self, at: int) -> Clock | None:
        before = self._before_hour(at)
        if before is not None:
            return before
        amount = self.amounts.get(at)
        if amount is not None:
            return self._from_number(amount)
        part = self.pieces[at].senses.get("daypart")
        if part in ("noon", "midnight") and not self._has_hour_of_its_own(at):
            hour = 12 if part == "noon" else 0
            minute, end = self.minutes.after_hour(at + 1)
            return self._shifted(hour, minute, at, end, sure=True)
        return None

    def _has_hour_of_its_own(self, at: int) -> bool:
        """Whether a number beside "noon" is its hour ("12 noon", "中午1点"), not its minutes ("midi quinze")."""
        for step in (-1, 1):
            place = at + step
            beside = self._at(place)
            if beside is not None and "small" in beside.senses and place not in self.amounts:
                place += step
            for amount in self.amounts.values():
                if amount.first <= place < amount.end and self._is_hour_number(amount):
                    if self._are_two(at, amount):
                        continue
                    return step < 0 or not self._is_minutes(self.pieces[at], amount)
        return False

    def _are_two(self, at: int, amount: Amount) -> bool:
        """Whether noon and the number are two hours: "noon to 1", "8-noon", "midi ou 1h", "midi moins 5"."""
        first, end = (at + 1, amount.first) if amount.first > at else (amount.end, at)
        dashed = is_dashed(self.raw, self.pieces[end])
        joints = self.pieces[first:end]
        if any(piece.senses.get("clock") in ("less", "plus") for piece in joints):
            return True
        return amount.value != _NOON and (dashed or any(piece.has("to", "or") for piece in joints))

    def _is_hour_number(self, amount: Amount) -> bool:
        of_day = is_no_hour(self.pieces, amount) or may_be_of_day(self.pieces, amount.first)
        value = float(amount.values[0]) if amount.values else 0.5
        return (value.is_integer() or (value > 1 and (4 * value).is_integer())) and not of_day

    def _is_minutes(self, noon: Piece, amount: Amount) -> bool:
        """Whether the number after "noon" or "midnight" is too great for its hour and has no mark of an hour."""
        latest = _LATEST_BY_NOON if noon.senses["daypart"] == "noon" else 0
        mark = self._at(amount.end)
        marked = mark is not None and (mark.text == ":" or mark.has("am", "pm") or is_mark(mark))
        return amount.value is not None and amount.value > latest and amount.value != _NOON and not marked

    def _before_hour(self, at: int) -> Clock | None:
        """ "Half past 6", "quarter to 7", "ten to 7", "пів на сьому"."""
        clock = str(self.pieces[at].senses.get("clock", ""))
        shift = {"half_past": 30, "quarter_past": 15, "quarter_to": -15, "half_to": -30, "quarter_toward": -45}.get(
            clock
        )
        end = at + 1
        lacking = self.amounts.get(at + 1) if clock == "lacking" else None
        if lacking is not None and isinstance(lacking.value, int) and 0 < lacking.value < 60:
            shift, end = -lacking.value, self._past_minutes(lacking.end)  # "差十分九点", "за п'ять десята"
        if shift is None and at in self.amounts:
            minutes = self.amounts[at]
            joint = self._at(minutes.end)
            way = "" if joint is None else str(joint.senses.get("clock", ""))
            if way == "to" and minutes.digits and minutes.value is not None and minutes.value <= 12:
                return None  # "6 to 7" is a range
            if (
                way in ("past", "to")
                and isinstance(minutes.value, int)
                and 0 < minutes.value < 60
                and not minutes.ordinal
            ):
                shift, end = (minutes.value if way == "past" else -minutes.value), minutes.end + 1
        hour = self._hour_at(end) if shift is not None else None
        if hour is None or shift is None:
            return None
        value, stop, sure = hour
        found = self._shifted(value, shift, at, stop, sure=sure)
        return self._marked(found)

    def _past_minutes(self, end: int) -> int:
        unit = self._at(end)
        return end + 1 if unit is not None and unit.senses.get("unit") == "minute" else end

    def _hour_at(self, at: int) -> tuple[int, int, bool] | None:
        piece = self._at(at)
        if piece is not None and piece.senses.get("daypart") in ("noon", "midnight"):
            return (12 if piece.senses["daypart"] == "noon" else 0), at + 1, True
        amount = self.amounts.get(at)
        if amount is not None and isinstance(amount.value, int) and 0 <= amount.value <= 23:
            return amount.value, amount.end, amount.value > 12
        return None

    def _from_number(self, amount: Amount) -> Clock | None:
        if is_no_hour(self.pieces, amount):
            return None
        written = self._digits(amount) if amount.digits and amount.end == amount.first + 1 else None
        if written is None:
            if (
                amount.value is None
                or not (1 <= amount.value <= 24 or amount.value == 0)  # "in half an hour"
                or (amount.digits and amount.end == amount.first + 1)
            ):
                return None
            hours = int(amount.value)
            written = (hours, round((amount.value - hours) * 60), amount.end, False)
        hour, minute, end, padded = written
        form = self._written(amount, end)
        if (hour, minute) == (24, 0) and end > amount.end:
            hour = 0
        if not (0 <= hour <= 23 and 0 <= minute < 60):
            if end > amount.end or hour < 30:
                self.broken.append(amount.first)
            return None
        shift, end = self.minutes.after_hour(end)
        sure = hour > 12 or hour == 0 or padded or (hour == 12 and minute > 0)
        clock = self._shifted(hour, minute + shift, amount.first, end, sure=sure)
        return self._marked(replace(clock, written=form))

    def _digits(self, amount: Amount) -> tuple[int, int, int, bool] | None:
        """Hour, minute, where they end, and whether a nought before the hour says that it is the 24-hour clock."""
        text, end = self.pieces[amount.first].text, amount.end
        padded = len(text) > 1 and text[0] == "0"
        if text.isdigit() and len(text) in (3, 4) and self._is_hour_mark(end):
            return int(text[:-2]), int(text[-2:]), end, padded
        if text.isdigit() and len(text) == 4:
            return int(text[:2]), int(text[2:]), end, padded or int(text[:2]) > 12
        hour, dot, minutes = text.replace(",", ".").partition(".")
        if dot and len(minutes) == 2:
            return int(hour), int(minutes), end, padded
        if not text.isdigit() or len(text) > 2:
            return None
        spaced = self._at(end)
        if spaced is not None and spaced.text in ("00", "15", "30", "45") and not spaced.glued:
            return int(text), int(spaced.text), end + 1, padded
        mark, after = self._at(end), self._at(end + 1)
        colon = mark is not None and (mark.text == ":" or self._is_hours_dash(mark, after))
        letter = mark is not None and (mark.senses.get("unit") == "hour" or mark.senses.get("clock") == "oclock")
        if (
            mark is not None
            and (colon or letter)
            and after is not None
            and after.is_digits
            and len(after.text) == 2
            and not self.minutes.is_next_hour(end + 1)
        ):
            return int(text), int(after.text), self._past_seconds(end + 2), padded
        return int(text), 0, end, padded and len(text) == 2

    def _written(self, amount: Amount, end: int) -> Literal["", "minutes", "hour"]:
        """How an hour in figures that ends at `end` is written: with minutes, with the word for hours, or alone."""
        if not amount.digits:
            return ""
        if end > amount.end or not self.pieces[amount.first].text.isdigit():
            return "minutes"
        mark = self._at(end)
        return "hour" if mark is not None and mark.senses.get("unit") == "hour" else ""

    def _is_hours_dash(self, mark: Piece, after: Piece | None) -> bool:
        """Whether minutes stand after a dash: "17-00"."""
        usual = self.lexicon.first.language in _DASHED_HOURS and mark.text == "-"
        return usual and after is not None and after.glued and after.text in ("00", "30", "45")

    def _past_seconds(self, end: int) -> int:
        """Where an hour ends that may have seconds: "10:30:45"."""
        mark, seconds = self._at(end), self._at(end + 1)
        told = mark is not None and mark.text == ":" and seconds is not None and seconds.is_digits and seconds.glued
        return end + 2 if told else end

    def _is_hour_mark(self, at: int) -> bool:
        piece = self._at(at)
        return piece is not None and piece.has("am", "pm", "daypart")

    @staticmethod
    def _shifted(hour: int, minutes: int, first: int, end: int, *, sure: bool) -> Clock:
        total = (hour * 60 + minutes) % (24 * 60)
        if not sure and total // 60 == 0:
            total += 12 * 60
        return Clock(total // 60, total % 60, first, end, sure)

    def _marked(self, clock: Clock) -> Clock:
        """With "am" or "pm" right after it."""
        end = clock.end
        piece = self._at(end)
        if piece is not None and "about" in piece.senses and not piece.has("am", "pm"):
            end += 1
            piece = self._at(end)
        if piece is None or clock.hour > 12 or (clock.sure and clock.hour == 0):
            return clock
        letter = piece.text if piece.glued and piece.text in ("a", "p") else ""
        if not letter and not piece.has("am", "pm"):
            return clock
        hour = clock.hour % 12 + (12 if letter == "p" or (not letter and "pm" in piece.senses) else 0)
        if clock.minute:
            return Clock(hour, clock.minute, clock.first, end + 1, sure=True)
        minutes, end = self.minutes.part(end + 1)  # "8pm y media"
        return self._shifted(hour, minutes, clock.first, end, sure=True)
