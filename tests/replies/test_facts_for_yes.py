"""Facts that are told where yes or no is asked: how many, whether there is enough, and what says the contrary."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: crossing
title: {en: Crossing, fr: Passage, es: Cruce, tl: Tawiran}
languages: [en, fr, es, tl]
start: crash
states:
  crash:
    ask: yesno
    text: {en: Have you seen a crash there?, fr: Avez-vous vu un accident?, es: ¿Ha visto un choque allí?, tl: May nakita ka bang banggaan doon?}
    next: bright
  bright:
    ask: yesno
    text: {en: Is the street bright enough?, fr: La rue est-elle assez éclairée?, es: ¿Hay suficiente luz en la calle?, tl: Sapat ba ang ilaw sa kalye?}
    next: safe
  safe:
    ask: yesno
    text: {en: Is the crossing safe?, fr: Le passage est-il sécuritaire?, es: ¿Es seguro el cruce?, tl: Ligtas ba ang tawiran?}
    next: dark
  dark:
    ask: yesno
    text: {en: Is it dark there?, fr: Fait-il noir là?, es: ¿Está oscuro ahí?, tl: Madilim ba doon?}
    next: lease
  lease:
    ask: yesno
    text: {en: Do you have a lease?, fr: Avez-vous un bail?, es: ¿Tiene contrato?, tl: May kontrata ka ba?}
    next: owner
  owner:
    ask: yesno
    text: {en: Do you own your home?, fr: Êtes-vous propriétaire?, es: ¿Es dueño de su casa?, tl: Sa iyo ba ang bahay?}
    next: alarm
  alarm:
    ask: yesno
    text: {en: Do you have a working smoke alarm?, fr: Avez-vous un avertisseur qui marche?, es: ¿Tiene un detector que funciona?, tl: May gumagana ka bang alarm?}
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}, end: completed}
"""


@pytest.mark.parametrize(
    ("state", "language", "reply", "value"),
    [
        ("crash", "en", "seen two", True),
        ("crash", "en", "a few", True),
        ("crash", "en", "none that i know of", False),
        ("crash", "en", "never seen any", False),
        ("lease", "en", "on a waiting list", False),
        ("lease", "en", "been on the waitlist 3 yrs", None),
        ("lease", "en", "yes but on a waitlist for a new one", True),
        ("safe", "en", "no sorry, i have 3 kids", None),
        ("safe", "fr", "j'ai 78 ans", None),
        ("lease", "en", "i have one", True),
        ("safe", "es", "mejor no", False),
        ("crash", "fr", "pas une fois", False),
        ("crash", "en", "not even once", False),
        ("crash", "fr", "plusieurs", True),
        ("crash", "fr", "j'en ai vu aucun", False),
        ("crash", "fr", "pas à ma connaissance", False),
        ("crash", "es", "vi dos", True),
        ("crash", "es", "no vi nada", False),
        ("crash", "tl", "marami na", True),
        ("bright", "en", "way too dark", False),
        ("bright", "en", "plenty", True),
        ("bright", "en", "not enough", False),
        ("bright", "fr", "y fait ben trop noir", False),
        ("bright", "fr", "assez", True),
        ("bright", "es", "muy oscuro", False),
        ("bright", "es", "bien oscuro", False),
        ("bright", "es", "no alcanza", False),
        ("bright", "tl", "kulang na kulang", False),
        ("bright", "tl", "sapat na", True),
        ("safe", "en", "its dangerous", False),
        ("safe", "fr", "ben dangereux", False),
        ("safe", "es", "muy peligroso", False),
        ("safe", "tl", "delikado po", False),
        ("dark", "en", "pitch black", True),
        ("dark", "es", "está iluminado", False),
        ("owner", "en", "renting", False),
        ("owner", "en", "paid off the mortgage in 09", True),
        ("owner", "fr", "chu locataire", False),
        ("owner", "es", "rentamos", False),
        ("owner", "tl", "sa biyenan ko po itong bahay", False),
        ("alarm", "en", "battery died", False),
        ("alarm", "fr", "y'a pu de batterie dedans", False),
        ("alarm", "es", "está descompuesto", False),
        ("alarm", "tl", "matagal na pong lowbat", False),
        ("lease", "en", "nothing on paper", False),
        ("lease", "tl", "wala po usapan lang", False),
    ],
)
def test_a_fact_answers(state: str, language: str, reply: str, value: bool) -> None:
    assert read(_FLOW, state, language, reply).value is value


@pytest.mark.parametrize(
    ("state", "language", "reply"),
    [
        ("crash", "en", "heard about one"),
        ("bright", "en", "ask my neighbour"),
        ("safe", "en", "safe and dangerous"),
        ("safe", "en", "not dangerous or safe"),
        ("owner", "en", "the owner lives upstairs"),
        ("owner", "es", "el dueño es mi tío"),
        ("alarm", "en", "not broken"),
    ],
)
def test_what_tells_neither_is_asked_about(state: str, language: str, reply: str) -> None:
    assert read(_FLOW, state, language, reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("state", "reply"), [("bright", "yes but too dark in winter"), ("safe", "yes, dangerous at night tho")]
)
def test_a_plain_yes_outweighs_a_fact(state: str, reply: str) -> None:
    assert read(_FLOW, state, "en", reply).value is True


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "i would but my back is bad"),
        ("fr", "j'aimerais mais mon dos est fini"),
        ("es", "me gustaria pero trabajo"),
    ],
)
def test_a_wish_that_a_but_takes_back_is_asked_about_as_a_no(language: str, reply: str) -> None:
    reading = read(_FLOW, "safe", language, reply)
    assert (reading.outcome, reading.suggestion) == ("unclear", False)


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("tl", "di po pwede may trabaho", False),
        ("es", "este sabado no", False),
        ("en", "i would but only mornings", True),
    ],
)
def test_a_no_before_a_verb_and_a_day_of_the_question(language: str, reply: str, value: bool) -> None:
    flow = _FLOW.replace("¿Es seguro el cruce?", "¿Puede venir el sábado?")
    assert read(flow, "safe", language, reply).value is value


@pytest.mark.parametrize("reply", ["d ko sure", "dko sure", "d pa sure"])
def test_a_yes_word_in_not_being_sure_is_no_yes(reply: str) -> None:
    assert read(_FLOW, "lease", "tl", reply).outcome == "unclear"
