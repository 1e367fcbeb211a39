"""What else is to stop than our texts is an answer, or asked about, whatever question is open; the wish itself is heard."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: cuts
title: {en: Cuts, fr: Coupures, es: Cortes, tl: Brownout}
languages: [en, fr, es, tl]
start: safe
states:
  safe:
    ask: yesno
    text: {en: Is your street safe?, fr: Votre rue est-elle sûre ?, es: ¿Es segura su calle?, tl: Ligtas ba ang kalye mo?}
    next: first
  first:
    ask: choice
    text: {en: What first?, fr: Quoi d'abord ?, es: ¿Qué primero?, tl: Ano ang una?}
    options:
      homes: {label: {en: Homes, fr: Logements, es: Vivienda, tl: Bahay}}
      roads: {label: {en: Roads, fr: Routes, es: Calles, tl: Daan}}
    next: many
  many:
    ask: number
    text: {en: How many are you?, fr: Combien êtes-vous ?, es: ¿Cuántos son?, tl: Ilan kayo?}
    next: done
  done:
    say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}
    end: completed
"""


def _read(language: str, state: str, reply: str) -> Reading:
    return read(_FLOW, state, language, reply)


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("fr", "cesser les coupures"),
        ("fr", "cesser les coupures de services"),
        ("fr", "arrêter le trafic devant l'école"),
        ("fr", "plus de messages du conseil"),
        ("en", "remove the ice"),
        ("en", "an end to the cuts"),
        ("es", "parar los cortes"),
        ("tl", "itigil ang ingay"),
    ],
)
@pytest.mark.parametrize("state", ["safe", "first", "many"])
def test_what_else_is_to_stop_is_no_wish_to_be_left_alone(language: str, state: str, reply: str) -> None:
    assert _read(language, state, reply).command is None


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("fr", "cesser les textos"),
        ("fr", "arrêtez ça"),
        ("fr", "arrêter de m'écrire svp"),
        ("en", "remove me"),
        ("es", "paren ya con estos mensajes"),
        ("tl", "itigil nyo na ang pagtext"),
    ],
)
@pytest.mark.parametrize("state", ["safe", "first", "many"])
def test_a_wish_to_be_left_alone_is_heard(language: str, state: str, reply: str) -> None:
    assert _read(language, state, reply).command == "stop"
