"""`soundings outbox`: messages of which nobody knows whether they went, or that could not be sent, and sending them again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row

from bot.app import opened
from bot.campaigns.launch import require_campaign
from bot.cli.moments import read_moment
from bot.cli.output import Json, print_json, print_table, screen
from bot.communities import require_community
from bot.delivery.recovery import RESENDABLE, dismiss, resend, unknown_messages
from bot.errors import WrongUsage
from bot.restoring import SLICE, Release, hold
from storage.progress import ids_of_status
from storage.restored import count_held, held_messages

app = typer.Typer(help="What did not leave, or may not have.", no_args_is_help=True)

Community = Annotated[str | None, typer.Option("--community", "-c", help="Only this community's.")]
Campaign = Annotated[str | None, typer.Option("--campaign", help="Only this campaign's; needs --community.")]
#: Messages that one command sends again at the most; say it once more for more.
MOST = 10_000


@app.command("unknown")
def list_unknown(community: Community = None, as_json: Json = False) -> None:
    """List the messages of which nobody knows whether they went, the oldest first, a thousand at the most."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community) if community else None
        found = [
            {
                "message": one.id,
                "community": one.community,
                "sender": one.sender,
                "participant": one.participant,
                "kind": one.kind,
                "at": one.claimed_at,
                "held": one.held,
                "reason": one.reason,
            }
            for one in unknown_messages(connection, community_id=place.id if place else None)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ("message", "community", "sender", "participant", "kind", "at (UTC)", "reason"),
        [(*list(one.values())[:5], f"{one['at']:%Y-%m-%d %H:%M}" if one["at"] else "", one["reason"]) for one in found],
        empty="There is none: of every message it is known what became of it.",
    )


@app.command("resend")
def send_again(
    messages: Annotated[list[int] | None, typer.Argument(help="Their numbers, as unknown lists them.")] = None,
    every: Annotated[
        list[str] | None, typer.Option("--all", help="All that are unknown, failed or undelivered; again for more.")
    ] = None,
    community: Community = None,
    as_json: Json = False,
) -> None:
    """Send messages again, by your decision: some of those that are unknown may arrive twice.

    Only what is unknown, failed or undelivered. Consent, hours and caps are looked at again when they leave.
    """
    statuses = tuple(every or ())
    if bool(messages) == bool(statuses):
        raise WrongUsage("Say which: the numbers of messages, or --all unknown, --all failed or --all undelivered.")
    wrong = [status for status in statuses if status not in RESENDABLE]
    if wrong:
        raise WrongUsage(f"--all {wrong[0]}: what may be sent again is {', '.join(RESENDABLE)}.")
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community) if community else None
        ids = messages or ids_of_status(connection, statuses, place.id if place else None, MOST)
        queued = resend(connection, ids, installation.clock.now())
    if as_json:
        print_json({"queued": queued, "of": len(ids)})
        return
    left = "" if queued == len(ids) else f" The other {len(ids) - queued} are in no state to be sent again."
    screen.print(f"{queued} messages are queued to be sent again.{left}")


def _whose(
    connection: Connection, community: str | None, campaign: str | None
) -> tuple[Row[Any] | None, Row[Any] | None]:
    """The community and the campaign that were named; raises `WrongUsage` for a campaign of nobody's."""
    if campaign and not community:
        raise WrongUsage("Whose campaign? Give --community.")
    place = require_community(connection, community) if community else None
    return place, require_campaign(connection, place, campaign) if place is not None and campaign else None


@app.command("dismiss")
def dismiss_all(
    messages: Annotated[list[int] | None, typer.Argument(help="Their numbers, as unknown lists them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are in doubt.")] = False,
    community: Community = None,
    campaign: Campaign = None,
    as_json: Json = False,
) -> None:
    """Decide that messages of which nobody knows whether they went are not sent again: they wait for nobody any more.

    A receipt that comes after all still says what became of them.
    """
    if bool(messages) == bool(every or community or campaign):
        raise WrongUsage("Say which: the numbers of messages, or --community, --campaign, or --all.")
    with opened() as installation:
        with installation.read() as connection:
            place, of = _whose(connection, community, campaign)
        dismissed, ids = 0, list(messages or ())
        while True:
            with installation.write() as connection:
                if not messages:
                    ids = list(ids_of_status(connection, ("unknown",), place and place.id, SLICE, of and of.id))
                some = dismiss(connection, ids, installation.clock.now())
            dismissed += some
            if messages or not some:
                break
    if as_json:
        print_json({"dismissed": dismissed})
        return
    screen.print(f"{dismissed} messages are not sent again.")


@app.command("hold")
def hold_all(as_json: Json = False) -> None:
    """After an older copy of the database was put back by other means than soundings restore: hold what may have left since.

    What was to leave by now becomes unknown, campaigns that go on are paused, updates that are due are not sent.
    """
    with opened() as installation, installation.write() as connection:
        held = hold(connection, installation.clock.now())
    if as_json:
        print_json(asdict(held))
        return
    paused = f" Paused: {', '.join(held.campaigns)}." if held.campaigns else ""
    screen.print(f"{held.messages} messages are held as unknown, {held.updates} updates are not sent.{paused}")


@app.command("held")
def list_held(community: Community = None, as_json: Json = False) -> None:
    """Show what is held since an older copy was put back, and nobody has decided on yet: how many, of what, due when."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community) if community else None
        found = held_messages(connection, place.id if place else None)
    if as_json:
        print_json([one._asdict() for one in found])
        return
    print_table(
        ("community", "campaign", "update", "messages", "due from (UTC)", "until"),
        [(*one[:4], *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (one.due_from, one.due_until))) for one in found],
        empty="Nothing is held.",
    )


@app.command("release")
def let_go(
    community: Community = None,
    campaign: Campaign = None,
    update: Annotated[int | None, typer.Option("--update", help="Only this update's, by its number.")] = None,
    due_after: Annotated[
        str | None,
        typer.Option(
            "--due-after",
            help="Only what was to leave after this time. Where nothing was sent any more by then, none of it arrives twice.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is held.")] = False,
    as_json: Json = False,
) -> None:
    """Send what is held since an older copy was put back, all or a part of it, by your decision: some of it may arrive twice.

    Consent, hours and caps are looked at again when it leaves; what is of no use any more is dropped.
    """
    if not (every or community or campaign or update is not None or due_after):
        raise WrongUsage(
            "Say which: --community, --campaign, --update, --due-after, or --all. See soundings outbox held"
        )
    with opened() as installation:
        with installation.read() as connection:
            place, of = _whose(connection, community, campaign)
        release = Release(
            community_id=None if place is None else place.id,
            campaign_id=None if of is None else of.id,
            update_id=update,
            due_after=None if due_after is None else read_moment(due_after, "UTC" if place is None else place.timezone),
        )
        queued, some = 0, -1
        while some:
            with installation.write() as connection:
                some = release.some(connection, installation.clock.now())
            queued += some
        with installation.read() as connection:
            left = count_held(connection)
    if as_json:
        print_json({"queued": queued, "held": left})
        return
    screen.print(f"{queued} messages are queued to be sent. {left} are still held.")
    if of is not None and of.status == "paused":
        screen.print(
            f"They wait for its campaign, which is paused: soundings campaign resume {campaign} -c {community}"
        )
