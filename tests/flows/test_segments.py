"""Texts and what they cost: each figure was read off Twilio's own calculator (sms-segments-calculator 1.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.graphemes import clusters
from flows.segments import Segments, fits_one_message, lighten, segment

FAMILY = "👩‍👩‍👧‍👧"
ZALGO = "a" + "\u0301" * 66

GSM = [
    ("", 1, 0),
    ("Snow on sidewalks", 1, 17),
    ("Où ça se passe? é è à ù Ç".replace("ç", "c"), 1, 25),
    ("{community} [1] ~ | ^ \\ €", 1, 34),
    ("a\r\nb", 1, 4),
    ("one\fpage", 1, 9),
    ("a" * 160, 1, 160),
    ("a" * 161, 2, 161),
    ("a" * 306, 2, 306),
    ("a" * 307, 3, 307),
    ("a" * 158 + "€", 1, 160),
    ("a" * 159 + "€", 2, 161),
    ("a" * 152 + "€" + "a" * 152, 3, 306),
    ("a" * 151 + "€" + "a" * 153, 2, 306),
    ("a" * 152 + "€" + "a" * 151, 2, 305),
    ("€" * 80, 1, 160),
    ("€" * 81, 2, 162),
    ("€" * 152, 2, 304),
    ("€" * 153, 3, 306),
    ("a" * 1600, 11, 1600),
    ("{" * 20_000, 264, 40_000),
    ("\n" * 200, 2, 200),
]

UCS = [
    ("Français", 1, 8, ("ç",)),
    ("ç" * 70, 1, 70, ("ç",)),
    ("ç" * 71, 2, 71, ("ç",)),
    ("ç" * 134, 2, 134, ("ç",)),
    ("ç" * 135, 3, 135, ("ç",)),
    ("ç" + "€" * 69, 1, 70, ("ç",)),
    ("l’œuvre de l’été", 1, 16, ("’", "œ")),
    ("Reply ‘1’", 1, 9, ("‘", "’")),
    ("\tone", 1, 4, ("\t",)),
    ("12\u202f%\u00a0of", 1, 7, ("\u202f", "\u00a0")),
    ("\0", 1, 1, ("\0",)),
    ("`", 1, 1, ("`",)),
    ("e\u0301", 1, 1, ("e\u0301",)),
    ("😀" * 35, 1, 35, ("😀",)),
    ("😀" * 36, 2, 36, ("😀",)),
    ("a" * 66 + "😀" + "a" * 3, 2, 70, ("😀",)),
    ("a" * 66 + "😀" + "a" * 67, 3, 134, ("😀",)),
    ("a" * 68 + "😀", 1, 69, ("😀",)),
    ("a" * 69 + "😀", 2, 70, ("😀",)),
    (FAMILY, 1, 1, (FAMILY,)),
    (FAMILY * 6, 1, 6, (FAMILY,)),
    (FAMILY * 7, 2, 7, (FAMILY,)),
    (FAMILY * 13, 3, 13, (FAMILY,)),
    ("🇨🇦🇨🇦🇨", 1, 3, ("🇨🇦", "🇨")),
    ("👍🏽 ok", 1, 4, ("👍🏽",)),
    ("👨‍❤️‍👨🏽", 1, 2, ("👨‍❤️‍👨", "🏽")),
    ("🧑🏻‍🤝‍🧑🏿", 1, 3, ("🧑🏻\u200d", "🤝\u200d", "🧑🏿")),
    ("1️⃣ Housing", 1, 9, ("1️⃣",)),
    ("क्षि", 1, 2, ("क्", "षि")),
    ("நி", 1, 1, ("நி",)),
    ("각각", 1, 2, ("각",)),
    ("\ud800", 1, 1, ("\ud800",)),
    ("\ud83d" + "\ude00", 1, 1, ("😀",)),
    ("a\r\nç", 1, 4, ("ç",)),
    ("ç" + "a" * 68 + "\r\n", 2, 71, ("ç",)),
    (ZALGO, 1, 1, (ZALGO,)),
    (ZALGO + "aaa", 1, 4, (ZALGO,)),
    (ZALGO + "aaaa", 2, 5, (ZALGO,)),
    ("b" + ZALGO * 2, 2, 3, (ZALGO,)),
    ("a" + "\u0301" * 70, 2, 1, ("a" + "\u0301" * 70,)),
    ("a" + "\u0301" * 69 + "b", 2, 2, ("a" + "\u0301" * 69,)),
    ("a" + "\u0301" * 69 + "bb", 3, 3, ("a" + "\u0301" * 69,)),
    ("مرحبا بكم", 1, 9, ("م", "ر", "ح", "ب", "ا", "ك")),
    ("你好" * 50, 2, 100, ("你", "好")),
    # Where the calculator and today's rule of written characters part ways, or nearly.
    (
        "🇨🇦\u0301\u0301",
        1,
        2,
        (
            "🇨🇦\u0301",
            "\u0301",
        ),
    ),
    (
        "🇨🇦\u200d\u2764",
        1,
        2,
        (
            "🇨🇦\u200d",
            "\u2764",
        ),
    ),
    (
        "\u0600🇨🇦",
        1,
        2,
        (
            "\u0600🇨",
            "🇦",
        ),
    ),
    (
        "\u0600\u0600🇨🇦",
        1,
        2,
        (
            "\u0600\u0600🇨",
            "🇦",
        ),
    ),
    ("\u0301a", 1, 2, ("\u0301",)),
    ("\u200d👩🏽", 1, 1, ("\u200d👩🏽",)),
    ("👩\u0301🏽", 1, 1, ("👩\u0301🏽",)),
    (
        "👩\u0301\u0301🏽",
        1,
        2,
        (
            "👩\u0301\u0301",
            "🏽",
        ),
    ),
    ("\u1100\u1100각\u11a8", 1, 1, ("\u1100\u1100각\u11a8",)),
    (
        "\u1100\u0301\u1161",
        1,
        2,
        (
            "\u1100\u0301",
            "\u1161",
        ),
    ),
    ("\u0301\u200d👨\u0301🏽", 1, 1, ("\u0301\u200d👨\u0301🏽",)),
    (
        "x\u0301🏽",
        1,
        2,
        (
            "x\u0301",
            "🏽",
        ),
    ),
    ("🏳\ufe0f\u200d🌈🏳\ufe0f\u200d🌈", 1, 2, ("🏳\ufe0f\u200d🌈",)),
    (
        "\u00ad\u0301",
        1,
        2,
        (
            "\u00ad",
            "\u0301",
        ),
    ),
    ("\u0e01\u0e47\u0e33", 1, 1, ("\u0e01\u0e47\u0e33",)),
]

LIGHTER = [
    ("We\u2019re here", "We're here"),
    ("\u201cYou said, we did\u201d", '"You said, we did"'),
    ("l\u2019\u00e9cole", "l'école"),
    ("\u00ab\u00a0Oui\u00a0\u00bb", '"Oui"'),
    ("9\u201312, or later\u2026", "9-12, or later..."),
    ("snow\u2014and ice", "snow - and ice"),
    ("snow \u2014 and ice", "snow - and ice"),
    ("\u2022\tsnow\u00a0now", "- snow now"),
    ("12\u202f% of 1\u00a0200", "12 % of 1 200"),
    ("e\u0301te\u0301", "été"),
    ("soft\u00adhy\u200bphen\ufeff", "softhyphen"),
    ("5\u00d75", "5x5"),
    ("\uff11\u3000\uff28ousing\uff01", "1 Housing!"),
    ("\ufb01x", "fix"),
    ("one\u2028two", "one\ntwo"),
    ("nul\0 and bell\a", "nul and bell"),
]

KEPT = [
    "Snow on sidewalks",
    "Où? À côté d\u2019ici…",
    "Ça va… l\u2019œuvre",
    "Priority \u2013 “food” 👍🏽",
    "½ cup",
    "20 °C",
    "“你好”……",
    "مرحبا\u200f!",
    "nɨkʼn",
    "\ud800…",
    "👩\u200d🚒",
]


@pytest.mark.parametrize(("text", "segments", "septets"), GSM)
def test_a_gsm_text_costs_what_the_calculator_says(text: str, segments: int, septets: int) -> None:
    assert segment(text) == Segments("GSM-7", segments, septets)


@pytest.mark.parametrize(("text", "segments", "characters", "culprits"), UCS)
def test_a_unicode_text_costs_what_the_calculator_says(
    text: str, segments: int, characters: int, culprits: tuple[str, ...]
) -> None:
    assert segment(text) == Segments("UCS-2", segments, characters, culprits)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 136, True),
        ("a" * 137, False),
        ("a" * 135 + "€", False),
        ("ç" * 70, True),
        ("ç" * 71, False),
        ("😀" * 35, True),
        ("😀" * 36, False),
    ],
)
def test_one_message_of_a_canadian_long_code(text: str, fits: bool) -> None:
    assert fits_one_message(text) is fits


@pytest.mark.parametrize(("text", "lighter"), LIGHTER)
def test_what_can_be_said_in_cheaper_letters_is(text: str, lighter: str) -> None:
    assert lighten(text) == lighter
    assert segment(lighter).encoding == "GSM-7"


@pytest.mark.parametrize("text", KEPT)
def test_what_stays_unicode_keeps_its_typography(text: str) -> None:
    assert lighten(text) == text


def test_a_letter_taken_apart_is_put_together_even_where_the_text_stays_unicode() -> None:
    assert lighten("franc\u0327ais") == "français"


def test_a_lighter_text_never_takes_more_messages() -> None:
    dots = "\u2026" * 67
    assert lighten(dots) == dots


ANY = st.text(st.one_of(st.characters(), st.sampled_from("aé’…€ç👍🏽\u200d\u0301🇨\r\n\ud83d\ude00")), max_size=300)


@given(ANY)
def test_any_text_is_counted_and_lightened(text: str) -> None:
    counted = segment(text)
    assert counted.segments >= 1
    assert (counted.encoding == "GSM-7") == (not counted.culprits)
    lighter = lighten(text)
    assert lighten(lighter) == lighter
    assert segment(lighter).segments <= counted.segments
    assert "".join(clusters(text)) == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
