"""`soundings flow understand`: try a question with replies of one's own, a line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.flow_source import flow_of
from bot.cli.output import Json
from bot.cli.sms import texts_of
from bot.errors import WrongUsage
from flows.definition import Flow, Question
from flows.loader.draft import LANGUAGE, nearest
from flows.replies import Reading, ReplyContext
from flows.replies import understand as read

HOME = "America/Halifax"


def understand(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="A flow of the library, or a file.")],
    state: Annotated[str, typer.Argument(metavar="STATE", help="The state whose question is answered.")],
    language: Annotated[str | None, typer.Option(help="The resident's language; the flow's first by default.")] = None,
    now: Annotated[
        str | None, typer.Option(help="When the reply comes, such as 2026-11-23T12:00-04:00; this moment by default.")
    ] = None,
    region: Annotated[str, typer.Option(help="Country for telephone numbers, two letters.")] = "CA",
    as_json: Json = False,
) -> None:
    """Read replies from standard input, a line each, and show what each is understood to mean.

    A line that starts with a quotation mark is read as a JSON string: "first line\\nsecond line".
    """
    found = flow_of(flow)
    question = question_of(found, state)
    context = ReplyContext(language_of(language, found), found.languages, moment_of(now), _region(region))
    if sys.stdin.isatty():
        typer.echo(f"Type replies to: {next(iter(question.text.values()))}  (Ctrl-D ends)", err=True)
    for reply in texts_of(_lines()):
        reading = read(question, reply, context)
        line = json.dumps(as_object(reply, reading, question)) if as_json else in_words(reply, reading)
        typer.echo(line)
        sys.stdout.flush()


def question_of(flow: Flow, named: str) -> Question:
    """The question of a state, `about.age` in a flow that the state about calls. Raises `WrongUsage`."""
    head, dot, rest = named.partition(".")
    state = flow.states.get(head)
    if dot and state is not None and state.call in flow.calls and state.call is not None:
        return question_of(flow.calls[state.call], rest)
    asking = [each.name for each in flow.questions]
    if state is None:
        close = nearest(named, flow.states)
        meant = f"Did you mean {close}?" if close else f"Those that ask: {', '.join(asking) or 'none'}."
        raise WrongUsage(f"{flow.name} has no state {named!r}. {meant}")
    if state.ask is None:
        raise WrongUsage(f"State {named} of {flow.name} asks nothing. Those that ask: {', '.join(asking) or 'none'}.")
    return state.ask


def as_object(reply: str, reading: Reading, question: Question) -> dict[str, object]:
    """A reading as DESIGN §6 prints it; "text" has the words behind the option "other"."""
    shown: dict[str, object] = {
        "reply": reply,
        "outcome": reading.outcome,
        "value": reading.value,
        "command": reading.command,
        "suggestion": reading.suggestion,
    }
    if reading.other is not None and question.kind in ("choice", "choices"):
        shown["text"] = reading.other
    return shown


def in_words(reply: str, reading: Reading) -> str:
    """A reading on one line for a coordinator."""
    shown = json.dumps(reply, ensure_ascii=True) if not reply.isprintable() else reply
    told = {
        "answered": f"answered {reading.value!r}",
        "unclear": "unclear",
        "skipped": "skipped",
        "command": f"command {reading.command}",
    }[reading.outcome]
    if reading.other is not None:
        told += f" in their own words: {reading.other!r}"
    if reading.outcome == "unclear" and reading.suggestion is not None:
        told += f", perhaps {reading.suggestion!r}"
    if reading.between:
        told += f", between {' and '.join(reading.between)}"
    if reading.reason:
        told += f" ({reading.reason.replace('_', ' ')})"
    if reading.unsure_stop:
        told += "; may be a wish to be left alone"
    return f"{shown}  ->  {told}".encode("utf-8", "replace").decode()


def _lines() -> Iterator[bytes]:
    """Standard input line by line, as soon as each is there."""
    yield from iter(sys.stdin.buffer.readline, b"")


def language_of(written: str | None, flow: Flow) -> str:
    """A language's tag, the flow's first where none is written. Raises `WrongUsage`."""
    if written is None:
        return flow.languages[0]
    tag = written.replace("-", "_")
    if not LANGUAGE.fullmatch(tag):
        raise WrongUsage(f"{written!r} is not the tag of a language. Write en, fr, es, fr_CA.")
    return tag


def _region(written: str) -> str:
    if len(written) != 2 or not written.isalpha() or not written.isascii():
        raise WrongUsage(f"{written!r} is not a country's two letters, such as CA.")
    return written.upper()


def moment_of(written: str | None) -> datetime:
    """The aware moment; its zone is the resident's, so it keeps the one that it is written in."""
    if written is None:
        return datetime.now(UTC).astimezone(ZoneInfo(HOME))
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise WrongUsage(f"{written!r} is not a time. Write 2026-11-23T12:00-04:00.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(HOME))
