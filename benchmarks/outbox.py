"""The outbox on SQLite and PostgreSQL: claims, results and receipts a second (R6), and whole dispatch to Twilio against bare aiohttp (R3).

`python -m benchmarks.outbox [--messages 10000] [--residents 1000] [--history 0] [--rounds 3] [--latency 0 20] [--json]`

`--residents 1000000 --history 10000000` shows what the same work costs behind a long past. Counts are asserted: every
message claimed once, every result and receipt recorded once, 5% of the receipts handed in twice.
"""

# ruff: noqa: S608 - the SQL is built of our own names and numbers
from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from datetime import UTC, datetime

import aiohttp
import uvloop
from sqlalchemy import func, select, text

from benchmarks.databases import KINDS, NAMES, Maker, analyze, drop, on_each, pgbench
from benchmarks.figures import Found, compared, parser, quiet, show
from benchmarks.launch import HOURS
from benchmarks.senders import TEXT, bare_form, provider, rate, settings_for
from bot import interpreter
from bot.channels.base import Accepted, ReceiptNews
from bot.channels.twilio import TwilioChannel
from bot.clock import SystemClock
from bot.delivery.claim import Claimed, claim
from bot.delivery.committer import ReceiptCommitter
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.results import Outcome, record
from bot.writer import Writer
from storage.database import Database
from storage.models import Message
from storage.models.messages import PRIORITY_BULK

SENDER = "sms:+19025550100"
#: Rows of one claim, results of one transaction, webhooks that wait for their receipt at once.
CLAIM, RESULTS, WEBHOOKS = 500, 200, 500
#: Messages that go before what is measured, on both sides.
WARM = 200
_LEFT = text(
    "SELECT * FROM (SELECT id FROM messages WHERE status = 'queued' LIMIT 1) q "
    "UNION ALL SELECT * FROM (SELECT id FROM messages WHERE status = 'sending' LIMIT 1) s"
)
NOW = datetime.now(UTC)


def no_opt_outs(*_: object) -> None:
    raise AssertionError


# -- a database and what is in it


def seed(database: Database, residents: int, history: int) -> None:
    """A community of so many residents, with a sender whose pace does not matter, and so many messages of the past."""
    now = NOW.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else NOW.isoformat()
    numbers = (
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)"
        if database.is_sqlite
        else "(SELECT i FROM generate_series(1, {}) AS g(i))"
    )
    hours = json.dumps(HOURS)
    with database.write() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO communities (slug, name, languages, timezone, hours, settings, created_at) VALUES "
            f"""('s', 'Shore Road', '["en"]', 'America/Halifax', '{hours}', '{{}}', '{now}')"""
        )
        run(
            "INSERT INTO senders (address, channel, opt_out, pace, budget, ambiguous, strangers, created_at) VALUES "
            f"('{SENDER}', 'sms', 'ours', 1000000, 1000000, 0, 0, '{now}')"
        )
        run(
            "INSERT INTO participants (id, public_id, community_id, language, attributes, surveys, updates, joined_at) "
            f"SELECT i, 'p' || i, 1, 'en', '{{}}', 'granted', 'granted', '{now}' FROM {numbers.format(residents)} x"
        )
        run(
            "INSERT INTO addresses (id, community_id, participant_id, address, channel, status, sender_id, replies, "
            "minute_texts, created_at) "
            f"SELECT i, 1, i, 'sms:+1902' || (5000000 + i), 'sms', 'open', 1, 0, 0, '{now}' "
            f"FROM {numbers.format(residents)} x"
        )
        if history:
            run(_history(numbers.format(history), residents, now))
    analyze(database)


def _history(numbers: str, residents: int, now: str) -> str:
    return (
        "INSERT INTO messages (community_id, sender_id, address_id, participant_id, direction, kind, text, visit, "
        "provider_id, status, priority, segments, attempts, due_at, created_at, claimed_at, sent_at, settled_at) "
        f"SELECT 1, 1, i - i / {residents} * {residents} + 1, i - i / {residents} * {residents} + 1, 'out', 'prompt', '{TEXT}', 1, 'old' || i, 'delivered', "
        f"0, 1, 1, '{now}', '{now}', '{now}', '{now}', '{now}' FROM {numbers} x"
    )


def queue(database: Database, count: int, residents: int, priority: int) -> None:
    """Put so many messages into the outbox, one a resident."""
    assert count <= residents, "a resident's messages leave one after the other"
    now = NOW.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else NOW.isoformat()
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO messages (community_id, sender_id, address_id, participant_id, direction, kind, text, visit, "
            "status, priority, segments, attempts, due_at, created_at) "
            f"SELECT 1, 1, id, id, 'out', 'prompt', '{TEXT}', 1, 'queued', {priority}, 1, 0, '{now}', '{now}' "
            f"FROM participants ORDER BY id LIMIT {count}"
        )


def counted(database: Database) -> dict[str, int]:
    """Messages by status, without those of the past."""
    statement = select(Message.status, func.count()).where(func.coalesce(Message.provider_id, "").not_like("old%"))
    with database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(statement.group_by(Message.status))}


# -- claims, results, receipts


def measure_claims(database: Database, messages: int) -> tuple[float, list[Claimed]]:
    """Rows claimed a second, 500 at once, each claim a transaction."""
    taken: list[Claimed] = []
    began = time.perf_counter()
    while len(taken) < messages:
        with database.write() as connection:
            found = claim(connection, 1, datetime.now(UTC), CLAIM, burst=1_000.0)
        assert found.messages, "the outbox ran dry"
        taken += found.messages
    took = time.perf_counter() - began
    assert len({message.id for message in taken}) == messages
    return messages / took, taken


def measure_results(database: Database, taken: list[Claimed]) -> float:
    """Results recorded a second, 200 in a transaction."""
    began = time.perf_counter()
    for at in range(0, len(taken), RESULTS):
        outcomes = [Outcome(message, Accepted(f"SM{message.id:032}")) for message in taken[at : at + RESULTS]]
        with database.write() as connection:
            record(connection, outcomes, datetime.now(UTC), opt_outs=no_opt_outs)
    took = time.perf_counter() - began
    assert counted(database) == {"sent": len(taken)}
    return len(taken) / took


async def measure_receipts(database: Database, taken: list[Claimed]) -> float:
    """Receipts committed a second, each awaited as a webhook awaits it; 5% come twice."""
    writer = Writer(database)
    committer = ReceiptCommitter(writer, SystemClock(), opt_outs=no_opt_outs)
    ids = [message.id for message in taken]
    ids += ids[::20]
    waiting = iter(ids)

    async def webhook() -> None:
        for message_id in waiting:
            news = ReceiptNews(f"SM{message_id:032}", "delivered", datetime.now(UTC), message_id)
            await committer.submit(SENDER, news)

    began = time.perf_counter()
    await asyncio.gather(*(webhook() for _ in range(WEBHOOKS)))
    took = time.perf_counter() - began
    writer.close()
    assert counted(database) == {"delivered": len(taken)}
    return len(ids) / took


def inserts(database: Database, seconds: float) -> float:
    """One-row inserts a second by pgbench on the same server: the other side of R6."""
    with database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS peer (id bigserial PRIMARY KEY, provider_id text, status text, received_at timestamptz)"
        )
    script = "INSERT INTO peer (provider_id, status, received_at) VALUES ('SM0123456789abcdef', 'delivered', now());"
    return pgbench(database, script, seconds)


# -- whole dispatch


async def measure_dispatch(database: Database, messages: int, places: int, url: str) -> tuple[float, float]:
    """Messages a second from the outbox to the provider and recorded, beside bare aiohttp with as many requests at once."""
    channel = TwilioChannel(settings_for(url))
    await channel.open()
    writer = Writer(database)
    # A quarter of a sender's places is kept for replies: both sides have as many requests at once.
    at_once, places = places, places * 4 // 3
    dispatcher = Dispatcher(writer, {"sms": channel}, SystemClock(), opt_outs=no_opt_outs, places=places, burst=1_000.0)
    running = asyncio.create_task(dispatcher.run())
    # Both sides have their connections and what they import at the first message.
    await _until_empty(database)
    queue(database, messages, messages, PRIORITY_BULK)
    began = time.perf_counter()
    dispatcher.wake()
    await _until_empty(database)
    took = time.perf_counter() - began
    await dispatcher.stop()
    await running
    await channel.close()
    writer.close()
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
    await rate(bare_form(session, url), WARM, at_once)
    bare = await rate(bare_form(session, url), messages, at_once)
    async with session.get(f"{url}/taken") as response:
        assert int(await response.read()) == 2 * (WARM + messages), "each message was sent once"
    await session.close()
    assert counted(database) == {"sent": WARM + messages}, "each message was recorded once"
    return messages / took, bare


async def _until_empty(database: Database) -> None:
    """Wait until every message is sent and recorded. Off the loop and by the outbox's own indexes: what is measured must not
    wait for who looks on."""

    def is_empty() -> bool:
        with database.read() as connection:
            return connection.execute(_LEFT).first() is None

    while not await asyncio.to_thread(is_empty):
        await asyncio.sleep(0.01)


# -- all of it


def measure(kind: str, make: Maker, asked: argparse.Namespace) -> tuple[list[Found], Found]:
    """R6 on PostgreSQL, R3, and what the parts do."""
    residents = max(asked.residents, asked.messages)
    ratios: list[Found] = []
    rounds: dict[str, list[float]] = {"claims": [], "results": [], "receipts": [], "inserts": []}
    for _ in range(asked.rounds):
        database = make()
        seed(database, residents, asked.history)
        queue(database, asked.messages, residents, PRIORITY_BULK)
        claims, taken = measure_claims(database, asked.messages)
        rounds["claims"].append(claims)
        rounds["results"].append(measure_results(database, taken))
        rounds["receipts"].append(uvloop.run(measure_receipts(database, taken)))
        if kind == "postgres":
            rounds["inserts"].append(inserts(database, asked.seconds))
        drop(database)
    if kind == "postgres":
        ratios.append(compared("R6", NAMES[kind], rounds["receipts"], rounds["inserts"], ("receipts/s", "inserts/s")))
    for latency in asked.latency:
        sides = [_dispatch(make, residents, latency, asked) for _ in range(asked.rounds)]
        ours, bare = zip(*sides, strict=True)
        ratios.append(compared("R3", f"{NAMES[kind]}, {latency} ms", ours, bare, ("sends/s", "sends/s")))
    figures = {f"{name} a second": round(statistics.median(one)) for name, one in rounds.items() if one}
    return ratios, figures


def _dispatch(make: Maker, residents: int, latency: int, asked: argparse.Namespace) -> tuple[float, float]:
    database = make()
    seed(database, residents, asked.history)
    queue(database, WARM, residents, PRIORITY_BULK)
    with provider(latency) as url:
        found = uvloop.run(measure_dispatch(database, asked.messages, asked.places, url))
    drop(database)
    return found


def main() -> None:
    """Measures both databases."""
    options = parser(__doc__)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--residents", type=int, default=1_000)
    options.add_argument("--history", type=int, default=0, help="messages of the past")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--places", type=int, default=64, help="messages on their way at once")
    options.add_argument("--latency", type=int, nargs="*", default=[0, 20], help="milliseconds")
    options.add_argument("--seconds", type=float, default=4.0, help="how long pgbench runs")
    options.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS)
    asked = options.parse_args()
    quiet()
    # Both sides run in an interpreter that is set as `serve` and `worker` set theirs.
    interpreter.set_up()
    interpreter.settle()
    figures: Found = {"messages a round": asked.messages, "messages of the past": asked.history}
    ratios = on_each(asked.databases, lambda kind, make: measure(kind, make, asked), figures)
    show("outbox", ratios, figures, as_json=asked.json)


if __name__ == "__main__":
    main()
