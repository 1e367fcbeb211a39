"""The tables of `docs/performance.md` out of `docs/performance.json`: `python -m benchmarks.report`."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.databases import NAMES
from benchmarks.targets import TARGETS

DOCS = Path(__file__).parents[1] / "docs"
FIGURES, PAGE = DOCS / "performance.json", DOCS / "performance.md"
BEGIN, END = "<!-- figures: written by python -m benchmarks.report -->", "<!-- end of the figures -->"
_VERDICTS = {"aim": "**reached**", "must": "met", "missed": "**missed**"}
#: Rows of the table of growth.
_GROWTH = (
    "launch, s", "launch, people a second", "longest transaction, s", "size after the launch, MB", "rows of the past, messages",
    "size with its past, MB", "one message, ms", "as many times the smallest", "slowest statement, ms",
    "the scheduler's slowest look, ms", "peak memory of the measuring process, MB",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """What it was measured on."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the page
        "processors": f"{os.cpu_count()} × {processor[1] if processor else platform.machine()}",
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def page_tables(report: dict[str, Any]) -> str:
    """Everything between the marks."""
    lines = [BEGIN, ""]
    if report["quick"]:
        lines += ["These are figures of `make bench ARGS=--quick`: they show that it works and mean little.", ""]
    lines += [f"Measured: {', '.join(f'{name} {value}' for name, value in report['machine'].items())}.", ""]
    lines += [
        "| | what | where | found | must | aim | | ours | the other side |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ratios = [one for result in report["benchmarks"].values() for one in result["ratios"]]
    for one in sorted(ratios, key=lambda one: (int(one["target"].split()[0][1:]), one["target"])):
        target = TARGETS[one["target"]]
        ends = f"{target.must:g}{target.unit and ' ' + target.unit}", f"{target.aim:g}"
        found = f"{one['value']:g}{target.unit and ' ' + target.unit}"
        cells = one["target"], target.what, one["where"], found, *ends, _VERDICTS[target.verdict(one["value"])]
        lines.append(f"| {' | '.join((*cells, one['ours'], one['peer']))} |")
    for kind, sizes in report["benchmarks"].get("growth", {}).get("figures", {}).items():
        lines += ["", f"### {kind}, from size to size", "", *_growth(sizes)]
    lines += ["", *_rest(report["benchmarks"]), "", END]
    return "\n".join(lines)


def _growth(sizes: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"| | {' | '.join(sizes)} |"
    yield "|---|" + "---|" * len(sizes)
    for row in _GROWTH:
        cells = (
            one.get("rows of the past", {}).get("messages", 0) if row.startswith("rows") else one[row]
            for one in sizes.values()
        )
        yield f"| {'messages of the past' if row.startswith('rows') else row} | {' | '.join(f'{cell:,}' for cell in cells)} |"
    top = list(sizes.values())[-1]
    made = ", ".join(f"{count:,} {table}" for table, count in top["rows of the past"].items())
    yield ""
    yield f"The past of the largest: {made}. Its slowest statement is `{top['slowest statement']}`. "
    yield f"Statements explained there: {top['statements explained']}; growing tables that one of them reads whole: {top['tables read whole']}."


def _rest(benchmarks: dict[str, Any]) -> Iterator[str]:
    yield "### How long each took, and how busy the machine was"
    yield ""
    yield f"| | {' | '.join(benchmarks)} |"
    yield "|---|" + "---|" * len(benchmarks)
    for row, label in (("seconds", "seconds"), ("load", "processes that wanted to run, over five minutes")):
        yield f"| {label} | {' | '.join(str(one.get(row, '')) for one in benchmarks.values())} |"
    yield ""
    yield "### Beside the ratios"
    yield ""
    yield "| | | |"
    yield "|---|---|---|"
    for name, result in benchmarks.items():
        if name == "growth":
            continue
        for label, value in result["figures"].items():
            if isinstance(value, dict) and label in NAMES.values():
                for part, number in value.items():
                    yield f"| {name} | {label}: {part} | {number:,} |"
            else:
                yield f"| {name} | {label} | {value if isinstance(value, str) else format(value, ',')} |"


def write_page() -> None:
    """Put the tables into the page."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + page_tables(json.loads(FIGURES.read_text("utf-8"))) + after, "utf-8")


if __name__ == "__main__":
    write_page()
