"""Reading where a state goes: `next` in its three forms, `split`, and what `on` does without an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from flows.definition import Rule, Timeout
from flows.loader import keys
from flows.loader.draft import called
from flows.loader.fields import Fields
from flows.loader.source import Entries, Items, Scalar

_EXAMPLE_RULES = 'next: done, or a list of "- when: …" and "go: …" lines, the last one only "- go: …"'


def refuse_two_ways(fields: Fields) -> None:
    """A state asks, calls, splits, ends or goes on: whatever it is, there is exactly one way on from it."""
    doing = [key for key in ("ask", "call", "split") if key in fields]
    if len(doing) > 1:
        fields.wrong(
            "two-ways-on",
            fields.place(doing[1]),
            f"{fields.what} has both {' and '.join(doing)}.",
            f"Keep one; move {doing[1]} to a state of its own and go there by next.",
        )
    if "end" in fields and doing:
        fields.wrong(
            "two-ways-on",
            fields.place("end"),
            f"{fields.what} has both {doing[0]} and end.",
            "Write next: done, and end in a state done of its own.",
        )
    if "end" in fields and "next" in fields:
        fields.wrong(
            "two-ways-on",
            fields.place("next"),
            f"{fields.what} has both end and next.",
            "Keep one: a state ends or goes on.",
        )
    if "end" not in fields and "next" not in fields and not fields.misspelt("next", "end"):
        fields.wrong(
            "no-way-on",
            fields.node,
            f"{fields.what} does not say how it goes on.",
            "Add next: with the name of a state, or end: completed.",
        )


def read_next(fields: Fields) -> tuple[tuple[Rule, ...], Mapping[str, str]]:
    """The three forms of `next`: a state, a list of rules, and (after `split`) a map of branch to state."""
    node = fields.node_of("next")
    nothing: Mapping[str, str] = MappingProxyType({})
    if node is None:
        return (), nothing
    if isinstance(node, Entries):
        return (), _branches(fields, node)
    if "split" in fields:
        fields.wrong(
            "split-next",
            node,
            f"{fields.what} splits, so next should say where each branch goes.",
            "Write next: {a: one_state, b: another}.",
        )
        return (), nothing
    if isinstance(node, Scalar):
        name = fields.target(node, "next")
        return ((Rule(name, line=node.line),) if name else ()), nothing
    return _rules(fields, node), nothing


def _branches(fields: Fields, node: Entries) -> Mapping[str, str]:
    if "split" not in fields:
        fields.wrong(
            "wrong-type", node, f"{fields.what}: next is a map, which only a split has.", f"Write {_EXAMPLE_RULES}."
        )
        return MappingProxyType({})
    going: dict[str, str] = {}
    for key, value in Fields(fields.draft, node, f"{fields.what}, next"):
        branch = fields.name_in(key, "a branch")
        target = fields.target(value, f"next for {key.text}")
        if branch and target:
            going[branch] = target
    declared = fields.node_of("split")
    if isinstance(declared, Entries):
        weighed = {key.text for key, _ in declared.pairs}
        named = {key.text for key, _ in node.pairs}
        for branch in sorted(weighed - named):
            fields.wrong(
                "split-next",
                node,
                f"{fields.what}: next does not say where branch {branch} goes.",
                f"Add {branch}: a_state.",
            )
        for branch in sorted(named - weighed):
            fields.wrong(
                "split-next",
                node,
                f"{fields.what}: next has a branch {branch} that split has not.",
                f"Take it out, or add {branch} to split.",
            )
    return MappingProxyType(going)


def _rules(fields: Fields, node: Items) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    if not node.nodes:
        fields.wrong("missing-value", node, f"{fields.what}: next is an empty list.", f"Write {_EXAMPLE_RULES}.")
    for number, item in enumerate(node.nodes, 1):
        last = number == len(node.nodes)
        if not isinstance(item, Entries):
            fields.wrong(
                "wrong-type",
                item,
                f"{fields.what}: a rule of next should have when and go, but {called(item)} stands here.",
                f"Write {_EXAMPLE_RULES}.",
            )
            continue
        rule = Fields(fields.draft, item, f"{fields.what}, rule {number} of next")
        rule.only(keys.RULE)
        when = rule.expression("when")
        go = rule.target(rule.node_of("go"), "go")
        if "go" not in rule:
            rule.missing("go", "go: with the name of a state")
        if last and "when" in rule:
            rule.wrong(
                "no-last-rule",
                item,
                f"{rule.what} is the last and has a when: nothing says where to go if none of them holds.",
                "Add a last rule without when: - go: a_state.",
            )
        if not last and "when" not in rule:
            rule.wrong(
                "rule-always-holds",
                item,
                f"{rule.what} has no when, so the rules after it are never used.",
                "Give it a when, or make it the last.",
            )
        if go:
            rules.append(Rule(go, when, item.line))
    return tuple(rules)


def read_split(fields: Fields) -> tuple[tuple[str, float], ...]:
    inner = fields.entries("split", f"{fields.what}, split", "split: {a: 50, b: 50}")
    if inner is None:
        return ()
    branches: list[tuple[str, float]] = []
    for key, node in inner:
        name, weight = fields.name_in(key, "a branch"), fields.number_in(node, "split")
        if weight is not None and not (0 <= weight <= 1e9 and math.isfinite(weight)):
            fields.wrong(
                "wrong-type", node, f"{fields.what}: a share of split cannot be {weight:g}.", "Write 0 or more."
            )
            weight = None
        if name and weight is not None:
            branches.append((name, weight))
    if len(inner.node.pairs) < 2:
        fields.wrong(
            "split-next", inner.node, f"{fields.what} splits into one branch.", "Give it two or more: {a: 50, b: 50}."
        )
    elif len(branches) == len(inner.node.pairs) and not sum(weight for _, weight in branches) > 0:
        fields.wrong("split-next", inner.node, f"{fields.what}: all shares of split are 0.", "Give one of them more.")
    return tuple(branches)


def read_on(fields: Fields) -> tuple[str | None, Timeout | None]:
    inner = fields.entries("on", f"{fields.what}, on", "on: {give_up: {go: done}}")
    if inner is None:
        return None, None
    inner.only(keys.ON)
    give_up = inner.entries("give_up", f"{fields.what}, on give_up", "give_up: {go: done}")
    go = None
    if give_up is not None:
        give_up.only(keys.GIVE_UP)
        go = give_up.target(give_up.node_of("go"), "go")
        if "go" not in give_up:
            give_up.missing("go", "go: with the name of a state")
    return go, _timeout(fields, inner)


def _timeout(fields: Fields, inner: Fields) -> Timeout | None:
    timeout = inner.entries("timeout", f"{fields.what}, on timeout", "timeout: {after: 2d, go: done}")
    if timeout is None:
        return None
    timeout.only(keys.TIMEOUT)
    after, go = timeout.span("after"), timeout.target(timeout.node_of("go"), "go")
    for key, example in (("after", "after: 2d"), ("go", "go: with the name of a state")):
        if key not in timeout:
            timeout.missing(key, example)
    return Timeout(after, go, timeout.node.line) if after is not None and go else None
