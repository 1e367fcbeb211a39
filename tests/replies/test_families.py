"""Families of wordings, each by a few of its members in several languages, over flows of the corpus."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.loader import load
from flows.replies import Reading, ReplyContext, understand
from tests.replies.report import flow

_NOW = datetime.fromisoformat("2026-11-23T12:00-04:00")


def reading(where: str, language: str, reply: str) -> Reading:
    """What `reply` to the question `flow.state` means."""
    name, state = where.split(".")
    asked = flow(name)
    question = asked.states[state].ask
    assert question is not None
    return understand(question, reply, ReplyContext(language, asked.languages, _NOW))


def value(where: str, language: str, reply: str) -> object:
    """The answer in `reply`; the outcome where there is none."""
    found = reading(where, language, reply)
    return found.value if found.outcome == "answered" else found.command or found.outcome


@pytest.mark.parametrize(
    ("language", "reply", "slot"),
    [
        ("zh", "周日早上", "sun_am"),
        ("uk", "в неділю зранку", "sun_am"),
        ("fr", "samedi pm", "sat_pm"),
        ("tl", "miyerkules gabi", "wed_eve"),
        ("en", "any morning", "unclear"),
        ("en", "not sunday morning", "unclear"),
        ("en", "friday morning", "unclear"),
    ],
)
def test_a_day_and_its_part_name_an_option(language: str, reply: str, slot: str) -> None:
    assert value("market.day", language, reply) == slot


@pytest.mark.parametrize(
    ("language", "reply", "first"),
    [
        ("es", "el muelle no, la carretera", "road"),
        ("uk", "причал ні, дорогу", "road"),
        ("en", "wharf no, road", "road"),
        ("en", "wharf no", "unclear"),
    ],
)
def test_a_no_after_its_option_refuses_it(language: str, reply: str, first: str) -> None:
    assert value("harbour.first", language, reply) == first


@pytest.mark.parametrize(
    ("where", "language", "reply", "named"),
    [
        ("market.barriers", "en", "no parking", ["parking"]),
        ("market.barriers", "tl", "tsaka walang parking", ["parking"]),
        ("market.barriers", "zh", "没有停车位", ["parking"]),
        ("market.barriers", "en", "not parking", "unclear"),
        ("market.barriers", "en", "not the prices, no parking", ["parking"]),
        ("street.at_home", "en", "no internet", "unclear"),
    ],
)
def test_what_there_is_none_of_is_the_trouble(where: str, language: str, reply: str, named: object) -> None:
    assert value(where, language, reply) == named


@pytest.mark.parametrize(
    ("where", "language", "reply", "number"),
    [
        ("hall.years", "es", "treintaicinco", 35),
        ("hall.years", "es", "un cinco", 5),
        ("hall.years", "es", "kince", 15),
        ("hall.years", "en", "twentyfive", 25),
        ("harbour.people", "en", "me n the wife plus 3 kids so 5", 5),
        ("library.seats", "zh", "我和老公两个", 2),
        ("library.seats", "en", "me and 2 kids", "unclear"),
        ("pantry.children", "tl", "12 anyos ang anak ko", "unclear"),
        ("pantry.children", "fr", "mon gars a 12 ans", "unclear"),
        ("pantry.children", "uk", "моєму сину 12", "unclear"),
        ("pantry.children", "en", "one, he's 12", 1),
        ("pantry.children", "en", "2 adults, 3 kids", "unclear"),
    ],
)
def test_numbers_are_put_together_and_ages_count_nobody(where: str, language: str, reply: str, number: object) -> None:
    assert value(where, language, reply) == number


@pytest.mark.parametrize(
    ("where", "language", "reply", "said"),
    [
        ("riders.has_pass", "fr", "j'aimerais bien", "unclear"),
        ("street.join", "fr", "j'aimerais bien", True),
        ("street.join", "uk", "можна", True),
        ("harbour.power_back", "zh", "有电了，不再停电了", True),
        ("harbour.power_back", "zh", "还没来", False),
        ("hall.merge", "fr", "pas d'accord pantoute", "sdisagree"),
        ("hall.merge", "ar", "موافق جدا", "sagree"),
        ("riders.how_often", "fr", "j'ai arrêté de prendre l'autobus", "no_bus"),
        ("rides.fare", "ar", "ولا شي، الوضع صعب", "free"),
        ("market.buy", "zh", "鱼", "unclear"),
        ("harbour.seawall", "tl", "paki ulit po ng tanong", "repeat"),
        ("street.focus", "zh", "di san ge", "jobs"),
    ],
)
def test_yes_and_no_and_other_families(where: str, language: str, reply: str, said: object) -> None:
    assert value(where, language, reply) == said


@pytest.mark.parametrize(
    ("where", "language", "reply", "said"),
    [
        ("street.focus", "en", "used to be parks, now jobs", "jobs"),
        ("street.focus", "fr", "avant c'était le logement mais astheure l'emploi", "jobs"),
        ("street.focus", "es", "antes parques, ahora empleo", "jobs"),
        ("hall.evening", "en", "any night but sunday", "unclear"),
        ("hall.merge", "es", "muy desacuerdo", "sdisagree"),
        ("hall.drill", "tl", "tuwing linggo lang ako free", "unclear"),
        ("hall.drill", "en", "mondays", "unclear"),
        ("hall.drill", "en", "the 4th of january, after xmas break", "2027-01-04"),
        ("hall.firstaid", "en", "yes if possible", True),
        ("street.focus", "en", "oops wrong answer before, back", "back"),
        ("street.focus", "tl", "pwede makausap ang tao talaga", "person"),
        ("street.focus", "fr", "je veux parler a quelquun", "person"),
        ("street.focus", "fr", "jveux pu recevoir ça", "stop"),
        ("street.idea", "tl", "ayaw ko na sumali, wag na mag message ulit", "stop"),
        ("street.best_time", "tl", "ayoko sagutin yan, next na", "skipped"),
        ("street.idea", "en", "i dont want to get these anymore", "stop"),
        ("street.idea", "fr", "j'aimerais ne plus recevoir de messages", "stop"),
        ("street.idea", "fr", "enlevez moi de là", "stop"),
        ("street.idea", "tl", "ayoko na po nito", "stop"),
        ("street.idea", "fr", "arrêter de brûler les vidanges", "arrêter de brûler les vidanges"),
        ("hall.drill", "en", "after march 1", "unclear"),
        ("street.worry", "en", "rent but mostly food", "food"),
        ("library.seats", "tl", "ako lang mag isa", 1),
    ],
)
def test_what_was_and_what_is_and_clauses_that_agree(where: str, language: str, reply: str, said: object) -> None:
    assert value(where, language, reply) == said


_WATER = """
flow: water
title: Water
languages: [en, fr, es, tl]
start: tested
states:
  tested:
    ask: yesno
    text: {en: Have you ever had your water tested?, fr: Avez-vous déjà fait analyser votre eau?, es: ¿Alguna vez ha hecho analizar su agua?, tl: Napa-test mo na ba ang tubig mo?}
    next: pump
  pump:
    ask: yesno
    text: {en: Do you have a pump?, fr: Avez-vous une pompe?, es: ¿Tiene una bomba?, tl: Mayroon ka bang bomba?}
    next: weekly
  weekly:
    ask: yesno
    text: {en: Would you like pickup every week?, fr: Aimeriez-vous un ramassage chaque semaine?, es: ¿Le gustaría recolección cada semana?, tl: Gusto mo ba ng hakot bawat linggo?}
    next: done
  done: {say: {en: Thanks, fr: Merci, es: Gracias, tl: Salamat}, end: completed}
"""


@pytest.mark.parametrize(
    ("state", "language", "reply", "said"),
    [
        ("tested", "en", "last fall", True),
        ("tested", "es", "dos veces", True),
        ("tested", "en", "long time ago yes", True),
        ("tested", "en", "dont think we have", False),
        ("weekly", "en", "last fall", None),
        ("pump", "en", "got a small one", True),
        ("weekly", "en", "got a small one", None),
        ("pump", "fr", "mon voisin oui", None),
        ("pump", "tl", "hindi, sa kapitbahay lang meron", False),
        ("pump", "en", "couldnt get one", False),
        ("weekly", "fr", "aux deux semaines c'est correct", None),
        ("weekly", "en", "fine as is", False),
    ],
)
def test_what_one_has_and_what_has_happened(state: str, language: str, reply: str, said: bool | None) -> None:
    asked = load(_WATER)
    question = asked.states[state].ask
    assert question is not None
    assert understand(question, reply, ReplyContext(language, asked.languages, _NOW)).value is said


_OFTEN = """
flow: often
title: Often
languages: [en, fr, es, uk, zh]
start: often
states:
  often:
    ask: choice
    text: How often?
    options:
      always: {en: Always, fr: Toujours, es: Siempre, uk: Завжди, zh: 总是}
      often: {en: Often, fr: Souvent, es: A menudo, uk: Часто, zh: 经常}
      rarely: {en: Rarely, fr: Rarement, es: Rara vez, uk: Рідко, zh: 很少}
      never: {en: Never, fr: Jamais, es: Nunca, uk: Ніколи, zh: 从不}
    next: hour
  hour: {ask: time, text: What time in the evening?, next: done}
  done: {say: Thanks, end: completed}
"""


@pytest.mark.parametrize(
    ("language", "reply", "said"),
    [
        ("en", "every single time", "always"),
        ("en", "hardly ever", "rarely"),
        ("fr", "tout l'temps", "always"),
        ("fr", "souvan", "often"),
        ("es", "casi nunca", "rarely"),
        ("uk", "жодного разу", "never"),
        ("zh", "几乎不", "rarely"),
    ],
)
def test_how_often_is_said_in_many_ways(language: str, reply: str, said: str) -> None:
    flow_of = load(_OFTEN)
    question = flow_of.states["often"].ask
    assert question is not None
    assert understand(question, reply, ReplyContext(language, flow_of.languages, _NOW)).value == said


def test_an_hour_is_of_the_part_of_the_day_that_is_asked_about() -> None:
    flow_of = load(_OFTEN)
    question = flow_of.states["hour"].ask
    assert question is not None
    context = ReplyContext("en", flow_of.languages, _NOW)
    assert understand(question, "half past seven", context).value == "19:30"
    assert understand(question, "once its dark out", context).outcome == "unclear"


@pytest.mark.parametrize(("name", "tag"), [("ਪੰਜਾਬੀ", "pa"), ("हिन्दी", "hi"), ("Gàidhlig", "gd")])
def test_a_language_that_is_not_spoken_here_is_still_asked_for(name: str, tag: str) -> None:
    found = reading("street.focus", "en", name)
    assert (found.command, found.value) == ("language", tag)


@pytest.mark.parametrize(
    ("language", "reply", "answer"),
    [
        ("en", "i told you no", False),
        ("fr", "je l'ai déjà dit, oui", True),
        ("es", "ya dije que no", False),
        ("ar", "سبق وقلت نعم", True),
        ("uk", "я вже сказала ні", False),
        ("zh", "我说过了不行", False),
        ("tl", "sinabi ko na oo", True),
        ("en", "he told me no", "unclear"),
    ],
)
def test_ones_own_answer_said_again_is_the_answer(language: str, reply: str, answer: object) -> None:
    assert value("clinic.ride", language, reply) == answer
