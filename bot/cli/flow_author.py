"""`soundings flow`: what an author of flows needs, without a database: check, test, graph, chat, understand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot import i18n
from bot.cli.flow_chat import chat
from bot.cli.flow_problems import report, report_json
from bot.cli.flow_source import Source, flow_of, source_of
from bot.cli.flow_transcripts import play
from bot.cli.flow_understand import understand
from bot.cli.output import Json, print_json
from bot.errors import WrongUsage
from flows import graph as drawing
from flows.checks import check as problems_of
from flows.definition import Flow
from flows.errors import FlowError, Problem

app = typer.Typer(help="Flows: write, check, test, draw and try them.", no_args_is_help=True)

FlowArgument = Annotated[
    str, typer.Argument(metavar="FLOW", help="A flow of the library, a file, or - for standard input.")
]


@app.command()
def check(
    flow: FlowArgument,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as problems, too.")] = False,
    as_json: Json = False,
) -> None:
    """Read a flow as a careful reader would, and list what is wrong or doubtful, with its line and what to do.

    Ends with 0 where nothing is wrong (warnings allowed), 1 where something is, 2 where there is no such flow.
    """
    found, problems = read_carefully(source_of(flow))
    if as_json:
        print_json(report_json(flow, found, problems))
    else:
        report(flow, found, problems)
    if any(problem.severity == "error" or strict for problem in problems):
        raise typer.Exit(1)


def read_carefully(source: Source) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow, or None where it cannot be read, and everything that is wrong or doubtful about it."""
    try:
        found = source.load()
    except FlowError as error:
        if any(problem.code == "unreadable-file" for problem in error.problems):
            raise WrongUsage(str(error.problems[0])) from error
        return None, error.problems
    return found, problems_of(found, catalogue=i18n.catalogue, phrases=i18n.phrases())


@app.command()
def graph(
    flow: FlowArgument,
    form: Annotated[
        Literal["svg", "mermaid"], typer.Option("--format", help="A picture, or text for Mermaid.")
    ] = "svg",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it; standard output by default.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="The language of its texts; the flow's first by default.")
    ] = None,
) -> None:
    """Draw a flow: its questions, what it says, and where each answer leads."""
    found = flow_of(flow)
    tag = language.replace("-", "_") if language is not None else None
    if tag is not None and tag not in found.languages:
        raise WrongUsage(f"{found.name} has no texts in {language}. It has: {', '.join(found.languages)}.")
    drawn = drawing.svg(found, language=tag) if form == "svg" else drawing.mermaid(found, language=tag)
    if output is None:
        typer.echo(drawn)
        return
    try:
        output.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise WrongUsage(f"{output} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    typer.echo(f"{output}: {len(found.states)} states of {found.name}", err=True)


app.command("test")(play)
app.command()(chat)
app.command()(understand)
