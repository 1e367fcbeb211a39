"""Lists in which one thing is refused, ranges in a list, and which of two named options is meant; a reply that understands nothing."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: supper
title: {en: Supper, fr: Souper, es: Cena, tl: Hapunan}
languages: [en, fr, es, tl]
start: dishes
states:
  dishes:
    ask: choices
    text: {en: Which dishes would you eat?, fr: Quels plats mangeriez-vous?, es: ¿Qué platos comería?, tl: Anong ulam ang kakainin mo?}
    options:
      chicken: {label: {en: Chicken, fr: Poulet, es: Pollo, tl: Manok}}
      fish: {label: {en: Fish, fr: Poisson, es: Pescado, tl: Isda}}
      salad: {label: {en: Salad, fr: Salade, es: Ensalada, tl: Salad}}
      pasta: {label: {en: Pasta, fr: Pâtes, es: Pasta, tl: Pasta}}
    next: worry
  worry:
    ask: choice
    text: {en: What worries you most?, fr: "Qu'est-ce qui vous inquiète le plus?", es: ¿Qué le preocupa más?, tl: Ano ang inaalala mo?}
    other: true
    options:
      mould: {label: {en: Mould or damp, fr: Humidité, es: Humedad, tl: Amag}}
      noise: {label: {en: Noise, fr: Bruit, es: Ruido, tl: Ingay}}
      rent: {label: {en: Rent, fr: Loyer, es: Alquiler, tl: Upa}}
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "keys"),
    [
        ("en", "chicken, i dont eat fish", ["chicken"]),
        ("en", "dont eat chicken, so pasta and salad", ["salad", "pasta"]),
        ("en", "fish? no. chicken", ["chicken"]),
        ("en", "im allergic to fish, chicken and salad", ["chicken", "salad"]),
        ("en", "i cant eat fish, everything else is fine", ["chicken", "salad", "pasta"]),
        ("en", "1-3", ["chicken", "fish", "salad"]),
        ("fr", "pas de poisson, le reste ok", ["chicken", "salad", "pasta"]),
        ("fr", "1 à 3", ["chicken", "fish", "salad"]),
        ("es", "no como pescado, pollo esta bien", ["chicken"]),
        ("tl", "manok, di ako kumakain ng isda", ["chicken"]),
        ("tl", "bawal ako sa isda, manok na lang", ["chicken"]),
    ],
)
def test_what_is_refused_in_a_list_is_left_out(language: str, reply: str, keys: list[str]) -> None:
    assert read(_FLOW, "dishes", language, reply).value == keys


@pytest.mark.parametrize("reply", ["i dont eat fish", "chicken or fish", "chicken, the rest is bad or fish"])
def test_a_list_that_leaves_it_open_is_asked_about(reply: str) -> None:
    assert read(_FLOW, "dishes", "en", reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("fr", "le bruit c correct, c'est l'humidité le pire", "mould"),
        ("en", "noise is ok but the rent", "rent"),
        ("en", "the damp is fine, its the noise", "noise"),
        ("es", "el ruido está bien, lo peor es el alquiler", "rent"),
        ("tl", "ok lang ang ingay, pinakamalala ang upa", "rent"),
    ],
)
def test_of_two_options_the_one_that_is_stressed_is_meant(language: str, reply: str, key: str) -> None:
    assert read(_FLOW, "worry", language, reply).value == key


@pytest.mark.parametrize("reply", ["noise and rent", "rent is bad but the noise is bad", "noise ok, rent ok"])
def test_two_options_of_which_none_is_stressed_are_asked_about(reply: str) -> None:
    assert read(_FLOW, "worry", "en", reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "help me i dont get it"),
        ("en", "sorry i really dont understand the question"),
        ("en", "im so confused"),
        ("fr", "aidez moi je comprends rien"),
        ("es", "no le entiendo a esto"),
        ("tl", "di ko po maintindihan ang tanong"),
    ],
)
def test_who_does_not_understand_is_helped_and_gives_no_answer(language: str, reply: str) -> None:
    reading = read(_FLOW, "worry", language, reply)
    assert (reading.outcome, reading.command) == ("command", "help")


def test_not_to_understand_something_else_is_no_call_for_help() -> None:
    reading = read(_FLOW, "worry", "en", "i dont understand why they never fix our elevator")
    assert reading.command is None
