"""What states do: say, set, tag, subscribe, notify, hand over, branch, split, call, end; and what keeps them bounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from flows.definition import Expression, Flow, Option, Question, Rule, State
from flows.effects import (
    Answered,
    AttributeSet,
    HandedOver,
    Notified,
    RunEnded,
    Say,
    Subscribed,
    TagAdded,
    TagRemoved,
    Unsubscribed,
)
from flows.engine import new_run
from flows.events import Cancelled, Replied, Resumed, Started, TimeReached
from flows.run import Frame
from tests.flows.talking import NOON, Talk, flow_of, play, talk_to


def test_entry_happens_in_the_order_that_is_promised() -> None:
    talk = talk_to(
        flow_of("""
        all:
          set: {area: '"north end"', seen: participant.seen + 1}
          tags: {add: [spring], remove: [new]}
          subscribe: updates
          unsubscribe: surveys
          say: "Hello {name}, {area}."
          notify: "{name} is here"
          hand_over: true
          ask: yesno
          text: All right?
          next: done
        done: {end: completed}
        """),
        participant={"name": "Ann", "seen": 2, "tags": ["new"]},
    )
    assert talk.effects == (
        AttributeSet("area", "north end"),
        AttributeSet("seen", 3),
        TagAdded("spring"),
        TagRemoved("new"),
        Subscribed("updates", "", ""),
        Unsubscribed("surveys", ""),
        Say("Hello Ann, north end.", "say", (), 0, "en"),
        Notified("Ann is here"),
        HandedOver(),
    )
    assert talk.run.status == "handed_over"
    talk.happen(Resumed())
    assert talk.effects == (Say("All right?", "prompt", (), 1, "en"),)


def test_consent_is_kept_with_the_words_that_were_answered() -> None:
    talk = talk_to(
        flow_of("""
        join: {ask: yesno, text: "{community}: may we text you? YES to join.", next: [{when: answer, go: in}, {go: no}]}
        in: {subscribe: surveys, say: You're in., end: completed}
        no: {say: No trouble., end: declined}
        """)
    )
    talk.reply("ya ok")
    wording = "Shore Road Neighbours: may we text you? YES to join."
    assert talk.of(Subscribed) == [Subscribed("surveys", wording, "ya ok")]


def test_rules_are_tried_in_order_and_one_that_fails_is_false() -> None:
    flow = flow_of("""
    n: {ask: number, text: How many?, optional: true, next: [
      {when: answer > 10, go: many}, {when: answers.n == 10.0, go: ten}, {go: few}]}
    many: {say: Many., end: completed}
    ten: {say: Ten., end: completed}
    few: {say: Few., end: completed}
    """)
    play(flow, "> 11\n< Many.")
    play(flow, "> 10\n< Ten.")
    play(flow, "> 3\n< Few.")
    play(flow, "> skip\n< Few.")


def test_conditions_see_what_this_step_has_changed() -> None:
    flow = flow_of("""
    a: {set: {n: 1}, tags: {add: [x]}, next: b}
    b: {set: {n: participant.n + 1}, next: [{when: participant.n == 2 && "x" in participant.tags, go: yes}, {go: no}]}
    yes: {say: "{n}", end: completed}
    no: {say: No., end: completed}
    """)
    play(flow, "< 2\n= attribute: n 2\n= tag: x")


def test_an_expression_without_a_value_sets_nothing() -> None:
    flow = flow_of("""
    a: {set: {n: participant.nothing + 1, gone: "null"}, next: b}
    b: {say: "Hello {name}.", otherwise: Hello neighbour., end: completed}
    """)
    assert talk_to(flow).effects[:2] == (AttributeSet("gone", None), Say("Hello neighbour.", "say", (), 0, "en"))


def test_an_empty_name_is_no_name() -> None:
    flow = flow_of("a: {say: 'Hello {name}.', otherwise: Hello neighbour., end: completed}")
    assert talk_to(flow, participant={"name": ""}).said == ["Hello neighbour."]
    assert talk_to(flow, participant={"name": "Ann"}).said == ["Hello Ann."]


def test_texts_take_their_values_from_with_and_from_those_who_take_part() -> None:
    flow = flow_of("""
    a:
      say: "{community} {contact} {campaign} {n, plural, one {# answer} other {# answers}} {name} {campaign.answered}"
      with: {n: campaign.answered + 1}
      end: completed
    """)
    talk = talk_to(flow, participant={"name": "Ann"}, campaign={"name": "spring", "answered": 4})
    assert talk.said == ["Shore Road Neighbours 902 555 0100 spring 5 answers Ann 4"]


def test_a_text_without_its_value_is_not_said_and_a_question_is_asked_all_the_same() -> None:
    flow = flow_of("""
    a: {say: "Hello {name}.", next: b}
    b: {ask: yesno, text: "{name}, is {n, number} right on {d, date, short}?", next: c}
    c: {end: completed}
    """)
    (asked,) = talk_to(flow).said
    assert asked.startswith(", is 0 right on ")


def test_visits_count_how_often_a_state_was_entered() -> None:
    flow = flow_of("""
    more: {ask: yesno, text: More?, next: [{when: answer && visits < 3, go: more}, {go: done}]}
    done: {say: Enough., end: completed}
    """)
    play(flow, "< More?\n> yes\n< More?\n> yes\n< More?\n> yes\n< Enough.")


def test_splits_follow_the_seed_and_their_shares() -> None:
    flow = flow_of("""
    half: {split: {a: 75, b: 25, never: 0}, next: {a: one, b: two, never: three}}
    one: {end: completed}
    two: {end: declined}
    three: {end: screened_out}
    """)
    ways = Counter(talk_to(flow, seed=seed).run.outcome for seed in range(1000))
    assert ways.keys() == {"completed", "declined"}
    assert 700 < ways["completed"] < 800
    assert [talk_to(flow, seed=7).run.outcome for _ in range(3)] == [talk_to(flow, seed=7).run.outcome] * 3
    # Written down, so that a run under way takes the same branch after an upgrade.
    assert [talk_to(flow, seed=seed).run.outcome for seed in (1, 2, 3, 4, 5, 6)] == SPLITS


SPLITS = ["completed", "declined", "completed", "completed", "completed", "completed"]

ABOUT = """
age: {ask: number, text: How old are you?, next: [{when: answers.age < 18, go: young}, {go: home}]}
home: {ask: text, text: Where do you live?, next: thanks}
young: {say: Thanks., end: screened_out}
thanks: {say: "Thanks, {n}.", with: {n: answers.home}, end: completed}
"""
CALLING = """
hello: {ask: yesno, text: Ready?, next: about}
about: {call: about-you, next: [{when: answers.about.age > 65, go: senior}, {go: last}]}
senior: {say: Free coffee., next: last}
last: {ask: text, text: Anything else?, next: done}
done: {say: Bye., end: completed}
"""


def calling() -> Flow:
    return flow_of(CALLING, about_you=flow_of(ABOUT, name="about-you"))


def test_a_called_flow_comes_back_with_its_answers() -> None:
    talk = talk_to(calling())
    talk.reply("yes")
    assert (talk.run.flow, talk.run.state, talk.run.stack) == ("about-you", "age", (Frame("survey", "about"),))
    talk.reply("70")
    talk.reply("Birch Street")
    assert talk.of(Answered) == [Answered("about.home", "Birch Street", "Birch Street", "about.home")]
    assert talk.said == ["Thanks, Birch Street.", "Free coffee.", "Anything else?"]
    assert talk.run.answers == {"hello": True, "about.age": 70, "about.home": "Birch Street"}
    assert (talk.run.flow, talk.run.stack) == ("survey", ())
    talk.reply("no")
    assert talk.run.outcome == "completed"


def test_the_end_of_a_called_flow_is_not_the_end_of_the_run() -> None:
    play(calling(), "> yes\n> 12\n< Thanks. Anything else?\n= active\n= about.age: 12\n= state: last")


def test_back_crosses_into_the_flow_that_was_called_and_out_of_it() -> None:
    talk = talk_to(calling())
    for text in ("yes", "70", "Birch", "back"):
        talk.reply(text)
    assert talk.said == ['OK, back to: Where do you live? You said "Birch". Text the new answer.']
    assert (talk.run.flow, talk.run.stack) == ("about-you", (Frame("survey", "about"),))
    talk.reply("back")
    talk.reply("back")
    assert talk.said == ['OK, back to: Ready? You said "Yes". Text the new answer.']
    assert (talk.run.flow, talk.run.stack) == ("survey", ())
    for text in ("yes", "30", "Elm", "a bench"):
        talk.reply(text)
    assert talk.run.answers == {"hello": True, "about.age": 30, "about.home": "Elm", "last": "a bench"}


def test_a_person_takes_over_where_the_flow_says_and_the_flow_goes_on_after() -> None:
    flow = flow_of("""
    worry: {say: Someone will call., notify: Someone wants to talk, hand_over: true, next: more}
    more: {ask: text, text: Better?, next: done}
    done: {end: completed}
    """)
    talk = talk_to(flow)
    assert talk.effects[1:] == (Notified("Someone wants to talk"), HandedOver())
    assert talk.reply("hello?") == ()
    assert talk.happen(Started()) == ()
    talk.happen(Resumed())
    assert talk.said == ["Better?"]
    assert talk.happen(Resumed()) == ()


def test_coordinators_are_told_in_the_language_of_the_community() -> None:
    flow = flow_of("""
    worry: {notify: {en: Someone wants to talk, fr: Quelqu'un veut parler}, say: {en: Hello, fr: Bonjour}, end: completed}
    """)
    talk = talk_to(flow, language="fr", community={"name": "Shore Road", "language": "en"})
    assert talk.effects[:2] == (Say("Bonjour", "say", (), 0, "fr"), Notified("Someone wants to talk"))


def test_a_flow_that_goes_in_circles_ends_and_says_so() -> None:
    state = State("a", next=(Rule("b"),), say={"en": "Round."})
    flow = Flow("rings", {"en": "Rings"}, ("en",), "a", {"a": state, "b": replace(state, name="b", next=(Rule("a"),))})
    talk = Talk(flow, new_run(flow, seed=1, language="en")).start()
    (told,) = talk.of(Notified)
    assert told == Notified("rings went in circles at a without asking anything, so it was stopped. Give it a way out.")
    assert talk.effects[-1] == RunEnded("failed")
    assert len(talk.said) == 100
    assert talk.run.due_at is None


def test_a_value_that_doubles_in_circles_does_not_grow_without_end() -> None:
    doubled = {"words": Expression("participant.words + participant.words")}
    states = {"a": State("a", next=(Rule("b"),), set=doubled), "b": State("b", next=(Rule("a"),))}
    flow = Flow("grows", {"en": "Grows"}, ("en",), "a", states)
    talk = Talk(flow, new_run(flow, seed=1, language="en")).knows(participant={"words": "ab"}).start()
    longest = max(len(str(effect.value)) for effect in talk.of(AttributeSet))  # type: ignore[attr-defined]
    assert 1000 < longest <= 2000


def test_back_remembers_the_last_fifty_questions() -> None:
    flow = flow_of("a: {ask: yesno, text: More?, next: [{when: answer, go: a}, {go: b}]}\nb: {end: completed}")
    talk = talk_to(flow)
    for _ in range(60):
        talk.reply("yes")
    assert len(talk.run.asked) == 50
    for _ in range(60):
        talk.reply("back")
    assert "nothing before it" in talk.said[0]


def test_a_flow_that_calls_itself_without_end_ends_and_says_so() -> None:
    flow = Flow("deep", {"en": "Deep"}, ("en",), "a", {"a": State("a", call="deep", next=(Rule("a"),))})
    talk = Talk(flow, new_run(flow, seed=1, language="en")).start()
    assert talk.of(Notified, RunEnded) == [
        Notified("deep at a calls flow within flow without end, so it was stopped."),
        RunEnded("failed"),
    ]
    assert len(talk.run.stack) == 10


@pytest.mark.parametrize(
    "state",
    [
        State("a"),
        State("a", next=(Rule("nowhere"),)),
        State("a", call="nothing", next=(Rule("a"),)),
        State("a", split=(("x", 1.0),)),
    ],
)
def test_a_flow_without_a_way_on_ends_and_says_so(state: State) -> None:
    flow = Flow("stuck", {"en": "Stuck"}, ("en",), "a", {"a": state})
    talk = Talk(flow, new_run(flow, seed=1, language="en")).start()
    assert talk.of(Notified) == [Notified("stuck has no way on from a, so it was stopped. Look at its next.")]
    assert talk.run.outcome == "failed"


def test_a_run_whose_flow_has_lost_its_state_ends_instead_of_raising() -> None:
    question = Question("choice", {"en": "?"}, options=(Option("x", {"en": "X"}),))
    flow = Flow("short", {"en": "Short"}, ("en",), "a", {"a": State("a", ask=question, next=(Rule("a"),))})
    run = replace(Talk(flow, new_run(flow, seed=1, language="en")).start().run, state="gone")
    for event in (TimeReached(), Resumed(), Started(), Replied("1", NOON)):
        talk = Talk(flow, run)
        talk.happen(event)
        assert talk.run.outcome == "failed"


def test_a_run_ended_from_outside_stays_ended() -> None:
    talk = talk_to(calling())
    talk.happen(Cancelled("stopped"))
    assert talk.effects == (RunEnded("stopped"),)
    for event in (Started(), Resumed(), TimeReached(), Cancelled()):
        assert talk.happen(event) == ()
    assert talk.reply("yes") == ()


def test_a_run_begins_in_the_nearest_language_that_the_flow_has() -> None:
    flow = calling()
    assert new_run(flow, seed=1, language="fr_CA").language == "fr"
    assert new_run(flow, seed=1, language="mic").language == "en"
    assert new_run(flow, seed=1, language="").language == "en"


def test_nothing_happens_before_a_run_has_started() -> None:
    talk = Talk(calling(), new_run(calling(), seed=1, language="en"))
    assert talk.reply("stop") == ()
    assert talk.happen(TimeReached()) == ()
    assert talk.happen(Resumed()) == ()
    assert talk.run.status == "new"
