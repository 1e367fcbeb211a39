"""What commands print: JSON on request, tables otherwise, and errors as one line that says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.errors import WrongUsage

#: As wide as a table may be that goes into a file or another program.
UNBOUNDED = 10_000

screen = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
InCommunity = Annotated[str, typer.Option("--community", "-c", help="The community's name in commands.")]


def print_json(value: Any) -> None:
    """One JSON document on standard output; times are ISO 8601 in UTC."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table, or the line `empty` where there is nothing to show."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        # Names are there to be copied into the next command: a narrow terminal folds them, and cuts nothing off.
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    if not table.row_count:
        screen.print(empty)
    elif screen.is_terminal:
        screen.print(table)
    else:
        Console(width=UNBOUNDED).print(table)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around what writes the file that somebody named; raises `WrongUsage` where it cannot be written."""
    try:
        yield
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
