"""Going from state to state until one asks, waits for a person, or ends the run."""

from __future__ import annotations

import hashlib

from flows import conditions
from flows.definition import Flow, State, Text
from flows.effects import (
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
from flows.engine.prompts import ask, prompt
from flows.engine.scope import Scope, participant_of
from flows.engine.speech import phrase, say, side_by_side, state_text, with_blanks
from flows.engine.walk import Walk
from flows.errors import FlowsError
from flows.run import Frame

#: The states that one step may enter: no flow that asks now and then comes near it.
MOST_ENTERED = 100
#: The flows that may wait for each other.
DEEPEST = 10


def enter(walk: Walk, name: str) -> None:
    """Goes to the state `name` of the flow on top, and on from there."""
    going: str | None = name
    while going is not None:
        state = walk.flow.states.get(going)
        walk.entered += 1
        if state is None:
            return fail(walk, "failed_way")
        walk.state = going
        if walk.entered > MOST_ENTERED:
            return fail(walk, "failed_loop")
        path = walk.path(going)
        walk.visits[path] = walk.visits.get(path, 0) + 1
        walk.prompted_at = None
        _on_entry(walk, state)
        if state.hand_over:
            return hand_over(walk)
        going = _body(walk, state)
    return None


def go_on(walk: Walk) -> None:
    """Leaves the state that the run stands in by its `next`."""
    _to(walk, _next(walk, walk.open_state))


def take_up(walk: Walk) -> None:
    """Goes on in a state that has handed over: with its question, its call, its end or its `next`."""
    _to(walk, _body(walk, walk.open_state))


def _to(walk: Walk, name: str | None) -> None:
    if name is not None:
        enter(walk, name)


def hand_over(walk: Walk) -> None:
    """A person answers from here on."""
    walk.status = "handed_over"
    walk.effects.append(HandedOver())


def open_question(walk: Walk, state: State) -> None:
    """Asks the state's question: a new visit, a new prompt."""
    walk.visit += 1
    walk.tried = 0
    walk.reminded = 0
    walk.pending = None
    walk.prompted_at = walk.now
    walk.remember_question()
    ask(walk, state)


def fail(walk: Walk, why: str) -> None:
    """Ends a run whose flow has no way on, and tells coordinators."""
    community = walk.context.community.get("language")
    language = community if isinstance(community, str) else "en"
    values = {"flow": walk.flow.name, "state": walk.state or walk.flow.start}
    walk.effects.append(Notified(phrase(walk.context.phrases, language, why, values)))
    walk.end(RunEnded("failed"))


def _on_entry(walk: Walk, state: State) -> None:
    for name, expression in state.set.items():
        try:
            value = conditions.compiled(expression.source).value(Scope(walk))
        except FlowsError:
            continue
        walk.attributes[name] = value
        walk.effects.append(AttributeSet(name, value))
    if state.tags_add or state.tags_remove:
        _retag(walk, state)
    if state.subscribe is not None:
        walk.effects.append(Subscribed(state.subscribe, _wording(walk), walk.raw))
    if state.unsubscribe is not None:
        walk.effects.append(Unsubscribed(state.unsubscribe, walk.raw))
    if state.say is not None:
        say(walk, state_text(walk, state, state.say) or "")
    if state.notify is not None:
        walk.effects.append(Notified(_for_coordinators(walk, state, state.notify)))


def _retag(walk: Walk, state: State) -> None:
    known = participant_of(walk).get("tags")
    tags = [str(tag) for tag in known] if isinstance(known, list | tuple) else []
    for tag in state.tags_add:
        if tag not in tags:
            tags.append(tag)
        walk.effects.append(TagAdded(tag))
    for tag in state.tags_remove:
        if tag in tags:
            tags.remove(tag)
        walk.effects.append(TagRemoved(tag))
    walk.tags = tags


def _wording(walk: Walk) -> str:
    """What the resident agreed to: the prompt of the question answered last, or else what this step has said."""
    if walk.asked:
        flow = walk.flow_named(walk.asked[-1][0])
        asked = flow.states.get(walk.asked[-1][1]) if flow else None
        if asked is not None:
            return prompt(walk, asked)[0]
    return side_by_side(*(effect.text for effect in walk.effects if isinstance(effect, Say)))


def _for_coordinators(walk: Walk, state: State, text: Text) -> str:
    """Coordinators read the community's own language where the flow has it."""
    resident = walk.language
    language = walk.context.community.get("language")
    walk.language = language if isinstance(language, str) else walk.root.languages[0]
    try:
        return with_blanks(walk, state, text)
    finally:
        walk.language = resident


def _body(walk: Walk, state: State) -> str | None:
    """What the state does after its entry; the name of the state to go to, or None where the walk stops."""
    if state.ask is not None:
        if state.ask.skip_if is not None and conditions.holds(state.ask.skip_if.source, Scope(walk)):
            return _next(walk, state)
        open_question(walk, state)
        return None
    if state.call is not None:
        return _call(walk, state.call)
    if state.split:
        return _branch(walk, state)
    if state.end is not None:
        return _return(walk, state)
    return _next(walk, state)


def _next(walk: Walk, state: State) -> str | None:
    for rule in state.next:
        if rule.when is None or conditions.holds(rule.when.source, Scope(walk)):
            return rule.go
    fail(walk, "failed_way")
    return None


def _call(walk: Walk, name: str) -> str | None:
    called: Flow | None = walk.flow_named(name)
    if called is None or len(walk.stack) >= DEEPEST:
        fail(walk, "failed_way" if called is None else "failed_depth")
        return None
    walk.stack = (*walk.stack, Frame(walk.flow.name, walk.state))
    walk.flow = called
    return called.start


def _branch(walk: Walk, state: State) -> str | None:
    """The branch that the run's seed falls on: the same each time, and independent of the other splits."""
    digest = hashlib.sha256(f"{walk.seed}:{walk.flow.name}:{state.name}".encode()).digest()
    point = int.from_bytes(digest[:8]) / 2**64 * sum(weight for _, weight in state.split)
    for branch, weight in state.split:
        if point < weight:
            return state.next_by_branch.get(branch, "")
        point -= weight
    return state.next_by_branch.get(state.split[-1][0], "")


def _return(walk: Walk, state: State) -> str | None:
    """Ends the flow on top: back to the one that called it, or the end of the run."""
    if not walk.stack:
        walk.end(RunEnded(state.end or "completed"))
        return None
    caller = walk.stack[-1]
    flow = walk.flow_named(caller.flow)
    if flow is None or caller.state not in flow.states:
        fail(walk, "failed_way")
        return None
    walk.stack = walk.stack[:-1]
    walk.flow = flow
    walk.state = caller.state
    return _next(walk, flow.states[caller.state])
