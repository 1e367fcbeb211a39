"""Reading one state: what it does on entry, the question it may ask, and its one way on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from flows.definition import Expression, Outcome, QuestionKind, Scope, State
from flows.loader import keys
from flows.loader.draft import FLOW_NAME, Draft, called
from flows.loader.fields import Fields
from flows.loader.questions import read_question
from flows.loader.source import Entries, Scalar
from flows.loader.ways import read_next, read_on, read_split, refuse_two_ways

#: Attributes that `set` cannot change, and what changes them.
RESERVED = {
    "tags": "Write tags: {add: [...], remove: [...]}.",
    "language": "A resident switches by texting the name of the language.",
}
_TAG = re.compile(r"[^\s;,][^;,\n\r]{0,49}")


def read_state(draft: Draft, name: str, node: Entries, line: int) -> State:
    """One state; what is wrong with it is noted in `draft`."""
    fields = Fields(draft, node, f"State {name}")
    kind = fields.word("ask", keys.KINDS, keys.KIND_ALIASES) if "ask" in fields else None
    if "ask" not in fields or kind is not None:
        fields.only(keys.of_state(kind), lambda key: _misplaced(key, kind))
    question = read_question(fields, name, cast("QuestionKind", kind)) if kind is not None else None
    give_up, timeout = read_on(fields) if kind is not None else (None, None)
    tags_add, tags_remove = _tags(fields)
    split = read_split(fields)
    for key in ("call", "save", "with", "set", "skip_if", "ask", "next", "end", "split", "on", "range", "options"):
        if key in fields:
            place = fields.place(key)
            draft.lines.setdefault(f"{name}:{key}", (place.line, place.column))
    rules, branches = read_next(fields)
    refuse_two_ways(fields)
    return State(
        name=name,
        line=line,
        set=_expressions(fields, "set", "set: {visits_total: 'participant.visits_total + 1'}", RESERVED),
        tags_add=tags_add,
        tags_remove=tags_remove,
        subscribe=cast("Scope | None", fields.word("subscribe", keys.SCOPES)),
        unsubscribe=cast("Scope | None", fields.word("unsubscribe", keys.SCOPES)),
        say=fields.text("say", f"{name}:say"),
        otherwise=fields.text("otherwise", f"{name}:otherwise"),
        with_values=_expressions(fields, "with", "with: {n: campaign.answered}", {}),
        notify=fields.text("notify", f"{name}:notify"),
        hand_over=fields.flag("hand_over"),
        ask=question,
        call=fields.name("call", FLOW_NAME),
        split=split,
        next_by_branch=branches,
        next=rules,
        give_up=give_up,
        timeout=timeout,
        end=cast("Outcome | None", fields.word("end", keys.OUTCOMES, {"true": "completed", "complete": "completed"})),
    )


def _misplaced(key: str, kind: str | None) -> str | None:
    """Why a key that flows do have does not belong in this state."""
    if kind is None and key in (*keys.QUESTION, *(k for of in keys.OF_KIND.values() for k in of)):
        return f"{key} belongs to a question, and this state asks none (it has no ask)."
    kinds = keys.kinds_with(key)
    if kind is not None and kinds:
        named = " or ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)
        return f"{key} belongs to ask: {named}, not to ask: {kind}."
    if key in (*keys.ON, "go", "when", "after"):
        return f"{key} stands within {'on' if key in keys.ON else 'next or on'}, not beside it."
    return None


def _tags(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    inner = fields.entries("tags", f"{fields.what}, tags", "tags: {add: [spring], remove: [new]}")
    if inner is None:
        return (), ()
    inner.only(keys.TAGS)
    lists: list[tuple[str, ...]] = []
    for key in keys.TAGS:
        tags: list[str] = []
        for node in inner.items(key, f"{key}: [spring]") or ():
            if isinstance(node, Scalar) and _TAG.fullmatch(node.text.strip()):
                tags.append(node.text.strip())
            else:
                inner.wrong(
                    "bad-name",
                    node,
                    f"{inner.what}: {called(node)} cannot be a tag.",
                    "A tag has at most 50 letters and no comma or semicolon.",
                )
        lists.append(tuple(dict.fromkeys(tags)))
    if not lists[0] and not lists[1] and not inner.node.pairs:
        inner.wrong("missing-value", inner.node, f"{inner.what} is empty.", "Write tags: {add: [spring]}.")
    return lists[0], lists[1]


def _expressions(fields: Fields, key: str, example: str, reserved: Mapping[str, str]) -> Mapping[str, Expression]:
    inner = fields.entries(key, f"{fields.what}, {key}", example)
    read: dict[str, Expression] = {}
    for name_node, node in inner or ():
        name = fields.name_in(name_node, f"{key}: a name")
        if name is not None and name in reserved:
            fields.wrong("reserved-name", name_node, f"{fields.what}: set cannot change {name}.", reserved[name])
            continue
        value = fields.expression_in(node, f"{key}, {name_node.text}")
        if name and value:
            read[name] = value
    return MappingProxyType(read)
