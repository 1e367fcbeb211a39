"""Writing updates down: one-off or repeating, for those who took part in a campaign or subscribed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.cron import next_time
from bot.errors import NotFound, WrongUsage
from bot.updates.text import Rendered, check_results_names, checked_texts, render_update
from storage import updates as rows
from storage.jobs import defer


def schedule_update(
    connection: Connection,
    *,
    community: Row[Any],
    campaign: Row[Any] | None,
    texts: Mapping[str, str],
    otherwise: Mapping[str, str] | None,
    at: datetime | None,
    cron: str | None,
    subscribers: bool,
    tags: Sequence[str] = (),
    now: datetime,
) -> int:
    """Write an update down, to go out at `at` (None: now) or again and again by `cron`; its id.

    It goes to those who took part in `campaign`, and with `subscribers` to all who agreed to updates.
    """
    if campaign is None and not subscribers:
        raise WrongUsage("To whom? Give --campaign for those who took part in one, or --subscribers, or both.")
    if at is not None and cron is not None:
        raise WrongUsage("Give either --at for one time or --cron for again and again.")
    patterns, spare = _checked(connection, campaign, texts, otherwise)
    audience: dict[str, Any] = {}
    if campaign is not None:
        audience["campaign"] = campaign.id
    if subscribers:
        audience["subscribed"] = True
    if tags:
        audience["tags"] = list(tags)
    update_id = rows.insert_update(
        connection,
        community_id=community.id,
        campaign_id=None if campaign is None else campaign.id,
        texts=patterns,
        otherwise=spare,
        audience=audience,
        cron=cron,
        status="scheduled",
        next_at=next_time(cron, community.timezone, now) if cron else (at or now),
        created_at=now,
    )
    if cron is None and (at is None or at <= now):
        defer(connection, "updates")
    return update_id


def preview_update(
    connection: Connection,
    *,
    community: Row[Any],
    campaign: Row[Any] | None,
    texts: Mapping[str, str],
    otherwise: Mapping[str, str] | None,
) -> Rendered:
    """What would be sent if the update went out now, in each of the community's languages."""
    patterns, spare = _checked(connection, campaign, texts, otherwise)
    draft = _Draft(patterns, spare, community)
    return render_update(connection, draft, campaign, list(dict.fromkeys([*community.languages, *patterns])))


def cancel_update(connection: Connection, community: Row[Any], update_id: int, now: datetime) -> int:
    """Cancel an update and its messages that have not left; how many messages."""
    row = rows.find_update(connection, update_id)
    if row is None or row.community_id != community.id:
        raise NotFound(
            "update", str(update_id), tuple(str(one.id) for one in rows.list_updates(connection, community.id))
        )
    if row.status in ("cancelled", "withheld"):
        raise WrongUsage(f"Update {update_id} is {row.status} already.")
    rows.change_update(connection, update_id, status="cancelled", next_at=None)
    return rows.cancel_update_messages(connection, update_id, now)


def _checked(
    connection: Connection,
    campaign: Row[Any] | None,
    texts: Mapping[str, str],
    otherwise: Mapping[str, str] | None,
) -> tuple[dict[str, str], dict[str, str] | None]:
    """The texts and those for small figures; raises `WrongUsage` where one cannot be read or filled."""
    patterns = checked_texts(texts, has_campaign=campaign is not None)
    spare = checked_texts(otherwise, has_campaign=campaign is not None) if otherwise else None
    if campaign is not None:
        check_results_names(connection, [*patterns.values(), *(spare or {}).values()], campaign.revision_id)
    return patterns, spare


class _Draft:
    """An update that is not written down, as `render_update` reads one."""

    def __init__(self, texts: Mapping[str, str], otherwise: Mapping[str, str] | None, community: Row[Any]) -> None:
        self.texts, self.otherwise = texts, otherwise
        self.languages: Sequence[str] = community.languages
        self.community_name, self.contact, self.settings = community.name, community.contact, community.settings
