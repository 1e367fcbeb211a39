"""A copy of a SQLite database while others write to it, and putting one back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from storage.schema import known_revisions

#: Pages copied between two tellings of the progress.
STEP = 4_000
#: No log beside the file.
_ALONE = "PRAGMA journal_mode=DELETE"


class BadCopy(Exception):
    """A file is not a sound database of Soundings; the message says what it is instead."""


class InUse(Exception):
    """Somebody has the database open."""


def copy_database(source: Path, target: Path, told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Copy `source` as it stands at this moment to `target`, whole or not at all, and check the copy; its size in bytes.

    Writers go on meanwhile. `told` gets the pages done and all of them. Raises `BadCopy` where the copy is not sound.
    """
    with _beside(target) as part:
        with closing(sqlite3.connect(source, isolation_level=None)) as reading, closing(sqlite3.connect(part)) as copy:
            # One reading transaction around all steps: the copy is of one moment, and what is written meanwhile starts nothing anew.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            reading.backup(copy, pages=STEP, progress=lambda _status, left, pages: told(pages - left, pages))
            copy.execute(_ALONE)
        check_copy(part)
    return target.stat().st_size


def restore_database(
    copy: Path, target: Path, aside: Path, prepare: Callable[[Path], None] = lambda _part: None
) -> None:
    """Put a copy in the place of `target`, which goes to `aside` first; `prepare` may change the copy that takes its place before.

    Raises `BadCopy`, or `InUse` where a process has it open.
    """
    check_copy(copy)
    with _beside(target) as part:
        shutil.copyfile(copy, part)
        check_copy(part)
        prepare(part)
        check_copy(part)
        if target.exists():
            _set_aside(target, aside)


def alone(path: Path) -> None:
    """Have a database that nobody has open be one file, without another beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(_ALONE)


def check_copy(path: Path) -> str:
    """The schema's revision of a sound copy; raises `BadCopy`."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BadCopy(f"{path.name} is damaged: {found}")
            revision = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        raise BadCopy(f"{path.name} is no database of Soundings: {error}") from None
    if revision not in known_revisions():
        raise BadCopy(f"{path.name} was made by a newer version of Soundings (schema {revision}). Use that version.")
    return revision


def _set_aside(target: Path, aside: Path) -> None:
    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
        try:
            # Possible only where nobody else has the file open; what stood in the log beside it goes into it.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise InUse from None
        except sqlite3.DatabaseError:
            # It is damaged, and that is why a copy is put back. Its log must not be taken into the copy.
            for end in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    target.with_name(target.name + end).rename(aside.with_name(aside.name + end))
        os.link(target, aside)
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file beside `target` that takes its place when the block ends, synced, and is gone where it fails."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        # It holds the numbers of people: for its owner alone.
        part.touch(mode=0o600)
        yield part
        for path in (part, target.parent):
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            if path is part:
                part.replace(target)
    finally:
        part.unlink(missing_ok=True)


__all__ = ["BadCopy", "InUse", "alone", "check_copy", "copy_database", "restore_database"]
