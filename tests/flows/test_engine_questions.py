"""Questions: asked, answered, tried again, let go; every kind of them, in the words that a resident reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.definition import Question
from flows.effects import Answered, Button, GaveUp, Misunderstood, RunEnded, Say
from flows.engine import reading
from flows.replies.reading import Reading, ReplyContext
from tests.flows.talking import flow_of, play, talk_to

CHOICE = """
focus:
  ask: choice
  text: What first?
  options: {housing: Housing, food: Food, jobs: Jobs}
  next: done
done: {say: Thanks., end: completed}
"""
ALONE = """
q:
  ask: %s
  text: Ask.
  %s
  next: done
done: {say: Thanks., end: completed}
"""


def alone(kind: str, more: str = "") -> str:
    return ALONE % (kind, more)


def test_a_choice_is_asked_with_its_options_a_line_each() -> None:
    play(flow_of(CHOICE), "< What first?\n  1 Housing\n  2 Food\n  3 Jobs\n> 2\n< Thanks.\n= focus: food\n= completed")
    assert talk_to(flow_of(CHOICE)).effects == (Say("What first?\n1 Housing\n2 Food\n3 Jobs", "prompt", (), 1, "en"),)


def test_an_answer_is_told_with_its_words_to_the_letter() -> None:
    talk = talk_to(flow_of(CHOICE))
    talk.reply(" Food! ")
    assert talk.effects == (
        Answered("focus", "food", " Food! ", "focus"),
        Say("Thanks.", "say", (), 0, "en"),
        RunEnded("completed"),
    )
    assert (talk.run.status, talk.run.outcome, talk.run.due_at) == ("ended", "completed", None)


def test_options_stand_where_the_text_wants_them() -> None:
    states = CHOICE.replace("What first?", "'Pick: {options} Which?'")
    assert talk_to(flow_of(states)).said == ["Pick: 1 Housing\n2 Food\n3 Jobs Which?"]


def test_something_else_is_the_last_option_and_keeps_the_words() -> None:
    states = CHOICE.replace("next: done", "other: true\n  next: done", 1)
    play(flow_of(states), "< 4 Something else\n> the buses\n< Thanks.\n= focus: other\n= focus_other: the buses")


def test_something_else_picked_by_number_is_asked_for_its_words() -> None:
    states = CHOICE.replace("next: done", "other: true\n  next: done", 1)
    talk = talk_to(flow_of(states))
    talk.reply("4")
    assert talk.said == ["What would that be? A few words will do."]
    talk.reply("Bus shelters")
    assert talk.of(Answered) == [Answered("focus", "other", "4\nBus shelters", "focus", other="Bus shelters")]
    play(flow_of(states), "> 4\n< What would that be?\n> 2\n< Thanks.\n= focus: food")
    play(flow_of(states), "> 4\n< What would that be?\n> skip\n< Thanks.\n= focus: other")
    play(flow_of(states), "> 4\n< What would that be?\n> stop\n= command: stop\n= stopped")


def test_a_flow_that_asks_for_the_words_itself_is_left_to_it() -> None:
    states = """
    focus:
      ask: choice
      text: What first?
      options: {housing: Housing}
      other: true
      next: [{when: answer == "other", go: what}, {go: done}]
    what: {ask: text, text: Tell us., next: done}
    done: {say: Thanks., end: completed}
    """
    play(flow_of(states), "> 2\n< Tell us.\n> buses\n< Thanks.\n= what: buses")


def test_words_for_other_after_back_do_not_outlive_a_new_answer() -> None:
    states = (
        CHOICE.replace("next: done", "other: true\n  next: more", 1) + "more: {ask: yesno, text: Sure?, next: done}"
    )
    talk = talk_to(flow_of(states))
    for text in ("the buses", "back", "2"):
        talk.reply(text)
    assert talk.run.answers == {"focus": "food"}


def test_two_options_named_are_both_noted_and_asked_which_first() -> None:
    talk = talk_to(flow_of(CHOICE))
    talk.reply("jobs and housing")
    assert talk.said == ["Both noted. Which one first: 1 Housing or 3 Jobs?"] or talk.said == [
        "Both noted. Which one first: 3 Jobs or 1 Housing?"
    ]
    assert talk.run.pending is not None
    talk.reply("3")
    assert talk.of(Answered) == [Answered("focus", "jobs", "jobs and housing\n3", "focus", also=("housing",))]
    assert talk.run.answers == {"focus": "jobs", "focus_also": ["housing"]}


def test_of_the_options_named_another_may_still_be_picked_by_name() -> None:
    play(flow_of(CHOICE), "> jobs and housing\n< Which one first\n> food\n< Thanks.\n= focus: food")
    play(flow_of(CHOICE), "> jobs and housing\n< Which one first\n> both\n< Just one of these\n> jobs\n= focus: jobs")
    play(flow_of(CHOICE), "> jobs and housing\n< Which one first\n> skip\n< I do need this one.")
    play(flow_of(CHOICE), "> jobs and housing\n< Which one first\n> stop\n= stopped")


def test_a_pick_that_could_be_either_is_asked_for_again() -> None:
    options = "{housing: Housing, food: Food, jobs: Jobs, buses: Buses}"
    flow = flow_of(CHOICE.replace("{housing: Housing, food: Food, jobs: Jobs}", options))
    script = "> food and buses\n< Which one first: 2 Food or 4 Buses?\n"
    play(flow, f"{script}> the first\n< Just one of these, please: 2 Food 4 Buses\n> 4\n= focus: buses")
    play(flow, f"{script}> 2\n= focus: food\n= focus_also: buses")


def reads_as(monkeypatch: pytest.MonkeyPatch, text: str, read: Reading) -> None:
    """Has the question read `text` as `read`; whatever else is asked or sent is read as ever."""
    real = reading.understand

    def understand(question: Question, given: str, context: ReplyContext, **more: object) -> Reading:
        mine = given == text and question.text and question.kind != "text"
        return read if mine else real(question, given, context, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "understand", understand)


def test_a_time_or_day_that_could_be_two_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_as(monkeypatch, "half 3", Reading("unclear", between=("03:30", "15:30"), suggestion="15:30"))
    script = "> half 3\n< Which one do you mean: 3:30 AM or 3:30 PM?\n"
    play(flow_of(alone("time")), f"{script}> 3:30 pm\n< Thanks.\n= q: 15:30")
    play(flow_of(alone("time")), f"{script}> the second\n< Thanks.\n= q: 15:30")
    play(flow_of(alone("time")), f"{script}> half 3\n< Just one of these, please: 3:30 AM 3:30 PM")
    reads_as(monkeypatch, "5/6", Reading("unclear", between=("2027-05-06", "2027-06-05")))
    script = "> 5/6\n< Which day do you mean: Thursday, May 6, 2027 or Saturday, June 5, 2027?\n"
    play(flow_of(alone("date")), f"{script}> june 5 2027\n< Thanks.\n= q: 2027-06-05")
    play(flow_of(alone("date")), f"{script}> may 6\n< Thanks.\n= q: 2027-05-06")


def test_a_reply_that_is_not_understood_is_told_what_is_expected() -> None:
    talk = talk_to(flow_of(CHOICE))
    talk.reply("purple")
    assert talk.effects == (
        Misunderstood("focus", "purple", 1),
        Say("I need one of these numbers:\n1 Housing\n2 Food\n3 Jobs", "reprompt", (), 1, "en"),
    )


def test_the_last_try_lets_the_question_go_and_a_coordinator_sees_it() -> None:
    talk = talk_to(flow_of(CHOICE))
    talk.reply("purple")
    talk.reply("mauve")
    talk.reply("lilac")
    assert talk.of(Misunderstood, GaveUp) == [Misunderstood("focus", "lilac", 3), GaveUp("focus", "lilac")]
    assert talk.said == ["Let's leave that one. A person will read what you wrote.", "Thanks."]
    assert talk.run.answers == {"focus": None}


def test_giving_up_goes_where_the_flow_says() -> None:
    states = CHOICE.replace("next: done", "tries: 1\n  on: {give_up: {go: sorry}}\n  next: done", 1)
    states += "sorry: {say: Never mind., end: screened_out}\n"
    play(flow_of(states), "> purple\n< Never mind.\n= gave up: focus\n= screened_out")


def test_a_question_that_may_be_passed_says_so_and_is_null() -> None:
    states = CHOICE.replace("next: done", "optional: true\n  next: done", 1)
    play(flow_of(states), "> purple\n< 3 Jobs SKIP passes.\n> skip\n< Thanks.\n= focus: null")
    talk = talk_to(flow_of(states))
    talk.reply("skip")
    assert talk.of(Answered) == [Answered("focus", None, "skip", "focus")]


def test_a_question_that_is_needed_says_that_it_is() -> None:
    play(flow_of(CHOICE), "> skip\n< I do need this one. I need one of these numbers\n> 1\n= focus: housing")


def test_own_words_for_the_re_prompt() -> None:
    states = CHOICE.replace("next: done", "invalid: 1 to 3 please.\n  next: done", 1)
    talk = talk_to(flow_of(states))
    talk.reply("purple")
    assert talk.said == ["1 to 3 please."]


def test_a_long_list_is_not_sent_again() -> None:
    options = ", ".join(f"o{number}: The matter number {number}" for number in range(1, 10))
    states = f"q: {{ask: choice, text: Which?, options: {{{options}}}, next: done}}\ndone: {{end: completed}}"
    talk = talk_to(flow_of(states))
    talk.reply("purple")
    assert talk.said == ["I need one number here, from 1 to 9."]


@pytest.mark.parametrize(
    ("kind", "more", "wrong", "hint", "right", "value"),
    [
        ("choices", "options: {a: Apples, b: Pears}", "plums", "I need the numbers that fit", "1 2", "a, b"),
        ("yesno", "", "purple", "I need a yes or a no here.", "yep", "true"),
        ("number", "", "purple", "I need a number here, like 12.", "7", "7"),
        ("number", "range: [1, 9]", "12", "I need a number from 1 to 9 here.", "7", "7"),
        ("number", "range: [18, null]", "12", "I need a number here, 18 or more.", "21", "21"),
        ("number", "range: [null, 9]", "12", "I need a number here, 9 or less.", "7", "7"),
        ("number", "integer: true", "purple", "A whole one, no fractions.", "7", "7"),
        ("number", "unit: people", "purple", "Count in people.", "7", "7"),
        ("scale", "labels: {1: bad, 5: good}", "9", "1 to 5 here. 1 is bad, 5 is good.", "4", "4"),
        ("date", "", "purple", "I need a day here, like December 3, 2026.", "2026-12-04", "2026-12-04"),
        (
            "date",
            "range: [today, +5d]",
            "2026-12-24",
            "like November 28, 2026. From November 23, 2026 to November 28, 2026.",
            "2026-11-25",
            "2026-11-25",
        ),
        ("date", "range: [2026-12-01, null]", "2026-11-25", "Not before December 1, 2026.", "2026-12-04", "2026-12-04"),
        ("date", "range: [null, 2026-12-01]", "2026-12-25", "Not after December 1, 2026.", "2026-11-25", "2026-11-25"),
        ("time", "", "purple", "I need a time here, like 3:30 pm.", "15:30", "15:30"),
        ("text", "max_length: 5", "too long", "Can you say it in 5 characters?", "short", "short"),
        ("phone", "", "purple", "with its area code, like 902 555 0123.", "902 555 0123", "+19025550123"),
        ("postal_code", "", "purple", "like B3H 4R2.", "b3h4r2", "B3H 4R2"),
        ("email", "", "purple", "like sam@example.org.", "ann@example.org", "ann@example.org"),
        ("photo", "", "purple", "I need a photo here.", "<photo>", "photo-1"),
    ],
)
def test_each_kind_says_what_it_needs(kind: str, more: str, wrong: str, hint: str, right: str, value: str) -> None:
    play(flow_of(alone(kind, more)), f"< Ask.\n> {wrong}\n< {hint}\n> {right}\n< Thanks.\n= q: {value}")


def test_how_many_options_are_wanted_is_said() -> None:
    states = alone("choices", "min: 2\n  options: {a: Apples, b: Pears, c: Plums}")
    play(flow_of(states), "> 1\n< Please pick at least 2.\n> 1 and 3\n= q: a, c")
    states = alone("choices", "max: 1\n  options: {a: Apples, b: Pears, c: Plums}")
    play(flow_of(states), "> 1 and 2\n< Please pick just one.\n> 2\n= q: b")


def test_a_place() -> None:
    play(flow_of(alone("location")), "> <location 44.65 -63.57>\n< Thanks.\n= q: 44.65, -63.57")


def test_a_picture_where_words_are_needed() -> None:
    spoken = play(flow_of(alone("text")), "> <photo>\n< Thanks, but I can only read words here.").conversation
    assert spoken[-1].text == "Thanks, but I can only read words here.", "that says it all"
    play(flow_of(CHOICE), "> <sticker>\n< Thanks, but I can only read words here. I need one of these numbers")
    play(flow_of(CHOICE), "> <photo> 2\n< Thanks.\n= focus: food")


def test_a_likely_answer_is_asked_for_instead_of_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    reads_as(monkeypatch, "hosuign", Reading("unclear", suggestion="housing"))
    script = "> hosuign\n< Did you mean Housing? Yes or no.\n"
    play(flow_of(CHOICE), f"{script}> yes\n< Thanks.\n= focus: housing")
    play(flow_of(CHOICE), f"{script}> no\n< I need one of these numbers\n> 3\n= focus: jobs")
    play(flow_of(CHOICE), f"{script}> food\n< Thanks.\n= focus: food")
    play(flow_of(CHOICE), f"{script}> hosuign\n< I need one of these numbers\n> 3\n= focus: jobs")
    play(flow_of(CHOICE), f"{script}> purple\n< I need one of these\n> mauve\n< Let's leave that one.\n= focus: null")


def test_what_was_understood_is_said_back_and_a_no_asks_again() -> None:
    flow = flow_of(alone("date", "confirm: true"))
    play(flow, "> 2026-12-04\n< December 4, 2026, is that right? Yes or no.\n> yes\n< Thanks.\n= q: 2026-12-04")
    play(flow, "> 2026-12-04\n< is that right?\n> no\n< Ask.\n> 2026-12-05\n< December 5\n> y\n= q: 2026-12-05")
    play(flow, "> 2026-12-04\n< is that right?\n> 2026-12-05\n< December 5, 2026, is that right?\n> y\n= q: 2026-12-05")
    play(flow, "> 2026-12-04\n< is that right?\n> 2026-12-04\n< Thanks.\n= q: 2026-12-04")
    play(
        flow,
        "> 2026-12-04\n< is that right?\n> purple\n< I need a yes or a no: is December 4, 2026 right?\n> y\n= completed",
    )
    play(flow, "> 2026-12-04\n< is that right?\n> a\n< I need\n> b\n< I need\n> c\n< Let's leave that one.\n= q: null")
    talk = talk_to(flow)
    talk.reply("2026-12-04")
    talk.reply("yes")
    assert talk.of(Answered) == [Answered("q", "2026-12-04", "2026-12-04", "q")]


def test_a_no_to_words_of_ones_own_asks_again_and_other_words_replace_them() -> None:
    flow = flow_of(alone("text", "confirm: true"))
    play(flow, "> Birch\n< Birch, is that right?\n> no\n< Ask.\n> Elm\n< Elm, is that right?\n> yes\n= q: Elm")
    play(flow, "> Birch\n< is that right?\n> Elm Street by the school\n< Elm Street by the school, is that right?")


@pytest.mark.parametrize(
    ("kind", "more", "reply", "back"),
    [
        ("choice", "options: {a: Apples, b: Pears}", "2", "Pears, is that right?"),
        ("choices", "options: {a: Apples, b: Pears}", "2 1", "Apples and Pears, is that right?"),
        ("number", "unit: people", "7", "7 people, is that right?"),
        ("time", "", "15:30", "3:30 PM, is that right?"),
        ("phone", "", "902 555 0123", "+19025550123, is that right?"),
        ("yesno", "", "y", "Yes, is that right?"),
        ("text", "", "Birch Street", "Birch Street, is that right?"),
    ],
)
def test_it_is_said_back_in_words(kind: str, more: str, reply: str, back: str) -> None:
    play(flow_of(alone(kind, f"confirm: true\n  {more}")), f"> {reply}\n< {back}\n> yes\n< Thanks.\n= completed")


def test_a_question_whose_answer_is_known_is_not_asked() -> None:
    states = """
    age: {ask: number, text: How old?, skip_if: has(participant.age), next: done}
    done: {say: Thanks., end: completed}
    """
    play(flow_of(states), "< How old?\n> 40\n= age: 40")
    play(flow_of(states), "< Thanks.\n= completed", participant={"age": 40})


def test_answers_are_kept_under_the_name_that_the_flow_gives() -> None:
    talk = talk_to(flow_of(alone("text", "save: why\n  sensitive: true")))
    talk.reply("Because")
    assert talk.of(Answered) == [Answered("why", "Because", "Because", "q", sensitive=True)]


def test_the_ends_of_a_scale_follow_the_question_unless_it_says_them() -> None:
    plain = alone("scale")
    assert talk_to(flow_of(plain)).said == ["Ask. Reply with a number from 1 to 5."]
    assert talk_to(flow_of(plain.replace("Ask.", "How safe, 1 to 5?"))).said == ["How safe, 1 to 5?"]
    named = alone("scale", "labels: {1: not at all, 5: very}")
    assert talk_to(flow_of(named)).said == ["Ask. Reply 1 (not at all) to 5 (very)."]
    each = alone("scale", "range: [1, 3]\n  labels: {1: never, 2: at times, 3: often}")
    assert talk_to(flow_of(each)).said == ["Ask.\nReply with a number from 1 to 3.\n1 never\n2 at times\n3 often"]
    wanted = named.replace("Ask.", "'How safe? {options}'")
    assert talk_to(flow_of(wanted)).said == ["How safe? 1 not at all\n5 very"]


BUTTONS = (Button("housing", "Housing"), Button("food", "Food"), Button("jobs", "Jobs"))


def test_a_channel_with_buttons_shows_the_options_on_them() -> None:
    talk = talk_to(flow_of(CHOICE), buttons=True)
    assert talk.effects == (Say("What first?", "prompt", BUTTONS, 1, "en"),)
    talk.reply("purple")
    assert [effect.buttons for effect in talk.of(Say)] == [BUTTONS]  # type: ignore[attr-defined]
    talk.reply("", button="food", visit=1)
    assert talk.of(Answered) == [Answered("focus", "food", "food", "focus")]


def test_plain_replies_still_count_beside_buttons() -> None:
    talk = talk_to(flow_of(CHOICE), buttons=True)
    talk.reply("2")
    assert talk.run.answers == {"focus": "food"}


def test_long_options_stay_a_list_beside_numbered_buttons() -> None:
    states = CHOICE.replace("Housing", "Housing that people who work here can pay for")
    talk = talk_to(flow_of(states), buttons=True)
    (prompt,) = talk.of(Say)
    assert isinstance(prompt, Say)
    assert prompt.text.startswith("What first?\n1 Housing that people")
    assert [button.label for button in prompt.buttons] == ["1", "2", "3"]
    assert [button.key for button in prompt.buttons] == ["housing", "food", "jobs"]


def test_buttons_of_the_other_kinds() -> None:
    yes_or_no = (Button("yes", "Yes"), Button("no", "No"))
    (prompt,) = talk_to(flow_of(alone("yesno")), buttons=True).of(Say)
    assert prompt == Say("Ask.", "prompt", yes_or_no, 1, "en")
    (prompt,) = talk_to(flow_of(alone("scale", "optional: true")), buttons=True).of(Say)
    assert isinstance(prompt, Say)
    assert [button.key for button in prompt.buttons] == ["1", "2", "3", "4", "5", "skip"]
    talk = talk_to(flow_of(alone("scale", "optional: true")), buttons=True)
    talk.reply("", button="skip", visit=1)
    assert talk.of(Answered) == [Answered("q", None, "skip", "q")]
    talk = talk_to(flow_of(alone("date", "confirm: true")), buttons=True)
    talk.reply("2026-12-04")
    (asked_back,) = talk.of(Say)
    assert isinstance(asked_back, Say)
    assert asked_back.buttons == yes_or_no
    talk.reply("", button="yes", visit=1)
    assert talk.run.answers == {"q": "2026-12-04"}


def test_a_button_of_an_older_message_answers_nothing() -> None:
    states = (
        CHOICE.replace("next: done", "next: again", 1) + alone("yesno").replace("q:", "again:", 1).split("done:")[0]
    )
    talk = talk_to(flow_of(states), buttons=True)
    talk.reply("", button="food", visit=1)
    talk.reply("", button="jobs", visit=1)
    assert talk.said == ["That question is closed. We are here now:", "Ask."]
    assert talk.run.answers == {"focus": "food"}
    talk.reply("", button="no", visit=2)
    assert talk.run.answers == {"focus": "food", "again": False}


def test_half_a_character_and_nul_are_kept_out_of_the_run() -> None:
    talk = talk_to(flow_of(alone("text")))
    talk.reply("caf\ud83d\0é")
    assert talk.run.answers == {"q": "caf\ufffdé"}
    talk = talk_to(flow_of(alone("text")))
    talk.reply("\ud83d\ude00 \U0001f600")
    assert talk.run.answers == {"q": "\U0001f600 \U0001f600"}


def test_a_prompt_is_made_anew_for_each_participant_translation_and_language() -> None:
    flow = flow_of(
        CHOICE.replace("What first?", "'{name}, what first?'").replace("next: done", "other: true\n  next: done", 1)
    )
    for name in ("Ann", "Bob"):
        assert talk_to(flow, participant={"name": name}).said[0].startswith(f"{name}, what first?")
    flow = flow_of(CHOICE.replace("next: done", "other: true\n  next: done", 1))
    assert talk_to(flow).said[0].endswith("4 Something else")
    assert talk_to(flow, phrases={"something_else": {"en": "None of these"}}).said[0].endswith("4 None of these")
    assert talk_to(flow, phrases={"option_line": {"en": "{number}. {label}"}}).said[0].endswith("4. Something else")


def test_a_reply_is_read_in_the_languages_of_the_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    def understand(question: Question, text: str, context: ReplyContext, **more: object) -> Reading:
        return Reading("answered", value="food") if "fr" in context.languages else Reading("unclear")

    monkeypatch.setattr(reading, "understand", understand)
    flow = flow_of(CHOICE)
    for languages, answers in ((("en", "fr"), {"focus": "food"}), (("en",), {}), (("en", "fr"), {"focus": "food"})):
        talk = talk_to(replace(flow, languages=languages))
        talk.reply("a meal")
        assert talk.run.answers == answers
