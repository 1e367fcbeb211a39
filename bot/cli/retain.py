"""`soundings retain`: drop what communities keep no longer, now, or see what that would be."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import typer
from sqlalchemy import Row

from bot.app import Installation, opened
from bot.cli.output import Json, print_json, print_table, screen
from bot.config import CommunitySettings
from bot.retention import TASK, begin, work_pass, would_drop
from storage.jobs import take_turn
from storage.retention import every_community, one_pass, open_pass

#: Kinds of what is dropped, as a pass counts them.
KINDS: Final = ("texts", "replies", "conversations", "media", "inbox_items", "people", "strangers")
#: Seconds until another look where somebody else works on the pass.
PAUSE = 0.1


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be dropped.")] = False,
    as_json: Json = False,
) -> None:
    """Drop words and quiet people after the days that each community keeps them. Running processes do it every day."""
    with opened() as installation:
        with installation.read() as connection:
            communities = every_community(connection)
        if not any(_days(one) != (0, 0) for one in communities):
            counts: dict[str, dict[str, int]] = {}
        elif dry_run:
            counts = would_drop(installation.write, installation.clock.now(), installation.house)
        else:
            counts = _whole_pass(installation)
            installation.database.empty_log()
    found = [_described(one, counts.get(str(one.id), {})) for one in communities]
    if as_json:
        print_json({"dry_run": dry_run, "communities": found})
    else:
        _show(found, dry_run)


def _whole_pass(installation: Installation) -> dict[str, dict[str, int]]:
    """Go on with the pass under way, or begin one, until it is over, whoever else works on it."""
    pass_id: int | None = None
    while True:
        with installation.write() as connection:
            if mine := take_turn(connection, TASK):
                under_way = open_pass(connection)
                if pass_id is not None and (under_way is None or under_way.id != pass_id):
                    return dict(one_pass(connection, pass_id).counts)
                under_way = under_way or begin(connection, installation.clock.now())
                pass_id = under_way.id
                work_pass(connection, under_way, installation.clock.now(), installation.house)
        if not mine:
            time.sleep(PAUSE)


def _days(community: Row[Any]) -> tuple[int, int]:
    settings = CommunitySettings.model_validate(community.settings)
    return settings.keep_texts_days, settings.keep_people_days


def _described(community: Row[Any], counts: dict[str, int]) -> dict[str, Any]:
    texts, people = _days(community)
    dropped = {kind: counts.get(kind, 0) for kind in KINDS}
    return {"community": community.slug, "keep_texts_days": texts, "keep_people_days": people, "dropped": dropped}


def _show(found: list[dict[str, Any]], dry_run: bool) -> None:
    print_table(
        ("community", "texts kept", "people kept", *(kind.replace("_", " ") for kind in KINDS)),
        [
            (
                one["community"],
                *(f"{one[days]} days" if one[days] else "always" for days in ("keep_texts_days", "keep_people_days")),
                *(str(one["dropped"][kind]) for kind in KINDS),
            )
            for one in found
        ],
        empty="No community yet.",
    )
    if not any(one["keep_texts_days"] or one["keep_people_days"] for one in found):
        screen.print("All is kept. To change that: soundings community change north-end --set keep_texts_days=365")
    elif dry_run:
        screen.print("That is what would be dropped; nothing was.")
