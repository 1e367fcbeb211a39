"""Words about one matter find the option that alone is about it."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from flows.replies.word_files import WORDS
from flows.replies.words import phrases, words
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
    source = _FLOW.replace("Té caliente", "Bebidas frías")
    assert read(source, "box", "es", "jugo").value not in ("drinks", "tea")


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


_NEEDS = """
flow: needs
title: Needs
languages: [en, fr, zh]
start: need
states:
  need:
    ask: choice
    text: {en: What would help you most?, fr: "Qu'est-ce qui vous aiderait le plus?", zh: 什么最能帮到您？}
    options:
      mind: {label: {en: Mental health support, fr: Soutien en santé mentale, zh: 心理健康支持}}
      food: {label: {en: A box of food, fr: Une boîte de nourriture, zh: 一箱食物}}
      animals: {label: {en: My pets}}
    other: true
    next: done
  done: {say: {en: Thanks, fr: Merci, zh: 谢谢}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "some buns", "food"),
        ("en", "canned stuff", "food"),
        ("en", "my dog", "animals"),
        ("en", "hospital", "other"),
        ("fr", "mon minou", "animals"),
    ],
)
def test_an_option_is_named_by_what_is_part_of_its_matter_in_any_language(
    language: str, reply: str, value: str
) -> None:
    assert read(_NEEDS, "need", language, reply).value == value


def test_a_narrower_matter_has_its_words_before_a_wider_one() -> None:
    source = _NEEDS.replace("      animals:", "      bread: {label: {en: Bread}}\n      animals:")
    assert read(source, "need", "en", "some buns").value == "bread"


def test_a_wider_matter_asks_which_of_its_parts_is_meant() -> None:
    source = _LIST.replace("drinks: Drinks, bread: Bread", "fruit: Fresh fruit, meat: Meat").replace(
        "choices", "choice"
    )
    assert set(read(source, "table", "en", "groceries").between) == {"fruit", "meat"}


def test_what_few_labels_of_an_option_say_lends_it_no_parts_of_a_matter() -> None:
    source = """
flow: box
title: Box
languages: [en, fr, es, tl]
start: box
states:
  box:
    ask: choice
    text: {en: Which?, fr: Laquelle?, es: ¿Cuál?, tl: Alin?}
    options:
      kit: {label: {en: Kit, fr: Boîte de nourriture, es: Bolsa, tl: Bayong}}
      toys: {label: {en: Toys, fr: Jouets, es: Juguetes, tl: Laruan}}
    other: true
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}, end: completed}
"""
    assert read(source, "box", "fr", "bouffe").value == "kit"
    assert read(source, "box", "fr", "poulet").value == "kit"
    pets = source.replace("Kit", "Pet food").replace("Bolsa", "Mascotas").replace("Bayong", "Alagang hayop")
    assert read(pets, "box", "fr", "poulet").value == "other"


def test_no_heat_is_no_answer_to_what_one_has() -> None:
    source = _LIST.replace("What can you bring?", "What do you have at home?").replace("bread: Bread", "heat: Heat")
    assert read(source, "table", "en", "no heat").value != ["heat"]
    assert read(source.replace("do you have at home", "is wrong"), "table", "en", "no heat").value == ["heat"]


def test_a_phrase_of_a_matter_names_it_among_more_words_than_a_word_does() -> None:
    assert read(_LIST, "table", "en", "ginger ale bubbly frosty zesty").value == ["drinks"]
    assert read(_LIST, "table", "en", "lemonade bubbly frosty zesty").value is None


def test_what_is_part_of_a_matter_is_a_matter() -> None:
    body = YAML(typ="safe", pure=True).load(WORDS / "matters.yaml")
    english = words("en").matters
    unknown = {part for parts in body.values() for part in phrases(parts)} - english.keys()
    assert not unknown


def test_a_language_beside_a_word_of_a_matter_makes_it_another_thing() -> None:
    source = _LIST.replace("ask: choices", "ask: choice").replace("next: done", "other: true\n    next: done")
    assert read(source, "table", "en", "Arabic coffee").value == "other"
    assert read(source, "table", "en", "coffee").value == "drinks"


_BARRIER = """
flow: barrier
title: Barrier
languages: [en, fr, tl, zh]
start: barrier
states:
  barrier:
    ask: choice
    text: {en: What keeps them away?, fr: Qu'est-ce qui les empêche de venir?, tl: Ano ang dahilan?, zh: 他们为什么不来？}
    options:
      bully: {label: {en: Bullying at school, fr: Intimidation à l'école, tl: Binu-bully sa school, zh: 学校里的欺凌}}
      windows: {label: {en: Windows, fr: Fenêtres, tl: Mga bintana, zh: 窗户}}
      bus: {label: {en: Transit, fr: Transport, tl: Transportasyon, zh: 交通}}
    other: true
    next: done
  done: {say: {en: Thanks, fr: Merci, tl: Salamat, zh: 谢谢}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "they get teased", "bully"),
        ("en", "some teachers just dont care", "other"),
        ("fr", "les profs sont plates", "other"),
        ("tl", "yung pinto sa likod", "other"),
        ("zh", "车库门关不上", "other"),
        ("zh", "老师不管", "other"),
        ("en", "cracked window", "windows"),
        ("en", "bus", "bus"),
        ("en", "the ferry never runs", None),
    ],
)
def test_words_of_another_matter_are_kept_or_asked_about_where_other_words_are_taken(
    language: str, reply: str, value: str | None
) -> None:
    """What is named by the place in its label, or by a part of a wider matter amid other words, is guessed too often."""
    assert read(_BARRIER, "barrier", language, reply).value == value


_ROADS = """
flow: roads
title: {en: Roads}
languages: [en]
start: first
states:
  first:
    ask: choice
    text: {en: What first?}
    options:
      a: {label: {en: Road repair}}
      b: {label: {en: Snow on roads}}
      c: {label: {en: Housing}}
    next: done
  done: {say: {en: Thanks}, end: completed}
"""


@pytest.mark.parametrize("reply", ["potholes", "asphalt", "the pavement is cracked"])
def test_of_two_options_about_a_matter_the_one_about_nothing_else_has_its_words(reply: str) -> None:
    assert read(_ROADS, "first", "en", reply).value == "a"
