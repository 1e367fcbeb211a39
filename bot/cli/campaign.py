"""`soundings campaign`: ask a community something, and see how it goes."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection, Row

from bot.app import Installation, opened
from bot.campaigns import changes
from bot.campaigns.estimate import estimate as make_estimate
from bot.campaigns.estimated import Estimate
from bot.campaigns.launch import create_campaign, find_revision, require_campaign
from bot.campaigns.prices import load_prices
from bot.campaigns.status import status_of
from bot.cli.campaign_options import CampaignOptions, Described, describe, takes_options
from bot.cli.campaign_shown import on_the_clock, show_estimate, show_gist, show_status, working
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import require_community
from storage import campaigns as rows

__all__ = ["app", "show_status"]

app = typer.Typer(help="Ask a community something, and see how it goes.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The campaign's name.")]
Flow = Annotated[str, typer.Argument(help="The published flow to send; check-in@2 for its second revision.")]
Called = Annotated[str | None, typer.Option(help="What to call it; the flow's name if left out.")]


@app.command()
@takes_options
def launch(
    flow: Flow,
    community: InCommunity,
    name: Called = None,
    *,
    options: CampaignOptions,
    as_json: Json = False,
) -> None:
    """Send a flow to everybody in a community who agreed to surveys, or to a part of them.

    What it will take is shown; to see it whole and launch nothing: soundings campaign estimate, with the same options.
    """
    chosen = name or flow.partition("@")[0]
    with opened() as installation:
        now = installation.clock.now()
        with installation.read() as connection:
            place = require_community(connection, community)
            described = describe(connection, place, flow, options, now)
            # What cannot be launched is refused before anything is reckoned.
            found = _estimate(installation, connection, place, flow, chosen, described, options, gist=True)
        with installation.write() as connection:
            create_campaign(
                connection,
                community=place,
                flow=flow,
                name=chosen,
                audience=described.audience,
                launch_at=described.launch_at,
                closes_at=described.closes_at,
                reminders=options.reminder,
                keyword=options.keyword,
                settings=described.settings.model_copy(update={"expected": found.gist()}),
                now=now,
            )
            campaign = require_campaign(connection, place, chosen)
    if as_json:
        print_json(
            {
                "campaign": chosen,
                "community": community,
                "status": campaign.status,
                "audience": found.recipients,
                "launch_at": campaign.launch_at,
                "expected": found.gist(),
                "warnings": list(found.warnings),
            }
        )
        return
    show_gist(found, place)
    at_once = described.at_once and campaign.launch_at <= now
    goes_out = "now" if at_once else f"on {on_the_clock(campaign.launch_at, ZoneInfo(place.timezone))}"
    screen.print(
        f"{chosen} goes out {goes_out}. See how it goes: soundings campaign status {chosen} --community {community}"
    )


@app.command()
@takes_options
def estimate(
    flow: Flow,
    community: InCommunity,
    name: Called = None,
    *,
    options: CampaignOptions,
    as_json: Json = False,
) -> None:
    """What a launch with the same options would take: who is asked and who not, texts and cost, time, likely answers.

    Nothing is sent or written down.
    """
    chosen = name or flow.partition("@")[0]
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community)
        described = describe(connection, place, flow, options, installation.clock.now())
        found = _estimate(installation, connection, place, flow, chosen, described, options)
    if as_json:
        print_json({"flow": flow, "community": community, "launch_at": described.launch_at, **found.as_dict()})
    else:
        show_estimate(found, place)


def _estimate(
    installation: Installation,
    connection: Connection,
    place: Row[Any],
    flow: str,
    name: str,
    described: Described,
    options: CampaignOptions,
    *,
    gist: bool = False,
) -> Estimate:
    with working("Reading what each would be sent", quiet=gist) as progress:
        return make_estimate(
            connection,
            community=place,
            audience=described.audience,
            settings=described.settings,
            revision_id=find_revision(connection, place, flow),
            name=name,
            launch_at=described.launch_at,
            now=installation.clock.now(),
            house=installation.house,
            prices=load_prices(options.prices),
            progress=progress,
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
        place = require_community(connection, community)
        campaign = require_campaign(connection, place, name)
        whole = next(row for row in rows.list_campaigns(connection, place.id) if row.id == campaign.id)
        found = status_of(connection, whole)
    if as_json:
        print_json(found.as_dict())
    else:
        show_status(found, installation.clock.now())


@app.command()
def pause(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """Hold back what has not left; replies to those who write go on."""
    with opened() as installation, installation.write() as connection:
        changes.pause(connection, require_campaign(connection, require_community(connection, community), name))
    _said(
        as_json,
        name,
        "paused",
        f"{name} is paused. Go on with: soundings campaign resume {name} --community {community}",
    )


@app.command()
def resume(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """Let a paused campaign go on."""
    with opened() as installation:
        with installation.write() as connection:
            campaign = require_campaign(connection, require_community(connection, community), name)
            standing = changes.resume(connection, campaign, installation.clock.now())
        more = 1
        while more:
            with installation.write() as connection:
                more = changes.recall_messages(connection, campaign.id, installation.clock.now())
    _said(as_json, name, standing, f"{name} goes on.")


@app.command()
def cancel(name: Name, community: InCommunity, as_json: Json = False) -> None:
    """End a campaign for good; the answers so far stay."""
    with opened() as installation:
        now = installation.clock.now()
        with installation.write() as connection:
            campaign = require_campaign(connection, require_community(connection, community), name)
            counts = changes.cancel(connection, campaign, now, installation.house)
        # It is over already: nothing of it leaves. What is left of it is put away in slices, by whoever comes first.
        left, total, done = 1, sum(counts.values()), 0
        with working("Taking back what has not left", quiet=as_json) as progress:
            while left:
                with installation.write() as connection:
                    cleared = changes.clear_campaign(connection, campaign.id, "cancelled", now, installation.house)
                left = sum(cleared.values())
                done += left
                progress(min(done, total), total)
    if as_json:
        print_json({"campaign": name, "status": "cancelled", "cancelled": counts})
        return
    screen.print(
        f"{name} is cancelled: {counts['invitations']} not asked any more, {counts['messages']} messages not sent, "
        f"{counts['runs']} conversations ended. The answers so far stay."
    )


def _said(as_json: bool, name: str, state: str, sentence: str) -> None:
    if as_json:
        print_json({"campaign": name, "status": state})
    else:
        screen.print(sentence)
