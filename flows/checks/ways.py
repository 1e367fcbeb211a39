"""Checks of the ways through a flow: what is never reached, what never ends, what goes round without asking."""

from __future__ import annotations

from flows.checks.review import Review
from flows.definition import Flow, State
from flows.paths import backwards, circles, following, reached_from


def look(review: Review) -> None:
    """Notes states that are never reached or never end, and rounds that wait for nobody."""
    flow = review.flow
    follow = following(flow)
    reached = reached_from([flow.start], follow)
    for name, state in flow.states.items():
        if name not in reached:
            review.error(
                "unreachable-state",
                state,
                f"Nothing leads to state {name}.",
                f"Go to it from another state (next: {name}), or take it out.",
            )
    rounds = _rounds(review, reached)
    _dead_ends(review, reached, rounds)
    _recursion(review)


def _dead_ends(review: Review, reached: set[str], rounds: set[str]) -> None:
    """States that can be reached and from which no end can be; those in `rounds` have been told of already."""
    flow = review.flow
    follow = following(flow)
    ends = [name for name, state in flow.states.items() if state.end is not None]
    saved = reached_from(ends, backwards(follow))
    lost = [name for name in flow.states if name in reached and name not in saved and name not in rounds]
    if lost:
        ring = " -> ".join(lost[:6]) + (" …" if len(lost) > 6 else "")
        review.error(
            "dead-end",
            flow.states[lost[0]],
            f"From state {lost[0]} the conversation can never end: it stays within {ring}.",
            "Lead one of them to a state with end: completed.",
        )


def _asks_somebody(flow: Flow, state: State) -> bool:
    if state.hand_over or state.ask is not None:
        return True
    called = flow.calls.get(state.call) if state.call is not None else None
    return called is not None and any(each.questions for each in (called, *called.calls.values()))


def _rounds(review: Review, reached: set[str]) -> set[str]:
    """Notes rounds that wait for nobody; the states in them."""
    flow = review.flow
    for group in circles(flow, lambda state: _asks_somebody(flow, state)):
        if not reached.isdisjoint(group):
            review.error(
                "endless-loop",
                flow.states[min(group, key=lambda name: flow.states[name].line)],
                f"{_ring(group)} without a question: the flow would text the resident without end.",
                "Put a question in the round, or lead one of the states somewhere else.",
            )
    skippable = circles(flow, lambda state: _asks_somebody(flow, state) and not _may_be_skipped(state))
    certain = {name for group in circles(flow, lambda state: _asks_somebody(flow, state)) for name in group}
    for group in skippable:
        if certain.isdisjoint(group) and not reached.isdisjoint(group):
            review.warning(
                "loop-if-skipped",
                flow.states[min(group, key=lambda name: flow.states[name].line)],
                f"{_ring(group)}, and every question in the round has skip_if: once all are skipped, it never stops.",
                "Lead the rule that closes the round somewhere else when the question was skipped, or drop a skip_if.",
            )
    return certain


def _may_be_skipped(state: State) -> bool:
    return state.ask is not None and state.ask.skip_if is not None and not state.hand_over


def _ring(group: tuple[str, ...]) -> str:
    if len(group) == 1:
        return f"State {group[0]} leads back to itself"
    return f"States {', '.join(group[:-1])} and {group[-1]} lead to each other"


def _recursion(review: Review) -> None:
    """A ring of calls: the loader refuses it; a flow put together in another way may have one."""
    flow = review.flow
    for state in flow.states.values():
        if state.call is None:
            continue
        calls = {flow.name: {state.call}} | {
            name: {inner.call for inner in called.states.values() if inner.call} for name, called in flow.calls.items()
        }
        if flow.name in reached_from([state.call], {name: after & calls.keys() for name, after in calls.items()}):
            review.error(
                "call-recursion",
                f"{state.name}:call",
                f"State {state.name} calls {state.call}, which leads back to this flow: it would never end.",
                "Take one of these calls out.",
            )
