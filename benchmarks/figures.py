"""What a benchmark found, in one shape: ratios beside their targets and other figures, printed as a table or as JSON."""

from __future__ import annotations

import json
import logging
import statistics
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.targets import TARGETS

Found = dict[str, Any]


def compared(
    target: str, where: str, ours: Sequence[float], peer: Sequence[float], units: tuple[str, str], digits: int = 0
) -> Found:
    """A ratio of rounds whose two sides ran one after the other: the median of the rounds' ratios."""
    ratios = [one / other for one, other in zip(ours, peer, strict=True)]
    return {
        "target": target,
        "where": where,
        "value": round(statistics.median(ratios), 2),
        "ours": f"{statistics.median(ours):,.{digits}f} {units[0]}",
        "peer": f"{statistics.median(peer):,.{digits}f} {units[1]}",
        "rounds": [round(one, 2) for one in ratios],
    }


def limit(target: str, where: str, value: float, ours: str = "") -> Found:
    """A figure that is measured against a limit and no peer."""
    return {"target": target, "where": where, "value": round(value, 1), "ours": ours, "peer": "", "rounds": []}


def parser(description: str | None) -> ArgumentParser:
    """Options that every benchmark has."""
    made = ArgumentParser(description=(description or "").partition("\n")[0])
    made.add_argument("--json", action="store_true", help="print one JSON object in place of tables")
    return made


def quiet() -> None:
    """Keep the program's own log out of what is printed."""
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def show(name: str, ratios: Sequence[Found], figures: Found, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        print(json.dumps({"benchmark": name, "ratios": list(ratios), "figures": figures}, ensure_ascii=False))
        return
    console = Console(width=170)
    if ratios:
        console.print(ratio_table(ratios))
    rest = Table(show_header=False, box=None)
    for label, value in flat(figures):
        rest.add_row(label, f"{value:,}" if isinstance(value, int | float) else str(value))
    console.print(rest)


def ratio_table(ratios: Sequence[Found]) -> Table:
    """The ratios beside their targets."""
    table = Table("", "what", "where", "found", "must", "aim", "ours", "peer")
    for one in ratios:
        target = TARGETS[one["target"]]
        colour = {"aim": "green", "must": "yellow", "missed": "red"}[target.verdict(one["value"])]
        found = f"[{colour}]{one['value']:g} {target.unit}[/]"
        ends = f"{target.must:g}", f"{target.aim:g}"
        table.add_row(one["target"], target.what, one["where"], found, *ends, one["ours"], one["peer"])
    return table


def flat(figures: Found, before: str = "") -> Iterator[tuple[str, Any]]:
    """Nested figures as lines."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}, ")
        elif not isinstance(value, list):
            yield f"{before}{name}", value
