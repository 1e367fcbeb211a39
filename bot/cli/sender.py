"""`soundings sender`: the numbers and bots that messages leave from."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import opened
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import add_sender, plan_sender, require_community
from bot.errors import WrongUsage
from storage.communities import list_senders
from storage.models.communities import OPT_OUT_HANDLERS

app = typer.Typer(help="The numbers and bots that messages leave from.", no_args_is_help=True)


@app.command()
def add(
    address: Annotated[
        str, typer.Argument(help="sms:+19025550100, sms:12345, sms:MG…, telegram:name_of_the_bot, sim:1")
    ],
    community: InCommunity,
    opt_out: Annotated[
        str | None,
        typer.Option(
            help="Who answers STOP: 'provider' (Twilio does on ordinary numbers, the default there) or 'ours' (we do)."
        ),
    ] = None,
    pace: Annotated[float | None, typer.Option(help="Segments (SMS) or messages a second.")] = None,
    as_json: Json = False,
) -> None:
    """Register a sender, or let one serve one more community."""
    if opt_out is not None and opt_out not in OPT_OUT_HANDLERS:
        raise WrongUsage(f"--opt-out is 'provider' or 'ours', not {opt_out!r}.")
    plan = plan_sender(address)
    with opened() as house, house.write() as connection:
        place = require_community(connection, community)
        add_sender(connection, plan, community_id=place.id, opt_out=opt_out, pace=pace, now=house.clock.now())
    if as_json:
        print_json({"sender": plan.address, "community": community})
    else:
        screen.print(f"{plan.address} serves {place.name}.")


@app.command("list")
def list_all(
    community: Annotated[str | None, typer.Option("--community", "-c", help="Only this community's.")] = None,
    as_json: Json = False,
) -> None:
    """List the senders with their pace and state."""
    with opened() as house, house.read() as connection:
        place = require_community(connection, community) if community else None
        found = [
            {
                "sender": row.address,
                "community": row.community,
                "opt_out": row.opt_out,
                "pace": row.pace,
                "paused": row.paused_reason,
            }
            for row in list_senders(connection, place.id if place else None)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ("sender", "community", "stop words", "pace", "paused"),
        [(s["sender"], s["community"], s["opt_out"], s["pace"], s["paused"]) for s in found],
        empty="No sender yet. Add one with: soundings sender add sms:+19025550100 --community north-end",
    )
