"""Slips of input methods, a way to be reached instead of another, cases of Ukrainian words, and a statement said again."""

from __future__ import annotations

import pytest

from flows.replies.stems import stems
from tests.replies.asked import meaning

_FLOW = """
flow: town
title: {en: Town, ar: بلدة, uk: Місто, zh: 镇}
languages: [en, ar, uk, zh]
start: road
states:
  road:
    ask: choice
    text: {en: What first?, ar: ماذا أولا؟, uk: Що перше?, zh: 先修什么？}
    options:
      lights: {label: {en: Street lights, ar: إنارة الشارع, uk: Ліхтарі, zh: 路灯}}
      bridge: {label: {en: The bridge, ar: الجسر, uk: Міст, zh: 桥}}
      stop: {label: {en: The bus stop, ar: موقف الباص, uk: Зупинка, zh: 公交站}}
    next: reach
  reach:
    ask: choice
    text: {en: How do we reach you?, ar: كيف نتواصل معك؟, uk: Як вам повідомляти?, zh: 怎么通知您？}
    options:
      text: {label: {en: Text message, ar: رسالة نصية, uk: СМС, zh: 短信}}
      call: {label: {en: Phone call, ar: مكالمة, uk: Дзвінок, zh: 电话}}
    next: cars
  cars:
    ask: choice
    text: {en: Cars should be banned., ar: يجب منع السيارات., uk: Слід заборонити авто., zh: 应禁止车辆。}
    options:
      agree: {label: {en: Agree, ar: موافق, uk: Згоден, zh: 同意}}
      disagree: {label: {en: Disagree, ar: غير موافق, uk: Не згоден, zh: 不同意}}
    next: ride
  ride:
    ask: yesno
    text: {en: Would you ride?, ar: هل ستركب؟, uk: Чи їздили б ви?, zh: 您会坐吗？}
    next: barrier
  barrier:
    ask: choice
    text: {en: What keeps you from coming?, ar: ما الذي يمنعك؟, uk: Що вам заважає?, zh: 什么妨碍您来？}
    options:
      time: {label: {en: No time, ar: لا وقت لدي, uk: Немає часу, zh: 没时间}}
      health: {label: {en: My health, ar: صحتي, uk: Здоров'я, zh: 身体不好}}
      language: {label: {en: My English, ar: لغتي الإنجليزية, uk: Моя англійська, zh: 英语不好}}
    other: true
    next: done
  done:
    say: {en: Thanks, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


def _value(state: str, language: str, reply: str) -> object:
    return meaning(_FLOW, state, language, reply)


def test_a_slip_of_an_input_method_finds_what_it_sounds_like() -> None:
    assert _value("road", "zh", "路等") == "lights"
    assert _value("road", "zh", "道路") == "unclear"


@pytest.mark.parametrize(
    ("reply", "named"), [("на мосту", "bridge"), ("біля мосту", "bridge"), ("на зупинці", "stop"), ("мости", "bridge")]
)
def test_ukrainian_cases_with_another_vowel_or_consonant(reply: str, named: str) -> None:
    assert _value("road", "uk", reply) == named


def test_words_that_only_look_alike_share_no_stem() -> None:
    assert not set(stems("сік")) & set(stems("сад"))
    assert not set(stems("парк")) & set(stems("порт"))


@pytest.mark.parametrize(("language", "reply"), [("zh", "别打电话，发短信"), ("uk", "не дзвоніть, пишіть смс")])
def test_one_way_to_be_reached_instead_of_another_is_no_wish_to_stop(language: str, reply: str) -> None:
    assert _value("reach", language, reply) == "text"


@pytest.mark.parametrize(("language", "reply"), [("zh", "不要再发短信了"), ("uk", "не пишіть мені більше")])
def test_a_wish_to_stop_is_one_there_too(language: str, reply: str) -> None:
    assert _value("reach", language, reply) == "stop"


@pytest.mark.parametrize(
    ("language", "reply", "named"),
    [("uk", "заборонити", "agree"), ("uk", "не забороняйте", "disagree"), ("zh", "应该禁", "agree")],
)
def test_a_statement_said_again_agrees_with_it(language: str, reply: str, named: str) -> None:
    assert _value("cars", language, reply) == named


@pytest.mark.parametrize(("reply", "value"), [("坐", True), ("不坐", False), ("车", "unclear")])
def test_the_verb_that_is_asked_answers(reply: str, value: object) -> None:
    assert _value("ride", "zh", reply) == value


@pytest.mark.parametrize(
    ("language", "reply"), [("uk", "мова"), ("ar", "اللغة"), ("zh", "不会英文"), ("zh", "英语不行")]
)
def test_the_language_that_is_in_the_way_is_no_wish_to_change_it(language: str, reply: str) -> None:
    assert _value("barrier", language, reply) == "language"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("uk", "не треба мені ваших повідомлень"),
        ("uk", "припиняйте"),
        ("ar", "ماعاد بدي منكم رسائل"),
        ("uk", "достали ваші смски"),
        ("uk", "хочу припинити участь"),
        ("zh", "把我号码删掉"),
        ("ar", "خلاص بطلت بدي"),
    ],
)
def test_wishes_to_stop_where_other_words_are_taken(language: str, reply: str) -> None:
    assert _value("barrier", language, reply) == "stop"
