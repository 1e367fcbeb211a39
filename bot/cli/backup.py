"""`soundings backup` and `soundings restore`: a copy of a SQLite database while it is in use, and putting one back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.cli.output import Json, errors, print_json, screen, writing
from bot.config import load_settings
from bot.conversation import House
from bot.errors import BadFile, NotReady, WrongUsage
from bot.restoring import Held, Since, hold, learn_from
from storage.backup import BadCopy, InUse, alone, copy_database, restore_database
from storage.database import Database, UnusableDatabase
from storage.schema import migrate


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
    nothing_left_since: Annotated[
        bool,
        typer.Option(
            "--nothing-left-since",
            help="Soundings was stopped before the copy was made: go on where it stood, and hold nothing.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a copy in the database's place, which is kept beside it. Stop soundings serve first.

    What was to leave by now is held, for it may have left after the copy was made: you decide.
    """
    target = _sqlite_file("pg_restore --clean --if-exists --dbname={address} soundings.dump")
    if not file.exists():
        raise WrongUsage(f"There is no file {file}.")
    if target.exists() and not yes and not typer.confirm(f"Put {file} in the place of {target}?"):
        raise WrongUsage("Nothing was changed.")
    aside = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    had_one = target.exists()
    putting = _Putting(target)
    try:
        with writing(target):
            restore_database(file, target, aside, lambda part: None if nothing_left_since else putting.prepare(part))
    except BadCopy as error:
        raise BadFile(f"Nothing was changed. {error}") from None
    except InUse:
        raise NotReady(f"{target} is in use. Stop soundings serve (and every command) first.") from None
    if as_json:
        held = None if putting.held is None else asdict(putting.held)
        since = None if putting.since is None else asdict(putting.since)
        print_json({"file": str(target), "kept": str(aside) if had_one else None, "held": held, "since": since})
        return
    kept = f" What was there is in {aside}." if had_one else ""
    screen.print(f"{target} is restored.{kept} Check it: soundings check, soundings audit")
    putting.tell(had_one)


@dataclass(slots=True)
class _Putting:
    """A copy on its way into the database's place."""

    target: Path
    held: Held | None = None
    since: Since | None = None

    def prepare(self, part: Path) -> None:
        """Hold what may have left since the copy was made, and have those stay out who said STOP since."""
        now, settings = datetime.now(UTC), load_settings()
        database = Database(f"sqlite:///{part}")
        try:
            migrate(database)
            with database.write() as connection:
                if self.target.exists():
                    self.since = learn_from(connection, self.target, now, House(settings))
                self.held = hold(connection, now)
        finally:
            database.close()
        alone(part)

    def tell(self, had_one: bool) -> None:
        """Say what waits for a person, each with its command."""
        if self.held is None:
            return
        if self.held.messages:
            screen.print(
                f"{self.held.messages} messages may have gone since the copy was made. They are held: soundings outbox held, "
                "soundings outbox release"
            )
        if self.held.campaigns:
            screen.print(f"Paused until you say soundings campaign resume: {', '.join(self.held.campaigns)}")
        if self.held.updates:
            screen.print(f"{self.held.updates} updates were due and are not sent: soundings inbox list")
        if self.since is not None:
            if self.since.stopped:
                screen.print(f"{self.since.stopped} people had said STOP since, and stay out.")
            if self.since.erased:
                screen.print(f"Erased since, and to be erased again: {', '.join(self.since.erased)}")
        elif had_one:
            screen.print("What was there cannot be read: who said STOP after the copy was made is not known here.")


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
