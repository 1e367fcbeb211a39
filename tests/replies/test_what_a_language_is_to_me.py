"""What another language is to somebody answers what keeps one from work; a language asked for is another matter."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning

_FLOW = """
flow: work
title: {en: Work, fr: Travail, es: Trabajo, tl: Trabaho}
languages: [en, fr, es, tl]
start: block
states:
  block:
    ask: choice
    text: {en: What makes it hardest to find work?, fr: Qu'est-ce qui vous nuit le plus pour trouver du travail?,
      es: ¿Qué le dificulta más encontrar trabajo?, tl: Ano ang pinakamahirap sa paghahanap ng trabaho?}
    options:
      care: {label: {en: No child care, fr: Pas de garderie, es: Falta de guardería, tl: Walang mag-aalaga ng bata}}
      near: {label: {en: No jobs near home, fr: Pas d'emploi proche, es: No hay trabajo cerca, tl: Walang trabaho sa malapit}}
    other: true
    next: first
  first:
    ask: choice
    text: {en: Which first?, fr: Lequel d'abord?, es: ¿Cuál primero?, tl: Alin muna?}
    options:
      lamps: {label: {en: Street lights, fr: Lampadaires, es: Faroles, tl: Ilaw sa kalye}}
      walks: {label: {en: Sidewalks, fr: Trottoirs, es: Aceras, tl: Bangketa}}
    other: true
    next: done
  done:
    say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}
    end: completed
"""


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("es", "no hablo bien ingles"),
        ("es", "el inglés"),
        ("es", "me falta el inglés"),
        ("es", "casi no hablo ingles"),
        ("fr", "mon anglais"),
        ("fr", "je parle pas bien anglais"),
        ("fr", "mon anglais est pas fort"),
        ("en", "my english"),
        ("en", "i dont speak english well"),
        ("tl", "ang english ko"),
    ],
)
def test_words_beside_its_name_say_what_is_the_matter(language: str, reply: str) -> None:
    assert meaning(_FLOW, "block", language, reply) == "other"


@pytest.mark.parametrize("state", ["block", "first"])
@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("es", "inglés"),
        ("es", "ingles por favor"),
        ("es", "prefiero inglés"),
        ("fr", "en anglais svp"),
        ("tl", "english po"),
    ],
)
def test_a_language_that_is_asked_for_is_changed_to(state: str, language: str, reply: str) -> None:
    assert meaning(_FLOW, state, language, reply) == "language"


def test_who_is_asked_in_a_language_already_does_not_change_to_it() -> None:
    assert meaning(_FLOW, "first", "es", "no hablo inglés") == "other"
