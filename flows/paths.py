"""The ways through a flow: what leads where, what can be reached, and what goes round in circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.definition import Flow, State

Because = Literal["next", "rule", "branch", "give_up", "timeout"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a state to another. `word` is the rule's expression or the branch's name; `last`: the rule that holds
    when none before it does."""

    start: str
    end: str
    because: Because = "next"
    word: str = ""
    last: bool = False
    line: int = 0


def ways_from(state: State) -> tuple[Way, ...]:
    """Every way out of a state, in the order in which they are written."""
    ways: list[Way] = []
    for rule in state.next:
        if rule.when is not None:
            ways.append(Way(state.name, rule.go, "rule", rule.when.source, line=rule.line))
        else:
            ways.append(Way(state.name, rule.go, "next", last=len(state.next) > 1, line=rule.line))
    ways += [
        Way(state.name, target, "branch", branch, line=state.line) for branch, target in state.next_by_branch.items()
    ]
    if state.give_up is not None:
        ways.append(Way(state.name, state.give_up, "give_up", line=state.line))
    if state.timeout is not None:
        ways.append(Way(state.name, state.timeout.go, "timeout", line=state.timeout.line))
    return tuple(ways)


def following(flow: Flow) -> dict[str, tuple[str, ...]]:
    """State -> the states that it can lead to at once."""
    return {
        name: tuple(dict.fromkeys(way.end for way in ways_from(state) if way.end in flow.states))
        for name, state in flow.states.items()
    }


def reached_from(starts: Iterable[str], follow: Mapping[str, Iterable[str]]) -> set[str]:
    """The states that can be reached from `starts`, these included where they exist."""
    seen = {start for start in starts if start in follow}
    waiting = list(seen)
    while waiting:
        for after in follow[waiting.pop()]:
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def backwards(follow: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """State -> the states that lead to it."""
    before: dict[str, list[str]] = {name: [] for name in follow}
    for name, targets in follow.items():
        for target in targets:
            before[target].append(name)
    return {name: tuple(those) for name, those in before.items()}


def knots(follow: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The states grouped so that those which lead to each other stand together, groups in the order of the ways.

    Tarjan's strongly connected components, without recursion; a group comes before those that it leads to.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[tuple[str, ...]] = []
    for root in follow:
        if root in index:
            continue
        work = [(root, iter(follow[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(follow[target])))
                    break
                if target in on_stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    cut = stack.index(name)
                    groups.append(tuple(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
    return groups[::-1]


def circles(flow: Flow, waits: Callable[[State], bool]) -> list[tuple[str, ...]]:
    """Groups of states that lead to each other without any that `waits` for somebody."""
    follow = following(flow)
    restless = {name: state for name, state in flow.states.items() if not waits(state)}
    among = {name: tuple(after for after in follow[name] if after in restless) for name in restless}
    return [group for group in knots(among) if len(group) > 1 or group[0] in among[group[0]]]


def heaviest(flow: Flow, weight: Callable[[State], int]) -> int:
    """The most that the weights of the states on one way through the flow add up to, each state counted once."""
    follow = following(flow)
    best: dict[str, int] = {}
    for group in reversed(knots(follow)):
        inside = set(group)
        beyond = max((best[after] for name in group for after in follow[name] if after not in inside), default=0)
        total = beyond + sum(weight(flow.states[name]) for name in group)
        best.update(dict.fromkeys(group, total))
    return best.get(flow.start, 0)
