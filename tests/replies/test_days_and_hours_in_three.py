"""Days and hours as Arabic, Ukrainian and Chinese say them: minutes before the hour, the day before another, months by number."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: visit
title: {en: Visit, ar: زيارة, uk: Візит, zh: 上门}
languages: [en, ar, uk, zh]
start: day
states:
  day:
    ask: date
    text: {en: Which day?, ar: أي يوم؟, uk: Якого дня?, zh: 哪天？}
    range: [2026-11-23, 2027-02-28]
    next: hour
  hour:
    ask: time
    text: {en: What time?, ar: في أي ساعة؟, uk: О котрій?, zh: 几点？}
    next: done
  done:
    say: {en: Thanks, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


@pytest.mark.parametrize(
    ("language", "reply", "hour"),
    [
        ("zh", "早上差十分九点", "08:50"),
        ("uk", "за п'ять хвилин десята ранку", "09:55"),
        ("uk", "без десяти дев'ять ранку", "08:50"),
        ("uk", "полдевятого утра", "08:30"),
        ("ar", "وحدة ونص الضهر", "13:30"),
    ],
)
def test_minutes_before_an_hour_and_halves_of_it(language: str, reply: str, hour: str) -> None:
    assert read(_FLOW, "hour", language, reply).value == hour


@pytest.mark.parametrize(
    ("language", "reply", "day"),
    [
        ("zh", "2月13号的第二天", "2027-02-14"),
        ("zh", "圣诞节前一天", "2026-12-24"),
        ("uk", "за день до різдва", "2026-12-24"),
        ("uk", "на другий день після 5 грудня", "2026-12-06"),
        ("zh", "12.5", "2026-12-05"),
        ("uk", "5.12", "2026-12-05"),
        ("ar", "خمستاشر شهر اتناشر", "2026-12-15"),
        ("uk", "первого января", "2027-01-01"),
    ],
)
def test_a_day_told_by_another_and_months_by_number(language: str, reply: str, day: str) -> None:
    assert read(_FLOW, "day", language, reply).value == day


def test_one_month_is_no_january() -> None:
    assert read(_FLOW, "day", "ar", "بعد شهر واحد").value != "2027-01-01"


def test_from_a_day_is_that_day_where_it_is_asked_when_one_begins() -> None:
    begins = _FLOW.replace("uk: Якого дня?", "uk: Якого дня зможете почати?")
    assert read(begins, "day", "uk", "з 11 січня").value == "2027-01-11"
    assert read(_FLOW, "day", "uk", "з 11 січня").outcome == "unclear"
