"""The engine: `step(flow, run, event, context, now)` takes a run one event further, and says what is to be done."""

from __future__ import annotations

from datetime import datetime

from flows.context import Context
from flows.definition import Flow
from flows.engine.events import cancel, receive, resume, start, time_reached
from flows.engine.prompts import prompt_text
from flows.engine.states import fail
from flows.engine.timers import due_at
from flows.engine.walk import Step, Walk
from flows.events import Cancelled, Event, Replied, Resumed, Started, TimeReached
from flows.run import Run
from flows.texts import nearest

__all__ = ["Step", "new_run", "prompt_text", "step"]


def new_run(flow: Flow, *, seed: int, language: str) -> Run:
    """A run that has not begun, in the language of the flow that is nearest to the participant's.

    `seed` decides the flow's splits: the same seed takes the same branches.
    """
    chosen = nearest(dict.fromkeys(flow.languages, ""), language, flow.languages[0])
    return Run(flow=flow.name, seed=seed, language=chosen or flow.languages[0])


def step(flow: Flow, run: Run, event: Event, context: Context, now: datetime) -> Step:
    """The run after the event, and what the event brought about, in order.

    `flow` is the one that the run began with; `now` is aware. An event that does not fit the run (a reply to one that
    has ended, a time that has not come) changes nothing. Raises ValueError for a naive `now`, and nothing else.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware: datetime.now(UTC)")
    if run.status == "ended":
        return Step(run, ())
    walk = Walk(flow, run, context, now)
    if run.status != "new" and walk.state not in walk.flow.states:
        fail(walk, "failed_way")
        return Step(walk.run(None), tuple(walk.effects))
    match event:
        case Replied():
            receive(walk, event)
        case TimeReached(prompt_left):
            time_reached(walk, prompt_left)
        case Started():
            start(walk)
        case Resumed():
            resume(walk)
        case Cancelled(outcome):
            cancel(walk, outcome)
    return Step(walk.run(due_at(walk)), tuple(walk.effects))
