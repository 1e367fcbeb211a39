"""Words about one matter find the option that alone is about it."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: box
title: {en: Box, es: Caja, ar: صندوق, uk: Пакунок, zh: 箱子}
languages: [en, es, ar, uk, zh]
start: box
states:
  box:
    ask: choice
    text: {en: What do you need?, es: ¿Qué necesita?, ar: ماذا تحتاج؟, uk: Що вам треба?, zh: 您需要什么？}
    options:
      pets: {label: {en: Pet food, es: Comida para mascotas, ar: طعام الحيوانات, uk: Корм для тварин, zh: 宠物食品}}
      drinks: {label: {en: Drinks, es: Bebidas, ar: مشروبات, uk: Напої, zh: 饮料}}
      tea: {label: {en: Hot tea, es: Té caliente, ar: شاي ساخن, uk: Гарячий чай, zh: 热茶}}
    other: true
    next: done
  done:
    say: {en: Thanks, es: Gracias, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("es", "croquetas para mi perro", "pets"),
        ("ar", "اكل للقطة", "pets"),
        ("uk", "для собаки", "pets"),
        ("zh", "狗粮", "pets"),
        ("zh", "狗", "pets"),
        ("uk", "чай", "tea"),
        ("es", "una manta", "other"),
        ("zh", "热狗机", "other"),
    ],
)
def test_a_word_of_the_matter_names_the_option_that_is_about_it(language: str, reply: str, value: str) -> None:
    assert read(_FLOW, "box", language, reply).value == value


def test_a_matter_of_two_options_names_neither() -> None:
    assert read(_FLOW, "box", "es", "café").value not in ("drinks", "tea")


_LIST = """
flow: table
title: Table
languages: [en]
start: table
states:
  table:
    ask: choices
    text: What can you bring?
    options: {drinks: Drinks, bread: Bread, chairs: Folding chairs}
    next: done
  done: {say: Thanks, end: completed}
"""


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("juice and buns", ["drinks", "bread"]),
        ("juice, pop, some buns and a biscuit", ["drinks", "bread"]),
        ("had my coffee over at the neighbour this morning lovely day", None),
    ],
)
def test_several_may_be_named_by_words_of_their_matters_in_a_short_reply(reply: str, value: list[str] | None) -> None:
    assert read(_LIST, "table", "en", reply).value == value
