"""Jobs: coarse work that is deferred to the workers on PostgreSQL, in the very transaction that makes it needed."""

from __future__ import annotations

import zlib
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import IntegrityError

#: The queue of Procrastinate that the workers of Soundings take from.
QUEUE: Final = "soundings"
#: The first half of PostgreSQL's advisory locks under which one process at a time does a kind of work.
_LOCKS: Final = 7_366_747

_WAITS = text("SELECT true FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo' LIMIT 1")
# The function that Procrastinate itself defers by; called here, on the caller's own connection, its errors are those of every
# other statement, which the writing threads know how to try again.
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(CAST(:queue AS varchar), CAST(:task AS varchar), CAST(:priority AS int), NULL, "
    "CAST(:lock AS text), CAST('{}' AS jsonb), NULL)::procrastinate_job_to_defer_v1])"
)


def task_name(kind: str) -> str:
    """What Procrastinate calls a kind of work."""
    return f"soundings.{kind}"


def defer(connection: Connection, kind: str, priority: int = 0) -> bool:
    """Have a worker look for work of this kind once the transaction commits; False where a job for it waits already.

    On SQLite, where the one process looks by itself, nothing.
    """
    if connection.dialect.name == "sqlite":
        return False
    lock = task_name(kind)
    if connection.execute(_WAITS, {"lock": lock}).first() is not None:
        return False
    try:
        with connection.begin_nested():
            connection.execute(_DEFER, {"queue": QUEUE, "task": lock, "priority": priority, "lock": lock})
    except IntegrityError:
        # Another transaction deferred it meanwhile.
        return False
    return True


def take_turn(connection: Connection, kind: str) -> bool:
    """Whether this transaction may do a slice of this kind; False while another one does. It ends with the transaction."""
    if connection.dialect.name == "sqlite":
        return True
    number = zlib.crc32(kind.encode()) - 2**31
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_LOCKS, number))).scalar_one())


def job_figures(connection: Connection) -> Row[Any]:
    """Of the jobs and those who do them, on PostgreSQL: `waiting`, `working`, `oldest_seconds` of those that wait, `workers` alive."""
    return connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE status = 'todo') AS waiting, count(*) FILTER (WHERE status = 'doing') AS working, "
            "coalesce(extract(epoch FROM now() - min((SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) "
            "FILTER (WHERE status = 'todo')), 0)::float AS oldest_seconds, "
            "(SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds') AS workers "
            "FROM procrastinate_jobs j WHERE status IN ('todo', 'doing')"
        )
    ).one()


__all__ = ["QUEUE", "defer", "job_figures", "take_turn", "task_name"]
