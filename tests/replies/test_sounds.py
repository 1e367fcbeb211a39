"""Options named by a word that sounds like theirs or is cut short, in each language written in Latin letters."""

from __future__ import annotations

import itertools

import pytest

from flows.replies.sounds import heard
from flows.replies.words import words
from tests.replies.asked import read

_FLOW = """
flow: home
title: {en: Home, fr: Logis, es: Casa, tl: Bahay}
languages: [en, fr, es, tl]
start: worry
states:
  worry:
    ask: choice
    text: {en: What worries you?, fr: "Qu'est-ce qui vous inquiète?", es: ¿Qué le preocupa?, tl: Ano ang inaalala mo?}
    other: true
    options:
      mould: {label: {en: Mould or damp, fr: Humidité, es: Humedad, tl: Amag}}
      noise: {label: {en: Noise, fr: Bruit, es: Ruido, tl: Ingay}}
      computer: {label: {en: Computer, fr: Ordinateur, es: Computadora, tl: Kompyuter}}
      rent: {label: {en: Rent, fr: Loyer, es: Alquiler, tl: Upa}}
      dishes: {label: {en: Chicken, fr: Poulet, es: Pollo, tl: Manok}}
      school: {label: {en: School, fr: École, es: Escuela, tl: Paaralan}}
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("en", "noyz", "noise"),
        ("en", "the skool", "school"),
        ("en", "chikn", "dishes"),
        ("en", "chkn pls", "dishes"),
        ("fr", "umidité", "mould"),
        ("fr", "loiyer", "rent"),
        ("fr", "poulè", "dishes"),
        ("es", "umedad", "mould"),
        ("es", "poyo", "dishes"),
        ("es", "alkiler", "rent"),
        ("tl", "skul", "school"),
        ("tl", "kompyoter", "computer"),
        ("fr", "l'ordi", "computer"),
        ("es", "la compu", "computer"),
        ("en", "comp", "computer"),
        ("fr", "lordinateure", "computer"),
    ],
)
def test_a_word_that_sounds_so_or_is_cut_short_names_its_option(language: str, reply: str, key: str) -> None:
    assert read(_FLOW, "worry", language, reply).value == key


@pytest.mark.parametrize(
    ("language", "reply"), [("en", "roof"), ("fr", "les fenêtres"), ("es", "techo"), ("tl", "bubong")]
)
def test_a_word_of_another_sound_is_kept_as_it_is(language: str, reply: str) -> None:
    reading = read(_FLOW, "worry", language, reply)
    assert (reading.value, reading.other) == ("other", reply)


def test_two_options_of_one_sound_are_asked_about() -> None:
    flow = _FLOW.replace("es: Ruido", "es: Casa").replace("es: Alquiler", "es: Caza")
    reading = read(flow, "worry", "es", "kassa")
    assert (reading.outcome, reading.between) == ("unclear", ("noise", "rent"))


@pytest.mark.parametrize(
    ("language", "reply", "key"), [("en", "rint", "rent"), ("es", "alkuler", "rent"), ("fr", "bruix", "noise")]
)
def test_a_likely_slip_is_never_kept_as_other_words(language: str, reply: str, key: str) -> None:
    reading = read(_FLOW, "worry", language, reply)
    assert key in (reading.value, reading.suggestion), reading


@pytest.mark.parametrize("language", ["en", "fr", "es", "tl"])
def test_a_sound_has_no_letter_twice_and_hardly_more_than_its_word(language: str) -> None:
    for word in words(language).senses:
        if word.isascii() and word.isalpha():
            sound = heard(word, language)
            assert all(one != two for one, two in itertools.pairwise(sound)), word
            assert len(sound) <= len(word) + 3, word
