"""Launching a campaign: everything checked and written down at once; inviting and starting are found in the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.audience import Audience
from bot.campaigns.checks import checked_reminders, checked_settings, checked_texts
from bot.campaigns.settings import CampaignSettings
from bot.errors import NotFound, WrongUsage
from flows.definition import Flow
from flows.loader import thaw
from storage import audience as people
from storage import campaigns as rows
from storage import flows as flow_rows
from storage import waves
from storage.communities import insert_keyword
from storage.jobs import defer

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    settings: CampaignSettings | None = None,
) -> int:
    """Write a campaign down, to go out at `launch_at`; its id.

    It freezes a published revision of `flow`: the newest, or the one named (`check-in@3`). With a notice the first question comes
    its lead later than now at the earliest. Raises `WrongUsage` or `NotFound` in words that say what to do.
    """
    settings = settings or CampaignSettings()
    _checked_name(connection, community, name)
    notice = settings.notice
    lead = notice.lead if notice is not None else timedelta(0)
    launch_at = max(launch_at, now + lead) if notice is not None else launch_at
    if closes_at is not None and closes_at <= launch_at:
        raise WrongUsage("The campaign would close before it opens.")
    revision_id = find_revision(connection, community, flow)
    checked_settings(settings, audience, community)
    flows = flows_of(connection, revision_id, settings)
    checked_texts(connection, community, audience, flows, fall_back=settings.fall_back)
    campaign_id = rows.insert_campaign(
        connection,
        {
            "community_id": community.id,
            "name": name,
            "revision_id": revision_id,
            "audience": audience.stored(),
            "settings": settings.stored(),
            "reminders": None if reminders is None else checked_reminders(reminders),
            "status": "scheduled",
            "launch_at": launch_at,
            "closes_at": closes_at,
            "created_at": now,
        },
    )
    waves.insert_wave(connection, campaign_id, 1, invite_at=launch_at - lead, due_at=launch_at)
    if audience.participants is not None:
        people.insert_members(connection, campaign_id, audience.participants)
    if keyword is not None:
        _reserve(connection, community.id, campaign_id, keyword)
    if launch_at - lead <= now:
        defer(connection, "invitations")
    return campaign_id


def require_campaign(connection: Connection, community: Row[Any], name: str) -> Row[Any]:
    """The community's campaign called `name`; raises `NotFound` with those there are."""
    found = rows.find_campaign(connection, community.id, name)
    if found is None:
        raise NotFound("campaign", name, rows.campaign_names(connection, community.id))
    return found


def find_revision(connection: Connection, community: Row[Any], flow: str) -> int:
    """The id of a community's published flow: its newest revision, or with `check-in@3` the third. Raises `WrongUsage`."""
    wanted, _, number = flow.partition("@")
    known = flow_rows.find_flow(connection, community.id, wanted)
    newest = flow_rows.latest_revision(connection, known.id) if known is not None else None
    if known is None or newest is None:
        published = tuple(row.name for row in flow_rows.list_flows(connection, community.id))
        there = f" Published there: {', '.join(published)}." if published else ""
        raise WrongUsage(
            f"{community.name} has no published flow called {wanted!r}.{there} "
            f"Publish it with: soundings flow publish {wanted} --community {community.slug}"
        )
    if not number:
        return int(newest.id)
    chosen = flow_rows.revision_by_number(connection, known.id, int(number)) if number.isdecimal() else None
    if chosen is None:
        raise WrongUsage(
            f"{wanted} has no revision {number!r}. Its newest is {newest.number}: {wanted}@{newest.number}"
        )
    return chosen


def flows_of(connection: Connection, revision_id: int, settings: CampaignSettings) -> list[Flow]:
    """The flows that a campaign sends: the one of its revision, or those of its arms."""
    revisions = [arm.revision for arm in settings.arms] or [revision_id]
    return [thaw(flow_rows.revision_definition(connection, one)) for one in revisions]


def _checked_name(connection: Connection, community: Row[Any], name: str) -> None:
    if not NAME.fullmatch(name):
        raise WrongUsage(
            f"{name!r} cannot be a campaign's name: use small letters, digits and hyphens, such as spring-2026."
        )
    if rows.find_campaign(connection, community.id, name) is not None:
        raise WrongUsage(
            f"There is a campaign called {name!r} already. Choose another name with --name, or see it with: "
            f"soundings campaign status {name} --community {community.slug}"
        )


def _reserve(connection: Connection, community_id: int, campaign_id: int, keyword: str) -> None:
    word = keyword.strip().casefold()
    if not re.fullmatch(r"\w{2,30}", word):
        raise WrongUsage(f"{keyword!r} cannot be a keyword: one word of letters and digits, such as FUNDY.")
    if not insert_keyword(connection, community_id=community_id, word=word, campaign_id=campaign_id):
        raise WrongUsage(f"The keyword {keyword!r} is taken in this community. Choose another.")
