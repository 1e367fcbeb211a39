"""Wishes to be left alone as French and Spanish speakers text them, and complaints of the street that sound like one."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning, read

_FLOW = """
flow: budget
title: {fr: Budget, es: Presupuesto}
languages: [fr, es]
start: spend
states:
  spend:
    ask: choice
    text: {fr: Que faire d'abord dans votre rue?, es: ¿Qué hacer primero en su calle?}
    options:
      lamps: {label: {fr: Lampadaires, es: Faroles}}
      walks: {label: {fr: Trottoirs, es: Aceras}}
    other: true
    next: more
  more:
    ask: text
    text: {fr: Un mot de plus pour le conseil?, es: ¿Algo más para el concejo?}
    next: done
  done:
    say: {fr: Merci, es: Gracias}
    end: completed
"""


@pytest.mark.parametrize("state", ["spend", "more"])
@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("fr", "svp ne plus me contacter"),
        ("fr", "lachez moi avec vos questions"),
        ("fr", "j'veux pu rien savoir de vos textos"),
        ("fr", "arrêtez de me poser des questions"),
        ("fr", "je souhaite ne plus être contacté"),
        ("fr", "svp me retirer de la liste d'envoi"),
        ("fr", "veuillez ne plus m'envoyer de textos"),
        ("fr", "chu écoeuré de vos textos"),
        ("fr", "mettez fin à mon inscription"),
        ("fr", "fini pour moi les sondages"),
        ("fr", "supprimez mes coordonnées"),
        ("es", "parele ya con los mensajes"),
        ("es", "quiero dar de baja este servicio"),
        ("es", "cómo le hago para darme de baja"),
        ("es", "no me sigan escribiendo"),
        ("es", "favor de no contactarme"),
        ("es", "no manden mas por favor"),
        ("es", "estoy hasta la madre de sus mensajes"),
        ("es", "cancelar mi participación"),
        ("es", "eliminen mis datos"),
        ("es", "olvídense de mi"),
    ],
)
def test_to_be_left_alone_is_asked_in_many_words(state: str, language: str, reply: str) -> None:
    assert meaning(_FLOW, state, language, reply) == "stop"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("fr", "ne plus me sentir seule"),
        ("fr", "plus de contact entre voisins"),
        ("fr", "qu'ils arrêtent de couper les arbres"),
        ("fr", "mon proprio arrête pas de m'écrire"),
        ("fr", "trop de questions sur les formulaires"),
        ("fr", "retirer la neige plus vite"),
        ("es", "dar de baja el carro viejo"),
        ("es", "mi casero no deja de molestarme"),
        ("es", "que no me molesten los vecinos"),
        ("es", "quiten la nieve de las aceras"),
        ("es", "cancelar la deuda"),
        ("es", "salir de la deuda"),
    ],
)
def test_a_complaint_is_no_wish_to_stop(language: str, reply: str) -> None:
    found = read(_FLOW, "more", language, reply)
    assert (found.outcome, found.unsure_stop) == ("answered", False)
