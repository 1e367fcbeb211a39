"""`soundings sms`: what a text costs to send."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.segments import Segments, lighten, segment

app = typer.Typer(help="What a text costs to send.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `segments` a command of its own while it is the only one."""


@app.command()
def segments(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Count the segments of each line of standard input, and name the letters that force Unicode.

    A line that starts with a quotation mark is read as a JSON string, so that a text may hold line breaks: "a\\nb".
    """
    texts = texts_of(sys.stdin.buffer)
    if as_json:
        for text in texts:
            typer.echo(as_line(segment(text)))
        return
    Console().print(_table(texts))


def texts_of(lines: BinaryIO | Iterable[bytes]) -> Iterator[str]:
    """The texts of a stream, one a line, whatever the bytes: what is no UTF-8 is read as U+FFFD, as a phone shows it.

    A line that starts with a quotation mark and is no JSON string is a text that begins with one; a notice says so.
    """
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
        text = text.removesuffix("\n").removesuffix("\r")
        if text.startswith('"'):
            try:
                text = json.loads(text, strict=False)
            except ValueError:
                typer.echo(
                    f"Line {number} starts with a quotation mark but is no JSON string: read as it is.", err=True
                )
        yield text


def as_line(counted: Segments) -> str:
    """A JSON object in plain ASCII, so that a lone half of a surrogate pair survives the way."""
    return json.dumps(
        {
            "encoding": counted.encoding,
            "segments": counted.segments,
            "characters": counted.characters,
            "culprits": counted.culprits,
        }
    )


def _table(texts: Iterable[str]) -> Table:
    table = Table("Text", "Encoding", "Segments", "Characters", "Letters that force Unicode", "As we send it")
    for text in texts:
        counted, sent = segment(text), segment(lighten(text))
        culprits = Text("  ".join(_shown(letter) for letter in counted.culprits))
        lighter = f"{sent.encoding}, {sent.segments}" if sent != counted else "the same"
        table.add_row(
            Text(_shown(text)), counted.encoding, str(counted.segments), str(counted.characters), culprits, lighter
        )
    return table


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else text[:39] + "…"
    return "".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in short)
