"""A reply that puts us off, as phones send by themselves, answers no question but an open one."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: street
title: {en: Street}
languages: [en, fr, es, ar, uk, zh, tl]
start: worry
states:
  worry:
    ask: choice
    text: {en: What worries you most?}
    options: {cars: {label: {en: Speeding cars}}, phone: {label: {en: Phone call}}, roads: {label: {en: Busy roads}}}
    other: true
    next: many
  many:
    ask: number
    text: {en: How many cars pass in a minute?}
    range: [0, 99]
    next: safe
  safe:
    ask: yesno
    text: {en: Do you feel safe?}
    next: where
  where:
    ask: location
    text: {en: Where is it?}
    next: why
  why:
    ask: text
    text: {en: Why?}
    next: done
  done:
    say: {en: Thanks}
    end: completed
"""
_PUT_OFF = [
    ("en", "I am driving and will get back to you later"),
    ("en", "Driving, will text u later"),
    ("en", "busy now call u later"),
    ("en", "Sorry, I can't talk right now."),
    ("en", "This is an automatic reply: I'm out of office"),
    ("fr", "Je conduis, je vous reviens"),
    ("fr", "je peux pas répondre maintenant, je t'écris plus tard"),
    ("es", "Estoy manejando, le contesto más tarde"),
    ("es", "ahorita no puedo hablar"),
    ("ar", "عم سوق برد عليك بعدين"),
    ("uk", "Я за кермом, передзвоню пізніше"),
    ("zh", "正在开车，稍后回复您"),
    ("tl", "nagmamaneho po ako, mamaya na lang"),
]


def reading(state: str, language: str, reply: str) -> Reading:
    return read(_FLOW, state, language, reply)


@pytest.mark.parametrize("state", ["worry", "many", "safe", "where"])
@pytest.mark.parametrize(("language", "reply"), _PUT_OFF)
def test_putting_off_is_unclear(state: str, language: str, reply: str) -> None:
    assert reading(state, language, reply).outcome == "unclear"


@pytest.mark.parametrize(("language", "reply"), _PUT_OFF)
def test_an_open_question_takes_any_words(language: str, reply: str) -> None:
    assert reading("why", language, reply).value == reply


@pytest.mark.parametrize(
    ("reply", "value"),
    [("2, will text u later", "phone"), ("the busy roads", "roads"), ("call me after 5 pls, phone call", "phone")],
)
def test_an_answer_that_comes_first_or_merely_has_such_words_counts(reply: str, value: str) -> None:
    assert reading("worry", "en", reply).value == value


@pytest.mark.parametrize(("reply", "value"), [("driving", "cars"), ("people driving like mad around our school", None)])
def test_a_word_of_the_matter_names_an_option_in_a_short_reply_alone(reply: str, value: str | None) -> None:
    assert reading("worry", "en", reply).value == value
