"""`python -m faults`: kill, cut and fill an installation on each database, and say in figures which promises it kept.

Ends with 0 when every promise was kept, 1 when one was broken, 3 when none was but there was no time for as many messages or kills
as were asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from bot.logs import set_up_logs
from faults.course import Outcome, plan_of, run_course
from faults.report import as_lines

#: Of all messages, kills and seconds, the share of each database where both are asked for: one process begins sooner than six.
SHARES = {"sqlite": (0.5, 0.6, 0.5), "postgres": (0.5, 0.4, 0.5)}
#: How long what a dead process left may take to be found, after the storm: `recovery.DEAD_AFTER`, and a look every half minute.
SETTLING = 240.0


def main(given: Sequence[str] | None = None) -> int:
    """Run what the options ask for; the exit code."""
    options = _parser().parse_args(given)
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    seed = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    place = Path(tempfile.mkdtemp(prefix="soundings-faults-"))
    # PostgreSQL will not be run by root, and its own user has to get there.
    place.chmod(0o755)
    outcomes: list[Outcome] = []
    set_up_logs("warning", "console")
    try:
        for database in databases:
            texts, kills, seconds = SHARES[database] if len(databases) > 1 else (1.0, 1.0, 1.0)
            plan = plan_of(
                database,
                messages=math.ceil(options.messages * texts),
                kills=math.ceil(options.kills * kills),
                seed=seed,
                seconds=options.seconds * seconds,
                settling=SETTLING,
            )
            folder = place / database
            folder.mkdir()
            outcomes.append(asyncio.run(run_course(plan, folder)))
    finally:
        kept = bool(outcomes) and len(outcomes) == len(databases) and all(outcome.kept for outcome in outcomes)
        if options.keep or not kept:
            sys.stderr.write(f"Logs, rows and databases are kept in {place}\n")
        else:
            shutil.rmtree(place, ignore_errors=True)
    whole = all(outcome.whole for outcome in outcomes)
    if options.json:
        report = {
            "kept": kept,
            "whole": whole,
            "seed": seed,
            "databases": {one.plan.database: one.as_dict() for one in outcomes},
        }
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write("\n".join(as_lines(outcomes, seed)) + "\n")
    return 1 if not kept else 0 if whole else 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--messages", type=int, default=20_000, help="texts either way, over all databases")
    parser.add_argument("--kills", type=int, default=300, help="kill -9, over all databases")
    parser.add_argument(
        "--seconds", type=float, default=1200, help="how long the storms may last together, on a busy machine"
    )
    parser.add_argument("--seed", type=int, help="what is drawn; another one each time where it is left out")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases though all went well")
    parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")
    return parser


if __name__ == "__main__":
    sys.exit(main())
