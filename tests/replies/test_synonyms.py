"""An option is found by other words for what its label says, and a Chinese one by a character that no other option has."""

from __future__ import annotations

import pytest

from flows.replies.words import languages, words
from tests.replies.asked import meaning, read

_FLOW = """
flow: bills
title: {en: Bills, ar: فواتير, uk: Рахунки, zh: 账单}
languages: [en, ar, uk, zh]
start: bill
states:
  bill:
    ask: choice
    text: {en: Which bill is hard to pay?, ar: أي فاتورة صعبة؟, uk: Який рахунок важко сплачувати?, zh: 哪笔开支吃力？}
    options:
      heat: {label: {en: Heating, ar: التدفئة, uk: Опалення, zh: 取暖}}
      food: {label: {en: Pet food, ar: طعام الحيوانات, uk: Корм для тварин, zh: 宠物食品}}
      tooth: {label: {en: Dentist, ar: طبيب الأسنان, uk: Стоматолог, zh: 牙医}}
      fuel: {label: {en: Gas, ar: البنزين, uk: Бензин, zh: 汽油}}
    other: true
    next: road
  road:
    ask: choice
    text: {en: What first?, ar: ماذا أولا؟, uk: Що перше?, zh: 先做什么？}
    options:
      holes: {label: {en: Potholes, ar: الحفر, uk: Ями, zh: 路坑}}
      lights: {label: {en: Street lights, ar: إنارة الشارع, uk: Ліхтарі, zh: 路灯}}
      fence: {label: {en: Fence, ar: السياج, uk: Паркан, zh: 围栏}}
    next: done
  done:
    say: {en: Thanks, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


def _value(state: str, language: str, reply: str) -> object:
    return meaning(_FLOW, state, language, reply)


@pytest.mark.parametrize(
    ("language", "reply", "named"),
    [
        ("uk", "за отопление", "heat"),
        ("uk", "зубного лікаря", "tooth"),
        ("uk", "пальне", "fuel"),
        ("ar", "الصوبة", "heat"),
        ("ar", "دكتور سنان", "tooth"),
        ("ar", "والوقود", "fuel"),
        ("zh", "暖气费", "heat"),
        ("zh", "看牙", "tooth"),
    ],
)
def test_another_word_for_a_label_finds_its_option(language: str, reply: str, named: str) -> None:
    assert _value("bill", language, reply) == named


@pytest.mark.parametrize(("language", "reply"), [("uk", "інтернет"), ("ar", "النت"), ("zh", "手机")])
def test_what_no_option_has_stays_in_the_writers_own_words(language: str, reply: str) -> None:
    assert _value("bill", language, reply) == "other"


@pytest.mark.parametrize(("reply", "named"), [("油价涨死了", "fuel"), ("牙", "tooth")])
def test_a_character_that_one_label_alone_has_finds_it(reply: str, named: str) -> None:
    assert _value("bill", "zh", reply) == named


def test_one_character_in_a_long_reply_is_only_a_suggestion() -> None:
    found = read(_FLOW, "bill", "zh", "上次去超市碰到油漆工人摔跤")
    assert (found.outcome, found.suggestion) == ("unclear", "fuel")


@pytest.mark.parametrize(("reply", "named"), [("大坑太多", "holes"), ("栏杆", "fence"), ("路", "unclear")])
def test_a_character_of_two_labels_finds_neither(reply: str, named: str) -> None:
    assert _value("road", "zh", reply) == named


def test_a_groups_word_that_is_another_options_own_stays_its_own() -> None:
    flow = _FLOW.replace("uk: Опалення", "uk: Пальне")
    assert read(flow, "bill", "uk", "пальне").value == "heat"
    assert read(flow, "bill", "uk", "бензин").value == "fuel"


def test_every_group_has_several_words() -> None:
    groups = [group for language in languages() for group in words(language).synonyms]
    assert groups
    assert all(len(group) > 1 for group in groups)
