"""A long past, synthesised by statements over whole tables: runs that are over, their answers, messages in and out, receipts that wait."""

# ruff: noqa: S608 - the SQL is built of our own names and numbers
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from storage.database import Database

#: Messages of the past that come with one run that is over: two out, two in.
A_RUN = 4
SLICE = 250_000

_OUT = """INSERT INTO messages (community_id, sender_id, address_id, participant_id, run_id, direction, kind, text, visit, provider_id,
 status, priority, segments, attempts, due_at, created_at, claimed_at, sent_at, settled_at)
 SELECT 1, 1, r.address_id, r.participant_id, r.id, 'out', 'prompt', 'What should we fix first on Shore Road?', 1,
 'past{half}-' || r.id, 'delivered', {priority}, 1, 1, :past, :past, :past, :past, :past FROM runs r WHERE r.id BETWEEN :first AND :last"""
_IN = """INSERT INTO messages (community_id, sender_id, address_id, participant_id, run_id, direction, kind, text, visit, provider_id,
 status, priority, segments, attempts, created_at)
 SELECT 1, 1, r.address_id, r.participant_id, r.id, 'in', 'text', 'the street lights', 0,
 'past{half}-' || r.id, 'received', 0, 0, 0, :past FROM runs r WHERE r.id BETWEEN :first AND :last"""
_RUNS = """INSERT INTO runs (id, community_id, participant_id, revision_id, address_id, sender_id, status, outcome, visit, state,
 started_at, ended_at)
 SELECT :base + n.id, 1, n.id, 1, n.id, 1, 'ended', 'completed', 2, {state}, :past, :past FROM participants n
 WHERE n.id BETWEEN :from AND :to"""
_ANSWERS = """INSERT INTO answers (community_id, participant_id, run_id, revision_id, question, state, value, raw, language, sensitive,
 answered_at) SELECT 1, participant_id, id, 1, 'focus', 'focus', '"lights"', 'the street lights', 'en', {no}, :past
 FROM runs WHERE id BETWEEN :first AND :last"""
#: Of every so many runs a receipt is kept, by the id of an earlier try: its message was queued once more, and has another id since.
A_RECEIPT = 20
_RECEIPTS = """INSERT INTO receipts (sender_id, provider_id, status, retry_once, received_at)
 SELECT 1, 'try-' || id, 'undelivered', {no}, :lately FROM runs WHERE id BETWEEN :first AND :last AND id % {each} = 0"""
_STATE = '{"flow": "check-in", "seed": 1, "language": "en", "status": "ended", "outcome": "completed", "answers": {"focus": "lights"}}'


def add_past(database: Database, people: int, messages: int, now: datetime) -> dict[str, int]:
    """At least so many messages of the past, spread over everybody; the rows that were made, by table.

    They are of three months ago, and the receipts, which are not kept for ever, of an hour ago.
    """
    past, lately = (_written(now - ago, database) for ago in (timedelta(days=90), timedelta(hours=1)))
    state = f"'{_STATE}'" if database.is_sqlite else f"CAST('{_STATE}' AS jsonb)"
    with database.read() as connection:
        base = int(connection.execute(text("SELECT coalesce(max(id), 0) FROM runs")).scalar_one())
    first_run, made = base, 0
    while made * A_RUN < messages:
        for at in range(1, people + 1, SLICE):
            to = min(at + SLICE - 1, people)
            given = {
                "past": past,
                "lately": lately,
                "base": base,
                "from": at,
                "to": to,
                "first": base + at,
                "last": base + to,
            }
            no = "0" if database.is_sqlite else "false"
            statements = [
                _RUNS.format(state=state.replace(":", r"\:")),
                _ANSWERS.format(no=no),
                _RECEIPTS.format(no=no, each=A_RECEIPT),
            ]
            statements += [one.format(half=half, priority=2 * half) for half in (0, 1) for one in (_OUT, _IN)]
            with database.write() as connection:
                for statement in statements:
                    connection.execute(text(statement), given)
            made += to - at + 1
            if made * A_RUN >= messages:
                break
        base += people
    if not database.is_sqlite:
        with database.write() as connection:
            connection.execute(text("SELECT setval('runs_id_seq', (SELECT max(id) FROM runs))"))
    assert _count(database, "runs") == first_run + made
    return {"runs": made, "answers": made, "messages": made * A_RUN, "receipts": _count(database, "receipts")}


def _written(moment: datetime, database: Database) -> str:
    return moment.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else moment.isoformat()


def _count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
