""" "All" and "all but" leave out an option that says none of them, and so does a list beside it."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: used
title: {en: Used, fr: Services, es: Servicios, uk: Послуги, zh: 服务, tl: Serbisyo}
languages: [en, fr, es, uk, zh, tl]
start: used
states:
  used:
    ask: choices
    text: {en: Which did you use?, fr: Lesquels avez-vous utilisés ?, es: ¿Cuáles usó?, uk: Чим ви користувалися?, zh: 您用过哪些？, tl: Alin ang nagamit mo?}
    options:
      food: {label: {en: Food bank, fr: Banque alimentaire, es: Banco de alimentos, uk: Продуктовий банк, zh: 食物银行, tl: Food bank}}
      tax: {label: {en: Tax clinic, fr: Clinique d'impôts, es: Clínica de impuestos, uk: Податкова клініка, zh: 报税服务, tl: Tulong sa buwis}}
      club: {label: {en: Job club, fr: Club d'emploi, es: Club de empleo, uk: Клуб роботи, zh: 求职小组, tl: Job club}}
      none: {label: {en: None of these, fr: Aucun de ces services, es: Ninguno, uk: Нічого з цього, zh: 都没用过, tl: Wala sa mga ito}}
    next: done
  done:
    say: {en: Thanks, fr: Merci, es: Gracias, uk: Дякуємо, zh: 谢谢, tl: Salamat}
    end: completed
"""


@pytest.mark.parametrize(
    ("language", "reply", "keys"),
    [
        ("en", "all", ["food", "tax", "club"]),
        ("en", "all three", ["food", "tax", "club"]),
        ("en", "all but the job club", ["food", "tax"]),
        ("en", "everything except 2", ["food", "club"]),
        ("fr", "tous sauf le club d'emploi", ["food", "tax"]),
        ("es", "todos menos el 3", ["food", "tax"]),
        ("uk", "все крім клубу", ["food", "tax"]),
        ("tl", "lahat maliban sa job club", ["food", "tax"]),
        ("en", "none, just the job club", ["club"]),
        ("en", "food bank and none of the others", ["food"]),
        ("zh", "只用过求职小组", ["club"]),
        ("en", "none", ["none"]),
        ("es", "4", ["none"]),
        ("zh", "都没用过", ["none"]),
    ],
)
def test_all_leaves_out_the_option_that_says_none(language: str, reply: str, keys: list[str]) -> None:
    assert read(_FLOW, "used", language, reply).value == keys
