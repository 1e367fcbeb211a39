"""Days as people say them: by their place in a month, holidays that move, two days where one is asked, spans."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from flows.definition import Question
from flows.replies import Reading, ReplyContext, understand
from flows.replies.calendar import holiday
from flows.replies.words import languages, words

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
_NOW = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-4)))  # a Monday
_ANY = Question("date", {"en": "Which day?"})
_COMING = Question("date", {"en": "Which day will you come?"}, minimum="+0d", maximum="+1y")


def _read(language: str, reply: str, question: Question = _COMING) -> Reading:
    return understand(question, reply, ReplyContext(language, _LANGUAGES, _NOW))


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "the second Tuesday of January", "2027-01-12"),
        ("en", "last friday in february", "2027-02-26"),
        ("en", "first thursday of next month", "2026-12-03"),
        ("en", "last day of march", "2027-03-31"),
        ("fr", "le premier lundi de février", "2027-02-01"),
        ("fr", "le dernier samedi de janvier", "2027-01-30"),
        ("es", "el tercer jueves de abril", "2027-04-15"),
        ("uk", "перша субота грудня", "2026-12-05"),
        ("uk", "остання п'ятниця січня", "2027-01-29"),
        ("zh", "一月第三个星期二", "2027-01-19"),
        ("en", "Dec 4th Friday", "2026-12-04"),
        ("en", "easter monday", "2027-03-29"),
        ("en", "good friday", "2027-03-26"),
        ("en", "Victoria Day", "2027-05-24"),
        ("en", "labour day for sure", "2027-09-06"),
        ("fr", "à l'action de grâce", "2027-10-11"),
        ("fr", "la fête des mères", "2027-05-09"),
        ("zh", "父亲节", "2027-06-20"),
        ("en", "tomorrow morning", "2026-11-24"),
        ("en", "tuesday the 24th", "2026-11-24"),
        ("en", "two weeks from now when i'm back", "2026-12-07"),
        ("es", "el uno de diciembre", "2026-12-01"),
        ("es", "el jueves que viene", "2026-11-26"),
        ("es", "el vigésimo primero de enero", "2027-01-21"),
        ("ar", "الحادي والعشرين من يناير", "2027-01-21"),
        ("ar", "السادس عشر من ديسمبر", "2026-12-16"),
        ("en", "Dec 5, 2 of us", "2026-12-05"),
        ("en", "Wed Dec 9 10:30:00 2026", "2026-12-09"),
        ("zh", "2027 01 15", "2027-01-15"),
    ],
)
def test_a_day_is_read(language: str, reply: str, value: str) -> None:
    assert _read(language, reply) == Reading("answered", value=value)


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "Dec 5 or Dec 6"),
        ("en", "Dec 5 - Dec 9"),
        ("en", "Dec 5, 12"),
        ("en", "from today to friday"),
        ("en", "after December 12"),
        ("es", "el 12 de enero o el 13 de enero"),
        ("fr", "après le 12 décembre"),
        ("fr", "à partir du 12 décembre"),
        ("fr", "la semaine du 7 décembre"),
        ("fr", "en début de semaine"),
        ("fr", "lundi en 8"),
        ("en", "the week of December 7th"),
        ("en", "the first week of December"),
        ("en", "within 2 weeks"),
        ("uk", "другий тиждень грудня"),
        ("en", "third quarter"),
    ],
)
def test_what_may_be_several_days_is_asked_about(language: str, reply: str) -> None:
    assert _read(language, reply).outcome == "unclear"


def test_the_coming_weekday_is_not_today() -> None:
    assert _read("es", "el lunes que viene").value == "2026-11-30"
    assert _read("es", "el martes que viene").between == ("2026-11-24", "2026-12-01")


def test_two_digits_after_a_day_and_its_month_are_the_year() -> None:
    assert _read("en", "14th April 19", _ANY).value == "2019-04-14"


def test_a_weekday_with_its_number_is_the_next_such_day() -> None:
    # 10 December 2026 is a Thursday, and so is 10 September.
    assert _read("en", "Thursday the 10th", _ANY).value == "2026-12-10"


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("12-25", 2026, date(2026, 12, 25)),
        ("10-2-mon", 2026, date(2026, 10, 12)),
        ("05-24-mon", 2026, date(2026, 5, 18)),
        ("05-24-mon", 2027, date(2027, 5, 24)),
        ("easter", 2024, date(2024, 3, 31)),
        ("easter", 2025, date(2025, 4, 20)),
        ("easter-2", 2026, date(2026, 4, 3)),
        ("easter", 2038, date(2038, 4, 25)),
    ],
)
def test_a_holiday_falls_where_it_falls(name: str, year: int, day: date) -> None:
    assert holiday(name, year) == day


def test_every_holiday_of_the_words_has_a_day() -> None:
    named = {
        str(senses["holiday"])
        for language in languages()
        for senses in words(language).senses.values()
        if "holiday" in senses
    }
    assert [name for name in sorted(named) if holiday(name, 2028) is None] == []


def test_a_day_is_read_after_one_that_is_refused() -> None:
    # Pieces keep their places in the text as it was sent, also where a clause is left out.
    assert _read("en", "not friday, nov 27").value == "2026-11-27"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "saturday from 9 to 12"),
        ("en", "saturday 9-11am"),
        ("en", "saturday between 1 and 3"),
        ("fr", "samedi de 9 à 12"),
        ("es", "el sábado de 9 a 12"),
        ("ar", "السبت من 9 الى 12"),
        ("uk", "субота з 9 до 12"),
        ("tl", "sabado mula 9 hanggang 12"),
    ],
)
def test_hours_beside_a_weekday_are_no_days(language: str, reply: str) -> None:
    assert _read(language, reply).value == "2026-11-28"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "the day after dec 5"),
        ("en", "a day before dec 5"),
        ("fr", "le lendemain du 5 décembre"),
        ("es", "un día después del 5 de diciembre"),
        ("en", "saturday 5 to monday 7"),
    ],
)
def test_the_day_beside_another_is_not_that_one(language: str, reply: str) -> None:
    assert _read(language, reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "march 4 last year"),
        ("fr", "le 4 mars de l'année dernière"),
        ("es", "el 4 de marzo del año pasado"),
        ("tl", "march 4 noong nakaraang taon"),
    ],
)
def test_last_year_is_a_year(language: str, reply: str) -> None:
    assert _read(language, reply, _ANY).value == "2025-03-04"


@pytest.mark.parametrize(
    ("language", "onward", "later"),
    [
        ("en", "from christmas", "after christmas"),
        ("fr", "dès noël", "après noël"),
        ("es", "desde navidad", "después de navidad"),
        ("uk", "з 28 грудня", "після 28 грудня"),
        ("tl", "mula sa pasko", "pagkatapos ng pasko"),
    ],
)
def test_something_begins_on_a_day_or_on_another_after_it(language: str, onward: str, later: str) -> None:
    asked = {"en": "What day can you start?", "fr": "À partir de quel jour?", "es": "¿Desde qué día?"}
    question = Question("date", {**asked, "uk": "Якого дня зможете почати?", "tl": "Mula anong araw?"})
    day = "2026-12-28" if language == "uk" else "2026-12-25"
    assert _read(language, onward, question).value == day
    assert _read(language, later, question).outcome == "unclear"
