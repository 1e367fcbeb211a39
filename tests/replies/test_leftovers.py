"""What a list refuses is left out of it, what is left over is in it, and no option that is named gets lost."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: trips
title: {en: Trips}
languages: [en, fr, es, ar, uk, zh, tl]
start: trips
states:
  trips:
    ask: choices
    text: {en: Which trips would you go on?}
    options:
      skating: {label: {en: Skating, fr: Patinage, es: Patinaje, ar: التزلج, uk: Ковзани, zh: 滑冰, tl: Skating}}
      movies: {label: {en: Movies, fr: Cinéma, es: Cine, ar: السينما, uk: Кіно, zh: 看电影, tl: Sine}}
      hiking: {label: {en: Hiking, fr: Randonnée, es: Caminata, ar: المشي, uk: Похід, zh: 徒步, tl: Hiking}}
    next: cold
  cold:
    ask: choices
    text: {en: Which rooms are cold?}
    options:
      kitchen: {label: {en: Kitchen, fr: Cuisine, es: Cocina, zh: 厨房, tl: Kusina}}
      bedroom: {label: {en: Bedroom, fr: Chambre, es: Dormitorio, zh: 卧室, tl: Kuwarto}}
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "skating no, others yes"),
        ("fr", "patinage non, le reste oui"),
        ("es", "patinaje no, los demas si"),
        ("ar", "كلشي بس مو التزلج"),
        ("ar", "كل شي الا التزلج"),
        ("uk", "ковзани ні, решта так"),
        ("zh", "除了滑冰都行"),
        ("zh", "滑冰不要，其他都可以"),
        ("tl", "wag skating, lahat ng iba ok"),
    ],
)
def test_all_but_the_one_refused(language: str, reply: str) -> None:
    assert read(_FLOW, "trips", language, reply).value == ["movies", "hiking"]


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "movies and hiking, skating no"),
        ("es", "cine y caminata, patinaje no"),
        ("es", "cine y caminata, el patinaje no lo quiero"),
        ("ar", "السينما والمشي، التزلج لا"),
        ("uk", "кіно та похід, ковзани не треба"),
        ("zh", "看电影和徒步，滑冰就不用了"),
        ("tl", "sine saka hiking, wag na yung skating"),
    ],
)
def test_the_one_refused_at_the_end_is_left_out(language: str, reply: str) -> None:
    assert read(_FLOW, "trips", language, reply).value == ["movies", "hiking"]


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "just the kitchen, bedroom is fine"),
        ("fr", "la cuisine seulement, la chambre est correcte"),
        ("zh", "只有厨房，卧室没问题"),
        ("tl", "kusina lang po, ok naman kuwarto"),
    ],
)
def test_what_is_fine_beside_the_only_one_is_not_meant(language: str, reply: str) -> None:
    assert read(_FLOW, "cold", language, reply).value == ["kitchen"]


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("skating, movies", ["skating", "movies"]),
        ("skating and movies are fine", ["skating", "movies"]),
        ("only skating and movies, both good", ["skating", "movies"]),
        ("skating, but no others", ["skating"]),
    ],
)
def test_nothing_named_is_dropped_without_a_word_that_says_so(reply: str, value: list[str]) -> None:
    assert read(_FLOW, "trips", "en", reply).value == value
