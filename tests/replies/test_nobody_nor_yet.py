"""Options called by nobody, by not knowing yet, by a denial amid their words; places, doors and the day of a month."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning

_FLOW = """
flow: ask
title: {en: Ask, fr: Question, es: Pregunta}
languages: [en, fr, es]
start: call
states:
  call:
    ask: choice
    text: {en: Who do you call first?, fr: Qui appelez-vous en premier?, es: ¿A quién llama primero?}
    options:
      boss: {label: {en: The boss, fr: Le patron, es: El patrón}}
      clinic: {label: {en: The clinic, fr: La clinique, es: La clínica}}
      noone: {label: {en: Nobody at all, fr: Personne du tout, es: A nadie}}
    other: true
    next: help
  help:
    ask: choice
    text: {en: What would help?, fr: Qu'est-ce qui aiderait?, es: ¿Qué ayudaría?}
    options:
      visit: {label: {en: A visit, fr: Une visite, es: Una visita}}
      letter: {label: {en: A letter, fr: Une lettre, es: Una carta}}
      unsure: {label: {en: Not sure yet, fr: Je ne sais pas encore, es: No sé todavía}}
    next: rink
  rink:
    ask: choice
    text: {en: Which rink?, fr: Quelle patinoire?, es: ¿Qué pista?}
    options:
      outdoor: {label: {en: Outdoors, fr: Dehors, es: Al aire libre}}
      both: {label: {en: Both, fr: Les deux, es: Las dos}}
      neither: {label: {en: Neither, fr: "Ni l'une ni l'autre", es: Ninguna de las dos}}
    next: block
  block:
    ask: choice
    text: {en: What keeps people from work?, fr: Qu'est-ce qui empêche de travailler?, es: ¿Qué impide trabajar?}
    options:
      near: {label: {en: No jobs near home, fr: Pas d'emploi proche, es: No hay trabajo cerca}}
      papers: {label: {en: Diploma not recognized, fr: Diplôme non reconnu, es: Título no reconocido}}
      bully: {label: {en: Bullying at school, fr: "Intimidation à l'école", es: Acoso en la escuela}}
    other: true
    next: repair
  repair:
    ask: choice
    text: {en: What should be fixed first?, fr: Que réparer d'abord?, es: ¿Qué hay que arreglar primero?}
    options:
      windows: {label: {en: Windows, fr: Fenêtres, es: Ventanas}}
      streets: {label: {en: Fix the streets, fr: Réparer les rues, es: Arreglar las calles}}
      heat: {label: {en: Electric heat, fr: Électricité, es: Electricidad}}
    other: true
    next: day
  day:
    ask: date
    text: {en: Which day suits you?, fr: Quel jour vous convient?, es: ¿Qué día le conviene?}
    next: done
  done:
    say: {en: Thanks, fr: Merci, es: Gracias}
    end: completed
"""


@pytest.mark.parametrize(
    ("state", "language", "reply", "wanted"),
    [
        ("call", "es", "nadie, me aguanto", "noone"),
        ("help", "fr", "jsp encore", "unsure"),
        ("help", "en", "dunno yet", "unsure"),
        ("help", "es", "quién sabe", "unsure"),
        ("rink", "fr", "aucune des deux", "neither"),
        ("block", "es", "mi titulo no lo reconocen aqui", "papers"),
        ("block", "es", "no reconocen mi titulo", "papers"),
        ("block", "fr", "les profs sont plates", "other"),
        ("block", "en", "some teachers just dont care", "other"),
        ("repair", "es", "los baches", "streets"),
        ("repair", "es", "la puerta de atras", "other"),
        ("repair", "fr", "c qui ca?", "unclear"),
        ("repair", "fr", "c", "heat"),
        ("day", "es", "20 del mes", "2026-12-20"),
        ("day", "fr", "le 20 du mois", "2026-12-20"),
        ("day", "en", "the 20th of the month", "2026-12-20"),
    ],
)
def test_a_reply_means(state: str, language: str, reply: str, wanted: str) -> None:
    assert meaning(_FLOW, state, language, reply) == wanted
