"""The queries of the hot path use their indexes however much history lies behind them; leases are one holder's at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text, update

from storage import inbound, outbox, progress, prompts, senders, usage
from storage.database import Database
from storage.leases import release_lease, take_lease
from storage.models import Address, Community, Lease, Message, Participant, Sender
from tests.builders import NOON

#: Past messages and waiting ones: enough that a planner would rather not read them all.
HISTORY, WAITING = 6_000, 300


@pytest.fixture
def busy(database: Database) -> Database:
    """A sender with a long history, a queue, and what is on its way."""
    with database.write() as connection:
        place = {"slug": "s", "name": "S", "languages": ["en"], "timezone": "America/Halifax", "hours": {}}
        connection.execute(insert(Community).values(id=1, **place, created_at=NOON))
        connection.execute(
            insert(Sender).values(
                id=1, address="sms:+19025550100", channel="sms", opt_out="ours", pace=1.0, created_at=NOON
            )
        )
        people = [
            {"id": n, "public_id": f"p{n}", "community_id": 1, "language": "en", "attributes": {}, "joined_at": NOON}
            for n in range(1, 501)
        ]
        connection.execute(insert(Participant), people)
        homes = [
            {
                "id": n,
                "community_id": 1,
                "participant_id": n,
                "address": f"sms:+1902555{n:04}",
                "channel": "sms",
                "created_at": NOON,
            }
            for n in range(1, 501)
        ]
        connection.execute(insert(Address), homes)
        rows = [
            _row(n, "sent", claimed_at=NOON - timedelta(days=n // 100), provider_id=f"SM{n}") for n in range(HISTORY)
        ]
        connection.execute(insert(Message), rows)
    if not database.is_sqlite:
        # PostgreSQL learns of the history while the queue is empty, which is when plans go wrong; SQLite, without
        # statistics as it runs in a hall, takes every table for a large one.
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    with database.write() as connection:
        rows = [_row(n, "queued", claimed_at=None, provider_id=None) for n in range(WAITING)]
        rows += [_row(n, "sending", claimed_at=NOON, provider_id=None) for n in range(300, 310)]
        connection.execute(insert(Message), rows)
    return database


def _row(number: int, status: str, **changes: Any) -> dict[str, Any]:
    return {
        "community_id": 1,
        "sender_id": 1,
        "address_id": number % 500 + 1,
        "participant_id": number % 500 + 1,
        "direction": "out",
        "kind": "prompt",
        "text": "What should we fix first?",
        "status": status,
        "priority": 2,
        "segments": 1,
        "due_at": NOON,
        "created_at": NOON,
        **changes,
    }


def plans(database: Database, work: Callable[[Connection], object]) -> str:
    """How the database would carry out every statement of `work`, in its own words."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(("EXPLAIN", "BEGIN")):
            statements.append((statement, parameters))

    with database.write() as connection:
        if not database.is_sqlite:
            # A table of a test fits into a few pages, which a planner would rather read than an index.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        event.listen(connection, "before_cursor_execute", note)
        work(connection)
        event.remove(connection, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        return "\n".join(_explained(connection, explain, statements))


def _explained(connection: Connection, explain: str, statements: list[tuple[str, Any]]) -> Iterator[str]:
    for statement, parameters in statements:
        one = parameters[0] if isinstance(parameters, list) else parameters
        yield from (" ".join(map(str, row)) for row in connection.exec_driver_sql(explain + statement, one))


#: Statements of the hot path: the index that each must find its rows by, and by which column in it.
HOT: dict[str, tuple[Callable[[Connection], object], str, str]] = {
    "due": (lambda c: outbox.due(c, 1, 2, NOON, 200), "ix_messages_outbox", "sender_id"),
    "due, in line": (lambda c: outbox.due(c, 1, 2, NOON, 200), "ix_messages_waiting", "address_id"),
    "free": (lambda c: outbox.free(c, [1, 2, 3]), "", ""),
    "claim": (lambda c: outbox.claim(c, [1, 2, 3], NOON), "", "id"),
    "put off": (lambda c: outbox.put_off(c, [(NOON, 1)]), "", ""),
    "catch up": (lambda c: outbox.catch_up(c, 1, NOON), "ix_messages_outbox", "sender_id"),
    "space": (lambda c: outbox.space(c, [1, 2], NOON + timedelta(seconds=1)), "ix_messages_waiting", "address_id"),
    "cancel": (lambda c: outbox.cancel_to(c, [1, 2], "x", NOON), "ix_messages_waiting", "address_id"),
    "held prompts": (lambda c: prompts.waiting_prompts(c, [1, 2], [1, 2], NOON), "ix_messages_waiting", "address_id"),
    "hasten": (lambda c: prompts.hasten_prompts(c, [(1, 1, 1)], NOON, NOON), "ix_messages_waiting", "address_id"),
    "stop": (lambda c: inbound.cancel_queued(c, [1], [1], "x", NOON), "ix_messages_waiting", "address_id"),
    "take back": (lambda c: inbound.cancel_queued_of_runs(c, [1], [1], "x", NOON), "ix_messages_waiting", "address_id"),
    "senders": (lambda c: senders.senders_with_due(c, NOON, ["sms"]), "ix_messages_outbox", "sender_id"),
    "caps": (lambda c: usage.bulk_since(c, [1, 2, 3], NOON - timedelta(days=7)), "ix_messages_bulk", "participant_id"),
    "states": (lambda c: progress.lock_states(c, [1, 2, 3]), "", "id"),
    "receipts": (lambda c: progress.lock_by_provider_id(c, 1, ["SM1"]), "uq_messages_provider_id", "sender_id"),
    "dead": (lambda c: progress.claimed_before(c, NOON), "ix_messages_sending", "claimed_at"),
    "unknown": (lambda c: progress.unknown(c, None, 10), "ix_messages_unknown", ""),
}


def test_the_hot_path_finds_its_rows_by_an_index_and_never_reads_all_messages(busy: Database) -> None:
    for name, (work, index, column) in HOT.items():
        plan = plans(busy, work)
        assert index in plan, f"{name}: {plan}"
        assert "Seq Scan on messages" not in plan, name
        assert not re.search(r"SCAN messages(?! USING INDEX)", plan), name
        if column:
            pattern = (
                rf"\({column}[=<]|rowid=|SCAN messages USING INDEX" if busy.is_sqlite else rf"Index Cond: \(+{column} "
            )
            assert re.search(pattern, plan), f"{name}: {plan}"


def test_one_look_at_the_queue_reads_no_more_than_it_needs(sqlite_database: Database) -> None:
    """The order of leaving is the index's own: nothing is sorted."""
    assert "TEMP B-TREE" not in plans(sqlite_database, lambda c: outbox.due(c, 1, 2, NOON, 200))


def test_messages_put_off_come_back_at_once_when_they_are_recalled(busy: Database) -> None:
    later = NOON + timedelta(hours=9)
    with busy.write() as connection:
        connection.execute(update(Message).where(text("status = 'queued'")).values(due_at=later))
        assert outbox.due(connection, 1, 2, NOON, 1_000) == []
        assert outbox.recall(connection, NOON, participant_id=1) == 1
        assert outbox.recall(connection, NOON, community_id=1, limit=99) == 99
        assert outbox.recall(connection, NOON, community_id=1) == WAITING - 100
        assert outbox.recall(connection, NOON, community_id=1) == 0
        assert outbox.recall(connection, NOON, campaign_id=1) == 0
        assert len(outbox.due(connection, 1, 2, NOON, 1_000)) == WAITING


def test_a_lease_is_one_holders_until_it_runs_out(database: Database) -> None:
    long = timedelta(hours=1)
    with database.write() as connection:
        assert take_lease(connection, "scheduler", "a", long)
        assert take_lease(connection, "scheduler", "a", long), "its holder prolongs it"
        assert not take_lease(connection, "scheduler", "b", long)
        assert take_lease(connection, "polling:bot", "b", long), "another piece of work is another lease"
        connection.execute(
            update(Lease).where(Lease.name == "scheduler").values(until=NOON - 400 * timedelta(days=365))
        )
        assert take_lease(connection, "scheduler", "b", long)
        assert not take_lease(connection, "scheduler", "a", long)
        release_lease(connection, "scheduler", "a")
        assert connection.execute(select(Lease.holder).where(Lease.name == "scheduler")).scalar_one() == "b"
        release_lease(connection, "scheduler", "b")
        assert take_lease(connection, "scheduler", "a", long)
