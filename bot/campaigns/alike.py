"""First steps that are the same for everybody of one language, channel and zone: taken once, and repeated by the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.audience import read_audience
from bot.conversation import House, RunStart, start_runs
from flows.definition import Flow, Question, State, Text
from flows.texts import placeholders
from storage import invitations
from storage.reach import reach_of
from storage.starts import Kind, repeat_run, runs_of, settle_started, take_pending_kinds

#: How long somebody who is in another conversation waits before they are looked at again; the longer where many wait.
BUSY_WAIT, MANY_WAIT = timedelta(seconds=5), timedelta(minutes=10)
#: What is the same for everybody of a campaign. A bare name such as {contact} may be somebody's attribute.
_SHARED = frozenset({"community", "campaign", "options", "campaign.name"})
_SHARED_PREFIX = "community."


def begins_alike(flow: Flow) -> bool:
    """Whether the step from the start to the first question asks nothing of the person: no name or attribute in its texts, no
    condition, no split, nothing that is written down or told to anybody."""
    name, seen = flow.start, set[str]()
    while name not in seen:
        seen.add(name)
        state = flow.states.get(name)
        if state is None or not _is_plain(state):
            return False
        if state.ask is not None:
            return _is_shared(state.ask)
        if len(state.next) != 1 or state.next[0].when is not None:
            return False
        name = state.next[0].go
    return False


def _is_plain(state: State) -> bool:
    """It only says or asks something, in words that fit everybody."""
    acts = (
        state.set,
        state.tags_add,
        state.tags_remove,
        state.subscribe,
        state.unsubscribe,
        state.notify,
        state.hand_over,
        state.call,
        state.split,
        state.end,
    )
    return not any(acts) and (state.say is None or _is_shared_text(state.say))


def _is_shared(question: Question) -> bool:
    texts = (question.text, *(option.label for option in question.options), *question.labels.values())
    return question.skip_if is None and all(map(_is_shared_text, texts))


def _is_shared_text(text: Text) -> bool:
    names = {name for pattern in text.values() for name in placeholders(pattern)}
    return all(name in _SHARED or name.startswith(_SHARED_PREFIX) for name in names)


def start_alike(
    connection: Connection, campaign: Row[Any], now: datetime, house: House, limit: int, taken: set[int]
) -> int:
    """Begin the runs of up to `limit` invitations of a campaign whose flows begin alike; how many were looked at.

    The conversation begins with one of each kind, the pilot; the database repeats what it wrote for the others. `taken` are those
    who got a run in this transaction already.
    """
    channels = read_audience(campaign.audience).channels
    reach = reach_of(connection, campaign.community_id, channels)
    rows = take_pending_kinds(connection, campaign.id, campaign.revision_id, reach, now, limit)
    busy = {row.id for row in rows if row.busy or row.participant_id in taken}
    put_off_busy(connection, busy, now, many=len(rows) == limit)
    by_hand, pilots, others = _sorted([row for row in rows if row.id not in busy])

    def begin(ones: Collection[Row[Any]]) -> None:
        starts = [RunStart(one.participant_id, one.revision_id, campaign.id, one.id, channels) for one in ones]
        if starts:
            start_runs(connection, starts, now, house)

    begin([*by_hand, *pilots.values()])
    begun = runs_of(connection, [pilot.id for pilot in pilots.values()])
    repeated: list[int] = []
    for kind, alike in others.items():
        pilot = begun.get(pilots[kind].id)
        if pilot is None:
            begin(alike)
        elif alike:
            repeat_run(connection, pilot, kind.revision_id, [one.id for one in alike], reach)
            repeated += [one.id for one in alike]
    if repeated:
        settle_started(connection, repeated, now)
    taken.update(row.participant_id for row in rows)
    return len(rows)


def _sorted(rows: Collection[Row[Any]]) -> tuple[list[Row[Any]], dict[Kind, Row[Any]], dict[Kind, list[Row[Any]]]]:
    """Those who cannot be texted, whom the conversation turns away; one pilot of each kind; the others of each kind."""
    by_hand: list[Row[Any]] = []
    pilots: dict[Kind, Row[Any]] = {}
    others: dict[Kind, list[Row[Any]]] = {}
    for row in rows:
        if row.unfit is not None:
            by_hand.append(row)
            continue
        kind = Kind(row.revision_id, row.language, row.channel, row.zone)
        if kind not in pilots:
            pilots[kind] = row
            others[kind] = []
        else:
            others[kind].append(row)
    return by_hand, pilots, others


def put_off_busy(connection: Connection, ids: Collection[int], now: datetime, *, many: bool) -> None:
    """Let those who are in another conversation wait; the longer where `many` wait, so that looking at them stays cheap."""
    invitations.put_off(connection, ids, now + (MANY_WAIT if many else BUSY_WAIT))


__all__ = ["begins_alike", "put_off_busy", "start_alike"]
