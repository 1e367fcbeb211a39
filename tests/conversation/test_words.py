"""Words outside any question: a wrong number, thanks, a language's first words, distress."""

from __future__ import annotations

import pytest

from bot.config import Distress
from bot.conversation.distress import WORDS, alarm
from bot.conversation.words import fold, is_thanks, is_wrong_number, language_hint


@pytest.mark.parametrize(
    "text",
    [
        "Wrong number", "wrong number!!", "sorry wrong number", "I think you have the wrong number", "u got the wrong person",
        "This is the wrong phone number", "you've got the wrong number buddy", "mauvais numéro",
        "désolé, vous avez le mauvais numéro", "Vous vous trompez de numéro", "tiene el número equivocado", "ви помилилися номером",
        "هذا رقم خاطئ", "打错了",
    ],
)  # fmt: skip
def test_a_wrong_number(text: str) -> None:
    assert is_wrong_number(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "the clinic gave me the wrong number twice", "wrong number of seats on the bus", "2", "", "number", "wrong",
        "they put the wrong person in charge", "snow", "x" * 200 + " wrong number",
    ],
)  # fmt: skip
def test_no_wrong_number(text: str) -> None:
    assert not is_wrong_number(fold(text))


@pytest.mark.parametrize(
    "text", ["thanks!", "Thank you so much", "ok", "Merci beaucoup.", "\U0001f44d", "❤️", "谢谢", "D'accord"]
)
def test_thanks(text: str) -> None:
    assert is_thanks(fold(text))


@pytest.mark.parametrize("text", ["thanks but when is it", "no", "call me", "ok but who are you"])
def test_more_than_thanks(text: str) -> None:
    assert not is_thanks(fold(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bonjour!", "fr"),
        ("hola quiero", "es"),
        ("привіт", "uk"),
        ("مرحبا", "ar"),
        ("你好", "zh"),
        ("hello", None),
        ("", None),
    ],
)
def test_a_hint_at_the_language(text: str, language: str | None) -> None:
    assert language_hint(text) == language


def test_distress_in_every_language_that_has_words() -> None:
    rings = alarm(tuple(WORDS), {}).rings
    for language, phrases in WORDS.items():
        for phrase in phrases:
            assert rings(fold(f"honestly {phrase}")), (language, phrase)


@pytest.mark.parametrize(
    "text",
    [
        "youth suicide prevention",
        "more help after an overdose",
        "stop the killing of trees",
        "die hard",
        "kids hit the ball",
    ],
)
def test_no_distress(text: str) -> None:
    assert not alarm(("en", "fr"), {}).rings(fold(text))


def test_a_communitys_list_replaces_ours_in_its_language() -> None:
    own = alarm(("en", "fr"), {"en": Distress(words=("No heat!",), text="Warm room.")})
    assert own.rings(fold("theres no heat here"))
    assert not own.rings(fold("i want to die"))
    assert own.rings(fold("je veux mourir"))
    assert own.signpost("en") == "Warm room."
    assert "9-8-8" in own.signpost("fr")
