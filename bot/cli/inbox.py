"""`soundings inbox`: what needs a person, and answering it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text
from sqlalchemy import Connection, Row

from bot import inbox
from bot.app import opened
from bot.cli.output import InCommunity, Json, print_json, print_table, screen
from bot.communities import require_community
from bot.conversation import House

app = typer.Typer(help="What needs a person, and answering it.", no_args_is_help=True)

Item = Annotated[int, typer.Argument(help="Its number, as list shows it.")]


@app.command("list")
def list_items(
    community: InCommunity,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind, such as unsure_stop; again for more.")] = None,
    done: Annotated[bool, typer.Option("--done", help="What was taken care of, the newest first.")] = False,
    as_json: Json = False,
) -> None:
    """List what waits for a person, the most urgent first: 500 at the most."""
    with opened() as installation, installation.read() as connection:
        place = require_community(connection, community)
        found = inbox.waiting(connection, place.id, kind or (), done=done)
    if as_json:
        print_json([_plain(item) for item in found])
        return
    zone = ZoneInfo(place.timezone)
    print_table(
        ("item", "since", "what", "participant", "name", "words"),
        [
            (
                item.id,
                f"{item.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
                inbox.MEANING[item.kind],
                item.public_id,
                item.name,
                " ".join(item.text.split()),
            )
            for item in found
        ],
        empty="Nothing was taken care of yet." if done else "Nothing waits for a person.",
    )


def _plain(item: Row[Any]) -> dict[str, object]:
    return {
        "item": item.id,
        "kind": item.kind,
        "words": item.text,
        "at": item.created_at,
        "done_at": item.done_at,
        "participant": item.public_id,
        "name": item.name,
        "language": item.language,
        "held": item.held_at is not None,
        "flow_waits": item.run_status == "handed_over",
    }


@app.command()
def reply(
    item: Item,
    text: Annotated[str, typer.Argument(help="What to say, in your own words.")],
    community: InCommunity,
    as_json: Json = False,
) -> None:
    """Answer in your own words. The flow waits from then on, until you hand the conversation back.

    Within fifteen minutes of their text it leaves at once, later within the community's hours.
    """

    def answer(connection: Connection, found: Row[Any], now: datetime, house: House) -> None:
        inbox.answer(connection, found, text, now, house)

    _do(answer, item, community, "Your answer is in the outbox. To let the flow go on: soundings inbox resume", as_json)


@app.command()
def release(item: Item, community: InCommunity, as_json: Json = False) -> None:
    """Say that it was no wish to stop: what was held goes out, and what they wrote counts as an answer."""
    _do(inbox.release, item, community, "Nothing of theirs is held back any more.", as_json)


@app.command()
def stop(item: Item, community: InCommunity, as_json: Json = False) -> None:
    """Say that it was a wish to stop: as if they had texted STOP, and nothing more is sent to them."""
    _do(inbox.stop, item, community, "They are not texted again, unless they text START.", as_json)


@app.command()
def resume(item: Item, community: InCommunity, as_json: Json = False) -> None:
    """Hand a conversation back to its flow, which asks its question again."""
    _do(inbox.hand_back, item, community, "The flow goes on from its question.", as_json)


@app.command()
def done(
    items: Annotated[list[int], typer.Argument(help="Their numbers, as list shows them.")],
    community: InCommunity,
    as_json: Json = False,
) -> None:
    """Say that something was taken care of; it goes out of the list."""
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        found = [inbox.require_item(connection, place.id, number) for number in items]
        settled = inbox.settle(connection, found, installation.clock.now())
    if as_json:
        print_json({"settled": settled})
        return
    screen.print(f"{settled} of {len(items)} taken care of.")


def _do(
    act: Callable[[Connection, Row[Any], datetime, House], None], item: int, community: str, told: str, as_json: bool
) -> None:
    with opened() as installation, installation.write() as connection:
        place = require_community(connection, community)
        found = inbox.require_item(connection, place.id, item)
        act(connection, found, installation.clock.now(), installation.house)
        (after,) = [inbox.require_item(connection, place.id, item)]
    if as_json:
        print_json(_plain(after))
        return
    screen.print(Text(told))
