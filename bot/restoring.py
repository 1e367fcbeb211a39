"""Putting an older copy back: what may have left since is held for a person to decide, and who said STOP since stays out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.conversation import House, stop_for
from bot.delivery.consequences import tell
from bot.delivery.recovery import resend
from bot.updates.send import withhold_due
from storage.restored import doubt_queued, held_ids, pause_begun, still_here

#: Messages that one transaction lets go.
SLICE = 2_000
_WHY = "the database was put back from an older copy; it may have gone since that was made"


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a person: so many messages are `unknown`, these campaigns paused, so many updates not sent."""

    messages: int
    campaigns: tuple[str, ...]
    updates: int


@dataclass(frozen=True, slots=True)
class Since:
    """What the database that is replaced knew beyond the copy: how many said STOP, and the pseudonyms of those who were erased."""

    stopped: int
    erased: tuple[str, ...]


def hold(connection: Connection, now: datetime) -> Held:
    """Hold all that was to leave by `now`: nobody knows what of it left after the copy was made. What is due later goes on."""
    campaigns = pause_begun(connection, now)
    messages = doubt_queued(connection, now, _WHY)
    updates = withhold_due(connection, f"{_WHY[0].upper()}{_WHY[1:]}. If it has not, write it anew.", now)
    for community_id in sorted({*messages, *(community for community, _ in campaigns)}):
        names = [name for community, name in campaigns if community == community_id]
        text = f"The database was put back from an older copy. {messages.get(community_id, 0)} messages may or may not have gone: soundings outbox held."
        if names:
            text += f" Paused until you say soundings campaign resume: {', '.join(names)}."
        tell(connection, [community_id], text, now)
    return Held(sum(messages.values()), tuple(name for _, name in campaigns), updates)


@dataclass(frozen=True, slots=True)
class Release:
    """Which held messages are let go: all, or those of a community, a campaign, an update, or that were to leave after a moment."""

    community_id: int | None = None
    campaign_id: int | None = None
    update_id: int | None = None
    due_after: datetime | None = None

    def some(self, connection: Connection, now: datetime, limit: int = SLICE) -> int:
        """Queue a slice of them again; how many. Call it, a transaction each, until it returns 0.

        Consent, hours and caps are looked at again when they leave, and what is past its use by then is dropped.
        """
        ids = held_ids(
            connection,
            community_id=self.community_id,
            campaign_id=self.campaign_id,
            update_id=self.update_id,
            due_after=self.due_after,
            limit=limit,
        )
        return resend(connection, ids, now, while_of_use=True)


def learn_from(connection: Connection, replaced: Path, now: datetime, house: House) -> Since | None:
    """Have those stay out who said STOP in the database that is replaced (SQLite); None where it cannot be read any more."""
    try:
        with closing(sqlite3.connect(f"file:{replaced}?mode=ro", uri=True)) as old:
            stopped = [
                str(row[0]) for row in old.execute("SELECT public_id FROM participants WHERE opted_out_at IS NOT NULL")
            ]
            erased = [
                str(row[0]) for row in old.execute("SELECT public_id FROM participants WHERE erased_at IS NOT NULL")
            ]
    except sqlite3.Error:
        return None
    out = still_here(connection, stopped, stopped=False)
    for row in out:
        stop_for(connection, row.id, now, house, source="restore", words="said STOP after the copy was made")
    return Since(len(out), tuple(row.public_id for row in still_here(connection, erased, stopped=True)))


__all__ = ["Held", "Release", "Since", "hold", "learn_from"]
