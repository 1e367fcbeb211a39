"""Hours as people say them: beside a day, with minutes in words, after noon, and two where one is asked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from flows.definition import Question
from flows.replies import Reading, ReplyContext, understand

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
_NOW = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-4)))
_HOUR = Question("time", {"en": "What time?"})


def _read(language: str, reply: str) -> Reading:
    return understand(_HOUR, reply, ReplyContext(language, _LANGUAGES, _NOW))


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "december 3 at 5 pm", "17:00"),
        ("en", "5 pm on thurs, dec. 3", "17:00"),
        ("en", "the 3rd of december 2026, noon", "12:00"),
        ("fr", "le 3 vers 17h", "17:00"),
        ("fr", "jeudi 3 à dix-sept heures", "17:00"),
        ("es", "el 3 de diciembre a las 5 de la tarde", "17:00"),
        ("uk", "четвер, 3 грудня 2026, п'ята година вечора", "17:00"),
        ("zh", "二零二六年十二月三日下午五点", "17:00"),
    ],
)
def test_numbers_of_a_day_are_no_hours(language: str, reply: str, value: str) -> None:
    assert _read(language, reply).value == value


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "six forty two pm", "18:42"),
        ("en", "6:42:10 pm", "18:42"),
        ("en", "24:00", "00:00"),
        ("fr", "midi dix", "12:10"),
        ("fr", "midi 25", "12:25"),
        ("fr", "midi moins cinq", "11:55"),
        ("fr", "minuit dix", "00:10"),
        ("fr", "8h moins 10 du soir", "19:50"),
        ("fr", "4h du mat", "04:00"),
        ("es", "las dos de la tarde", "14:00"),
        ("es", "5 minutos pasadas las dos de la tarde", "14:05"),
        ("es", "7pm y cuarto", "19:15"),
        ("ar", "السادسة و15 دقيقة مساء", "18:15"),
        ("uk", "16-45", "16:45"),
        ("zh", "中午1点", "13:00"),
    ],
)
def test_minutes_are_read_as_they_are_said(language: str, reply: str, value: str) -> None:
    assert _read(language, reply).value == value


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "december 16"),
        ("fr", "le 16 décembre"),
        ("uk", "16 грудня"),
        ("zh", "16号"),
        ("en", "in 15 minutes"),
        ("en", "in half an hour"),
        ("en", "noon to 2"),
        ("en", "noon-2"),
        ("fr", "midi ou 13h"),
        ("fr", "14h-16h"),
        ("fr", "14h–16"),
        ("fr", "14h-15h30"),
        ("zh", "上午8点-10点"),
        ("en", "seven eleven"),
    ],
)
def test_a_day_a_span_and_two_hours_are_no_hour(language: str, reply: str) -> None:
    assert _read(language, reply).outcome == "unclear"
