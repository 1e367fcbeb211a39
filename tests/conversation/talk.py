"""A phone for tests: what it texts goes through `receive`, and what comes back is read from the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.channels.base import ButtonPress
from bot.conversation import House, Received, RunStart, due_runs, reach_times, receive, start_runs
from storage.database import Database
from storage.models import Address, Message
from tests.builders import NOON, RESIDENT, SENDER, a_house, an_inbound


@dataclass(slots=True)
class Phone:
    """One person's phone. Time goes on by a few seconds with each text, so that every prompt was seen before it is answered."""

    database: Database
    address: str = RESIDENT
    sender: str = SENDER
    now: datetime = NOON
    house: House = field(default_factory=a_house)
    last: Received | None = None
    seen: int = 0

    def text(self, words: str, **given: Any) -> list[str]:
        """Text these words; what comes back, each message's text."""
        return self.hand_in(an_inbound(words, address=self.address, sender=self.sender, at=self._later(), **given))

    def tap(self, run_id: int, visit: int, key: str, label: str = "") -> list[str]:
        """Tap a button of a prompt."""
        return self.text(label or key, kind="button", button=ButtonPress(run_id, visit, key))

    def hand_in(self, *inbounds: Any) -> list[str]:
        """Hand these in as one batch; what comes back."""
        with self.database.write() as connection:
            results = receive(connection, list(inbounds), self.now, self.house)
        self.last = results[-1]
        return self.new()

    def start(self, *starts: RunStart) -> list[str]:
        """Begin runs; what comes to this phone."""
        with self.database.write() as connection:
            start_runs(connection, list(starts), self._later(), self.house)
        return self.new()

    def wait(self, span: timedelta) -> list[str]:
        """Let time pass; what comes to this phone by itself."""
        self.now += span
        with self.database.write() as connection:
            reach_times(connection, due_runs(connection, self.now, 100), self.now, self.house)
        return self.new()

    def new(self) -> list[str]:
        """The texts queued to this phone since it was last looked at."""
        return [row.text for row in self.messages()]

    def messages_after(self, words: str, **given: Any) -> list[Any]:
        """Text these words; the whole rows of what comes back."""
        with self.database.write() as connection:
            inbound = an_inbound(words, address=self.address, sender=self.sender, at=self._later(), **given)
            receive(connection, [inbound], self.now, self.house)
        return self.messages()

    def messages(self) -> list[Any]:
        """The messages queued to this phone since it was last looked at; they count as sent then."""
        with self.database.write() as connection:
            rows = connection.execute(
                select(Message.__table__)
                .join(Address, Address.id == Message.address_id)
                .where(Address.address == self.address, Message.direction == "out", Message.id > self.seen)
                .where(Message.status == "queued")
                .order_by(Message.id)
            ).all()
            if rows:
                connection.execute(
                    update(Message).where(Message.id.in_([row.id for row in rows])).values(status="sent")
                )
        self.seen = max([self.seen, *(row.id for row in rows)])
        return list(rows)

    def _later(self) -> datetime:
        self.now += timedelta(seconds=20)
        return self.now


def read(database: Database, statement: Any) -> list[Any]:
    """The rows of a query."""
    with database.read() as connection:
        return list(connection.execute(statement).all())


def one(database: Database, statement: Any) -> Any:
    """The one value of a query."""
    with database.read() as connection:
        return connection.execute(statement).scalar_one()
