"""`soundings sender`: the numbers and bots that messages leave from."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.app import opened
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import add_sender, checked_pace, plan_sender, require_community
from bot.errors import NotFound, WrongUsage
from storage.communities import find_sender, list_senders
from storage.models.communities import OPT_OUT_HANDLERS
from storage.senders import change_sender, pause_sender, resume_sender

OptOut = Annotated[
    str | None,
    typer.Option(
        help="Who answers STOP: 'provider' (Twilio does on ordinary numbers, the default there) or 'ours' (we do)."
    ),
]
Pace = Annotated[float | None, typer.Option(help="Segments (SMS) or messages a second.")]
Address = Annotated[str, typer.Argument(help="The sender, as it was registered: sms:+19025550100.")]

app = typer.Typer(help="The numbers and bots that messages leave from.", no_args_is_help=True)


@app.command()
def add(
    address: Annotated[
        str, typer.Argument(help="sms:+19025550100, sms:12345, sms:MG…, telegram:name_of_the_bot, sim:1")
    ],
    community: InCommunity,
    opt_out: OptOut = None,
    pace: Pace = None,
    as_json: Json = False,
) -> None:
    """Register a sender, or let one serve one more community."""
    _check(opt_out)
    plan = plan_sender(address)
    with opened() as house, house.write() as connection:
        place = require_community(connection, community)
        add_sender(connection, plan, community_id=place.id, opt_out=opt_out, pace=pace, now=house.clock.now())
    if as_json:
        print_json({"sender": plan.address, "community": community})
    else:
        screen.print(f"{plan.address} serves {place.name}.")


@app.command()
def change(address: Address, opt_out: OptOut = None, pace: Pace = None, as_json: Json = False) -> None:
    """Change a sender for all that it serves: who answers its stop words, or how fast it sends."""
    _check(opt_out)
    given = {"opt_out": opt_out, "pace": checked_pace(pace)}
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        raise WrongUsage("Nothing to change: give --opt-out or --pace.")
    with opened() as house, house.write() as connection:
        sender_id, name = _sender(connection, address)
        change_sender(connection, sender_id, **values)
    if as_json:
        print_json({"sender": name, **values})
    else:
        screen.print(f"{name} is changed; a running process knows it within seconds.")


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


@app.command()
def pause(
    address: Address,
    reason: Annotated[str, typer.Option(help="Why, for colleagues.")] = "paused by hand",
    as_json: Json = False,
) -> None:
    """Send nothing from a sender until it is resumed; what is to leave waits."""
    with opened() as house, house.write() as connection:
        sender_id, name = _sender(connection, address)
        if not pause_sender(connection, sender_id, reason, house.clock.now()):
            raise WrongUsage(f"{name} is paused already. Let it go on with: soundings sender resume {name}")
    _said(as_json, name, reason, f"{name} is paused. Let it go on with: soundings sender resume {name}")


@app.command()
def resume(address: Address, as_json: Json = False) -> None:
    """Let a sender go on that was paused, by hand or because its provider refused it; mend the cause first."""
    with opened() as house, house.write() as connection:
        sender_id, name = _sender(connection, address)
        if not resume_sender(connection, sender_id):
            raise WrongUsage(f"{name} is not paused.")
    _said(as_json, name, None, f"{name} goes on.")


def _check(opt_out: str | None) -> None:
    if opt_out is not None and opt_out not in OPT_OUT_HANDLERS:
        raise WrongUsage(f"--opt-out is 'provider' or 'ours', not {opt_out!r}.")


def _sender(connection: Connection, address: str) -> tuple[int, str]:
    """A sender's id and its address as it is registered."""
    name = plan_sender(address).address
    found = find_sender(connection, name)
    if found is None:
        raise NotFound("sender", name, tuple(dict.fromkeys(row.address for row in list_senders(connection))))
    return int(found.id), name


def _said(as_json: bool, name: str, paused: str | None, sentence: str) -> None:
    if as_json:
        print_json({"sender": name, "paused": paused})
    else:
        screen.print(sentence)
