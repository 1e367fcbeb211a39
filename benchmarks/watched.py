"""The statements of a piece of work: how long each takes, and whether the database reads a whole table for one."""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from storage.database import Database

#: Tables that grow with people and with time. Whatever reads one of them whole costs more from year to year.
GROWING = (
    "messages", "answers", "receipts", "runs", "invitations", "addresses", "participants", "participant_tags", "consents", "media",
    "inbox_items", "audience_members",
)  # fmt: skip


class Watched:
    """Statements with their parameters and seconds, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.parameters: dict[str, Any] = {}

    def slowest(self) -> tuple[float, str]:
        """(milliseconds, statement) of the one whose median is highest."""
        found = {one: statistics.median(times) for one, times in self.seconds.items()}
        slowest = max(found, key=lambda one: found[one])
        return round(found[slowest] * 1000, 3), _told(slowest)

    def whole_tables(self, database: Database, *, small: bool = False) -> list[str]:
        """What the plans of these statements read whole of a table that grows; nothing where an index holds each.

        `small`: the tables are of a few pages, which PostgreSQL would rather read than an index; it is told not to.
        """
        found = []
        # A single row of a JSON parameter stands for all: plans do not depend on it.
        with database.read() as connection:
            if small and not database.is_sqlite:
                connection.exec_driver_sql("SET enable_seqscan = off")
            for statement, parameters in self.parameters.items():
                one = parameters[0] if isinstance(parameters, list) else parameters
                explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
                lines = connection.exec_driver_sql(explain + statement, one).all()
                plan = "\n".join(str(line[-1]) for line in lines)
                found += [f"{table}: {_told(statement)}" for table in _whole(plan)]
        return found


def _whole(plan: str) -> set[str]:
    """Tables read from end to end. A partial index that is read whole holds only what waits, or is under way."""
    read = re.findall(r"Seq Scan on (\w+)", plan) + re.findall(r"^SCAN (\w+)(?! USING)\b", plan, re.M)
    return set(read) & set(GROWING)


def _told(statement: str) -> str:
    return " ".join(statement.split())[:160]


@contextmanager
def watching(database: Database) -> Iterator[Watched]:
    """Note each statement on this database."""
    watched = Watched()
    begun: list[float] = []

    def before(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            watched.parameters.setdefault(statement, parameters)
        begun.append(time.perf_counter())

    def after(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        watched.seconds[statement].append(time.perf_counter() - begun.pop())

    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "after_cursor_execute", after)
    try:
        yield watched
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        event.remove(database.engine, "after_cursor_execute", after)
