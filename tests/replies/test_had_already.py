"""What one has already, or finds too much, is not what is meant where another thing is named."""

from __future__ import annotations

import pytest

from tests.replies.asked import meaning

_FLOW = """
flow: help
title: {en: Help, fr: Aide, es: Ayuda, tl: Tulong, uk: Допомога, ar: مساعدة, zh: 帮助}
languages: [en, fr, es, tl, uk, ar, zh]
start: need
states:
  need:
    ask: choice
    text: {en: What do you need first?, fr: De quoi avez-vous besoin?, es: ¿Qué necesita primero?, tl: Ano ang kailangan mo?, uk: Що вам потрібно найперше?, ar: ما الذي تحتاجه أولا؟, zh: 您最需要什么？}
    options:
      doctor: {label: {en: A doctor, fr: Un médecin, es: Un médico, tl: Doktor, uk: Лікар, ar: طبيب, zh: 医生}}
      work: {label: {en: Work, fr: Du travail, es: Trabajo, tl: Trabaho, uk: Робота, ar: عمل, zh: 工作}}
      car: {label: {en: A car, fr: Une auto, es: Un carro, tl: Kotse, uk: Машина, ar: سيارة, zh: 汽车}}
    next: outing
  outing:
    ask: choices
    text: {en: What would you like to do?, fr: Que voulez-vous faire?, es: ¿Qué le gustaría hacer?, tl: Ano ang gusto mong gawin?, uk: Що б ви хотіли робити?, ar: ماذا تحب أن تفعل؟, zh: 您想做什么？}
    options:
      skating: {label: {en: Skating, fr: Patinage, es: Patinaje, tl: Skating, uk: Ковзани, ar: تزلج, zh: 滑冰}}
      hiking: {label: {en: Hiking, fr: Randonnée, es: Caminata, tl: Pag-akyat, uk: Похід, ar: مشي, zh: 徒步}}
      swimming: {label: {en: Swimming, fr: Natation, es: Natación, tl: Paglangoy, uk: Плавання, ar: سباحة, zh: 游泳}}
    next: owned
  owned:
    ask: choices
    text: {en: Do you have any of these?, fr: Avez-vous une de ces choses?, es: ¿Tiene alguna de estas cosas?, tl: May ganito ba kayo?, uk: Що у вас є?, ar: هل لديك شيء من هذا؟, zh: 您有没有这些东西？}
    options:
      car: {label: {en: A car, fr: Une auto, es: Un carro, tl: Kotse, uk: Машина, ar: سيارة, zh: 汽车}}
      bike: {label: {en: A bike, fr: Un vélo, es: Una bici, tl: Bisikleta, uk: Велосипед, ar: دراجة, zh: 自行车}}
    next: wrong
  wrong:
    ask: choices
    text: {en: What is wrong at home?, fr: Quel est le problème chez vous?, es: ¿Qué problema hay?, tl: Ano ang problema?, uk: Які проблеми вдома?, ar: ما المشكلة في البيت؟, zh: 家里有什么问题？}
    options:
      kitchen: {label: {en: Kitchen, fr: Cuisine, es: Cocina, tl: Kusina, uk: Кухня, ar: المطبخ, zh: 厨房}}
      bedroom: {label: {en: Bedroom, fr: Chambre, es: Dormitorio, tl: Kuwarto, uk: Спальня, ar: غرفة النوم, zh: 卧室}}
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat, uk: Дякуємо, ar: شكرا, zh: 谢谢}, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "i already have work, now a doctor"),
        ("en", "doctor please, a car i already got"),
        ("fr", "j'ai déjà du travail, il me faut un médecin"),
        ("es", "trabajo ya tengo, un médico"),
        ("tl", "meron na akong trabaho, doktor po"),
        ("uk", "робота вже є, лікаря"),
        ("uk", "роботу вже знайшла, лікаря нема"),
        ("ar", "لقيت شغل الحمدلله، بدي دكتور"),
        ("zh", "工作找到了，要找医生"),
        ("zh", "车有，医生"),
    ],
)
def test_what_one_has_already_is_not_needed(language: str, reply: str) -> None:
    assert meaning(_FLOW, "need", language, reply) == "doctor"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "work, i have a doctor and a car"),
        ("uk", "роботу вже знайшла, лікаря вже маю"),
        ("zh", "有医生，有工作"),
    ],
)
def test_what_is_said_of_all_or_of_none_tells_them_not_apart(language: str, reply: str) -> None:
    assert meaning(_FLOW, "need", language, reply) == "unclear"


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "skating, hiking is too tiring"),
        ("en", "hiking too far. skating"),
        ("fr", "patinage, la randonnée c'est trop long"),
        ("es", "patinaje, la caminata muy pesado"),
        ("uk", "ковзани, похід заважко"),
        ("ar", "تزلج، المشي متعب"),
        ("zh", "滑冰吧，徒步太累"),
    ],
)
def test_what_is_too_much_is_left_out(language: str, reply: str) -> None:
    assert meaning(_FLOW, "outing", language, reply) == ["skating"]


def test_what_is_far_with_more_words_stays_in_the_list() -> None:
    assert meaning(_FLOW, "outing", "en", "skating, hiking but not too far from town") == ["skating", "hiking"]


@pytest.mark.parametrize(
    ("language", "reply"),
    [("en", "already have a car, already got a bike too"), ("uk", "машина вже є, велосипед"), ("zh", "汽车有，自行车")],
)
def test_what_one_has_answers_where_that_is_asked(language: str, reply: str) -> None:
    assert meaning(_FLOW, "owned", language, reply) == ["car", "bike"]


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "kitchen, bedroom is ok"),
        ("uk", "кухня, спальня нормально"),
        ("ar", "المطبخ، غرفة النوم تمام"),
        ("zh", "厨房，卧室还好"),
    ],
)
def test_what_is_fine_is_no_trouble(language: str, reply: str) -> None:
    assert meaning(_FLOW, "wrong", language, reply) == ["kitchen"]
