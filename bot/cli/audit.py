"""`soundings audit`: what was lost, doubled, sent after STOP or outside hours."""

from __future__ import annotations

from dataclasses import asdict

import typer

from bot.app import opened
from bot.cli.output import Json, print_json, screen
from bot.delivery.audit import audit as audit_rows


def audit(as_json: Json = False) -> None:
    """Hold the promises against the rows. Ends with 1 where one was broken."""
    with opened() as installation, installation.read() as connection:
        report = audit_rows(connection, installation.clock.now())
    found = asdict(report)
    if as_json:
        print_json({**found, "ok": report.ok})
    else:
        for name, value in found.items():
            screen.print(f"{name.replace('_', ' '):<16}{value}")
        screen.print("The promises were kept." if report.ok else "A promise was broken: see above.")
    if not report.ok:
        raise typer.Exit(1)
