"""`soundings results`: what people said, as bars in the terminal, JSON or CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from sqlalchemy import Connection, Row

from bot.app import opened
from bot.campaigns.launch import require_campaign
from bot.cli.output import InCommunity, Json, print_json, screen, writing
from bot.communities import require_community
from bot.errors import WrongUsage
from bot.insight.campaign import campaign_results
from bot.insight.results import QuestionResults, Results
from bot.interop.answers_csv import write_answers

app = typer.Typer(help="What people said.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The campaign's name.")]
#: Width of the longest bar, in characters.
BAR = 30


@app.command()
def show(
    name: Name,
    community: InCommunity,
    language: Annotated[
        str | None, typer.Option(help="Labels in this language; the community's first if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Counts, shares and the newest words of each question."""
    with opened() as installation, installation.read() as connection:
        place, campaign = _campaign(connection, community, name)
        found = campaign_results(connection, campaign.id, campaign.revision_id, language=language or place.languages[0])
    if as_json:
        print_json(as_dict(name, found))
    else:
        show_results(name, found)


@app.command()
def export(
    name: Name,
    community: InCommunity,
    output_format: Annotated[str, typer.Option("--format", help="csv")] = "csv",
    output: Annotated[Path | None, typer.Option(help="A file to write; standard output if left out.")] = None,
    sensitive: Annotated[bool, typer.Option(help="Answers marked sensitive too.")] = False,
) -> None:
    """Every answer, a line a conversation, without names or numbers."""
    if output_format != "csv":
        raise WrongUsage(f"--format {output_format}: there is csv.")
    with opened() as installation, installation.read() as connection:
        _, campaign = _campaign(connection, community, name)
        if output is None:
            write_answers(connection, campaign, sys.stdout, sensitive=sensitive)
            return
        with writing(output), output.open("w", encoding="utf-8-sig", newline="") as file:
            lines = write_answers(connection, campaign, file, sensitive=sensitive)
    screen.print(f"{lines} conversations are in {output}.")


def show_results(name: str, results: Results) -> None:
    """Results for a person at a terminal."""
    people = "person" if results.n == 1 else "people"
    screen.print(Text.assemble((name, "bold"), f": {results.n} {people} answered"))
    for question in results.questions:
        screen.print()
        screen.print(Text(question.text, style="bold"))
        _show_question(question)


def _show_question(question: QuestionResults) -> None:
    skipped = f", {question.skipped} skipped" if question.skipped else ""
    mean = (
        f", mean {question.mean:.2f}, median {question.median:g}"
        if question.mean is not None and question.median is not None
        else ""
    )
    screen.print(f"{question.answered} answered{skipped}{mean}", style="dim")
    width = max((len(cell.label) for cell in question.cells), default=0)
    largest = max((cell.n for cell in question.cells), default=0) or 1
    for cell in question.cells:
        bar = "█" * round(BAR * cell.n / largest)
        screen.print(Text(f"  {cell.label:<{width}}  {bar:<{BAR}} {cell.n:>5}  {cell.share:>4.0%}"))
    for said in question.words[:8]:
        screen.print(Text(f"  “{said}”"))


def as_dict(name: str, results: Results) -> dict[str, Any]:
    """The results for JSON: shares are from 0 to 1."""
    return {
        "campaign": name,
        "n": results.n,
        "questions": [
            {
                "question": question.question,
                "kind": question.kind,
                "text": question.text,
                "answered": question.answered,
                "skipped": question.skipped,
                "counts": [
                    {"value": cell.value, "label": cell.label, "n": cell.n, "share": round(cell.share, 4)}
                    for cell in question.cells
                ],
                "mean": question.mean,
                "median": question.median,
                "words": list(question.words),
            }
            for question in results.questions
        ],
    }


def _campaign(connection: Connection, community: str, name: str) -> tuple[Row[Any], Row[Any]]:
    place = require_community(connection, community)
    return place, require_campaign(connection, place, name)
