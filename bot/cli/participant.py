"""`soundings participant`: the people who take part, and all that is held about one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text

from bot.app import opened
from bot.cli.output import InCommunity, Json, print_json, screen, writing
from bot.communities import require_community
from bot.config import CommunitySettings
from bot.conversation import stop_for
from bot.errors import BadFile, WrongUsage
from bot.interop.participants_csv import Sheet, read_sheet
from bot.participants import consent_of, import_participants
from bot.persons import erase as erase_person
from bot.persons import everything_about, require_person

app = typer.Typer(help="The people who take part.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="A telephone number, telegram:12345 or a pseudonym.")]


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV with a column phone or telegram; language, name, tags (with ;), attributes.")
    ],
    community: InCommunity,
    consent_source: Annotated[str | None, typer.Option(help="Where they agreed: spring fair.")] = None,
    consent_date: Annotated[str | None, typer.Option(help="When they agreed: 2026-11-01.")] = None,
    consent_wording: Annotated[str | None, typer.Option(help="To which words they agreed.")] = None,
    consent_scope: Annotated[str | None, typer.Option(help="To what: surveys, updates or both, the default.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing if any row is bad.")] = False,
    as_json: Json = False,
) -> None:
    """Add people from a file. Without consent they are kept, and never texted.

    Each bad row is told with its line and reason; the good ones are kept. With --strict a bad row ends it with 1.
    """
    consent = consent_of(consent_source, consent_date, consent_wording, consent_scope)
    with opened() as installation:
        now = installation.clock.now()
        with installation.read() as connection:
            place = installation.house.community(connection, require_community(connection, community).id, now)
        sheet = _sheet(file, place.settings)
        with installation.write() as connection:
            report = import_participants(connection, sheet, place, consent, now, strict, installation.house)
    if as_json:
        print_json(report.as_json())
    else:
        screen.print(Text(report.summary()))
        for row in report.rejected[:50]:
            screen.print(Text(f"  line {row.line}: {row.reason}"))
    if not report.written:
        raise typer.Exit(1)


def _sheet(file: Path, settings: CommunitySettings) -> Sheet:
    try:
        content = file.open("rb")
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}.") from None
    with content:
        return read_sheet(content, region=settings.region, countries=settings.countries)


#: What stands in a thread for what came without words, by its kind.
_WORDLESS = {"media": "(a photo or file)", "block": "(blocked the bot)"}


@app.command()
def show(who: Who, community: InCommunity, as_json: Json = False) -> None:
    """One person: what they agreed to, their answers, and the whole thread."""
    with opened() as installation, installation.read() as connection:
        person = require_person(connection, require_community(connection, community), who)
        found = everything_about(connection, person)
    if as_json:
        print_json(found)
        return
    own = found["participant"]
    screen.print(Text(f"{own['name'] or 'No name'} ({own['public_id']}), {own['language']}", style="bold"))
    stopped = f", STOP on {own['opted_out_at']:%Y-%m-%d}" if own["opted_out_at"] else ""
    screen.print(Text(f"surveys: {own['surveys']}, updates: {own['updates']}{stopped}"))
    for consent in found["consents"]:
        screen.print(
            Text(
                f"  {consent['given_at']:%Y-%m-%d} {consent['scope']} {consent['state']} ({consent['source']}): {consent['wording']}"
            )
        )
    for answer in found["answers"]:
        shown = "(sensitive)" if answer["sensitive"] else answer["value"]
        screen.print(Text(f"  {answer['question']}: {shown}"))
    for message in found["messages"]:
        screen.print(
            Text(
                f"{message['created_at']:%m-%d %H:%M} {'>' if message['direction'] == 'in' else '<'} "
                f"{message['text'] or _WORDLESS.get(message['kind'], '')}{_fate(message)}"
            )
        )


def _fate(message: dict[str, Any]) -> str:
    """What became of a message of ours that is not simply sent; in brackets, for the words before it may be a resident's own."""
    status, error = message["status"], message["error"]
    if message["direction"] == "in" or status in ("sent", "delivered"):
        return ""
    if status == "queued":
        return f"  [waits until {message['due_at']:%m-%d %H:%M}]" if message["due_at"] else "  [waits]"
    if status == "sending":
        return "  [is being sent]"
    return f"  [{status}: {error}]" if error else f"  [{status}]"


@app.command()
def stop(
    who: Who,
    community: InCommunity,
    reason: Annotated[
        str, typer.Option(help="How they said so, for the ledger: told Ana on the phone.")
    ] = "told a coordinator",
    as_json: Json = False,
) -> None:
    """Opt out somebody who asked for it by other means than a text. Nothing is sent to them about it; START undoes it."""
    with opened() as installation, installation.write() as connection:
        person = require_person(connection, require_community(connection, community), who)
        now = installation.clock.now()
        stop_for(connection, person.id, now, installation.house, source="coordinator", words=reason)
    if as_json:
        print_json({"public_id": person.public_id, "opted_out_at": person.opted_out_at or now})
        return
    screen.print(f"{person.public_id} is not texted again, unless they text START.")


@app.command()
def export(
    who: Who,
    community: InCommunity,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output if left out.")] = None,
) -> None:
    """Everything that is held about one person, as a file to give to them."""
    with opened() as installation, installation.read() as connection:
        person = require_person(connection, require_community(connection, community), who)
        found = orjson.dumps(everything_about(connection, person), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    if output is None:
        typer.echo(found.decode())
        return
    alone = "" if output.exists() else " Only you can read it."
    with writing(output):
        # A new file is its owner's alone: all of a person stands in it.
        output.touch(mode=0o600)
        output.write_bytes(found)
    screen.print(f"It is in {output}.{alone} Hand it over, and keep no copy.")


@app.command()
def erase(
    who: Who,
    community: InCommunity,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Erase one person everywhere: numbers, texts, answers, photos. It cannot be undone."""
    with opened() as installation:
        with installation.read() as connection:
            person = require_person(connection, require_community(connection, community), who)
        if not yes and not typer.confirm(f"Erase everything about {person.public_id}? It cannot be undone."):
            raise WrongUsage("Nothing was erased.")
        with installation.write() as connection:
            receipt = erase_person(connection, person, installation.clock.now(), installation.house)
        emptied = installation.database.empty_log()
    if as_json:
        print_json({"public_id": receipt.public_id, "erased_at": receipt.erased_at, "erased": receipt.counts})
        return
    told = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in receipt.counts.items() if n)
    screen.print(f"{receipt.public_id} was erased at {receipt.erased_at:%Y-%m-%d %H:%M} UTC: {told}.")
    if not emptied:
        screen.print(
            "Somebody reads the database for long: the log beside it has words of theirs until that ends and it is written over."
        )
