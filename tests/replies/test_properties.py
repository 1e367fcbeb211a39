"""What holds of every reply: none crashes; an option's label, number and letter find it; Unicode forms read alike."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Literal, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition import Question
from flows.replies import ReplyContext, understand
from tests.replies.report import cases, flow

NOW = datetime.fromisoformat("2026-11-23T12:00-04:00")
LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
FLOWS = ("street", "household", "supper")
QUESTIONS: list[Question] = [state.ask for name in FLOWS for state in flow(name).questions if state.ask is not None]
CHOICES = [question for question in QUESTIONS if question.kind == "choice"]
OUTCOMES = {"answered", "unclear", "skipped", "command"}
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")


def context(language: str) -> ReplyContext:
    """A reader of `language` in a flow of seven."""
    return ReplyContext(language, LANGUAGES, NOW)


@settings(deadline=None)
@given(st.sampled_from(QUESTIONS), st.sampled_from(LANGUAGES), st.text(max_size=600))
def test_no_reply_crashes(question: Question, language: str, text: str) -> None:
    assert understand(question, text, context(language)).outcome in OUTCOMES


@settings(deadline=None)
@given(
    st.sampled_from(QUESTIONS),
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from([case["reply"] for case in cases("tuning")]), min_size=2, max_size=3),
)
def test_no_reply_made_of_others_crashes(question: Question, language: str, texts: list[str]) -> None:
    assert understand(question, " ".join(texts), context(language)).outcome in OUTCOMES


def cased(text: str) -> list[str]:
    """A text in every case; capitals that fold to other letters ("ß") are left as they are."""
    forms = (text, text.upper(), text.lower(), text.title(), f"  {text}! ")
    return [form for form in forms if form.strip(" !").casefold() == text.casefold()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", CHOICES, ids=[question.text["en"] for question in CHOICES])
def test_an_options_label_finds_it_in_any_language_and_case(question: Question, language: str) -> None:
    shared = [label for option in question.options for label in {text.casefold() for text in option.label.values()}]
    for option in question.options:
        for label in option.label.values():
            if shared.count(label.casefold()) > 1:
                continue
            for text in cased(label):
                assert understand(question, text, context(language)).value == option.key, text


#: Letters by which lists are counted where the alphabet is not Latin.
_ALPHABETS = {"uk": "абвгд", "ar": "أبجده"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", CHOICES, ids=[question.text["en"] for question in CHOICES])
def test_an_options_number_and_letter_find_it(question: Question, language: str) -> None:
    spans = any(char.isdigit() for option in question.options for char in option.label["en"])
    for place, option in enumerate(question.options, 1):
        letter = chr(ord("a") + place - 1)
        arabic = "".join(chr(0x660 + int(digit)) for digit in str(place))
        numbers = () if spans else (f"{place}", f"{place}.", f"#{place}", f"{place})", f"{place}\ufe0f\u20e3", arabic)
        own = _ALPHABETS.get(language, "")[place - 1 : place]
        for text in (*numbers, letter, letter.upper(), f"({letter})", *own):
            assert understand(question, text, context(language)).value == option.key, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unicode_form_is_read_alike(language: str) -> None:
    for case in cases("tuning"):
        if case["language"] != language or _loses(case["reply"]):
            continue
        question = cast(Question, flow(case["flow"]).states[case["state"]].ask)
        if question.kind in ("text", "location", "email"):
            continue  # their answer is the words as they were written
        read = {
            (found.outcome, str(found.value), found.command)
            for form in FORMS
            for found in [understand(question, unicodedata.normalize(form, case["reply"]), context(language))]
        }
        assert len(read) == 1, case["reply"]


def _loses(text: str) -> bool:
    """Whether NFKC itself loses what the text says: "10²" becomes "102", "①③" 13, "2½" 21/2."""
    return any(unicodedata.decomposition(char).startswith(("<super>", "<circle>", "<fraction>")) for char in text)
