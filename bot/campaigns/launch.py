"""Launching a campaign: written down at once, then invited and started in slices that a kill cannot repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.audience import Audience, between, members, read_audience, upper_bound
from bot.conversation import House, RunStart, start_runs
from bot.errors import NotFound, WrongUsage
from flows import durations
from storage import campaigns as rows
from storage import flows as flow_rows
from storage.communities import insert_keyword

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Invitations made in one transaction, and runs begun in one: long enough to be cheap, short enough that replies get by.
INVITE_SLICE, START_SLICE = 50_000, 200


def create_campaign(
    connection: Connection,
    *,
    community: Row[Any],
    flow: str,
    name: str,
    audience: Audience,
    launch_at: datetime,
    now: datetime,
    closes_at: datetime | None = None,
    reminders: Sequence[str] | None = None,
    keyword: str | None = None,
) -> int:
    """Write a campaign down, to go out at `launch_at`; its id.

    It freezes the newest published revision of `flow`. Raises `WrongUsage` or `NotFound` in words that say what to do.
    """
    if not NAME.fullmatch(name):
        raise WrongUsage(
            f"{name!r} cannot be a campaign's name: use small letters, digits and hyphens, such as spring-2026."
        )
    if rows.find_campaign(connection, community.id, name) is not None:
        raise WrongUsage(
            f"There is a campaign called {name!r} already. Choose another name, or see it with: soundings campaign status {name}"
        )
    if closes_at is not None and closes_at <= launch_at:
        raise WrongUsage("The campaign would close before it opens.")
    for reminder in reminders or ():
        _checked_reminder(reminder)
    campaign_id = rows.insert_campaign(
        connection,
        {
            "community_id": community.id,
            "name": name,
            "revision_id": _newest(connection, community, flow),
            "audience": audience.model_dump(mode="json", exclude_defaults=True),
            "reminders": None if reminders is None else list(reminders),
            "status": "scheduled",
            "launch_at": launch_at,
            "closes_at": closes_at,
            "created_at": now,
        },
        due_at=launch_at,
    )
    if keyword is not None:
        _reserve(connection, community.id, campaign_id, keyword)
    return campaign_id


def invite_due(connection: Connection, now: datetime, *, slice_size: int = INVITE_SLICE) -> int:
    """Make one slice of invitations for each wave that is due; how many waves had work. Call until it returns 0."""
    due = rows.due_waves(connection, now)
    for wave in due:
        if wave.status == "scheduled":
            rows.change_campaign(connection, wave.campaign_id, status="launching", launched_at=now)
        people = members(read_audience(wave.audience), wave.community_id)
        last = upper_bound(connection, people, wave.cursor, slice_size)
        if last is None:
            rows.finish_inviting(connection, wave.id, now)
            rows.change_campaign(connection, wave.campaign_id, status="running")
            continue
        rows.invite(
            connection,
            between(people, wave.cursor, last),
            community_id=wave.community_id,
            campaign_id=wave.campaign_id,
            wave=wave.number,
            now=now,
        )
        rows.move_cursor(connection, wave.id, last)
    return len(due)


def start_pending(connection: Connection, now: datetime, house: House, *, slice_size: int = START_SLICE) -> int:
    """Begin the runs of one slice of pending invitations, first messages into the outbox; how many were looked at."""
    pending = rows.pending_invitations(connection, now, slice_size)
    if pending:
        starts = [
            RunStart(
                participant_id=one.participant_id,
                revision_id=one.revision_id,
                campaign_id=one.campaign_id,
                invitation_id=one.id,
            )
            for one in pending
        ]
        start_runs(connection, starts, now, house)
    return len(pending)


def close_due(connection: Connection, now: datetime) -> int:
    """Close the campaigns whose closing time has come: nobody starts any more, those who began may finish; how many."""
    due = rows.campaigns_to_close(connection, now)
    for campaign_id in due:
        rows.cancel_pending(connection, campaign_id, now, "closed")
        rows.change_campaign(connection, campaign_id, status="closed", ended_at=now)
    return len(due)


def require_campaign(connection: Connection, community: Row[Any], name: str) -> Row[Any]:
    """The community's campaign called `name`; raises `NotFound` with those there are."""
    found = rows.find_campaign(connection, community.id, name)
    if found is None:
        raise NotFound("campaign", name, rows.campaign_names(connection, community.id))
    return found


def _newest(connection: Connection, community: Row[Any], flow: str) -> int:
    known = flow_rows.find_flow(connection, community.id, flow)
    newest = flow_rows.latest_revision(connection, known.id) if known is not None else None
    if newest is None:
        published = tuple(row.name for row in flow_rows.list_flows(connection, community.id))
        there = f" Published there: {', '.join(published)}." if published else ""
        raise WrongUsage(
            f"{community.name} has no published flow called {flow!r}.{there} "
            f"Publish it with: soundings flow publish {flow} --community {community.slug}"
        )
    return newest.id


def _checked_reminder(text: str) -> None:
    try:
        durations.parse(text)
    except ValueError as error:
        raise WrongUsage(f"--reminder {text}: {error}") from None


def _reserve(connection: Connection, community_id: int, campaign_id: int, keyword: str) -> None:
    word = keyword.strip().casefold()
    if not re.fullmatch(r"\w{2,30}", word):
        raise WrongUsage(f"{keyword!r} cannot be a keyword: one word of letters and digits, such as FUNDY.")
    if not insert_keyword(connection, community_id=community_id, word=word, campaign_id=campaign_id):
        raise WrongUsage(f"The keyword {keyword!r} is taken in this community. Choose another.")
