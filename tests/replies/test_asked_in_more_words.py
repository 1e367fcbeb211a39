"""To repeat, to pass and to be left alone, asked for in more words; every pattern of the word files holds."""

from __future__ import annotations

import pytest

from flows.replies.patterns import pattern
from flows.replies.words import languages, words
from tests.replies.asked import read

_FLOW = """
flow: errand
title: {en: Errand}
languages: [en, fr, es, tl]
start: trip
states:
  trip:
    ask: choice
    text: {en: How do you get there?, fr: Comment y allez-vous?, es: ¿Cómo llega?, tl: Paano ka pumupunta?}
    other: true
    optional: true
    options:
      bus: {label: {en: Bus, fr: Autobus, es: Autobús, tl: Bus}}
      car: {label: {en: Car, fr: Voiture, es: Carro, tl: Kotse}}
    next: limit
  limit:
    ask: number
    text: {en: "What should the speed limit be, in km per hour?", fr: "Quelle limite, en km à l'heure?", es: "¿Qué límite, en km por hora?", tl: "Anong limit, sa km bawat oras?"}
    next: wait
  wait:
    ask: number
    text: {en: How many minutes do you wait?, fr: Combien de minutes attendez-vous?, es: ¿Cuántos minutos espera?, tl: Ilang minuto ka naghihintay?}
    next: more
  more:
    ask: text
    text: {en: Anything else?, fr: Autre chose?, es: ¿Algo más?, tl: May iba pa ba?}
    optional: true
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


@pytest.mark.parametrize("language", languages())
def test_every_pattern_can_be_held_against_a_reply(language: str) -> None:
    for name in words(language).patterns:
        assert pattern(language, name) is not None, name


@pytest.mark.parametrize("state", ["trip", "more"])
@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "ill skip this one"),
        ("en", "can we skip that one pls"),
        ("fr", "je saute celle là"),
        ("fr", "on passe à la prochaine"),
        ("es", "esa no la contesto"),
        ("es", "paso a la siguiente"),
        ("tl", "laktawan ko muna"),
    ],
)
def test_passing_in_more_words(state: str, language: str, reply: str) -> None:
    assert read(_FLOW, state, language, reply).outcome == "skipped"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "sorry didnt catch that"),
        ("fr", "tu peux répéter"),
        ("fr", "c quoi la question deja"),
        ("es", "me lo repite porfa"),
        ("tl", "hindi ko nabasa ang tanong"),
    ],
)
def test_once_more_in_more_words(language: str, reply: str) -> None:
    assert read(_FLOW, "trip", language, reply).command == "repeat"


@pytest.mark.parametrize("state", ["trip", "more"])
def test_no_interest_and_remove_is_a_wish_to_stop(state: str) -> None:
    assert read(_FLOW, state, "en", "im not interested please remove").command == "stop"


def test_dont_bother_is_neither_a_stop_nor_an_answer() -> None:
    reading = read(_FLOW, "trip", "en", "dont bother")
    assert (reading.outcome, reading.unsure_stop) == ("unclear", True)


@pytest.mark.parametrize(
    ("state", "language", "reply", "value"),
    [
        ("limit", "en", "40 km/h no more", 40),
        ("limit", "es", "treinta km por hora", 30),
        ("limit", "fr", "30 km à l'heure", 30),
        ("wait", "es", "1 h 10", 70),
        ("wait", "fr", "15... ah non 20", 20),
    ],
)
def test_numbers_with_their_units_and_corrections(state: str, language: str, reply: str, value: int) -> None:
    assert read(_FLOW, state, language, reply).value == value
