"""An amount of time counts in the question's unit, whichever unit the reply has."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: times
title: {en: Times, ar: أوقات, uk: Час, zh: 时间}
languages: [en, ar, uk, zh]
start: hours
states:
  hours:
    ask: number
    text: {en: How many hours was the power out?, ar: كم ساعة انقطعت الكهرباء؟, uk: Скільки годин не було світла?, zh: 停电停了几个小时？}
    range: [0, 400]
    next: minutes
  minutes:
    ask: number
    text: {en: How many minutes do you wait in a day?, ar: كم دقيقة تنتظر في اليوم؟, uk: Скільки хвилин на день ви чекаєте?, zh: 您每天等几分钟？}
    range: [0, 600]
    next: bags
  bags:
    ask: number
    text: {en: How many bags do you put out?, ar: كم كيسا تضع؟, uk: Скільки пакетів ви виставляєте?, zh: 您放几袋？}
    range: [0, 20]
    next: care
  care:
    ask: choice
    text: {en: How many hours of care do you need?, ar: كم ساعة رعاية تحتاج؟, uk: Скільки годин догляду вам треба?, zh: 您需要几小时托儿？}
    options:
      low: {label: {en: 1 to 10, ar: من 1 إلى 10, uk: Від 1 до 10, zh: 1到10小时}}
      mid: {label: {en: 11 to 20, ar: من 11 إلى 20, uk: Від 11 до 20, zh: 11到20小时}}
      high: {label: {en: More than 20, ar: أكثر من 20, uk: Більше 20, zh: 20小时以上}}
    next: slips
  slips:
    ask: choice
    text: {en: How many times did you slip?, ar: كم مرة انزلقت؟, uk: Скільки разів ви послизнулися?, zh: 您滑倒几次？}
    options:
      never: {label: {en: Never, ar: ولا مرة, uk: Жодного разу, zh: 没滑过}}
      few: {label: {en: 1 to 3, ar: من 1 إلى 3, uk: Від 1 до 3, zh: 1到3次}}
      many: {label: {en: More than 3, ar: أكثر من 3, uk: Більше 3, zh: 3次以上}}
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
        ("en", "hours", "2 days", 48),
        ("en", "hours", "a day and a half", 36),
        ("uk", "hours", "добу", 24),
        ("ar", "hours", "شي يومين", 48),
        ("zh", "hours", "两天半", 60),
        ("en", "minutes", "half an hour", 30),
        ("en", "minutes", "30 min a day", 30),
        ("uk", "minutes", "годину", 60),
        ("uk", "minutes", "1 год 20 хв", 80),
        ("ar", "minutes", "نص ساعة باليوم", 30),
        ("zh", "minutes", "一天半小时", 30),
        ("zh", "bags", "两袋", 2),
        ("zh", "care", "15个小时左右", "mid"),
        ("ar", "care", "محتاج 15 ساعة", "mid"),
        ("en", "care", "2 days", "high"),
        ("uk", "care", "больше 20", "high"),
        ("zh", "slips", "一两次", "few"),
        ("uk", "slips", "раз п'ять", "many"),
        ("ar", "slips", "مرة وحدة", "few"),
        ("uk", "slips", "0", "never"),
        ("zh", "slips", "十几次", "many"),
    ],
)
def test_an_amount_is_brought_to_the_unit_that_is_asked_for(
    language: str, state: str, reply: str, value: object
) -> None:
    assert _read(language, state, reply).value == value


@pytest.mark.parametrize(
    ("language", "state", "reply"),
    [
        ("en", "hours", "a few hours"),
        ("en", "hours", "more than a day"),
        ("en", "hours", "2 or 3 days"),
        ("zh", "hours", "七八个小时"),
        ("zh", "bags", "一两袋"),
        ("en", "bags", "2 days"),
    ],
)
def test_an_open_amount_is_asked_about(language: str, state: str, reply: str) -> None:
    assert _read(language, state, reply).outcome == "unclear"
