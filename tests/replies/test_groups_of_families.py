"""Which group of families counts where the options belong to several, and how often by days of the week."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_TURNED_TO = """
flow: help
title: {en: Help}
languages: [en, fr, es, tl]
start: who
states:
  who:
    ask: choice
    text: {en: Who do you turn to?}
    options:
      family: {label: {en: Family, fr: Famille, es: Familia, tl: Pamilya}}
      friends: {label: {en: Friends, fr: Amis, es: Amigos, tl: Kaibigan}}
      church: {label: {en: Church, fr: Église, es: Iglesia, tl: Simbahan}}
      neighbours: {label: {en: Neighbours, fr: Voisins, es: Vecinos, tl: Kapitbahay}}
      nobody: {label: {en: Nobody, fr: Personne, es: Nadie, tl: Wala}}
    next: often
  often:
    ask: choice
    text: {en: How often?}
    options:
      weekly: {label: {en: Every week, fr: Chaque semaine}}
      few: {label: {en: A few times a year, fr: Quelques fois par année}}
      never: {label: {en: Never, fr: Jamais}}
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("en", "my sister", "family"),
        ("en", "my buddy", "friends"),
        ("fr", "ma soeur", "family"),
        ("es", "la vecina", "neighbours"),
        ("tl", "kapatid ko", "family"),
        ("fr", "légliz", "church"),
    ],
)
def test_the_group_that_tells_the_options_apart_counts(language: str, reply: str, key: str) -> None:
    assert read(_TURNED_TO, "who", language, reply).value == key


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [("fr", "tous les vendredis", "weekly"), ("en", "couple times a yr", "few"), ("fr", "rarement", None)],
)
def test_how_often_is_told_by_days_and_hardly_is_not_never(language: str, reply: str, key: str | None) -> None:
    assert read(_TURNED_TO, "often", language, reply).value == key
