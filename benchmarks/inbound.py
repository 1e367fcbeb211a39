"""R1, R2 and R8: signed texts over HTTP into `soundings serve`, against the same statements by pgbench and by bare sqlite3, in one run.

`python -m benchmarks.inbound [--residents 4000] [--rounds 3] [--databases sqlite postgres] [--json]`

Each resident answers three questions: a choice, words, a scale. A text counts when its webhook was answered, which is after
its commit. On PostgreSQL two processes serve, each with half the residents. In between a server is killed (-9) while texts
come in and started again: what it had acknowledged must be there, once, and so must all that is posted again. At the end 5%
of the texts are posted once more, and change nothing. R8 is how long an answer takes at half of the peak, texts coming at their
times whatever the answers take, beside one phone alone. The bare sides write what a text writes (the text, the answer, the
run's state, the reply) into a database of the same schema, a text a transaction, synced.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop
from sqlalchemy import func, select

from benchmarks.bare import bare_postgres, bare_sqlite
from benchmarks.databases import KINDS, NAMES, Maker, drop, on_each
from benchmarks.figures import Found, compared, limit, parser, quiet, show
from benchmarks.texters import ANSWERS, TOKEN, Posted, Text, post, post_paced, settle, texts
from bot.config import load_settings
from bot.conversation import House
from storage.database import Database
from storage.models import Answer, Message, Run

KEY = "0" * 64
#: How long a server has been up before it is measured, in seconds: by then it is warm.
WARM = 6.0
#: Residents whose answers come before it is measured, so that every language's patterns have been read.
FIRST = 40
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
    first, peak, half, single, replayed = (Posted() for _ in range(5))
    with ExitStack() as servers:
        ports = [servers.enter_context(serving(database, alone=processes == 1))[1] for _ in range(processes)]
        time.sleep(WARM)
        for question in (1, 2):
            asyncio.run(_spread(ports, residents, question, slice(residents - FIRST, None), first))
        for question, part in ((1, slice(0, residents - FIRST)), (2, slice(0, residents // 2))):
            asyncio.run(_spread(ports, residents, question, part, peak))
        rate = len(peak.acknowledged) / peak.seconds
        alone = slice(residents // 2, residents // 2 + residents // 20)
        asyncio.run(post(ports[0], texts(residents, 2, f"http://127.0.0.1:{ports[0]}")[alone], 1, single))
        asyncio.run(_spread(ports, residents, 2, slice(alone.stop, residents - FIRST), half, rate / 2))
        before = _counts(database)
        again = texts(residents, 0, f"http://127.0.0.1:{ports[0]}")[::20]
        asyncio.run(post(ports[0], again, 8, replayed))
        assert len(replayed.acknowledged) == len(again), "a text that came again was not acknowledged"
        assert _counts(database) == before, "a text that came again changed something"
    assert before == (residents * 3, residents * 3, residents), f"counts are wrong: {before}"
    return {
        "texts a second": rate,
        "p50 at peak, ms": statistics.median(peak.latencies) * 1000,
        "p99 at peak, ms": _p99(peak) * 1000,
        "p99 at half of peak, ms": _p99(half) * 1000,
        "p50 of one phone, ms": statistics.median(single.latencies) * 1000,
    }


def _p99(posted: Posted) -> float:
    return sorted(posted.latencies)[int(len(posted.latencies) * 0.99)]


async def _spread(
    ports: list[int], residents: int, question: int, part: slice, posted: Posted, a_second: float = 0.0
) -> None:
    """Post a part of the answers to a question to all servers alike, as fast as they go or so many a second."""
    each: list[tuple[int, list[Text]]] = [
        (port, texts(residents, question, f"http://127.0.0.1:{port}")[part][at :: len(ports)])
        for at, port in enumerate(ports)
    ]
    parts = [Posted() for _ in ports]
    await asyncio.gather(
        *(
            post_paced(port, waiting, a_second / len(ports), AT_ONCE // len(ports), one)
            if a_second
            else post(port, waiting, AT_ONCE // len(ports), one)
            for (port, waiting), one in zip(each, parts, strict=True)
        )
    )
    posted.seconds += max(one.seconds for one in parts)
    for one in parts:
        posted.acknowledged |= one.acknowledged
        posted.latencies += one.latencies


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


def measure(kind: str, make: Maker, residents: int, rounds: int, seconds: float) -> tuple[list[Found], Found]:
    """R1 or R2, and R8."""
    ours: list[dict[str, float]] = []
    bare: list[float] = []
    for _ in range(rounds):
        database = make()
        ours.append(over_http(database, residents, 1 if kind == "sqlite" else 2))
        if kind == "sqlite":
            bare.append(bare_sqlite(Path(str(database.url.database)), residents, seconds))
        else:
            bare.append(bare_postgres(database, residents, seconds))
        drop(database)
    middle = {key: round(statistics.median(one[key] for one in ours), 2) for key in ours[0]}
    rates = [one["texts a second"] for one in ours]
    waits = statistics.median(one["p99 at half of peak, ms"] / one["p50 of one phone, ms"] for one in ours)
    said = f"{middle['p99 at half of peak, ms']:.1f} ms, alone {middle['p50 of one phone, ms']:.1f} ms"
    where = NAMES[kind] + ("" if kind == "sqlite" else ", two processes")
    units = "texts/s", "transactions/s"
    ratio = compared("R2" if kind == "sqlite" else "R1", where, rates, bare, units)
    return [ratio, limit("R8", where, waits, said)], middle


def main() -> None:
    """Measures both databases."""
    options = parser(__doc__)
    options.add_argument("--residents", type=int, default=4_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=6.0, help="how long each bare side runs")
    options.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS)
    asked = options.parse_args()
    quiet()
    uvloop.install()
    figures: Found = {"residents": asked.residents, "texts a round": asked.residents * len(ANSWERS)}
    ratios = on_each(
        asked.databases, lambda kind, make: measure(kind, make, asked.residents, asked.rounds, asked.seconds), figures
    )
    show("inbound", ratios, figures, as_json=asked.json)


if __name__ == "__main__":
    main()
