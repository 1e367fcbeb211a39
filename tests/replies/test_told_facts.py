"""A yes or no that a fact tells: a count, one's own verb, another plan; and a choice between numbers that is left open."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: facts
title: {en: Facts, ar: حقائق, uk: Факти, zh: 事实}
languages: [en, ar, uk, zh]
start: kids
states:
  kids:
    ask: yesno
    text: {en: Do you have children under 12?, ar: هل عندك أطفال تحت 12 سنة؟, uk: У вас є діти до 12 років?, zh: 您有12岁以下的孩子吗？}
    next: dark
  dark:
    ask: yesno
    text: {en: Do you walk here after dark?, ar: هل تمشي هنا بعد حلول الظلام؟, uk: "Ви ходите тут пішки, коли темно?", zh: 天黑后您会在这里走路吗？}
    next: warn
  warn:
    ask: choice
    text: {en: How should we warn you?, ar: كيف ننبهك؟, uk: Як вас попередити?, zh: 怎么通知您？}
    options:
      sms: {label: {en: Text message, ar: رسالة نصية, uk: Смс, zh: 短信}}
      call: {label: {en: Phone call, ar: مكالمة, uk: Дзвінок, zh: 电话}}
      radio: {label: {en: Radio, ar: الراديو, uk: Радіо, zh: 广播}}
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
        ("uk", "kids", "двоє", True),
        ("zh", "kids", "两个", True),
        ("ar", "dark", "ما امشي بالليل", False),
        ("zh", "dark", "不去，去儿子家", False),
    ],
)
def test_a_fact_answers(language: str, state: str, reply: str, value: bool) -> None:
    assert _read(language, state, reply).value is value


@pytest.mark.parametrize(("language", "reply"), [("ar", "١ او ٢ عادي"), ("zh", "1或者3都行"), ("uk", "1 або 2")])
def test_one_number_or_another_is_asked_about(language: str, reply: str) -> None:
    assert _read(language, "warn", reply).outcome == "unclear"


@pytest.mark.parametrize(("reply", "value"), [("where do ya get those", None), ("ya", True), ("ya, two", True)])
def test_ya_in_a_question_is_you_and_no_yes(reply: str, value: bool | None) -> None:
    assert _read("en", "kids", reply).value is value
