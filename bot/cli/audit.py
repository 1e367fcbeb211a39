"""`soundings audit`: what was lost, doubled, sent after STOP or outside hours."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from bot.app import opened
from bot.cli.moments import read_moment
from bot.cli.output import Json, print_json, screen
from bot.delivery.audit import audit as audit_rows


def audit(
    since: Annotated[str | None, typer.Option(help="Only messages since then: 2026-11-24T10:00 (UTC).")] = None,
    as_json: Json = False,
) -> None:
    """Hold the promises against the rows. Ends with 1 where one was broken."""
    with opened() as installation, installation.read() as connection:
        report = audit_rows(connection, installation.clock.now(), since=read_moment(since, "UTC") if since else None)
    if as_json:
        print_json(report.as_dict())
    else:
        screen.print(f"{report.messages_in} messages in, {report.messages_out} out, {report.unknown} unknown")
        for one in report.findings:
            examples = ", ".join(map(str, one.examples[:5]))
            screen.print(Text(f"{one.kind}: {one.count} × {one.code} ({one.of} {examples})"))
        screen.print("The promises were kept." if report.ok else "A promise was broken.")
    if not report.ok:
        raise typer.Exit(1)
