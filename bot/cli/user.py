"""`soundings user`: the coordinators who work in a community."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import opened
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import add_coordinator, require_community
from bot.errors import WrongUsage
from storage.communities import list_coordinators
from storage.models.communities import ROLES

app = typer.Typer(help="The coordinators who work in a community.", no_args_is_help=True)


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="Their email address, by which they are known.")],
    community: InCommunity,
    name: Annotated[str, typer.Option(help="Their name, as colleagues read it.")] = "",
    role: Annotated[str, typer.Option(help="viewer, coordinator or owner")] = "coordinator",
    notify: Annotated[
        str | None,
        typer.Option(help="Where to tell them that somebody needs a person: sms:+19025550123 or telegram:12345678"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Give a person a role in a community, or change it."""
    if role not in ROLES:
        raise WrongUsage(f"--role is one of {', '.join(ROLES)}, not {role!r}.")
    with opened() as house, house.write() as connection:
        place = require_community(connection, community)
        add_coordinator(
            connection,
            email=email,
            name=name or email.partition("@")[0],
            community_id=place.id,
            role=role,
            notify=notify,
            now=house.clock.now(),
        )
    if as_json:
        print_json({"user": email.lower(), "community": community, "role": role})
    else:
        screen.print(f"{email.lower()} is {role} of {place.name}.")


@app.command("list")
def list_all(
    community: Annotated[str | None, typer.Option("--community", "-c", help="Only this community's.")] = None,
    as_json: Json = False,
) -> None:
    """List the coordinators and their roles."""
    with opened() as house, house.read() as connection:
        place = require_community(connection, community) if community else None
        found = [dict(row._mapping) for row in list_coordinators(connection, place.id if place else None)]
    if as_json:
        print_json(found)
        return
    print_table(
        ("email", "name", "community", "role", "notified"),
        [(c["email"], c["name"], c["community"], c["role"], "yes" if c["notified"] else "no") for c in found],
        empty="No coordinator yet. Add one with: soundings user add ana@example.org --community north-end",
    )
