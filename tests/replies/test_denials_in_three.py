"""What is said no to in Arabic, Ukrainian and Chinese, at the end of a reply and in contrasts; and facts that answer yes or no."""

from __future__ import annotations

import pytest

from tests.replies.asked import read

_FLOW = """
flow: lunch
title: {en: Lunch, ar: غداء, uk: Обід, zh: 午餐}
languages: [en, ar, uk, zh]
start: dishes
states:
  dishes:
    ask: choices
    text: {en: What do you eat?, ar: ماذا تأكل؟, uk: Що ви їсте?, zh: 您吃什么？}
    options:
      fish: {label: {en: Fish, ar: سمك, uk: Риба, zh: 鱼}}
      chicken: {label: {en: Chicken, ar: دجاج, uk: Курка, zh: 鸡肉}}
      salad: {label: {en: Salad, ar: سلطة, uk: Салат, zh: 沙拉}}
    next: come
  come:
    ask: yesno
    text: {en: Will you come?, ar: هل ستأتي؟, uk: Чи прийдете?, zh: 您会来吗？}
    next: used
  used:
    ask: yesno
    text: {en: Have you ever used the food bank?, ar: هل سبق أن استخدمت بنك الطعام؟, uk: Чи ви колись користувалися банком?, zh: 您用过吗？}
    next: people
  people:
    ask: number
    text: {en: How many people?, ar: كم شخصا؟, uk: Скільки людей?, zh: 几口人？}
    range: [1, 20]
    integer: true
    next: done
  done:
    say: {en: Thanks, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


@pytest.mark.parametrize(
    ("language", "reply", "wanted"),
    [
        ("uk", "курочку, рибу не їм", ["chicken"]),
        ("uk", "рибу не треба, салат так", ["salad"]),
        ("zh", "不吃鱼，鸡肉可以", ["chicken"]),
        ("zh", "鸡肉，鱼不吃", ["chicken"]),
        ("ar", "سمك لا، دجاج نعم", ["chicken"]),
        ("ar", "دجاج، سمك ما بحب", ["chicken"]),
    ],
)
def test_what_is_refused_beside_what_is_wanted(language: str, reply: str, wanted: list[str]) -> None:
    assert read(_FLOW, "dishes", language, reply).value == wanted


@pytest.mark.parametrize(("language", "reply"), [("uk", "рибу не їм"), ("zh", "鱼不要"), ("ar", "سمك ما بدي")])
def test_what_is_refused_alone_is_not_chosen(language: str, reply: str) -> None:
    assert read(_FLOW, "dishes", language, reply).outcome == "unclear"


@pytest.mark.parametrize(
    ("state", "language", "reply", "value"),
    [
        ("come", "uk", "не прийду", False),
        ("come", "uk", "прийдемо з чоловіком", True),
        ("used", "uk", "користувалася", True),
        ("used", "ar", "ما استخدمته", False),
        ("used", "ar", "استخدمته", True),
        ("people", "uk", "вдвох", 2),
        ("people", "ar", "عايش لوحدي", 1),
        ("people", "ar", "سبعة نفر", 7),
        ("people", "zh", "一家五口", 5),
    ],
)
def test_facts_answer(state: str, language: str, reply: str, value: object) -> None:
    assert read(_FLOW, state, language, reply).value == value


def test_either_of_two_numbers_is_asked_about() -> None:
    assert read(_FLOW, "people", "ar", "يا ٣ يا ٤").outcome == "unclear"
