"""Ukrainian, Arabic and Chinese in Latin letters are read as what they stand for."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: bins
title: {en: Bins, ar: قمامة, uk: Сміття, zh: 垃圾}
languages: [en, ar, uk, zh]
start: day
states:
  day:
    ask: choice
    text: {en: Which day suits you?, ar: أي يوم يناسبك؟, uk: Який день вам зручний?, zh: 哪天对您方便？}
    options:
      tue: {label: {en: Tuesday, ar: الثلاثاء, uk: Вівторок, zh: 星期二}}
      thu: {label: {en: Thursday, ar: الخميس, uk: Четвер, zh: 星期四}}
      sat: {label: {en: Saturday, ar: السبت, uk: Субота, zh: 星期六}}
    next: heat
  heat:
    ask: choice
    text: {en: How do you heat?, ar: كيف تدفئ بيتك؟, uk: Чим опалюєте?, zh: 您用什么取暖？}
    options:
      wood: {label: {en: Wood, ar: الحطب, uk: Дрова, zh: 木柴}}
      electric: {label: {en: Electricity, ar: الكهرباء, uk: Електрика, zh: 电}}
    other: true
    next: worry
  worry:
    ask: text
    text: {en: What worries you?, ar: ما الذي يقلقك؟, uk: Що вас турбує?, zh: 您担心什么？}
    next: done
  done:
    say: {en: Thanks, ar: شكرا, uk: Дякуємо, zh: 谢谢}
    end: completed
"""


def _read(language: str, state: str, reply: str) -> Reading:
    return read(_FLOW, state, language, reply)


@pytest.mark.parametrize(
    ("language", "state", "reply", "value"),
    [
        ("uk", "day", "v subotu, dyakuyu", "sat"),
        ("uk", "heat", "drovamy", "wood"),
        ("ar", "day", "el 5amees", "thu"),
        ("ar", "heat", "7atab", "wood"),
        ("zh", "day", "xingqi er", "tue"),
        ("zh", "heat", "mu chai", "wood"),
        ("zh", "worry", "bing tai hou le", "bing tai hou le"),
        ("uk", "heat", "propane", "other"),
        ("ar", "heat", "propane", "other"),
    ],
)
def test_an_answer_in_latin_letters_is_found_and_a_strange_one_kept(
    language: str, state: str, reply: str, value: str
) -> None:
    assert _read(language, state, reply).value == value


@pytest.mark.parametrize(
    ("language", "reply"),
    [("uk", "ne pyshit meni bilshe"), ("ar", "khalas la tb3atoli msgs"), ("zh", "bie zai fa le, tuiding")],
)
def test_a_wish_to_stop_in_latin_letters_is_heard(language: str, reply: str) -> None:
    assert _read(language, "worry", reply).command == "stop"
