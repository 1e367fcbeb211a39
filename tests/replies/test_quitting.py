"""What services help people to quit is no wish to be left alone: as an option, in a reply, or with no question open."""

from __future__ import annotations

import pytest

from flows.checks import check
from flows.loader import load
from flows.replies import read_command
from tests.replies.asked import read

_LABELS = {
    "detox": {"en": "Detox", "fr": "Désintox", "ar": "إزالة السموم", "zh": "戒毒"},
    "smoke": {
        "en": "Quit smoking",
        "fr": "Arrêter de fumer",
        "es": "Dejar de fumar",
        "ar": "الإقلاع عن التدخين",
        "uk": "Кинути палити",
        "zh": "戒烟",
        "tl": "Tigil-yosi",
    },
    "drink": {
        "en": "Stop drinking",
        "fr": "Cesser de boire",
        "ar": "وقف الشرب",
        "zh": "停止饮酒",
        "tl": "Itigil ang alak",
    },
    "visit": {
        "en": "Cancel an appointment",
        "fr": "Annuler un rendez-vous",
        "ar": "إلغاء موعد",
        "es": "Cancelar una cita",
    },
    "record": {"en": "Delete my record", "tl": "Burahin ang record ko", "ar": "حذف ملفي"},
    "care": {"en": "End-of-life care", "fr": "Soins de fin de vie"},
}
_OPTIONS = "\n".join(
    f"      {key}: {{label: {{{', '.join(f'{tag}: {text}' for tag, text in label.items())}}}}}"
    for key, label in _LABELS.items()
)
_FLOW = f"""
flow: help
title: {{en: Help}}
languages: [en, fr, es, ar, uk, zh, tl]
start: one
states:
  one:
    ask: choice
    text: {{en: What help would you use?}}
    options:
{_OPTIONS}
    other: true
    next: some
  some:
    ask: choices
    text: {{en: What help would you use? Choose any.}}
    options:
{_OPTIONS}
    next: far
  far:
    ask: choice
    text: {{en: What is hard?, tl: Ano ang mahirap?}}
    options: {{far: {{label: {{en: Too far, tl: Malayo}}}}, cost: {{label: {{en: Cost, tl: Gastos}}}}}}
    other: true
    next: done
  done: {{say: {{en: Thanks}}, end: completed}}
"""
_EVERY = [(key, tag, text) for key, label in _LABELS.items() for tag, text in label.items()]


@pytest.mark.parametrize(("option", "language", "label"), _EVERY)
@pytest.mark.parametrize("more", ["", " please"])
def test_an_option_about_quitting_is_chosen_by_its_name(option: str, language: str, label: str, more: str) -> None:
    one, some = read(_FLOW, "one", language, label + more), read(_FLOW, "some", language, label + more)
    assert (one.value, one.unsure_stop) == (option, False)
    assert (some.value, some.unsure_stop) == ([option], False)


def test_a_flow_may_have_such_options() -> None:
    assert not [found for found in check(load(_FLOW)) if found.code == "stop-word-option"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "stop smoking"),
        ("fr", "arrêter de fumer"),
        ("ar", "إزالة السموم"),
        ("zh", "停止吸烟"),
        ("tl", "itigil ang yosi"),
    ],
)
def test_it_is_no_opt_out_where_no_question_is_open(language: str, text: str) -> None:
    reading = read_command(text, (language,))
    assert reading.command != "stop"
    assert not reading.unsure_stop


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "stop"),
        ("en", "quit"),
        ("en", "cancel"),
        ("fr", "arrêter"),
        ("fr", "annuler"),
        ("es", "cancelar"),
        ("ar", "إلغاء"),
        ("zh", "取消"),
        ("en", "stop texting me"),
        ("fr", "arrêtez les messages"),
        ("ar", "وقف الرسائل"),
    ],
)
@pytest.mark.parametrize("state", ["one", "some"])
def test_a_wish_to_stop_is_heard_beside_such_options(state: str, language: str, reply: str) -> None:
    assert read(_FLOW, state, language, reply).command == "stop"


@pytest.mark.parametrize("reply", ["tama na", "ayoko na po"])
def test_a_wish_to_stop_is_no_slip_of_an_option(reply: str) -> None:
    assert read(_FLOW, "far", "tl", reply).command == "stop"
