"""`soundings campaign`: ask a community something, and see how it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress_bar import ProgressBar
from sqlalchemy import Connection, Row

from bot.app import opened
from bot.campaigns import audience as audiences
from bot.campaigns.changes import cancel as cancel_campaign
from bot.campaigns.changes import pause as pause_campaign
from bot.campaigns.changes import resume as resume_campaign
from bot.campaigns.launch import create_campaign, require_campaign
from bot.campaigns.status import CampaignStatus, status_of
from bot.cli.moments import read_moment
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import require_community
from bot.interop.audience_csv import participants_in
from storage import campaigns as rows

app = typer.Typer(help="Ask a community something, and see how it goes.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The campaign's name.")]


@app.command()
def launch(
    flow: Annotated[str, typer.Argument(help="The published flow to send.")],
    community: InCommunity,
    name: Annotated[str | None, typer.Option(help="What to call it; the flow's name if left out.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When: 2026-11-24T10:00, the community's clock. Now if left out.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only participants with this tag; give it again for more.")
    ] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only participants who read this language.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only those reached by sms, telegram or sim.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Only those in this file (a column phone or telegram).")] = None,
    reminder: Annotated[
        list[str] | None, typer.Option(help="When to remind who has not answered: 24h. In place of the flow's own.")
    ] = None,
    closes: Annotated[str | None, typer.Option(help="When nobody starts any more.")] = None,
    keyword: Annotated[str | None, typer.Option(help="A word that anybody may text to take part.")] = None,
    as_json: Json = False,
) -> None:
    """Send a flow to everybody in a community who agreed to surveys, or to a part of them."""
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        now = installation.clock.now()
        audience = audiences.Audience(
            tags=tuple(tag or ()),
            languages=tuple(language or ()),
            channels=tuple(channel or ()),
            participants=None if csv is None else participants_in(connection, place, csv),
        )
        chosen = name or flow
        create_campaign(
            connection,
            community=place,
            flow=flow,
            name=chosen,
            audience=audience,
            launch_at=read_moment(at, place.timezone) if at else now,
            closes_at=read_moment(closes, place.timezone) if closes else None,
            reminders=reminder,
            keyword=keyword,
            now=now,
        )
        asked = audiences.size(connection, audience, place.id)
        campaign = _with_flow(connection, place, chosen)
    if as_json:
        print_json(
            {
                "campaign": chosen,
                "community": community,
                "status": campaign.status,
                "audience": asked,
                "launch_at": campaign.launch_at,
            }
        )
        return
    when = f"at {campaign.launch_at:%Y-%m-%d %H:%M} UTC" if at else "now"
    screen.print(
        f"{chosen} goes out {when} to {asked} people. See how it goes: soundings campaign status {chosen} --community {community}"
    )


@app.command("list")
def list_all(
    community: Annotated[str | None, typer.Option("--community", "-c", help="Only this community's.")] = None,
    as_json: Json = False,
) -> None:
    """List the campaigns, the newest first."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community) if community else None
        found = [
            {
                "campaign": row.name,
                "community": row.community,
                "flow": row.flow,
                "revision": row.revision,
                "status": row.status,
                "launch_at": row.launch_at,
            }
            for row in rows.list_campaigns(connection, place.id if place else None)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ("campaign", "community", "flow", "revision", "status", "launch (UTC)"),
        [(*list(c.values())[:5], f"{c['launch_at']:%Y-%m-%d %H:%M}") for c in found],
        empty="No campaign yet. Launch one with: soundings campaign launch neighbourhood-check-in --community north-end",
    )


@app.command()
def status(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """Who was invited, who answered, and what became of the messages."""
    with opened() as installation, installation.read() as connection:
        found = status_of(connection, _with_flow(connection, require_community(connection, community), name))
    if as_json:
        print_json(found.as_dict())
    else:
        show_status(found)


@app.command()
def pause(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """Hold back what has not left; replies to those who write go on."""
    with opened() as installation, installation.write() as connection:
        pause_campaign(connection, require_campaign(connection, require_community(connection, community), name))
    _said(
        as_json,
        name,
        "paused",
        f"{name} is paused. Go on with: soundings campaign resume {name} --community {community}",
    )


@app.command()
def resume(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """Let a paused campaign go on."""
    with opened() as installation, installation.write() as connection:
        campaign = require_campaign(connection, require_community(connection, community), name)
        status = resume_campaign(connection, campaign, installation.clock.now())
    _said(as_json, name, status, f"{name} goes on.")


@app.command()
def cancel(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """End a campaign for good; the answers so far stay."""
    with opened() as installation, installation.write() as connection:
        campaign = require_campaign(connection, require_community(connection, community), name)
        counts = cancel_campaign(connection, campaign, installation.clock.now(), installation.house)
    if as_json:
        print_json({"campaign": name, "status": "cancelled", "cancelled": counts})
        return
    screen.print(
        f"{name} is cancelled: {counts['invitations']} not asked any more, {counts['messages']} messages not sent, "
        f"{counts['runs']} conversations ended. The answers so far stay."
    )


def show_status(found: CampaignStatus) -> None:
    """A campaign's figures for a person."""
    screen.print(f"[bold]{found.campaign}[/bold] ({found.flow}, revision {found.revision}) is {found.status}")
    screen.print(ProgressBar(total=1.0, completed=found.progress, width=40), f"{found.progress:.0%}")
    print_table(
        ("invited", "waiting", "began", "answered", "completed", "stopped", "expired"),
        [(found.invited, found.pending, found.started, found.answered, found.completed, found.stopped, found.expired)],
        empty="",
    )
    if found.skipped:
        screen.print("Not asked: " + ", ".join(f"{n} {reason}" for reason, n in sorted(found.skipped.items())))
    if found.messages:
        screen.print("Messages: " + ", ".join(f"{n} {state}" for state, n in sorted(found.messages.items())))


def _with_flow(connection: Connection, place: Row[Any], name: str) -> Row[Any]:
    campaign = require_campaign(connection, place, name)
    return next(row for row in rows.list_campaigns(connection, place.id) if row.id == campaign.id)


def _said(as_json: bool, name: str, state: str, sentence: str) -> None:
    if as_json:
        print_json({"campaign": name, "status": state})
    else:
        screen.print(sentence)
