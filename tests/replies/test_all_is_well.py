"""Replies that tell by what they leave out: all is well, none by a reason, what is going on, add more or leave it as it is."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning

_FLOW = """
flow: street
title: {uk: Вулиця, ar: الشارع, zh: 街道}
languages: [uk, ar, zh]
start: wrong
states:
  wrong:
    ask: choice
    text: {uk: Що вас турбує вдома?, ar: ما المشكلة في بيتك؟, zh: 您家有什么问题？}
    other: true
    options:
      heat: {label: {uk: Опалення, ar: تدفئة, zh: 太冷没有暖气}}
      mould: {label: {uk: Пліснява, ar: رطوبة وعفن, zh: 潮湿发霉}}
      none: {label: {uk: Нічого з цього, ar: لا شيء من هذا, zh: 以上都没有}}
    next: evening
  evening:
    ask: choice
    text: {uk: Який вечір?, ar: أي مساء؟, zh: 哪天晚上？}
    options:
      tue: {label: {uk: Вівторок ввечері, ar: مساء الثلاثاء, zh: 星期二晚上}}
      thu: {label: {uk: Четвер ввечері, ar: مساء الخميس, zh: 星期四晚上}}
      both: {label: {uk: Обидва, ar: كلاهما, zh: 两天都行}}
      neither: {label: {uk: Жоден з них, ar: ولا واحد منهما, zh: 两天都不行}}
    next: lamps
  lamps:
    ask: choice
    text: {uk: Що робити з ліхтарями?, ar: ماذا نفعل بالمصابيح؟, zh: 路灯怎么办？}
    options:
      more: {label: {uk: Поставити більше ліхтарів, ar: إضافة مصابيح أكثر, zh: 多装一些路灯}}
      repair: {label: {uk: Полагодити старі ліхтарі, ar: إصلاح المصابيح القديمة, zh: 修好旧路灯}}
      same: {label: {uk: Залишити як є, ar: إبقاء الوضع كما هو, zh: 保持现状}}
    next: spend
  spend:
    ask: choice
    text: {uk: На що витратити гроші?, ar: على ماذا ننفق المال؟, zh: 钱花在哪里？}
    other: true
    options:
      roads: {label: {uk: Ремонт доріг, ar: إصلاح الطرق, zh: 修路}}
      snow: {label: {uk: Прибирання снігу з доріг, ar: إزالة الثلج عن الطرق, zh: 路面除雪}}
      buses: {label: {uk: Більше автобусів, ar: باصات أكثر, zh: 增加公交车}}
    next: plan
  plan:
    ask: choice
    text: {uk: Як ви голосуєте щодо плану?, ar: كيف تصوت على الخطة؟, zh: 您对计划怎么投票？}
    options:
      for: {label: {uk: За весь план, ar: مع الخطة كلها, zh: 赞成全部计划}}
      part: {label: {uk: Тільки за частину, ar: مع جزء منها فقط, zh: 只赞成一部分}}
      against: {label: {uk: Проти плану, ar: ضد الخطة, zh: 反对计划}}
      unsure: {label: {uk: Ще не вирішили, ar: لم أقرر بعد, zh: 还没决定}}
    next: looking
  looking:
    ask: yesno
    text: {uk: Ви шукаєте роботу?, ar: هل تبحث عن عمل؟, zh: 您在找工作吗？}
    next: noticed
  noticed:
    ask: yesno
    text: {uk: Ви стоїте в черзі?, ar: هل لاحظت الإنارة؟, zh: 您注意到新路灯了吗？}
    next: done
  done: {say: {uk: Дякуємо, ar: شكرا, zh: 谢谢}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("uk", "та все норм, дякую", "none"),
        ("uk", "все добре", "none"),
        ("ar", "كل شي تمام", "none"),
        ("zh", "都挺好的没啥问题", "none"),
        ("zh", "没啥问题", "none"),
        ("uk", "не добре", "unclear"),
        ("zh", "又冷又潮", "unclear"),
        ("zh", "不是冷的问题 是发霉", "mould"),
    ],
)
def test_that_all_is_well_is_none_of_the_troubles(language: str, reply: str, key: str) -> None:
    assert meaning(_FLOW, "wrong", language, reply) == key


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("ar", "ولا واحد بشتغل بالليل", "neither"),
        ("uk", "і той і той ок", "both"),
        ("uk", "ні в той ні в той", "neither"),
        ("zh", "两天都不行", "neither"),
        ("uk", "вівторок", "tue"),
    ],
)
def test_both_and_neither_with_a_word_more(language: str, reply: str, key: str) -> None:
    assert meaning(_FLOW, "evening", language, reply) == key


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("uk", "починіть", "repair"),
        ("uk", "додайте ще біля школи", "more"),
        ("uk", "хай буде як є", "same"),
        ("ar", "صلحوها", "repair"),
        ("ar", "زيدوا كمان عند المدرسة", "more"),
        ("ar", "خلوها متل ما هي", "same"),
        ("zh", "先修", "repair"),
        ("zh", "学校那边再加几个", "more"),
        ("zh", "不用改", "same"),
    ],
)
def test_what_is_to_be_done_is_asked_for(language: str, reply: str, key: str) -> None:
    assert meaning(_FLOW, "lamps", language, reply) == key


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("ar", "الحفر بالشوارع", "roads"),
        ("ar", "الثلج", "snow"),
        ("zh", "路上全是坑", "roads"),
        ("uk", "басів більше", "buses"),
        ("ar", "الباص كل ساعة بيجي زيدوهم", "buses"),
    ],
)
def test_of_two_options_about_a_matter_the_one_about_nothing_else_has_its_words(
    language: str, reply: str, key: str
) -> None:
    assert meaning(_FLOW, "spend", language, reply) == key


@pytest.mark.parametrize(
    ("language", "reply", "key"),
    [
        ("uk", "підтримую повністю", "for"),
        ("uk", "не все подобається", "part"),
        ("uk", "хз", "unsure"),
        ("uk", "ще думаю", "unsure"),
        ("ar", "موافق ع كل شي", "for"),
        ("ar", "مو كلها", "part"),
        ("ar", "لسا عم فكر", "unsure"),
        ("zh", "都赞成", "for"),
        ("zh", "有些可以 有些不行", "part"),
        ("zh", "我反对", "against"),
    ],
)
def test_a_vote_in_other_words(language: str, reply: str, key: str) -> None:
    assert meaning(_FLOW, "plan", language, reply) == key


@pytest.mark.parametrize(
    ("state", "language", "reply", "value"),
    [
        ("looking", "zh", "在找", True),
        ("looking", "zh", "还在找", True),
        ("looking", "zh", "没在找", False),
        ("looking", "zh", "工作", "unclear"),
        ("looking", "uk", "шукаю вже рік", True),
        ("looking", "uk", "не шукаю", False),
        ("noticed", "zh", "没注意", False),
        ("noticed", "zh", "不知道", "unclear"),
        ("noticed", "uk", "вже другий рік стоїмо", True),
        ("noticed", "uk", "неа, обійдемося так", False),
    ],
)
def test_what_is_asked_is_said_of_oneself(state: str, language: str, reply: str, value: object) -> None:
    assert meaning(_FLOW, state, language, reply) == value
