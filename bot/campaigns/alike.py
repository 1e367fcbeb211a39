"""First steps that are the same for everybody of one language, channel and zone: taken once, and repeated by the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_

from bot.campaigns.audience import read_audience
from bot.conversation import House, RunStart, start_runs
from flows.definition import Flow, Question, State, Text
from flows.texts import placeholders
from storage import invitations, repeating, starts
from storage.communities import community_by_id
from storage.models import Invitation
from storage.reach import reach_of
from storage.repeating import Launch, Mine

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
        # Its names go before those that everybody shares: {community} may be the street that somebody lives in.
        state.with_values,
    )
    return not any(acts) and (state.say is None or _is_shared_text(state.say))


def _is_shared(question: Question) -> bool:
    texts = (question.text, *(option.label for option in question.options), *question.labels.values())
    return question.skip_if is None and all(map(_is_shared_text, texts))


def _is_shared_text(text: Text) -> bool:
    names = {name for pattern in text.values() for name in placeholders(pattern)}
    return all(name in _SHARED or name.startswith(_SHARED_PREFIX) for name in names)


def launch_of(connection: Connection, campaign: Any) -> Launch:
    """How a campaign's invitations begin; `campaign` has `id`, `revision_id`, `community_id` and `audience`."""
    channels = read_audience(campaign.audience).channels
    reach = reach_of(connection, campaign.community_id, channels)
    zone = community_by_id(connection, campaign.community_id).timezone
    return Launch(campaign.id, campaign.revision_id, zone, reach)


def start_alike(connection: Connection, campaign: Row[Any], now: datetime, house: House, limit: int) -> int:
    """Begin the runs of up to `limit` pending invitations of a campaign whose flows begin alike; how many were looked at."""
    ids = starts.take_pending_ids(connection, campaign.id, now, limit)
    if ids:
        launch, mine = launch_of(connection, campaign), starts.one_of(ids)
        starts.put_off_busy(connection, mine, now + (MANY_WAIT if len(ids) == limit else BUSY_WAIT))
        # Those who were put off are due later now.
        mine = and_(mine, Invitation.due_at <= now)
        begin(connection, launch, mine, "pending", read_audience(campaign.audience).channels, now, house)
        starts.mark_started(connection, mine, now)
    return len(ids)


def begin(
    connection: Connection,
    launch: Launch,
    mine: Mine,
    status: str,
    channels: tuple[str, ...],
    now: datetime,
    house: House,
) -> bool:
    """Begin the runs of these invitations, all of which have this status; whether every one that can be texted got its run.

    The conversation begins with one of each kind, the pilot, and turns away those who cannot be texted; the database repeats what
    it wrote for the others.
    """
    repeating.gather(connection, launch, mine, status)
    found = repeating.kinds(connection)
    pilots = [kind.pilot for kind in found]
    if not pilots:
        return True
    one_by_one = starts.invitations_by_id(connection, launch, pilots)
    start_runs(
        connection,
        [RunStart(one.participant_id, one.revision_id, launch.campaign_id, one.id, channels) for one in one_by_one],
        now,
        house,
    )
    begun = repeating.keep_first(connection, [kind.pilot for kind in found if kind.fit])
    wanted: int = sum(kind.n for kind in found if kind.fit)
    if 0 < begun < wanted:
        repeating.leave_out(connection, pilots)
        begun += repeating.repeat_runs(connection, launch)
        repeating.repeat_messages(connection)
        repeating.keep_senders(connection, launch)
    return begun == wanted


def put_off_busy(connection: Connection, ids: Collection[int], now: datetime, *, many: bool) -> None:
    """Let those who are in another conversation wait; the longer where `many` wait, so that looking at them stays cheap."""
    invitations.put_off(connection, ids, now + (MANY_WAIT if many else BUSY_WAIT))


__all__ = ["BUSY_WAIT", "begin", "begins_alike", "launch_of", "put_off_busy", "start_alike"]
