"""`soundings backup` and `soundings restore`: a copy of a SQLite database while it is in use, and putting one back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.cli.output import Json, errors, print_json, screen, writing
from bot.config import load_settings
from bot.errors import BadFile, NotReady, WrongUsage
from storage.backup import BadCopy, InUse, copy_database, restore_database
from storage.database import Database, UnusableDatabase


def backup(
    file: Annotated[Path, typer.Argument(help="Where to put the copy.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Copy a SQLite database while it is in use, and check the copy. Keep it as safe as the database itself."""
    source = _sqlite_file("pg_dump --format=custom --file=soundings.dump {address}")
    if not source.exists():
        raise NotReady(f"There is no database at {source} yet. See SOUNDINGS_DATABASE_URL.")
    if file.resolve() == source.resolve():
        raise WrongUsage(f"{file} is the database itself. Name another file.")
    if file.exists() and not replace:
        raise WrongUsage(f"{file} is there already. Name another file, or give --replace.")
    with writing(file), Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("Copying", total=None)
        try:
            size = copy_database(source, file, lambda done, pages: progress.update(task, completed=done, total=pages))
        except BadCopy as error:
            raise BadFile(f"The copy is not sound, and was not kept. {error}") from None
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        screen.print(f"The copy is in {file}: {size / 2**20:.1f} MB, checked.")


def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `soundings backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Put a copy in the database's place, which is kept beside it. Stop soundings serve first."""
    target = _sqlite_file("pg_restore --clean --if-exists --dbname={address} soundings.dump")
    if not file.exists():
        raise WrongUsage(f"There is no file {file}.")
    if target.exists() and not yes and not typer.confirm(f"Put {file} in the place of {target}?"):
        raise WrongUsage("Nothing was changed.")
    aside = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    had_one = target.exists()
    try:
        with writing(target):
            restore_database(file, target, aside)
    except BadCopy as error:
        raise BadFile(f"Nothing was changed. {error}") from None
    except InUse:
        raise NotReady(f"{target} is in use. Stop soundings serve (and every command) first.") from None
    if as_json:
        print_json({"file": str(target), "kept": str(aside) if had_one else None})
    else:
        kept = f" What was there is in {aside}." if had_one else ""
        screen.print(f"{target} is restored.{kept} Check it: soundings check, soundings audit")


def _sqlite_file(line: str) -> Path:
    """The database's file; raises `WrongUsage` with the line to use instead where there is none."""
    try:
        database = Database(load_settings().database_url)
    except UnusableDatabase as error:
        raise NotReady(str(error)) from error
    if not database.is_sqlite:
        # Without the password, which those tools ask for or read from ~/.pgpass.
        address = database.url._replace(drivername="postgresql", password=None).render_as_string()
        raise WrongUsage(f"PostgreSQL has tools of its own: {line.format(address=address)}")
    if database.url.database in (None, "", ":memory:"):
        raise WrongUsage("A database in memory cannot be kept.")
    return Path(str(database.url.database))
