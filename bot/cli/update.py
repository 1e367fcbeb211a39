"""`soundings update`: tell people what came of their words."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text
from sqlalchemy import Connection, Row

from bot.app import opened
from bot.campaigns.launch import require_campaign
from bot.cli.moments import read_moment
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.cli.texts import by_language
from bot.communities import require_community
from bot.errors import WrongUsage
from bot.updates.schedule import cancel_update, preview_update, schedule_update
from flows.segments import segment
from storage import updates as rows

app = typer.Typer(help="Tell people what came of their words.", no_args_is_help=True)

Campaign = Annotated[str | None, typer.Option(help="For those who took part in it; its results may stand in the text.")]
TextOption = Annotated[
    list[str],
    typer.Option("--text", help="What to say: 'Snow came first', or by language: 'fr=La neige…' (again for more)."),
]
Otherwise = Annotated[
    list[str] | None, typer.Option(help="What to say instead where a figure is too small to publish.")
]
Subscribers = Annotated[bool, typer.Option(help="For all who agreed to updates.")]
Tag = Annotated[list[str] | None, typer.Option(help="Only those with this tag.")]


@app.command()
def schedule(
    community: InCommunity,
    text: TextOption,
    campaign: Campaign = None,
    otherwise: Otherwise = None,
    at: Annotated[str | None, typer.Option(help="When: 2026-11-24T10:00, the community's clock.")] = None,
    cron: Annotated[
        str | None, typer.Option(help="Again and again: '0 10 * * mon' (minute hour day month weekday).")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="At once, within the community's hours.")] = False,
    subscribers: Subscribers = False,
    tag: Tag = None,
    as_json: Json = False,
) -> None:
    """Send an update at a time, again and again, or now."""
    if sum((at is not None, cron is not None, now)) != 1:
        raise WrongUsage("Say when, once: --at 2026-11-24T10:00, --cron '0 10 * * mon' or --now.")
    _schedule(community, text, campaign, otherwise, at, cron, subscribers, tag, as_json)


@app.command()
def send(
    community: InCommunity,
    text: TextOption,
    campaign: Campaign = None,
    otherwise: Otherwise = None,
    subscribers: Subscribers = False,
    tag: Tag = None,
    as_json: Json = False,
) -> None:
    """Send an update now, within the community's hours."""
    _schedule(community, text, campaign, otherwise, None, None, subscribers, tag, as_json)


@app.command()
def preview(
    community: InCommunity,
    text: TextOption,
    campaign: Campaign = None,
    otherwise: Otherwise = None,
    as_json: Json = False,
) -> None:
    """What would be sent now, in each language, and how many messages each takes."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community)
        rendered = preview_update(
            connection,
            community=place,
            campaign=_campaign(connection, place, campaign),
            texts=by_language(text, place.languages),
            otherwise=by_language(otherwise, place.languages, "--otherwise") if otherwise else None,
        )
    if as_json:
        print_json({"texts": dict(rendered.texts), "withheld": rendered.withheld})
        return
    if rendered.withheld is not None:
        screen.print(Text(f"It would not be sent: {rendered.withheld}"))
    for language, said in rendered.texts.items():
        length = segment(said)
        screen.print(Text(f"{language} ({length.segments} × {length.encoding}): {said}"))


@app.command("list")
def list_all(community: InCommunity, as_json: Json = False) -> None:
    """List the updates, the newest first."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community)
        found = [
            {
                "update": row.id,
                "campaign": row.campaign,
                "status": row.status,
                "reason": row.reason,
                "next_at": row.next_at,
                "cron": row.cron,
                "sent": row.occurrence,
                "messages": row.messages,
                "text": next(iter(row.texts.values())),
            }
            for row in rows.list_updates(connection, place.id)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ("update", "campaign", "status", "next (UTC)", "messages", "text"),
        [
            (
                u["update"],
                u["campaign"],
                u["status"],
                f"{u['next_at']:%Y-%m-%d %H:%M}" if u["next_at"] else "",
                u["messages"],
                str(u["text"])[:60],
            )
            for u in found
        ],
        empty="No update yet. Write one with: soundings update schedule --help",
    )
    for u in found:
        if u["reason"]:
            screen.print(Text(f"Update {u['update']} was not sent: {u['reason']}"))


@app.command()
def cancel(
    update: Annotated[int, typer.Argument(help="The update's number.")], community: InCommunity, as_json: Json = False
) -> None:
    """Cancel an update, and what of it has not left."""
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        stopped = cancel_update(connection, place, update, installation.clock.now())
    if as_json:
        print_json({"update": update, "status": "cancelled", "messages": stopped})
    else:
        screen.print(f"Update {update} is cancelled; {stopped} messages were not sent.")


def _schedule(
    community: str,
    text: list[str],
    campaign: str | None,
    otherwise: list[str] | None,
    at: str | None,
    cron: str | None,
    subscribers: bool,
    tag: list[str] | None,
    as_json: bool,
) -> None:
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        now, moment = installation.clock.now(), read_moment(at, place.timezone) if at else None
        update_id = schedule_update(
            connection,
            community=place,
            campaign=_campaign(connection, place, campaign),
            texts=by_language(text, place.languages),
            otherwise=by_language(otherwise, place.languages, "--otherwise") if otherwise else None,
            at=moment,
            cron=cron,
            subscribers=subscribers,
            tags=tag or (),
            now=now,
        )
        row = rows.find_update(connection, update_id)
    next_at = row.next_at if row is not None else None
    if as_json:
        print_json({"update": update_id, "status": "scheduled", "next_at": next_at})
    elif cron is None and (moment is None or moment <= now):
        past = f"{moment:%Y-%m-%d %H:%M} UTC is past. " if moment else ""
        screen.print(f"{past}Update {update_id} goes out now, within the community's hours.")
    else:
        screen.print(f"Update {update_id} goes out at {next_at:%Y-%m-%d %H:%M} UTC, within the community's hours.")


def _campaign(connection: Connection, place: Row[Any], name: str | None) -> Row[Any] | None:
    return None if name is None else require_campaign(connection, place, name)
