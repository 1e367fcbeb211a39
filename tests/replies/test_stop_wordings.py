"""Wishes to stop in dialects, with words written onto them and after the keyword; and what merely sounds like one."""

from __future__ import annotations

import pytest

from flows.replies import Reading
from tests.replies.asked import read

_FLOW = """
flow: care
title: {en: Care, ar: رعاية, uk: Догляд, zh: 托儿}
languages: [en, ar, uk, zh]
start: evening
states:
  evening:
    ask: yesno
    text: {en: Would you come in the evening?, ar: هل تأتي في المساء؟, uk: Чи прийшли б ви увечері?, zh: 晚上您会来吗？}
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
    ("language", "reply"),
    [
        ("ar", "لا وبطلو تبعتولي رسايل"),
        ("ar", "ماعايز رسائل تاني منكم"),
        ("ar", "لا تدزون رسايل بعد"),
        ("uk", "хватит мне писать"),
        ("uk", "STOP не пишіть більше"),
        ("zh", "STOP 不要发了"),
        ("zh", "請停止發送簡訊"),
    ],
)
@pytest.mark.parametrize("state", ["evening", "worry"])
def test_a_wish_to_stop_is_heard_on_any_question(language: str, state: str, reply: str) -> None:
    assert _read(language, state, reply).command == "stop"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("ar", "يوقفوا السيارات قدام الحضانة"),
        ("uk", "щоб не кричали на дітей"),
        ("zh", "老师不要打孩子"),
        ("zh", "停电时孩子怎么办"),
    ],
)
def test_a_worry_is_no_wish_to_stop(language: str, reply: str) -> None:
    assert _read(language, "worry", reply).value == reply
