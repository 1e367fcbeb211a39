"""A wish to stop that is told again, asked as a question, or said with its reason, is heard on open questions too."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: fix
title: {en: Fix}
languages: [en, fr, es, tl]
start: matter
states:
  matter:
    ask: choice
    text: {en: What matters most?}
    other: true
    options:
      park: {label: {en: Park, fr: Parc, es: Parque, tl: Parke}}
      bus: {label: {en: Bus, fr: Autobus, es: Autobús, tl: Bus}}
    next: fix
  fix:
    ask: text
    text: {en: What should we fix?}
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


@pytest.mark.parametrize("state", ["matter", "fix"])
@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "i already said stop"),
        ("en", "how do i get out of this"),
        ("en", "stop texting this is a work phone"),
        ("en", "leave my phone alone"),
        ("fr", "j'ai déjà dit stop"),
        ("fr", "merci de ne plus m'écrire"),
        ("fr", "comment arrêter les messages"),
        ("es", "como me doy de baja"),
        ("es", "favor de no molestar"),
        ("tl", "sinabi ko na stop"),
        ("tl", "ayoko na po ng mga text"),
        ("tl", "ayaw ko na ng survey nyo"),
        ("tl", "di po ako interesado, huwag nang magtext"),
        ("tl", "paano mag unsubscribe"),
    ],
)
def test_the_wish_is_heard(state: str, language: str, reply: str) -> None:
    assert read(_FLOW, state, language, reply).command == "stop"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "stop signs, i already said so last year"),
        ("en", "block the road to trucks"),
        ("fr", "bloquer la rue aux camions"),
        ("es", "ya dije que no hay luz"),
        ("tl", "paano itigil ang baha"),
        ("tl", "ayoko na ng mga text scam sa lolo ko"),
        ("tl", "ayoko na ng baha"),
    ],
)
def test_an_answer_with_such_words_is_none(language: str, reply: str) -> None:
    assert read(_FLOW, "fix", language, reply).outcome == "answered"
