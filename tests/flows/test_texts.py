"""Texts: choosing the language, filling in values, saying plainly what is wrong, staying within the letters of SMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import MissingValue
from flows.segments import segment
from flows.texts import check_pattern, nearest, placeholders, preferences, render, sample


def said(pattern: str, language: str = "en", **values: object) -> str:
    return render({language: pattern}, language, values, fallback="en")


@pytest.mark.parametrize(
    ("pattern", "values", "text"),
    [
        ("Hello {name}.", {"name": "Ann"}, "Hello Ann."),
        ("{ name }", {"name": "Ann"}, "Ann"),
        ("{n} of {n, number}", {"n": 2026}, "2026 of 2,026"),
        ("{n}", {"n": 3.0}, "3"),
        ("{n}", {"n": 2.5}, "2.5"),
        ("{n, number, percent}", {"n": 0.41}, "41%"),
        ("{n, number, integer}", {"n": Decimal("3.7")}, "4"),
        ("{n, plural, =0 {nobody} one {# person} other {# people}}", {"n": 1}, "1 person"),
        ("{n, plural, =0 {nobody} one {# person} other {# people}}", {"n": 0}, "nobody"),
        ("{n, plural, one {# person} other {# people}}", {"n": "12"}, "12 people"),
        ("{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", {"n": 22}, "22nd"),
        ("{g, select, yes {Good} other {Oh}}", {"g": "yes"}, "Good"),
        ("{g, select, true {Good} other {Oh}}", {"g": True}, "Good"),
        ("{g, select, 2 {Two} other {Oh}}", {"g": 2}, "Two"),
        ("{d, date, long}", {"d": "2026-12-04"}, "December 4, 2026"),
        ("{d, date, long}", {"d": date(2026, 12, 4)}, "December 4, 2026"),
        ("{t, time, short}", {"t": "15:30"}, "3:30 PM"),
        ("{t, time, short}", {"t": time(15, 30)}, "3:30 PM"),
        (
            "{d, date, long} {d, time, short}",
            {"d": datetime(2026, 12, 4, 23, 30, tzinfo=UTC)},
            "December 4, 2026 11:30 PM",
        ),
        ("{results.focus.top}", {"results": {"focus": {"top": "Housing"}}}, "Housing"),
        ("{results.n}", {"results.n": 84}, "84"),
        ("{xs}", {"xs": ["Housing", "Food", "Jobs"]}, "Housing, Food, and Jobs"),
        ("It's '{'here'}'", {}, "It's {here}"),
        ("It''s {name}", {"name": "Ann"}, "It's Ann"),
        ("It's {name}'s", {"name": "Ann"}, "It's Ann's"),
        ("no braces, don't", {}, "no braces, don't"),
        ("{n, plural, other {'#' #}}", {"n": 2}, "# 2"),
    ],
)
def test_values_are_filled_in(pattern: str, values: dict[str, object], text: str) -> None:
    assert said(pattern, **values) == text


@pytest.mark.parametrize(
    ("pattern", "values", "missing"),
    [
        ("{a} {b}", {"a": "x"}, "b"),
        ("{a}", {"a": None}, "a"),
        ("{n, number}", {"n": "many"}, "n"),
        ("{n, plural, other {#}}", {"n": []}, "n"),
        ("{d, date, long}", {"d": "soon"}, "d"),
        ("{n}", {"n": float("nan")}, "n"),
        ("{xs}", {"xs": []}, "xs"),
        ("{a.b.c}", {"a": {"b": 3}}, "a.b.c"),
        ("{g, select, x {{y}} other {z}}", {"g": "x"}, "y"),
    ],
)
def test_a_value_that_is_missing_or_does_not_fit_is_named(
    pattern: str, values: dict[str, object], missing: str
) -> None:
    with pytest.raises(MissingValue) as raised:
        said(pattern, **values)
    assert raised.value.name == missing


def test_a_value_in_a_branch_that_is_not_taken_may_be_missing() -> None:
    assert said("{g, select, x {{y}} other {fine}}", g="z") == "fine"
    assert said("{n, plural, =0 {none} other {# like {top}}}", n=0) == "none"


def test_values_are_looked_up_only_when_they_are_met() -> None:
    class Watched(Mapping[str, object]):
        asked: list[str] = []  # noqa: RUF012 - one instance

        def __getitem__(self, key: str) -> object:
            self.asked.append(key)
            return "x"

        def __iter__(self) -> Iterator[str]:
            raise AssertionError("the values are not to be copied")

        def __len__(self) -> int:
            return 1

    watched = Watched()
    assert render({"en": "{a} and {b}"}, "en", watched, fallback="en") == "x and x"
    assert watched.asked == ["a", "b"]


@pytest.mark.parametrize(
    ("there", "asked", "fallback", "chosen"),
    [
        (["en", "fr"], "fr", "en", "fr"),
        (["en", "fr"], "fr_CA", "en", "fr"),
        (["en", "fr_CA"], "fr", "en", "fr_CA"),
        (["en", "fr", "fr_CA"], "fr_CA", "en", "fr_CA"),
        (["fr", "en"], "mic", "fr", "en"),
        (["fr", "en"], "gd", "fr", "en"),
        (["fr", "mic"], "mic", "fr", "mic"),
        (["fr", "es"], "uk", "fr", "fr"),
        (["es"], "uk", "fr", "es"),
        (["fil", "en"], "tl", "en", "fil"),
        (["zh", "en"], "zh_Hant_HK", "en", "zh"),
    ],
)
def test_the_nearest_language_is_spoken(there: list[str], asked: str, fallback: str, chosen: str) -> None:
    assert nearest(dict.fromkeys(there, "x"), asked, fallback) == chosen
    assert render({tag: tag for tag in there}, asked, {}, fallback=fallback) == chosen


def test_a_text_without_words_says_nothing() -> None:
    assert render({}, "en", {}, fallback="en") == ""
    assert preferences("mic", "fr") == ("mic", "en", "fr")


@pytest.mark.parametrize("language", ["en", "fr", "fr_CA", "es", "ar", "uk", "zh", "tl", "mic", "gd", "de_CH", "hi"])
def test_what_icu_brings_in_stays_within_the_letters_of_sms(language: str) -> None:
    text = render(
        {language: "{n, number} {n, number, percent} {m, number} {t, time, short} {d, date, short}"},
        language,
        {"n": 12345.5, "m": -1234567, "t": "15:30", "d": "2026-12-04"},
        fallback="en",
    )
    for letter in "\u00a0\u202f\u2009\u200e\u200f\u061c\u2212\u2019":
        assert letter not in text
    if language in ("en", "fr", "fr_CA", "es", "mic", "gd", "de_CH"):
        assert segment(text).encoding == "GSM-7", text


def test_what_the_author_wrote_is_left_as_it_is() -> None:
    assert said("Merci\u00a0: {n}", "fr", n=1) == "Merci\u00a0: 1"
    assert said("Merci\u00a0!", "fr") == "Merci\u00a0!"


def test_numbers_follow_the_region_of_the_reader() -> None:
    assert render({"fr": "{n, number}"}, "fr_CA", {"n": 1234.5}, fallback="en") == "1 234,5"
    assert render({"en": "{n, number}"}, "fr", {"n": 1234.5}, fallback="en") == "1,234.5"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("nothing", set()),
        ("{a} {b.c}", {"a", "b.c"}),
        ("{n, plural, one {{x}} other {{g, select, y {{z}} other {}}}}", {"n", "x", "g", "z"}),
        ("'{a}' {b}", {"b"}),
        ("it's {a}", {"a"}),
        ("{a, date, long}{a, number}", {"a"}),
    ],
)
def test_placeholders_are_found_in_every_branch(pattern: str, names: set[str]) -> None:
    assert placeholders(pattern) == names


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{", "not closed"),
        ("Hello {name", "{name is not closed"),
        ("{first name}", "{first name} is not a placeholder"),
        ("{}", "{} is not a placeholder"),
        ("{0}", "{0} is not a placeholder"),
        ("{n, number, loud}", "integer, percent"),
        ("{d, date, nice}", "short, medium, long, full"),
        ("{n, words}", "number, date, time, plural"),
        ("{n, plural}", "needs its branches"),
        ("{n, plural, one {x}}", "other {…}"),
        ("{n, plural, uno {x} other {y}}", "uno is no branch"),
        ("{n, plural, one {x} one {y} other {z}}", "one twice"),
        ("{n, plural, one {x} other {y}", "not closed"),
        ("{n, plural, one {x other {y}}", "not closed"),
        ("{n, plural, one x other {y}}", "not well formed"),
        ("{n, number", "{n, number is not closed"),
        ("{n, number, ::bogus-word}", "cannot be read"),
        ("x" * 9000, "8,000 is the most"),
        ("{n, plural, other {" * 8 + "}}" * 8, "more than 6 deep"),
        ("\ud800{x}", "half a character"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_told_in_plain_words(pattern: str, told: str) -> None:
    wrong = check_pattern(pattern, "en")
    assert wrong is not None
    assert told in wrong
    assert "U_" not in wrong or "bogus" in pattern


@settings(deadline=None)
@given(st.text(alphabet="{}'#, an=01plurselctohdgmb:", max_size=60), st.sampled_from(["en", "fr", "mic", "ar", "xx"]))
def test_any_pattern_is_read_or_refused_and_never_breaks(pattern: str, language: str) -> None:
    if check_pattern(pattern, language) is not None:
        return
    values = dict.fromkeys(placeholders(pattern), 1)
    found = missing_or_said({language: pattern}, language, values)
    assert "\ufffe" not in found
    assert not found.startswith("missing") or found.removeprefix("missing ") in values or "missing" in pattern


@settings(deadline=None)
@given(
    st.one_of(
        st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.lists(st.text(), max_size=3)
    )
)
def test_any_value_is_said_or_named_as_missing(value: object) -> None:
    for pattern in (
        "{v}",
        "{v, number}",
        "{v, date, long}",
        "{v, time, short}",
        "{v, plural, other {#}}",
        "{v, select, other {x}}",
    ):
        found = missing_or_said({"en": pattern}, "en", {"v": value})
        assert isinstance(found, str)


def missing_or_said(text: Mapping[str, str], language: str, values: Mapping[str, object]) -> str:
    """What is said, or "missing" and the name of the value that there is none of; nothing else may happen."""
    try:
        return render(text, language, values, fallback="en")
    except MissingValue as missing:
        return f"missing {missing.name}"


def test_a_sample_shows_what_a_text_would_look_like() -> None:
    text = {"en": "{community}: {n, plural, one {# reply} other {# replies}} by {d, date, long}", "fr": "{community}"}
    assert (
        sample(text, "en", fallback="en", words=lambda found: f"<{found.name}>")
        == "<community>: 48 replies by September 23, 2026"
    )
    assert sample(text, "fr", fallback="en", words=lambda _: "x") == "x"
    assert sample({}, "en", fallback="en", words=lambda _: "x") == ""
