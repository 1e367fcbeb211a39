"""Numbers as people write them: millions, dozens, decimals said aloud, five-and-twenty; and what is no count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.definition import Question
from flows.replies import Reading, ReplyContext, understand

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
_ANY = Question("number", {"en": "What would it cost the town?", "tl": "Ano ang halaga?"})
_COUNT = Question("number", {"en": "How many boxes did you pack?"}, minimum=0)
_HOURS = Question("number", {"en": "How many minutes is the walk?"}, minimum=0)


def _read(question: Question, language: str, reply: str) -> Reading:
    return understand(question, reply, ReplyContext(language, _LANGUAGES, datetime(2026, 11, 23, 12, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "four million six hundred thousand", 4_600_000),
        ("fr", "deux millions trois cent mille", 2_300_000),
        ("es", "tres mil millones", 3_000_000_000),
        ("es", "cinco millones doscientos diez mil", 5_210_000),
        ("uk", "два мільйони сто тисяч", 2_100_000),
        ("zh", "六千万", 60_000_000),
        ("zh", "一千五百万", 15_000_000),
        ("zh", "3万2千", 32_000),
        ("zh", "2万5", 25_000),
        ("en", "4.5M", 4_500_000),
        ("en", "$2M", 2_000_000),
        ("fr", "3,5M$", 3_500_000),
        ("en", "half a million", 500_000),
        ("en", "three point seven five", 3.75),
        ("fr", "six virgule deux", 6.2),
        ("es", "4 punto 8", 4.8),
        ("uk", "сім кома п'ять", 7.5),
        ("en", "one point two million", 1_200_000),
        ("fr", ",75", 0.75),
        ("en", "six and a fourth", 6.25),
        ("ar", "مئتين وسبعة عشر", 217),
        ("ar", "ستمائة و اربعة و ثلاثون", 634),
        ("ar", "تسع عشر", 19),
        ("tl", "isang bilyon", 1_000_000_000),
    ],
)
def test_a_number_is_read_whole(language: str, reply: str, value: float) -> None:
    assert _read(_ANY, language, reply) == Reading("answered", value=value)


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "five dozen", 60),
        ("en", "two hundred dozen", 2400),
        ("fr", "4 douzaines", 48),
        ("es", "tres docenas", 36),
        ("uk", "дві дюжини", 24),
        ("en", "- 7", 7),
        ("en", "4m", 4),
    ],
)
def test_a_count_is_read(language: str, reply: str, value: int) -> None:
    assert _read(_COUNT, language, reply) == Reading("answered", value=value)


def test_a_dash_before_a_number_may_be_a_minus_where_one_can_be() -> None:
    assert _read(_ANY, "en", "- 7").outcome == "unclear"
    assert _read(_ANY, "en", "-7").value == -7


def test_a_capital_m_is_no_million_where_minutes_are_asked_for() -> None:
    assert _read(_HOURS, "en", "12M").value != 12_000_000


@pytest.mark.parametrize(("language", "reply"), [("en", "two thirds"), ("fr", "deux tiers"), ("en", "point 7")])
def test_a_part_of_something_is_no_count(language: str, reply: str) -> None:
    assert _read(_COUNT, language, reply).outcome == "unclear"


def test_the_unit_of_a_question_is_read_in_the_language_of_its_text() -> None:
    # Tagalog "ano" is "what"; as Spanish "año" it would ask for years, so that days were another unit.
    asked = Question("number", {"en": "How long was the power out?", "tl": "Ano ang tagal?"}, minimum=0)
    assert _read(asked, "en", "3 days") == Reading("answered", value=3)


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "no kids", 0),
        ("fr", "pas d'enfants", 0),
        ("en", "3, ages 4 7 and 9", 3),
        ("tl", "tatlo po, 4 7 at 9", 3),
        ("en", "3 boys and a girl", None),
        ("fr", "2 filles pis un gars", None),
    ],
)
def test_children_are_counted_and_not_their_ages(language: str, reply: str, value: int | None) -> None:
    question = Question("number", {"en": "How many children live with you?"}, minimum=0)
    assert _read(question, language, reply).value == value
