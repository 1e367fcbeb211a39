"""A reply that asks us to wait, or what an option means, is no answer: no option, and no other words."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: warmth
title: {en: Warmth}
languages: [en, fr, es, ar, uk, zh, tl]
start: fuel
states:
  fuel:
    ask: choice
    text: {en: What do you heat with?}
    options:
      oil: {label: {en: Oil, fr: Mazout, es: Petróleo, ar: المازوت, uk: Рідке паливо, zh: 燃油, tl: Langis}}
      pump: {label: {en: Heat pump, fr: Thermopompe, es: Bomba de calor, ar: مضخة حرارية, uk: Тепловий насос, zh: 热泵, tl: Heat pump}}
    other: true
    next: wait
  wait:
    ask: number
    text: {en: How many minutes do you wait?, fr: Combien de minutes attendez-vous?, es: ¿Cuántos minutos espera?}
    range: [0, 99]
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


def reading(state: str, language: str, reply: str) -> Reading:
    return read(_FLOW, state, language, reply)


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "one sec, driving"),
        ("en", "let me ask my husband"),
        ("fr", "un instant svp"),
        ("fr", "je demande à mon mari"),
        ("es", "espere tantito"),
        ("es", "le pregunto a mi esposo"),
        ("ar", "لحظة بسأل زوجي"),
        ("uk", "почекайте, запитаю чоловіка"),
        ("zh", "等一下，在开车"),
        ("zh", "我问问老公"),
        ("tl", "saglit lang po"),
        ("tl", "itanong ko muna sa asawa ko"),
    ],
)
def test_a_request_to_wait_is_no_other_answer(language: str, reply: str) -> None:
    assert reading("fuel", language, reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "what's a heat pump?"),
        ("en", "heat pump? whats that"),
        ("fr", "thermopompe c'est quoi"),
        ("fr", "ça veut dire quoi thermopompe"),
        ("es", "qué es una bomba de calor"),
        ("ar", "شو يعني مضخة حرارية"),
        ("uk", "тепловий насос це що"),
        ("zh", "热泵是什么"),
        ("zh", "什么是热泵"),
        ("tl", "heat pump ano yun"),
    ],
)
def test_asking_what_an_option_means_chooses_nothing(language: str, reply: str) -> None:
    assert reading("fuel", language, reply).value is None


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "hold on, oil", "oil"),
        ("en", "second one", "pump"),
        ("en", "what we have is a heat pump", "pump"),
        ("fr", "la seconde", "pump"),
        ("fr", "c'est le mazout", "oil"),
        ("ar", "ايه المازوت", "oil"),
    ],
)
def test_an_answer_beside_such_words_counts(language: str, reply: str, value: str) -> None:
    assert reading("fuel", language, reply).value == value


@pytest.mark.parametrize(("language", "reply"), [("en", "1 min"), ("fr", "une minute"), ("es", "un minuto")])
def test_a_minute_answers_where_minutes_are_counted(language: str, reply: str) -> None:
    assert reading("wait", language, reply).value == 1
