"""Other endings of what options say: gender, a soft sign left out, "second" for another; and what is free beside amounts."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning

_FLOW = """
flow: tenants
title: {uk: Орендарі, ar: المستأجرون, zh: 租客, en: Tenants}
languages: [uk, ar, zh, en]
start: sure
states:
  sure:
    ask: scale
    text: {uk: "Наскільки ви певні?", ar: ما مدى تأكدك؟, zh: 您有多确定？, en: How sure are you?}
    range: [1, 5]
    labels: {1: {uk: зовсім не певен, ar: غير متأكد أبدا, zh: 完全不确定, en: not at all}, 5: {uk: цілком задоволений, ar: متأكد تماما, zh: 非常确定, en: very}}
    next: plan
  plan:
    ask: choice
    text: {uk: Як ви голосуєте?, ar: كيف تصوت؟, zh: 您怎么投票？, en: How do you vote?}
    options:
      for: {label: {uk: За, ar: مع, zh: 赞成, en: For}}
      unsure: {label: {uk: Ще не вирішили, ar: لم أقرر بعد, zh: 还没决定, en: Undecided}}
    next: learn
  learn:
    ask: choice
    text: {uk: Що вивчати?, ar: ماذا تتعلم؟, zh: 学什么？, en: What to learn?}
    other: true
    options:
      english: {label: {uk: Англійська мова, ar: الإنجليزية, zh: 英语, en: English}}
      sewing: {label: {uk: Шиття, ar: خياطة, zh: 缝纫, en: Sewing}}
    next: help
  help:
    ask: choice
    text: {uk: Що вам допомогло б?, ar: ما الذي يساعدك؟, zh: 什么对您有帮助？, en: What would help?}
    options:
      repairs: {label: {uk: Ремонт, ar: تصليح, zh: 维修, en: Repairs}}
      lawyer: {label: {uk: Юрист, ar: محام, zh: 律师, en: A lawyer}}
      move: {label: {uk: Інша квартира, ar: بيت آخر, zh: 别的房子, en: Another home}}
    next: worry
  worry:
    ask: choice
    text: {uk: Що вас турбує?, ar: ما الذي يقلقك؟, zh: 您担心什么？, en: What worries you?}
    options:
      money: {label: {uk: Гроші, ar: المال, zh: 钱, en: Money}}
      nothing: {label: {uk: Нічого, ar: لا شيء, zh: 什么都不担心, en: Nothing}}
    next: fee
  fee:
    ask: choice
    text: {uk: Яка має бути плата?, ar: كم الرسم؟, zh: 收多少？, en: What should it cost?}
    options:
      ten: {label: {uk: 10 доларів, ar: 10 دولار, zh: 收10加元, en: $10}}
      twenty: {label: {uk: 20 доларів, ar: 20 دولار, zh: 收20加元, en: $20}}
      free: {label: {uk: Безкоштовно, ar: مجانا, zh: 不收费, en: Free}}
    next: done
  done: {say: {uk: Дякуємо, ar: شكرا, zh: 谢谢, en: Thanks}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "state", "reply", "value"),
    [
        ("uk", "sure", "зовсім не певна", 1),
        ("uk", "sure", "цілком задоволена", 5),
        ("ar", "sure", "غير متأكدة أبدا", 1),
        ("ar", "sure", "متأكدين تماما", 5),
        ("uk", "plan", "ще не вирішила", "unsure"),
        ("uk", "plan", "ще не вирішив", "unsure"),
    ],
)
def test_a_woman_or_several_may_say_it(language: str, state: str, reply: str, value: object) -> None:
    assert meaning(_FLOW, state, language, reply) == value


@pytest.mark.parametrize("reply", ["англійска", "английская", "английский", "англійську мову", "англійськую"])
def test_an_ending_without_its_soft_sign(reply: str) -> None:
    assert meaning(_FLOW, "learn", "uk", reply) == "english"


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("uk", "другу квартиру", "move"),
        ("uk", "другу квартиру шукаємо", "move"),
        ("ar", "بيت تاني", "move"),
        ("uk", "друге", "lawyer"),
        ("uk", "другий варіант", "lawyer"),
        ("ar", "التاني", "lawyer"),
    ],
)
def test_a_second_one_of_a_kind_is_no_place(language: str, reply: str, value: str) -> None:
    assert meaning(_FLOW, "help", language, reply) == value


@pytest.mark.parametrize(
    ("reply", "value"), [("на 3", 3), ("на трієчку", 3), ("більше 3", "unclear"), ("не на 3", "unclear")]
)
def test_a_mark_is_given_as_a_three(reply: str, value: object) -> None:
    assert meaning(_FLOW, "sure", "uk", reply) == value


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("не хочу більше брати участь в опитуванні", "stop"),
        ("я передумала не хочу більше брати участь", "stop"),
        ("больше не хочу участвовать", "stop"),
        ("хочу брати участь у ремонті", "repairs"),
        ("не хочу брати участь у вечірці", "unclear"),
    ],
)
def test_who_wants_to_take_part_no_more_stops(reply: str, read: str) -> None:
    assert meaning(_FLOW, "help", "uk", reply) == read


@pytest.mark.parametrize(("reply", "value"), [("ночами не сплю", "unclear"), ("нічого", "nothing")])
def test_nothing_has_no_other_forms(reply: str, value: str) -> None:
    assert meaning(_FLOW, "worry", "uk", reply) == value


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("uk", "безплатно", "free"),
        ("uk", "хай буде безплатно", "free"),
        ("ar", "ببلاش احسن", "free"),
        ("zh", "免费", "free"),
        ("zh", "不要钱", "free"),
        ("en", "no charge", "free"),
        ("en", "10", "ten"),
        ("zh", "收20块", "twenty"),
    ],
)
def test_what_is_free_stands_beside_amounts(language: str, reply: str, value: str) -> None:
    assert meaning(_FLOW, "fee", language, reply) == value
