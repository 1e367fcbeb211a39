"""The inbox: what waits for a person, and what a coordinator does about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from bot.conversation import House, release_hold, reply_as_person, resume_run, stop_for
from bot.errors import NotFound, WrongUsage
from storage.inbox import list_inbox, settle_inbox_items
from storage.models.participants import INBOX_KINDS
from storage.persons import open_run_ids

#: What each kind of item is about, as a coordinator reads it.
MEANING: Final = {
    "distress": "words of distress",
    "unsure_stop": "may mean stop: nothing goes out to them",
    "person": "asks for a person",
    "notify": "a flow calls for you",
    "give_up": "was not understood",
    "stray": "wrote while nothing was asked",
    "wrong_number": "says it is the wrong number",
    "abuse": "too many texts, or from abroad",
    "loop": "writes the same again and again",
    "failed": "something of ours failed",
}


def waiting(
    connection: Connection, community_id: int, kinds: Collection[str] = (), *, done: bool = False
) -> Sequence[Row[Any]]:
    """What waits for a person, or was taken care of; raises `WrongUsage` for a kind that there is not."""
    wrong = sorted(set(kinds) - set(INBOX_KINDS))
    if wrong:
        raise WrongUsage(f"--kind is one of {', '.join(MEANING)}, not {wrong[0]!r}.")
    return list_inbox(connection, community_id, kinds=kinds, done=done)


def require_item(connection: Connection, community_id: int, item_id: int) -> Row[Any]:
    """One item of a community, by its number; raises `NotFound`."""
    found = list_inbox(connection, community_id, item_id=item_id)
    if not found:
        raise NotFound("item of this community's inbox", str(item_id))
    return found[0]


def answer(connection: Connection, item: Row[Any], text: str, now: datetime, house: House) -> None:
    """Text whoever an item is about in a coordinator's own words; the flow waits from here on. A doubt about STOP stays open."""
    reply_as_person(connection, _whose(item), text, now, house)
    if item.kind != "unsure_stop":
        settle_inbox_items(connection, [item.id], now)


def release(connection: Connection, item: Row[Any], now: datetime, house: House) -> None:
    """It was no wish to stop: what was held goes out, and what they wrote counts as the answer that it was."""
    if not release_hold(connection, _whose(item), now, house):
        raise WrongUsage(
            "Nothing of theirs is held back: they have texted START or STOP themselves, or somebody decided."
        )


def stop(connection: Connection, item: Row[Any], now: datetime, house: House) -> None:
    """It was a wish to stop: as if they had texted STOP. Nothing is sent to them about it."""
    stop_for(connection, _whose(item), now, house, source="coordinator", words=item.text)
    settle_inbox_items(connection, [item.id], now)


def hand_back(connection: Connection, item: Row[Any], now: datetime, house: House) -> None:
    """A person has answered: the flow goes on, and asks its question again."""
    runs = open_run_ids(connection, _whose(item))
    if not runs:
        raise WrongUsage("No conversation of theirs is open, so there is nothing to hand back.")
    resume_run(connection, runs[0], now, house)
    settle_inbox_items(connection, [item.id], now)


def settle(connection: Connection, items: Sequence[Row[Any]], now: datetime) -> int:
    """These were taken care of; how many were still open. Raises `WrongUsage` for one that needs a decision."""
    for item in items:
        if item.kind == "unsure_stop" and item.held_at is not None:
            raise WrongUsage(
                f"Number {item.id} needs a decision, for nothing goes out to them until then: "
                f"soundings inbox stop {item.id} -c {item.community}, or soundings inbox release {item.id} -c {item.community}."
            )
    return settle_inbox_items(connection, [item.id for item in items], now)


def _whose(item: Row[Any]) -> int:
    if item.participant_id is None:
        raise WrongUsage("This is about nobody who takes part, so there is nobody to write to.")
    return int(item.participant_id)
