"""What to say of a database that cannot be used: what is wrong with it, and what mends that."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DatabaseError, OperationalError

#: SQLite's primary result codes.
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_BUSY_MEND = "Another process is writing for longer than a command waits. Try again; is a soundings command stuck?"
_PLACE = (
    "Its folder must be there, and writable for the user who runs this, with the file in it: a disk that had errors is read-only, "
    "so look at mount and ls -l."
)
_DAMAGED = "Keep it, and put the last copy in its place: soundings restore"
_SQLITE_MENDS = {
    _BUSY: _BUSY_MEND,
    _LOCKED: _BUSY_MEND,
    _READONLY: _PLACE,
    _CANTOPEN: _PLACE,
    _IOERR: "The disk does not read or write: look at the system's log (dmesg), and move the database to another one.",
    _FULL: "The disk is full. Make room; what was to be written was not, and nothing that was there is lost.",
    _CORRUPT: _DAMAGED,
    _NOTADB: _DAMAGED,
}


def told(error: Exception) -> str | None:
    """What to say of a database that cannot be used; None for any other error."""
    if not isinstance(error, DatabaseError):
        return None
    mend = mend_of(error.orig)
    if mend is None and not isinstance(error, OperationalError):
        return None
    words = str(error.orig).splitlines()[0]
    return f"The database cannot be used: {words}\n{mend or 'See SOUNDINGS_DATABASE_URL.'}"


def mend_of(error: object) -> str | None:
    """What mends an error of SQLite's; None for any other."""
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _SQLITE_MENDS.get(code & 0xFF)


__all__ = ["mend_of", "told"]
