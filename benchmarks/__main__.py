"""All benchmarks, one after the other, and their figures beside the targets: `python -m benchmarks [--quick] [--only NAME …]`.

Writes `docs/performance.json` and the tables of `docs/performance.md` from it; `--quick` (about two
minutes, small sizes, its figures mean little) and `--only` (benchmarks or ratios, such as `R3`) write nothing there unless `--write`
says so: the whole may be measured in parts. Ends with 1 where one of the
benchmarks found a count that is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.figures import ratio_table
from benchmarks.report import FIGURES, machine, write_page

#: Benchmark -> its options, whole and quick.
RUNS: dict[str, tuple[list[str], list[str]]] = {
    "engine": (["--rounds", "5"], ["--rounds", "2", "--seconds", "0.4"]),
    "senders": (["--rounds", "3"], ["--rounds", "1", "--messages", "1000"]),
    "inbound": (["--rounds", "3"], ["--rounds", "1", "--residents", "1000", "--seconds", "2"]),
    "outbox": (["--rounds", "3"], ["--rounds", "1", "--messages", "1500", "--seconds", "1"]),
    "launch": (
        ["--rounds", "3", "--people", "50000", "--one-by-one", "5000"],
        ["--rounds", "1", "--people", "10000", "--one-by-one", "500"],
    ),
    "memory": ([], ["--people", "20000", "--idle", "4"]),
    "growth": (["--past", "1000000"], ["--people", "1000", "10000", "--past", "20000", "--messages", "20"]),
}
#: Which benchmark measures a ratio.
OF_RATIO = {"R1": "inbound", "R2": "inbound", "R3": "outbox", "R4": "senders", "R5": "launch"}
OF_RATIO |= {"R6": "outbox", "R7": "engine", "R8": "inbound", "R9": "memory", "R10": "growth"}


def run(name: str, *, quick: bool) -> tuple[dict[str, Any] | None, float]:
    """What a benchmark found, None where it failed; and its seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", "--json", *RUNS[name][quick]]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout) if done.stdout.startswith("{") else None
    if done.returncode:
        Console(stderr=True).print(f"{name} ended with {done.returncode}")
        if found is not None:
            found["failed"] = True
    return found, time.perf_counter() - began


def main() -> None:
    """Runs what is asked for."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="small sizes: does it all work?")
    options.add_argument("--only", nargs="+", choices=[*RUNS, *OF_RATIO], default=list(RUNS), help="these alone")
    options.add_argument("--json", action="store_true", help="print one JSON object in place of a table")
    options.add_argument(
        "--write", action="store_true", help="write the page in any case; what did not run stays as it was"
    )
    asked = options.parse_args()
    console = Console(stderr=True)
    found: dict[str, Any] = {}
    failed = []
    names = list(dict.fromkeys(OF_RATIO.get(name, name) for name in asked.only))
    for name in names:
        console.print(f"{name} …")
        result, seconds = run(name, quick=asked.quick)
        console.print(f"{name}: {seconds:.0f} s")
        if result is None or result.pop("failed", False):
            failed.append(name)
        if result is not None:
            found[name] = {**result, "seconds": round(seconds), "load": round(os.getloadavg()[1], 1)}
    report = {"machine": machine(), "quick": asked.quick, "benchmarks": found}
    if asked.write or (not asked.quick and set(names) == set(RUNS) and not failed):
        _keep(report)
    if asked.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        ratios = [one for result in found.values() for one in result["ratios"]]
        order = sorted(ratios, key=lambda one: (int(one["target"].split()[0][1:]), one["target"]))
        Console(width=190).print(ratio_table(order))
    if failed:
        console.print(f"[red]Failed: {', '.join(failed)}. What it printed above says why.[/]")
        raise SystemExit(1)


def _keep(report: dict[str, Any]) -> None:
    before = json.loads(Path(FIGURES).read_text("utf-8")) if FIGURES.exists() else {"benchmarks": {}}
    kept = {**report, "benchmarks": {**before["benchmarks"], **report["benchmarks"]}}
    FIGURES.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    write_page()


if __name__ == "__main__":
    main()
