"""What a resident can say at any point: stop, help, start, back, skip, repeat, a person, another language; texts that cross."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.effects import (
    Answered,
    CommandGiven,
    Effect,
    HandedOver,
    LanguageChanged,
    MayWantToStop,
    Misunderstood,
    RunEnded,
    Say,
)
from flows.engine import reading
from flows.events import Resumed
from flows.replies.reading import Reading, ReplyContext
from tests.flows.talking import NOON, Talk, flow_of, play, talk_to

SURVEY = """
focus: {ask: choice, text: {en: What first?, fr: Quoi d'abord?}, options: {housing: {en: Housing, fr: Logement},
  food: {en: Food, fr: Nourriture}}, next: why}
why: {ask: text, text: {en: Where is it worst?, fr: Le pire endroit?}, optional: true, next: safe}
safe: {ask: scale, text: {en: How safe?, fr: En securite?}, next: done}
done: {say: {en: Thanks., fr: Merci.}, end: completed}
"""


def survey(*replies: str, **context: object) -> Talk:
    talk = talk_to(flow_of(SURVEY), **context)
    for text in replies:
        talk.reply(text)
    return talk


@pytest.mark.parametrize("before", [(), ("1",), ("1", "rent"), ("1", "rent", "purple")])
def test_stop_ends_the_run_at_any_point_and_says_nothing(before: tuple[str, ...]) -> None:
    talk = survey(*before)
    talk.reply("STOP")
    assert talk.effects == (CommandGiven("stop", "STOP"), RunEnded("stopped"))
    assert (talk.run.status, talk.run.outcome, talk.run.due_at) == ("ended", "stopped", None)


@pytest.mark.parametrize("word", ["help", "start"])
def test_help_and_start_are_for_the_conversation_and_the_prompt_comes_again(word: str) -> None:
    talk = survey("1")
    talk.reply(word)
    assert talk.effects == (CommandGiven(word, word), Say("Where is it worst?", "prompt", (), 2, "en"))  # type: ignore[arg-type]
    assert talk.run.visit == 2


def test_the_prompt_is_repeated_on_demand() -> None:
    talk = survey("1", "rent")
    talk.reply("repeat")
    assert talk.effects == (Say("How safe? Reply with a number from 1 to 5.", "prompt", (), 3, "en"),)


def test_back_says_what_was_answered_and_the_new_answer_replaces_it() -> None:
    talk = survey("1", "by the school")
    talk.reply("BACK")
    assert talk.effects == (
        Say('OK, back to: Where is it worst? You said "by the school". Text the new answer.', "prompt", (), 4, "en"),
    )
    talk.reply("on Birch")
    assert talk.of(Answered) == [Answered("why", "on Birch", "on Birch", "why")]
    assert talk.said == ["How safe? Reply with a number from 1 to 5."]
    assert talk.run.answers == {"focus": "housing", "why": "on Birch"}


def test_back_to_a_choice_shows_its_options_again() -> None:
    talk = survey("2")
    talk.reply("back")
    assert talk.said == ['OK, back to: What first?\n1 Housing\n2 Food\nYou said "Food". Text the new answer.']
    talk.reply("back")
    assert talk.said == ["This is the first one, there is nothing before it.", "What first?\n1 Housing\n2 Food"]


def test_back_to_what_was_passed_or_let_go() -> None:
    talk = survey("1", "skip", "back")
    assert talk.said == ["OK, back to: Where is it worst? You passed it. Text the new answer."]


def test_back_to_long_words_says_their_beginning() -> None:
    talk = survey("1", "by the school and on Birch where my mom fell last year when it was icy", "back")
    assert 'You said "by the school and on Birch where my mom fell last year when..."' in talk.said[0]


def test_back_to_a_photo_does_not_read_it_out() -> None:
    talk = talk_to(
        flow_of("a: {ask: photo, text: Show us., next: b}\nb: {ask: text, text: Why?, next: c}\nc: {end: completed}")
    )
    talk.reply("", media=(("photo", "file-1"),))
    talk.reply("back")
    assert talk.said == ["OK, back to: Show us. You answered it. Send the new answer."]


def test_a_question_let_go_after_back_keeps_the_answer_it_had() -> None:
    flow = flow_of(
        "a: {ask: number, text: How many?, tries: 1, next: b}\nb: {ask: text, text: Why?, next: c}\nc: {end: completed}"
    )
    play(flow, "> 7\n> back\n> purple\n< Why?\n= a: 7\n= gave up: a")


def test_a_person_is_promised_and_the_run_waits() -> None:
    talk = survey("1", back_by="tomorrow noon")
    talk.reply("can someone call me")
    assert talk.effects == (
        CommandGiven("person", "can someone call me"),
        Say(
            "Yes. Someone from Shore Road Neighbours will get back to you by tomorrow noon. In danger now? Call 911.",
            "say",
            (),
            0,
            "en",
        ),
        HandedOver(),
    )
    assert talk.run.status == "handed_over"
    assert talk.reply("I am at home") == ()
    assert talk.reply("back") == ()
    assert talk.reply("help") == (CommandGiven("help", "help"),)
    talk.happen(Resumed())
    assert talk.effects == (Say("Where is it worst?", "prompt", (), 2, "en"),)
    talk.reply("Birch")
    assert talk.run.answers["why"] == "Birch"


def test_nobody_has_said_by_when_a_person_answers() -> None:
    talk = survey()
    talk.reply("can someone call me")
    assert talk.said == ["Yes. Someone from Shore Road Neighbours will get back to you. In danger now? Call 911."]


def test_stop_works_while_a_person_answers() -> None:
    talk = survey()
    talk.reply("can someone call me")
    assert talk.reply("stop") == (CommandGiven("stop", "stop"), RunEnded("stopped"))


def test_another_language_from_here_on() -> None:
    talk = survey("1", "rent")
    talk.reply("français")
    assert talk.effects == (
        LanguageChanged("fr"),
        Say("OK, français from here on.", "say", (), 0, "fr"),
        Say("En securite? Reply with a number from 1 to 5.", "prompt", (), 3, "fr"),
    )
    talk.reply("3")
    assert talk.said == ["Merci."]


def test_translated_phrases_are_said_in_the_language_of_the_run() -> None:
    phrases = {"language_changed": {"fr": "OK, en français."}, "hint_scale": {"fr": "Un chiffre de {low} à {high}."}}
    talk = survey("1", "rent", phrases=phrases)
    talk.reply("français")
    assert talk.said[0] == "OK, en français."
    talk.reply("violet")
    assert talk.said == ["Un chiffre de 1 à 5."]
    talk.reply("english")
    assert talk.said[0] == "OK, English from here on."


@pytest.mark.parametrize("pattern", ["{low", "{low, number, {x}}", "{nothing}", ""])
def test_a_broken_translation_falls_back_to_english(pattern: str) -> None:
    talk = survey("1", "rent", phrases={"hint_scale": {"fr": pattern}})
    talk.reply("français")
    talk.reply("violet")
    assert talk.said == ["I need a number from 1 to 5 here."]


def test_a_language_that_the_flow_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    read_as(monkeypatch, "español", Reading("command", command="language", value="es"))
    talk = survey()
    talk.reply("español")
    assert talk.said == ["Sorry, I don't have that one yet. I can text you in: English, français. Which one?"]
    talk.reply("français")
    assert talk.effects[0] == LanguageChanged("fr")


def test_a_language_without_saying_which(monkeypatch: pytest.MonkeyPatch) -> None:
    read_as(monkeypatch, "language", Reading("command", command="language"))
    talk = survey()
    talk.reply("language")
    assert talk.said == ["I can text you in: English, français. Which one?"]
    talk.reply("2")
    assert talk.run.answers == {"focus": "food"}


def test_the_name_of_a_language_answers_which_one_even_where_any_words_would_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_as(monkeypatch, "language", Reading("command", command="language"))
    talk = survey("1")
    talk.reply("language")
    talk.reply("english")
    assert talk.said == ["OK, English from here on.", "Where is it worst?"]


def test_the_name_of_a_language_that_is_an_option_is_an_answer() -> None:
    flow = flow_of(
        "a: {ask: choice, text: Which class?, options: {fr: French, es: Spanish}, next: b}\nb: {end: completed}"
    )
    play(flow, "> French\n= a: fr\n= language: en")


# Texts that cross


def test_a_text_from_before_the_prompt_does_not_answer_it() -> None:
    talk = survey()
    early = NOON + timedelta(seconds=1)
    talk.now = NOON + timedelta(seconds=5)
    talk.reply("1")
    talk.now += timedelta(seconds=1)
    talk.reply("2", received_at=early)
    assert talk.effects == (Say("Where is it worst?", "prompt", (), 2, "en"),)
    assert talk.run.answers == {"focus": "housing"}


def test_a_second_text_from_before_the_next_prompt_extends_an_open_answer() -> None:
    talk = survey("1")
    early = NOON + timedelta(seconds=1)
    talk.now = NOON + timedelta(seconds=5)
    talk.reply("by the school")
    talk.reply("and on Birch", received_at=early)
    whole = "by the school\nand on Birch"
    assert talk.effects == (Answered("why", whole, "and on Birch", "why"),)
    talk.reply("3")
    assert talk.run.answers == {"focus": "housing", "why": whole, "safe": 3}


def test_a_command_from_before_the_prompt_counts() -> None:
    talk = survey()
    talk.now = NOON + timedelta(seconds=5)
    talk.reply("1")
    assert talk.reply("stop", received_at=NOON)[-1] == RunEnded("stopped")


def test_a_tap_on_the_open_prompt_counts_whatever_the_clocks_say() -> None:
    talk = survey(buttons=True)
    talk.reply("", button="food", visit=1, received_at=NOON - timedelta(minutes=1))
    assert talk.run.answers == {"focus": "food"}


# A doubtful wish to stop


def read_as(monkeypatch: pytest.MonkeyPatch, text: str, as_: Reading) -> None:
    real = reading.understand

    def understand(question: object, given: str, context: ReplyContext, **more: object) -> Reading:
        return as_ if given == text else real(question, given, context, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "understand", understand)


def test_a_doubtful_wish_to_stop_is_put_before_a_person_and_its_answer_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "we got to STOP this bill"
    read_as(monkeypatch, words, Reading("answered", value=words, unsure_stop=True))
    talk = survey("1")
    talk.reply(words)
    assert talk.effects == (MayWantToStop(words), HandedOver())
    assert "why" not in talk.run.answers
    talk.happen(Resumed())
    assert talk.of(Answered) == [Answered("why", words, words, "why")]
    assert talk.said == ["How safe? Reply with a number from 1 to 5."]


def test_a_doubtful_wish_to_stop_that_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    read_as(monkeypatch, "enough of this", Reading("unclear", unsure_stop=True))
    talk = survey()
    assert talk.reply("enough of this") == (MayWantToStop("enough of this"), HandedOver())
    assert talk.of(Misunderstood) == []
    talk.happen(Resumed())
    assert talk.said == ["What first?\n1 Housing\n2 Food"]


def kinds(effects: tuple[Effect, ...]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def test_a_command_in_the_middle_of_a_confirmation_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = flow_of("a: {ask: number, text: How many?, confirm: true, next: b}\nb: {end: completed}")
    play(flow, "> 7\n< 7, is that right? Yes or no.\n> stop\n= stopped")
    play(flow, "> 7\n> help\n< How many?\n> 8\n< 8, is that right?\n> yes\n= a: 8")
    talk = talk_to(flow)
    talk.reply("7")
    assert kinds(talk.reply("can someone call me")) == ["CommandGiven", "Say", "HandedOver"]
