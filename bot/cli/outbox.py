"""`soundings outbox`: messages of which nobody knows whether they went, or that could not be sent, and sending them again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.app import opened
from bot.cli.output import Json, print_json, print_table, screen
from bot.communities import require_community
from bot.delivery.recovery import RESENDABLE, resend, unknown_messages
from bot.errors import WrongUsage
from bot.restoring import hold
from storage.progress import ids_of_status

app = typer.Typer(help="What did not leave, or may not have.", no_args_is_help=True)

Community = Annotated[str | None, typer.Option("--community", "-c", help="Only this community's.")]
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
