"""`soundings community`: the places that take part, and what each has set for itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text
from sqlalchemy import Row

from bot.app import opened
from bot.cli.output import Json, print_json, print_table, screen
from bot.communities import add_community, change_community, require_community
from bot.config import CommunitySettings
from bot.errors import WrongUsage
from bot.hours import DEFAULT_HOURS, parse_hours
from storage.communities import list_communities

app = typer.Typer(help="The places that take part.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="Its name in commands, such as north-end.")]
Hours = Annotated[
    str | None,
    typer.Option(help="When campaigns may text: 09:00-20:30, or mon-fri 09:00-20:30, sat-sun 10:00-18:00"),
]
Contact = Annotated[str | None, typer.Option(help="Whom HELP names: a person, a number, an office.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A limit or default: cap_per_day=2, countries=CA,US, distress=@words.json; again for more."
    ),
]


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="Its name as residents read it.")],
    languages: Annotated[str, typer.Option(help="Its languages, the first one first: en,fr")] = "en",
    timezone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "America/Halifax",
    hours: Hours = None,
    contact: Contact = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Add a community."""
    wanted = {key: value for key, value in read_settings(settings or ()).items() if value is not None}
    with opened() as house, house.write() as connection:
        community_id = add_community(
            connection,
            slug=slug,
            name=name,
            languages=languages.split(","),
            timezone=timezone,
            hours=DEFAULT_HOURS if hours is None else parse_hours(hours),
            contact=contact,
            settings=wanted,
            now=house.clock.now(),
        )
    if as_json:
        print_json({"id": community_id, "community": slug})
    else:
        screen.print(f"{name} is here. Next: soundings sender add sms:+19025550100 --community {slug}")


@app.command()
def change(
    slug: Slug,
    name: Annotated[str | None, typer.Option(help="Its name as residents read it.")] = None,
    languages: Annotated[str | None, typer.Option(help="Its languages, the first one first: en,fr")] = None,
    timezone: Annotated[str | None, typer.Option(help="Its IANA time zone.")] = None,
    hours: Hours = None,
    contact: Contact = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Change what is given, and leave the rest. --set cap_per_day= (with nothing behind it) goes back to the default."""
    with opened() as house, house.write() as connection:
        change_community(
            connection,
            require_community(connection, slug),
            name=name,
            languages=None if languages is None else languages.split(","),
            timezone=timezone,
            hours=None if hours is None else parse_hours(hours),
            contact=contact,
            settings=read_settings(settings or ()),
        )
        found = describe(require_community(connection, slug))
    if as_json:
        print_json(found)
    else:
        screen.print(f"{found['name']} is changed; a running process knows it within seconds.")


@app.command()
def show(slug: Slug, as_json: Json = False) -> None:
    """One community: its languages, hours and contact, and every limit and default that holds there."""
    with opened() as house, house.read() as connection:
        found = describe(require_community(connection, slug))
    if as_json:
        print_json(found)
        return
    screen.print(Text(f"{found['name']} ({slug})", style="bold"))
    screen.print(Text(f"{', '.join(found['languages'])}; {found['timezone']}; contact: {found['contact'] or 'none'}"))
    screen.print(Text("; ".join(f"{day} {opens}-{closes}" for day, (opens, closes) in found["hours"].items())))
    print_table(
        ("setting", "value", ""),
        [
            (key, orjson.dumps(value).decode(), "its own" if key in found["own"] else "")
            for key, value in found["settings"].items()
        ],
        empty="",
    )


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


def describe(row: Row[Any]) -> dict[str, Any]:
    """A community as plain values; `own` names the settings that it has set itself."""
    return {
        "community": row.slug,
        "name": row.name,
        "languages": row.languages,
        "timezone": row.timezone,
        "hours": row.hours,
        "contact": row.contact,
        "settings": CommunitySettings.model_validate(row.settings).model_dump(mode="json"),
        "own": sorted(row.settings),
    }


def read_settings(given: Sequence[str]) -> dict[str, Any]:
    """Settings as they are written on the command line, by name; None for one that is to have its default again."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or name not in CommunitySettings.model_fields:
            known = ", ".join(CommunitySettings.model_fields)
            raise WrongUsage(f"--set {text}: write name=value. There is {known}.")
        found[name] = _value(name, value)
    return found


def _value(name: str, value: str) -> Any:
    if not value:
        return None
    if value.startswith("@"):
        try:
            value = Path(value[1:]).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUsage(f"--set {name}={value}: the file cannot be read.") from error
    if value.lstrip().startswith(("{", "[", '"')):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise WrongUsage(f"--set {name}: this is no JSON: {error}.") from error
    if isinstance(CommunitySettings.model_fields[name].default, tuple):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
