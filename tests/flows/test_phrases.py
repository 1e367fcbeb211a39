"""What the engine says by itself: every phrase can be said, fits a message, and sounds like a neighbour."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import flows.engine
from flows.engine.speech import phrase, side_by_side
from flows.phrases import LANGUAGE_NAMES, PHRASES
from flows.segments import segment
from flows.texts import check_pattern, placeholders

#: As long as they are in real life.
VALUES: dict[str, object] = {
    "back_by": "tomorrow noon",
    "by": "tomorrow noon",
    "community": "Shore Road Neighbours",
    "example": date(2026, 12, 4),
    "first": "1 Street lights",
    "flow": "check-in",
    "high": "5",
    "high_label": "very safe",
    "label": "Snow on sidewalks",
    "language": "français",
    "languages": "English, español",
    "last": "12",
    "least": 2,
    "low": "1",
    "low_label": "not at all safe",
    "most": 3,
    "number": "2",
    "options": "1 Street lights\n2 Snow on sidewalks\n3 Speeding cars",
    "question": "Where is it worst?",
    "said": "by the school",
    "second": "2 Snow on sidewalks",
    "state": "focus",
    "unit": "hours a week",
    "value": "Snow on sidewalks",
}
DAYS = {"hint_date_range", "hint_date_least", "hint_date_most", "which_day"}


@pytest.mark.parametrize("key", PHRASES)
def test_a_phrase_can_be_said_in_one_message(key: str) -> None:
    pattern = PHRASES[key]
    assert check_pattern(pattern, "en") is None
    values = (
        {**VALUES, **dict.fromkeys(("low", "high", "first", "second"), date(2026, 9, 30))} if key in DAYS else VALUES
    )
    said = phrase({}, "en", key, values)
    assert said
    assert "{" not in said
    if not key.startswith("failed_"):
        assert segment(said.replace("ç", "c")).encoding == "GSM-7"
        assert len(said) <= 136
    assert said.count("!") == 0


def test_every_phrase_is_said_somewhere() -> None:
    folder = Path(flows.engine.__file__).parent
    source = "\n".join(file.read_text() for file in folder.glob("*.py"))
    for key in PHRASES:
        assert f'"{key}"' in source or key.startswith("hint_"), f"nothing says {key}"


def test_placeholders_of_phrases_are_the_ones_that_translators_know() -> None:
    assert {name for pattern in PHRASES.values() for name in placeholders(pattern)} <= set(VALUES)


def test_languages_have_the_names_that_their_speakers_give_them() -> None:
    assert {"en", "fr", "es", "ar", "uk", "zh", "tl", "mic", "gd"} <= set(LANGUAGE_NAMES)


@pytest.mark.parametrize(
    ("sentences", "joined"),
    [
        (("Where is it worst?", "Reply 1 to 5."), "Where is it worst? Reply 1 to 5."),
        (("您觉得安全吗？", "请回复1到5。", "发SKIP跳过。"), "您觉得安全吗？请回复1到5。发SKIP跳过。"),
        (("Wait…", "now"), "Wait… now"),
        (("", "Now."), "Now."),
        (("Now.", ""), "Now."),
    ],
)
def test_a_space_stands_between_sentences_only_where_the_script_has_one(
    sentences: tuple[str, ...], joined: str
) -> None:
    assert side_by_side(*sentences) == joined
