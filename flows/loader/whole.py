"""Reading a whole flow: its head, its states, and whether every name that it goes to is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType

from flows.definition import Days, Flow, State, Text
from flows.errors import FlowError
from flows.loader import keys
from flows.loader.draft import FLOW_NAME, LANGUAGE, NAME, Draft, as_name, called, did_you_mean
from flows.loader.fields import Fields
from flows.loader.source import Entries, Items, Node, Scalar
from flows.loader.states import read_state

MAX_STATES = 500
MAX_LANGUAGES = 40
MAX_REMINDERS = 5
EXPIRES = Days(days=7)

#: Finds a flow by its name. Raises KeyError where there is none, FlowError where it cannot be used.
Resolve = Callable[[str], Flow]


def read_flow(draft: Draft, root: Node, resolve: Resolve) -> Flow:
    """The flow in `root`. Problems are noted in `draft`; with any, the flow that comes back is not to be used."""
    if not isinstance(root, Entries):
        draft.problem(
            "wrong-type",
            root,
            f"A flow is a map of keys (flow, languages, start, states), not {called(root)}.",
            "Begin with a line such as flow: my-flow.",
        )
        return Flow(draft.name, MappingProxyType({}), draft.languages, "", MappingProxyType({}))
    fields = Fields(draft, root, "The flow")
    fields.only(keys.FLOW)
    for key, example in (
        ("flow", "flow: my-flow"),
        ("languages", "languages: [en]"),
        ("start", "start: with the name of the first state"),
        ("states", "states: with a map of states"),
    ):
        if key not in fields:
            fields.missing(key, example)
    for key in keys.FLOW:
        draft.lines[f"flow:{key}"] = (fields.place(key).line, fields.place(key).column)
    draft.name = fields.name("flow", FLOW_NAME) or draft.name
    draft.languages = _languages(fields) or draft.languages
    title = fields.text("title", "flow:title") or _title(draft)
    states = _states(fields)
    start = fields.target(fields.node_of("start"), "start") or ""
    expires = fields.span("expires")
    if states:
        _refuse_unknown_targets(draft, states)
    return Flow(
        name=draft.name,
        title=title,
        languages=draft.languages,
        start=start,
        states=states,
        expires=EXPIRES if expires is None else expires,
        reminders=_reminders(fields),
        calls=_calls(fields, states, resolve),
        lines=MappingProxyType(draft.lines),
    )


def _title(draft: Draft) -> Text:
    words = draft.name.replace("-", " ").replace("_", " ")
    return MappingProxyType({draft.languages[0]: words[:1].upper() + words[1:]})


def _languages(fields: Fields) -> tuple[str, ...]:
    tags: list[str] = []
    nodes = fields.items("languages", "languages: [en, fr]") or ()
    for node in nodes:
        written = node.text.strip() if isinstance(node, Scalar) else ""
        tag = written.replace("-", "_")
        if not LANGUAGE.fullmatch(tag):
            fields.wrong(
                "bad-name",
                node,
                f"{called(node)} is not the tag of a language.",
                "Write the two or three letters of its code: en, fr, es, ar, uk, mic; fr_CA for one country's.",
            )
        elif tag in tags:
            fields.wrong("duplicate-key", node, f"The list of languages has {written} twice.", "Keep one.")
        else:
            tags.append(tag)
    if len(nodes) > MAX_LANGUAGES:
        fields.wrong(
            "too-many-parts", fields.place("languages"), f"A flow may have {MAX_LANGUAGES} languages.", "Cut some."
        )
        return ()
    if "languages" in fields and isinstance(fields.node_of("languages"), Items) and not nodes:
        fields.wrong(
            "missing-value", fields.place("languages"), "The list of languages is empty.", "Write languages: [en]."
        )
    return tuple(tags)


def _reminders(fields: Fields) -> tuple[timedelta, ...]:
    nodes = fields.items("reminders", "reminders: [24h, 72h]") or ()
    spans = [span for node in nodes if (span := fields.span_in(node, "reminders")) is not None]
    place = fields.place("reminders")
    if len(nodes) > MAX_REMINDERS:
        fields.wrong(
            "too-many-reminders",
            place,
            f"The flow has {len(nodes)} reminders; {MAX_REMINDERS} is the most.",
            "Two on different days are what works.",
        )
    if any(later <= earlier for earlier, later in pairwise(spans)):
        fields.wrong(
            "reminders-out-of-order",
            place,
            "The reminders are not in order: each counts from the prompt, not from the reminder before.",
            "Write the shorter one first: [24h, 72h].",
        )
    return tuple(spans)


def _states(fields: Fields) -> Mapping[str, State]:
    inner = fields.entries("states", "The map of states", "states: with a map of states")
    if inner is None:
        return MappingProxyType({})
    if not inner.node.pairs:
        fields.wrong("missing-value", inner.node, "The flow has no states.", "Add one that says or asks something.")
    if len(inner.node.pairs) > MAX_STATES:
        fields.wrong(
            "too-many-states",
            inner.node,
            f"The flow has {len(inner.node.pairs):,} states; {MAX_STATES} is the most.",
            "Split it into several flows and call one from the other.",
        )
        return MappingProxyType({})
    states: dict[str, State] = {}
    for key, node in inner:
        if not NAME.fullmatch(key.text):
            fields.wrong(
                "bad-name",
                key,
                f"{called(key)} cannot be the name of a state.",
                f"Names have small letters, digits and _, and begin with a letter: {as_name(key.text)}.",
            )
        if isinstance(node, Entries):
            states[key.text] = read_state(fields.draft, key.text, node, key.line)
        else:
            fields.wrong(
                "wrong-type",
                key,
                f"State {key.text} should be a map of keys, not {called(node)}.",
                "Indent say, ask, next … below its name.",
            )
            states[key.text] = State(key.text, key.line)
    return MappingProxyType(states)


def _refuse_unknown_targets(draft: Draft, states: Mapping[str, State]) -> None:
    for where, node, name in draft.targets:
        if name not in states:
            some = ", ".join(list(states)[:12]) + (", …" if len(states) > 12 else "")
            fix = did_you_mean(name, states, f"Write a state {name}, or one of {some}.")
            draft.problem("unknown-state", node, f"{where} leads to {name}, and there is no such state.", fix)


def _calls(fields: Fields, states: Mapping[str, State], resolve: Resolve) -> Mapping[str, Flow]:
    calls: dict[str, Flow] = {}
    for state in states.values():
        if state.call is None or state.call in calls:
            continue
        place = Scalar(state.call, False, *fields.draft.lines.get(f"{state.name}:call", (state.line, 1)))
        if state.call == fields.draft.name:
            fields.wrong(
                "call-recursion",
                place,
                f"State {state.name} calls {state.call}, which is this flow itself.",
                "Go to a state of this flow by next instead.",
            )
            continue
        found = _called(fields, state.name, state.call, place, resolve)
        if found is not None:
            calls.update({**found.calls, found.name: found})
    return MappingProxyType(calls)


def _called(fields: Fields, state: str, name: str, place: Node, resolve: Resolve) -> Flow | None:
    try:
        found = resolve(name)
    except KeyError as error:
        fix = "Check its name; soundings flow list shows those there are."
        known = error.args[1] if len(error.args) > 1 else ()
        fields.wrong(
            "unknown-flow",
            place,
            f"State {state} calls {name}, and there is no such flow.",
            did_you_mean(name, known, fix),
        )
        return None
    except FlowError as error:
        first = error.problems[0]
        if first.code == "call-recursion":
            fields.wrong(first.code, place, first.message, first.fix)
        else:
            message = f"State {state} calls {name}, which cannot be used: {first.message}"
            fields.wrong("called-flow", place, message, f"Mend {name} first: soundings flow check {name}.")
        return None
    if found.name != name:
        fields.wrong(
            "called-flow",
            place,
            f"State {state} calls {name}, and the flow found under that name calls itself {found.name}.",
            f"Write flow: {name} in it, or call {found.name}.",
        )
        return None
    return found
