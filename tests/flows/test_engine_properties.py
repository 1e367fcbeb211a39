"""Whatever happens to a run, in whatever order: nothing raises, an open run has a time due, an ended one stays ended."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition import Flow
from flows.effects import Answered, CommandGiven, HandedOver, RunEnded, Say
from flows.engine import new_run
from flows.events import Cancelled, Event, Replied, Resumed, Started, TimeReached
from tests.flows.talking import NOON, Talk, flow_of

EVERYTHING = flow_of(
    """
    hello: {say: "{community}: hello {name}.", otherwise: Hello., next: pick}
    pick: {ask: choice, text: What first?, options: {housing: Housing, food: Food, jobs: Jobs}, other: true, confirm: true,
      next: [{when: answer == "housing", go: few}, {when: answer == "other", go: about}, {go: half}]}
    few: {ask: choices, text: Which?, options: {a: Apples, b: Pears}, min: 1, optional: true, next: half}
    half: {split: {a: 1, b: 1}, next: {a: when, b: about}}
    when: {ask: date, text: When?, range: [today, +30d], on: {timeout: {after: 1d, go: about}, give_up: {go: worry}}, next: about}
    about: {call: about-you, next: safe}
    safe: {ask: scale, text: How safe?, tries: 2, next: [{when: answer < 2.0, go: worry}, {when: visits > 2, go: done}, {go: words}]}
    worry: {notify: Somebody is worried, hand_over: true, next: words}
    words: {ask: text, text: Tell us., max_length: 40, set: {n: visits}, tags: {add: [told]}, next: [{when: visits < 3, go: safe}, {go: done}]}
    done: {say: Bye., end: completed}
    """,
    head="reminders: [24h, 3d]\n",
    about_you=flow_of(
        """
        age: {ask: number, text: How old?, skip_if: has(participant.age), optional: true, confirm: true, next: mail}
        mail: {ask: email, text: Email?, optional: true, next: [{when: answers.age > 200, go: age}, {go: out}]}
        out: {end: completed}
        """,
        name="about-you",
    ),
)
WORDS = [
    "1",
    "2",
    "5",
    "housing",
    "jobs and housing",
    "4",
    "yes",
    "no",
    "skip",
    "back",
    "help",
    "start",
    "repeat",
    "42",
]
WORDS += [
    "français",
    "español",
    "english",
    "can someone call me",
    "2026-12-01",
    "tomorrow",
    "",
    "purple",
    "ann@example.org",
]
TEXTS = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS), st.text(max_size=60), st.just("stop"), st.just("x" * 9000)
)
MOMENTS = st.integers(-100_000, 10).map(lambda seconds: timedelta(seconds=seconds))


def _replied(text: str, ago: timedelta, tap: tuple[str, int] | None, media: bool) -> Replied:
    key, visit = tap or (None, None)
    return Replied(text, NOON + ago, key, (("photo", "x"),) if media else (), None, visit)


TAPS = st.none() | st.tuples(st.sampled_from(["yes", "no", "skip", "housing", "other", "3", "?"]), st.integers(0, 5))
REPLIES = st.builds(_replied, TEXTS, MOMENTS, TAPS, st.booleans())
OTHERS = st.sampled_from([Started(), TimeReached(), TimeReached(), Resumed(), Cancelled(), Cancelled("stopped")])
EVENTS = st.lists(
    st.tuples(st.one_of(REPLIES, REPLIES, REPLIES, OTHERS), st.sampled_from([0, 0, 1, 60, 3600, 90_000, 300_000])),
    max_size=25,
)


def _check(talk: Talk) -> None:
    run = talk.run
    if run.status in ("active", "handed_over"):
        assert run.due_at is not None, "an open run waits for something"
    if run.status == "active":
        assert run.prompted_at is not None, "an active run has a question open"
        assert talk.flow.states.keys() >= {run.state} or run.stack
    if run.status == "ended":
        assert run.due_at is None
        assert run.outcome is not None
        assert run.pending is None
    assert sum(isinstance(effect, RunEnded) for effect in talk.effects) <= 1
    if any(isinstance(effect, RunEnded) for effect in talk.effects):
        assert isinstance(talk.effects[-1], RunEnded)
    if any(isinstance(effect, CommandGiven) and effect.command == "stop" for effect in talk.effects):
        assert not any(isinstance(effect, Say) for effect in talk.effects), "silence after STOP"
    for effect in talk.effects:
        if isinstance(effect, Answered):
            assert effect.question in run.answers
        if isinstance(effect, HandedOver):
            assert run.status == "handed_over"


def _tell(flow: Flow, events: list[tuple[Event, int]], seed: int) -> Talk:
    talk = Talk(flow, new_run(flow, seed=seed, language="en")).start()
    for event, seconds in events:
        ended = talk.run.status == "ended"
        talk.now += timedelta(seconds=seconds)
        before = talk.run
        talk.happen(event)
        if ended:
            assert (talk.run, talk.effects) == (before, ())
        _check(talk)
    return talk


@settings(max_examples=300, deadline=None)
@given(EVENTS, st.integers(0, 2**53))
def test_no_order_of_events_breaks_a_run(events: list[tuple[Event, int]], seed: int) -> None:
    talk = _tell(EVERYTHING, events, seed)
    assert _tell(EVERYTHING, events, seed).run == talk.run, "the same events make the same run"


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.integers(0, 2**53))
def test_time_reached_again_at_once_changes_nothing(events: list[tuple[Event, int]], seed: int) -> None:
    talk = _tell(EVERYTHING, events, seed)
    talk.wait(timedelta(days=1))
    before = talk.run
    assert talk.happen(TimeReached()) == ()
    assert talk.run == before
    if before.due_at is not None:
        assert before.due_at > talk.now


@settings(max_examples=50, deadline=None)
@given(EVENTS, st.integers(0, 2**53))
def test_a_run_left_alone_ends(events: list[tuple[Event, int]], seed: int) -> None:
    talk = _tell(EVERYTHING, events, seed)
    for _ in range(50):
        if talk.run.due_at is None:
            break
        talk.now = max(talk.now, talk.run.due_at)
        talk.happen(TimeReached())
    assert talk.run.status == "ended"
