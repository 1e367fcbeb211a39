"""Which half of the day an hour without am and pm is of: what the hour says, what the question is about, or asked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from flows.definition import Question
from flows.replies import Reading, ReplyContext, understand

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
_NOW = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-4)))


def _read(asked: str, language: str, reply: str) -> Reading:
    return understand(Question("time", {"en": asked}), reply, ReplyContext(language, _LANGUAGES, _NOW))


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "half past 11", "11:30"),
        ("en", "quarter to 12", "11:45"),
        ("en", "10:30", "10:30"),
        ("en", "10,30", "10:30"),
        ("en", "12:00", "12:00"),
        ("fr", "11h30", "11:30"),
        ("fr", "11h", "11:00"),
        ("fr", "8 h 45", "08:45"),
        ("es", "a las once y media", "11:30"),
        ("tl", "alas onse y medya", "11:30"),
        ("ar", "11 ونص", "11:30"),
        ("uk", "8.00", "08:00"),
        ("zh", "11点半", "11:30"),
        ("tl", "11:30 ng gabi", "23:30"),
        ("en", "11:30 tonight", "23:30"),
    ],
)
def test_an_hour_about_noon_with_minutes_is_what_it_says(language: str, reply: str, value: str) -> None:
    assert _read("What time?", language, reply).value == value


@pytest.mark.parametrize(
    ("language", "reply", "likely"),
    [
        ("en", "at 3", "15:00"),
        ("en", "7:45", "19:45"),
        ("en", "11", "11:00"),
        ("fr", "5h30", "17:30"),
        ("fr", "9 h", "09:00"),
        ("es", "a las 4 y media", "16:30"),
        ("tl", "alas siyete", "19:00"),
    ],
)
def test_an_hour_that_either_half_may_have_is_asked_about(language: str, reply: str, likely: str) -> None:
    reading = _read("What time?", language, reply)
    assert (reading.outcome, reading.suggestion) == ("unclear", likely)


@pytest.mark.parametrize(
    ("asked", "language", "reply", "value"),
    [
        ("What time should lunch start?", "en", "11", "11:00"),
        ("What time should lunch start?", "fr", "1h", "13:00"),
        ("What time should lunch start?", "tl", "alas dose", "12:00"),
        ("When should supper be?", "en", "half past 5", "17:30"),
        ("What time should the pool close?", "fr", "8h30", "20:30"),
        ("What time should breakfast start?", "es", "a las 7", "07:00"),
        ("What time after school?", "zh", "4点", "16:00"),
    ],
)
def test_what_the_question_is_about_decides(asked: str, language: str, reply: str, value: str) -> None:
    assert _read(asked, language, reply).value == value
