"""Sending updates that are due: one message to each who spoke or subscribed, in slices that a kill cannot repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.cron import next_time
from bot.errors import SoundingsError
from bot.updates.text import first_language, render_update
from flows.segments import segment
from storage import updates as rows
from storage.audience import languages_of
from storage.campaigns import campaign_by_id
from storage.inbox import InboxRow, insert_inbox_items
from storage.models import Participant
from storage.reach import Reach, reach_of
from storage.waves import last_participant, slice_end

_log = structlog.get_logger(__name__)

#: Readers written to in one transaction: long enough to be cheap, short enough that replies get by.
SLICE = 5_000
#: A progress update that could not leave for so long is of no use any more.
USEFUL_FOR = timedelta(days=7)


def send_due(connection: Connection, now: datetime, *, slice_size: int = SLICE) -> int:
    """One slice of each update that is due; how many updates had work. Call until it returns 0."""
    due = rows.due_updates(connection, now)
    for row in due:
        try:
            with connection.begin_nested():
                _Sending(connection, row, now, reach_of(connection, row.community_id)).go_on(slice_size)
        except SoundingsError as error:
            # One that cannot be sent must not hold up the others.
            _withhold(connection, row, str(error), None, now)
    return len(due)


def withhold_due(connection: Connection, why: str, now: datetime) -> int:
    """Do not send what is due or under way, and say so: those that repeat go on with their next time; how many."""
    due = rows.due_updates(connection, now, limit=10_000)
    for row in due:
        later = next_time(row.cron, row.timezone, now) if row.cron else None
        _withhold(connection, row, why, later, now)
        rows.change_update(connection, row.id, rendered=None, cursor=0)
    return len(due)


def _withhold(connection: Connection, row: Row[Any], why: str, later: datetime | None, now: datetime) -> None:
    """Do not send it this time, and tell the coordinators; with `later` it is tried again then."""
    _log.info("update.withheld", update_id=row.id)
    status = "scheduled" if later is not None else "withheld"
    rows.change_update(connection, row.id, status=status, reason=why, next_at=later)
    text = f"Update {row.id} was not sent. {why}"
    insert_inbox_items(connection, [InboxRow(row.community_id, None, "failed", text, now)])


@dataclass(frozen=True, slots=True)
class _Sending:
    """One update in one transaction; `row` as `due_updates` finds it."""

    connection: Connection
    row: Row[Any]
    now: datetime
    reach: Reach

    def go_on(self, size: int) -> None:
        """Write to the next readers; first, where it has not begun, fix what is said."""
        if self.row.status == "scheduled" and not self._begin():
            return
        row = rows.find_update(self.connection, self.row.id)
        assert row is not None  # noqa: S101 - it is locked by this transaction
        people = rows.readers(row.community_id, row.audience, self.reach).where(
            Participant.id > row.cursor, Participant.id <= row.last_id
        )
        last = slice_end(self.connection, people, row.cursor, row.last_id, size)
        texts = {
            language: {"text": text, "segments": segment(text).segments} for language, text in row.rendered.items()
        }
        rows.insert_update_messages(
            self.connection,
            row,
            people.where(Participant.id <= last),
            self.reach,
            texts,
            first=first_language(row.rendered, self.row.languages),
            now=self.now,
            valid_until=self.now + USEFUL_FOR,
        )
        if last < row.last_id:
            rows.change_update(self.connection, row.id, cursor=last)
        else:
            self._finish()

    def _begin(self) -> bool:
        """Fix the texts of this occurrence, so that everybody reads the same figures; False where it is withheld."""
        row, later = self.row, self._later()
        campaign = None if row.campaign_id is None else campaign_by_id(self.connection, row.campaign_id)
        people = rows.readers(row.community_id, row.audience, self.reach)
        # Those of the texts and of the community, and whatever else its readers read: each gets the nearest.
        languages = [*row.texts, *row.languages, *languages_of(self.connection, people)]
        rendered = render_update(self.connection, row, campaign, list(dict.fromkeys(languages)))
        if rendered.withheld is not None:
            _withhold(self.connection, row, rendered.withheld, later, self.now)
            return False
        rows.change_update(
            self.connection,
            row.id,
            status="sending",
            reason=None,
            rendered=dict(rendered.texts),
            cursor=0,
            last_id=last_participant(self.connection, row.community_id),
            occurrence=row.occurrence + 1,
        )
        return True

    def _later(self) -> datetime | None:
        """When it goes out again; None where it goes once."""
        return next_time(self.row.cron, self.row.timezone, self.now) if self.row.cron else None

    def _finish(self) -> None:
        later = self._later()
        rows.change_update(
            self.connection,
            self.row.id,
            status="scheduled" if later is not None else "sent",
            sent_at=self.now,
            next_at=later,
            rendered=None,
            cursor=0,
        )


__all__ = ["SLICE", "USEFUL_FOR", "send_due", "withhold_due"]
