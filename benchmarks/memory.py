"""R9: the most memory that `serve` has taken, idle and after it launched a campaign to very many people, on SQLite.

`python -m benchmarks.memory [--people 1000000] [--idle 8] [--json]`

The process is the real one, with a provider configured and every role; its own scheduler invites everybody and begins their runs.
The sender is paused: nothing leaves. Everybody must have one invitation, one run and one message.
"""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.databases import Maker, drop, makers
from benchmarks.figures import Found, limit, parser, quiet, show
from benchmarks.inbound import serving
from benchmarks.launch import build, campaign, counted
from storage.database import Database

#: Seconds within which a launch to a million is done on a slow machine.
PATIENCE = 600


def peak_mb(process: subprocess.Popen[bytes]) -> float:
    """The most memory that a running process has held, in megabytes (Linux)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def idle(make: Maker, seconds: float) -> float:
    """Of a process that has nothing to do."""
    database = make()
    with serving(database, alone=True) as (process, _):
        time.sleep(seconds)
        found = peak_mb(process)
    drop(database)
    return found


def launching(make: Maker, people: int) -> tuple[float, float]:
    """Of one that launched a campaign to so many people; and how many seconds the launch took."""
    database = make()
    community = build(database, people)
    with database.write() as connection:
        connection.execute(text("UPDATE senders SET paused_at = created_at, paused_reason = 'benchmark'"))
    campaign(database, community)
    with serving(database, alone=True) as (process, _):
        began = time.perf_counter()
        while not _is_launched(database):
            assert process.poll() is None, "the server ended"
            assert time.perf_counter() - began < PATIENCE, "the launch does not end"
            time.sleep(0.5)
        took = time.perf_counter() - began
        found = peak_mb(process)
    counted(database, people)
    drop(database)
    return found, took


def _is_launched(database: Database) -> bool:
    with database.read() as connection:
        running = connection.execute(text("SELECT status = 'running' FROM campaigns")).scalar_one()
        pending = connection.execute(text("SELECT 1 FROM invitations WHERE status = 'pending' LIMIT 1")).first()
    return bool(running) and pending is None


def main() -> None:
    """Measures both."""
    options = parser(__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--idle", type=float, default=8.0, help="seconds before it is measured")
    asked = options.parse_args()
    quiet()
    with makers(["sqlite"]) as found:
        nothing = idle(found["sqlite"], asked.idle)
        launched, took = launching(found["sqlite"], asked.people)
    ratios: list[Found] = [
        limit("R9 idle", "SQLite", nothing),
        limit("R9 launch", f"SQLite, {asked.people:,} people", launched),
    ]
    show("memory", ratios, {"the launch took, s": round(took, 1)}, as_json=asked.json)


if __name__ == "__main__":
    main()
