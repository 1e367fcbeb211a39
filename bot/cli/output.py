"""What commands print: JSON on request, tables otherwise, and errors as one line that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.errors import WrongUsage

#: As wide as a table may be that goes into a file or another program.
UNBOUNDED = 10_000

#: What a terminal obeys instead of showing, and what turns the words around it: a resident can write it, and must not steer a screen.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Screen(Console):
    """A terminal on which people's words are shown and never obeyed; its own colours are put on afterwards."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is to be written, with what would steer the terminal as U+FFFD."""
        for segment in super().render(renderable, options):
            words, style, control = segment
            yield segment if control else Segment(_STEERING.sub("\ufffd", words), style)


#: No markup and no names of emoji: `bus:a:text` and `[spring]` are shown as they are written.
screen = Screen(soft_wrap=True, highlight=False, markup=False, emoji=False)
errors = Screen(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)

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
        Screen(width=UNBOUNDED).print(table)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around what writes the file that somebody named; raises `WrongUsage` where it cannot be written."""
    try:
        yield
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
