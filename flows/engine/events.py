"""What each event does to a run."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flows.definition import State
from flows.effects import Answered, RunEnded
from flows.engine import commands
from flows.engine.answers import Answer, accept, take
from flows.engine.pending import resolve
from flows.engine.prompts import ask, prompt
from flows.engine.reading import clean, read, read_whole_command
from flows.engine.speech import say, speak
from flows.engine.states import enter, fail, take_up
from flows.engine.timers import expires_at, reminders_due, times_out_at
from flows.engine.walk import Walk
from flows.events import Replied


def start(walk: Walk) -> None:
    """The run begins; one that has begun is left alone."""
    if walk.status != "new":
        return
    walk.status = "active"
    walk.active_at = walk.now
    enter(walk, walk.flow.start)


def receive(walk: Walk, event: Replied) -> None:
    """Something came from the resident."""
    if walk.status == "new":
        return None
    walk.raw = clean(event.text) or event.button or ""
    walk.active_at = walk.now
    if walk.status == "handed_over":
        return commands.give_handed_over(walk, read_whole_command(walk))
    state = _open(walk)
    if state is None or state.ask is None:
        return None
    if event.button is not None and event.visit not in (None, walk.visit):
        say(walk, speak(walk, "question_closed"))
        return commands.repeat(walk)
    if _came_too_early(walk, event):
        return _early(walk)
    if walk.pending is not None:
        return resolve(walk, state, event, walk.pending)
    return take(walk, state, read(walk, state.ask, event), media=bool(event.media))


def _open(walk: Walk) -> State | None:
    """The state whose question is open. A run that waits where nothing is asked is ended, and coordinators are told."""
    if walk.open_state.ask is None:
        fail(walk, "failed_way")
        return None
    return walk.open_state


def _came_too_early(walk: Walk, event: Replied) -> bool:
    """Whether the resident wrote this before they could have read the open question."""
    if walk.prompted_at is None or event.received_at.tzinfo is None:
        return False
    return event.received_at < walk.prompted_at and (event.button is None or event.visit is None)


def _early(walk: Walk) -> None:
    """A text from before the prompt: a command all the same, more of an open answer, or no answer at all."""
    command = read_whole_command(walk)
    if command.outcome == "command":
        return commands.give(walk, command)
    if not _extends_answer(walk):
        return commands.repeat(walk)
    return None


def _extends_answer(walk: Walk) -> bool:
    """Adds the text to the answer given just before, if that was to an open question."""
    if len(walk.asked) < 2 or not walk.raw.strip():
        return False
    flow_name, name, *callers = walk.asked[-2]
    flow = walk.flow_named(flow_name)
    before = flow.states.get(name) if flow else None
    if before is None or before.ask is None or before.ask.kind != "text":
        return False
    where = ".".join(callers[1::2])
    start_of_key = f"{where}." if where else ""
    key = f"{start_of_key}{before.ask.save or name}"
    answer = walk.answers.get(key)
    if not isinstance(answer, str):
        return False
    whole = f"{answer}\n{walk.raw}"
    walk.answers[key] = whole
    walk.effects.append(Answered(key, whole, walk.raw, f"{start_of_key}{name}", None, before.ask.sensitive))
    return True


def time_reached(walk: Walk, prompt_left: datetime | None = None) -> None:
    """Does all that is due by now: the end of an idle run, a question's time-out, a reminder.

    A prompt that left later than it was said (`prompt_left`) has its times counted from then.
    """
    if walk.status not in ("active", "handed_over"):
        return
    if prompt_left is not None and walk.prompted_at is not None and prompt_left > walk.prompted_at:
        if walk.active_at is None or walk.active_at < prompt_left:
            walk.active_at = prompt_left
        walk.prompted_at = prompt_left
    while walk.status == "active" and walk.prompted_at is not None:
        state = _open(walk)
        timeout = times_out_at(walk, state) if state is not None else None
        if state is None or state.timeout is None or timeout is None:
            break
        if timeout > walk.now or timeout > expires_at(walk):
            break
        enter(walk, state.timeout.go)
    if walk.status in ("active", "handed_over") and expires_at(walk) <= walk.now:
        walk.end(RunEnded("expired"))
    elif walk.status == "active":
        _remind(walk)


def _remind(walk: Walk) -> None:
    """One reminder, however many have come due while nobody looked, or are so near that they would follow at its heels.

    Near is a next one to which less than half of the time is left that was meant to lie between them: the campaign was paused, or
    the house was dark, and this one comes late.
    """
    due, before = 0, walk.now
    for moment in reminders_due(walk):
        if moment > walk.now and (not due or moment - walk.now >= (moment - before) / 2):
            break
        due, before = due + 1, moment
    if due:
        walk.reminded += due
        walk.pending = None
        text, buttons = prompt(walk, walk.open_state)
        say(walk, speak(walk, "reminder", question=text), "reminder", buttons)


def resume(walk: Walk) -> None:
    """A person hands the conversation back: a kept answer counts now, an open question is asked again."""
    if walk.status != "handed_over":
        return None
    walk.status = "active"
    walk.active_at = walk.now
    pending, walk.pending = walk.pending, None
    if walk.prompted_at is None:
        return take_up(walk)
    if pending is not None and pending.get("kind") == "held":
        return accept(walk, walk.open_state, Answer.waited(pending))
    walk.prompted_at = walk.now
    walk.reminded = 0
    return ask(walk, walk.open_state)


def cancel(walk: Walk, outcome: Literal["stopped", "cancelled"]) -> None:
    """The run is ended from outside."""
    walk.end(RunEnded(outcome))
