"""The bare sides of inbound texts: what one text writes, by hand, a text a transaction, synced, on a database of the same schema."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks.databases import pgbench
from storage.database import LOG_PAGES, Database

#: What the run's state is while the second question is open, for the bare sides to write.
STATE = orjson.dumps(
    {"flow": "neighbourhood-check-in", "seed": 3_141_592_653, "language": "en", "status": "active", "state": "housing",
     "visit": 2, "visits": {"welcome": 1, "focus": 1, "housing": 1}, "prompted_at": "2026-11-23T16:00:00+00:00",
     "active_at": "2026-11-23T16:00:00+00:00", "due_at": "2026-11-24T16:00:00+00:00", "answers": {"focus": "housing"},
     "asked": [["neighbourhood-check-in", "focus"], ["neighbourhood-check-in", "housing"]]}
).decode()  # fmt: skip

INBOUND = """INSERT INTO messages (community_id, sender_id, address_id, participant_id, run_id, direction, kind, text,
 status, provider_id, visit, priority, segments, attempts, created_at)
 VALUES (1, 1, {p}, {p}, {p}, 'in', 'text', '1', 'received', {sid}, 0, 0, 0, 0, {now}) ON CONFLICT DO NOTHING"""
ANSWER = """INSERT INTO answers (community_id, participant_id, run_id, revision_id, question, state, value, raw, language,
 sensitive, answered_at) VALUES (1, {p}, {p}, 1, {q}, 'focus', {value}, '1', 'en', {no}, {now})
 ON CONFLICT (run_id, question) DO UPDATE SET value = excluded.value, answered_at = excluded.answered_at"""
RUN = "UPDATE runs SET state = {state}, visit = 2, current_state = 'housing', prompted_at = {now}, due_at = {now} WHERE id = {p}"
REPLY = """INSERT INTO messages (community_id, sender_id, address_id, participant_id, run_id, direction, kind, text,
 status, visit, priority, segments, attempts, due_at, hours_exempt_until, created_at)
 VALUES (1, 1, {p}, {p}, {p}, 'out', 'prompt', 'What about housing?', 'queued', 2, 0, 1, 0, {now}, {now}, {now})"""


def bare_sqlite(path: Path, residents: int, seconds: float) -> float:
    """Transactions of these four statements a second, one thread, synchronous=FULL."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        f"wal_autocheckpoint={LOG_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    marks = {"p": ":p", "sid": ":sid", "q": ":q", "value": "'\"housing\"'", "no": "0", "now": ":now", "state": ":state"}
    statements = [one.format(**marks) for one in (INBOUND, ANSWER, RUN, REPLY)]
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        count += 1
        given = {"p": count % residents + 1, "sid": f"BARE{count}", "q": f"q{count}", "now": now, "state": STATE}
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement, given)
        connection.execute("COMMIT")
    taken = time.perf_counter() - began
    assert connection.execute("SELECT count(*) FROM messages WHERE provider_id LIKE 'BARE%'").fetchone() == (count,)
    connection.close()
    return count / taken


def bare_postgres(database: Database, residents: int, seconds: float) -> float:
    """Transactions of the same and the lock of the participant a second, 16 clients, prepared."""
    marks = {"p": ":p", "sid": ":sid::text", "q": ":sid::text", "value": "'\"housing\"'", "no": "false", "now": "now()"}
    script = "\n".join(
        [
            f"\\set p random(1, {residents})",
            "\\set sid random(1, 1000000000000)",
            "BEGIN;",
            "SELECT * FROM participants WHERE id = :p FOR NO KEY UPDATE;",
            *(" ".join(one.format(**marks, state=f"'{STATE}'").split()) + ";" for one in (INBOUND, ANSWER, RUN, REPLY)),
            "COMMIT;",
        ]
    )
    # pgbench would take the colons of the state's JSON for its own.
    return pgbench(database, script.replace('":', '" :'), seconds)
