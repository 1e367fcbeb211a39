"""`soundings community`: the places that take part."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import opened
from bot.cli.output import Json, print_json, print_table, screen
from bot.communities import add_community
from bot.hours import DEFAULT_HOURS, parse_hours
from storage.communities import list_communities

app = typer.Typer(help="The places that take part.", no_args_is_help=True)


@app.command()
def add(
    slug: Annotated[str, typer.Argument(help="Its name in commands, such as north-end.")],
    name: Annotated[str, typer.Option(help="Its name as residents read it.")],
    languages: Annotated[str, typer.Option(help="Its languages, the first one first: en,fr")] = "en",
    timezone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "America/Halifax",
    hours: Annotated[
        str | None,
        typer.Option(help="When campaigns may text: 09:00-20:30, or mon-fri 09:00-20:30, sat-sun 10:00-18:00"),
    ] = None,
    contact: Annotated[str | None, typer.Option(help="Whom HELP names: a person, a number, an office.")] = None,
    as_json: Json = False,
) -> None:
    """Add a community."""
    with opened() as house, house.write() as connection:
        community_id = add_community(
            connection,
            slug=slug,
            name=name,
            languages=languages.split(","),
            timezone=timezone,
            hours=DEFAULT_HOURS if hours is None else parse_hours(hours),
            contact=contact,
            now=house.clock.now(),
        )
    if as_json:
        print_json({"id": community_id, "community": slug})
    else:
        screen.print(f"{name} is here. Next: soundings sender add sms:+19025550100 --community {slug}")


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List the communities."""
    with opened() as house, house.read() as connection:
        found = [
            {
                "community": row.slug,
                "name": row.name,
                "languages": row.languages,
                "timezone": row.timezone,
                "participants": row.participants,
            }
            for row in list_communities(connection)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ("community", "name", "languages", "time zone", "participants"),
        [(c["community"], c["name"], ", ".join(c["languages"]), c["timezone"], c["participants"]) for c in found],
        empty="No community yet. Add one with: soundings community add north-end --name 'North End'",
    )
