"""The tree of errors that people see: each message says what to do next.

SoundingsError
├── WrongUsage            what was asked cannot be done as asked (exit 2)
│   └── NotFound          no such community, flow, campaign …
├── NotReady              the installation lacks something (exit 3)
└── BadFile               a file's content cannot be used; `lines` says where
"""

from __future__ import annotations


class SoundingsError(Exception):
    """Something went wrong that a person can mend; the message says how."""

    exit_code = 1


class WrongUsage(SoundingsError):
    """What was asked cannot be done as asked."""

    exit_code = 2


class NotFound(WrongUsage):
    """There is no such thing here; the message names what there is."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...] = ()) -> None:
        there = f" There is: {', '.join(known[:10])}." if known else ""
        super().__init__(f"There is no {kind} called {name!r}.{there}")


class NotReady(SoundingsError):
    """The installation lacks something; the message has the command or the setting that mends it."""

    exit_code = 3


class BadFile(SoundingsError):
    """A file cannot be used as it is; `lines` has (line number, what is wrong) pairs."""

    def __init__(self, message: str, lines: tuple[tuple[int, str], ...] = ()) -> None:
        super().__init__(message)
        self.lines = lines
