"""`soundings flow publish|list|import|export`: a community's flows in the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row

from bot import i18n
from bot.app import opened
from bot.cli.flow_problems import report
from bot.cli.flow_source import source_of
from bot.cli.output import InCommunity, Json, print_json, print_table, screen, writing
from bot.communities import require_community
from bot.errors import BadFile, NotFound
from bot.publishing import Published, publish
from flows.checks import check
from flows.definition import Flow
from flows.errors import FlowError
from flows.loader import library_names, library_source
from storage import flows as rows

FlowName = Annotated[str, typer.Argument(metavar="FLOW", help="A flow of the library, or a file.")]


def publish_flow(flow: FlowName, community: InCommunity, as_json: Json = False) -> None:
    """Check a flow and freeze it as the community's newest revision, ready to launch."""
    found = _sound(flow)
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        published = publish(connection, place.id, found, installation.clock.now())
    if as_json:
        print_json(_as_dict(published))
        return
    word = "is published" if published.new else "was published before, unchanged,"
    screen.print(
        f"{published.flow} {word} as revision {published.number}. "
        f"Launch it with: soundings campaign launch {published.flow} --community {community}"
    )


def import_flows(
    files: Annotated[list[Path], typer.Argument(help="Flow files, all of which are checked before any is published.")],
    community: InCommunity,
    as_json: Json = False,
) -> None:
    """Take over flow files of another community or installation: all of them, or none when one has an error."""
    found = [_sound(str(file)) for file in files]
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        published = [publish(connection, place.id, flow, installation.clock.now()) for flow in found]
    if as_json:
        print_json([_as_dict(one) for one in published])
        return
    for one in published:
        screen.print(f"{one.flow}: revision {one.number}{'' if one.new else ', unchanged'}")


def export_flow(
    flow: Annotated[str, typer.Argument(help="A flow that the community published, or one of the library.")],
    community: Annotated[
        str | None, typer.Option("--community", "-c", help="Whose flow; the library's if left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output if left out.")] = None,
) -> None:
    """Write a flow's file as it was published, to change it or to hand it on."""
    if community is None:
        if flow not in library_names():
            raise NotFound("flow in the library", flow, library_names())
        source = library_source(flow).decode("utf-8")
    else:
        with opened() as installation, installation.read() as connection:
            source = _published_source(connection, require_community(connection, community), flow)
    if output is None:
        typer.echo(source, nl=False)
        return
    with writing(output):
        output.write_text(source, encoding="utf-8")
    screen.print(f"{flow} is in {output}.")


def list_flows(
    community: Annotated[str | None, typer.Option("--community", "-c", help="What this community published.")] = None,
    as_json: Json = False,
) -> None:
    """List the flows of the library, or those that a community published."""
    if community is None:
        found = [{"flow": name, "title": _title(name)} for name in library_names()]
        if as_json:
            print_json(found)
        else:
            print_table(("flow", "title"), [(f["flow"], f["title"]) for f in found], empty="The library is empty.")
        return
    with opened() as installation, installation.read() as connection:
        published = rows.list_flows(connection, require_community(connection, community).id)
    if as_json:
        print_json([dict(row._mapping) for row in published])
        return
    print_table(
        ("flow", "title", "revision", "published (UTC)"),
        [(row[0], row[1], row[2], f"{row[3]:%Y-%m-%d %H:%M}") for row in published],
        empty=f"Nothing published yet. Publish one with: soundings flow publish neighbourhood-check-in --community {community}",
    )


def _sound(named: str) -> Flow:
    """The flow, or `BadFile` with everything that is wrong with it."""
    try:
        flow = source_of(named).load()
        problems = check(flow, catalogue=i18n.catalogue, phrases=i18n.phrases())
    except FlowError as error:
        report(named, None, error.problems)
        raise BadFile(f"{named} was not published.") from None
    if any(problem.severity == "error" for problem in problems):
        report(named, flow, problems)
        raise BadFile(f"{named} was not published.")
    return flow


def _published_source(connection: Connection, place: Row[Any], name: str) -> str:
    known = rows.find_flow(connection, place.id, name)
    newest = rows.latest_revision(connection, known.id) if known is not None else None
    if newest is None:
        raise NotFound("published flow", name, tuple(row[0] for row in rows.list_flows(connection, place.id)))
    return rows.revision_source(connection, newest.id)


def _title(name: str) -> str:
    flow = source_of(name).load()
    return flow.title[flow.languages[0]]


def _as_dict(published: Published) -> dict[str, object]:
    return {"flow": published.flow, "revision": published.number, "new": published.new}
