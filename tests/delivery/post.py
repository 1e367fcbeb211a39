"""Letters for tests: rows of the outbox, a channel that records, and short ways to look at what became of a message."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.channels.base import Accepted, FetchedMedium, IncomingMedium, MediumRefused, Outgoing, ReceiptNews, SendResult
from bot.delivery.claim import Claim, Claimed, claim
from bot.delivery.consequences import Block
from bot.delivery.results import Outcome, Released, record
from storage.database import Database
from storage.models import Address, Message, Participant, Run, Sender
from tests.builders import NOON, a_campaign, a_community, a_participant, a_revision, a_sender

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
#: Nine to half past eight, every day.
DAYTIME = dict.fromkeys(EVERY_DAY, ("09:00", "20:30"))


@dataclass(slots=True)
class Town:
    """A community with a fast sender, a campaign, and residents that are added as they are written to."""

    database: Database
    community_id: int
    sender_id: int
    campaign_id: int
    revision_id: int
    channel: str = "sms"
    residents: list[int] = field(default_factory=list)

    def resident(self, address: str | None = None, **changes: Any) -> int:
        """One more participant."""
        with self.database.write() as connection:
            return self.add(connection, address, **changes)

    def add(self, connection: Connection, address: str | None = None, **changes: Any) -> int:
        """One more participant, in the caller's transaction."""
        address = address or f"sms:+1902555{len(self.residents):04}"
        self.residents.append(
            a_participant(connection, self.community_id, address, sender_id=self.sender_id, **changes)
        )
        return self.residents[-1]

    def message(self, participant_id: int | None = None, **changes: Any) -> int:
        """A queued message, a reply due at noon unless `changes` say otherwise, to a new resident unless one is given."""
        return self.messages(1, participant_id, **changes)[0]

    def messages(self, count: int, participant_id: int | None = None, **changes: Any) -> list[int]:
        """So many alike, to one resident each unless one is given."""
        with self.database.write() as connection:
            if participant_id is not None:
                return [self.put(connection, participant_id, **changes) for _ in range(count)]
            return self.crowd(connection, count, **changes)

    def crowd(self, connection: Connection, count: int, /, resident: Any = None, **changes: Any) -> list[int]:
        """So many new residents with a message each."""
        first = len(self.residents)
        people: list[dict[str, Any]] = [
            {
                "public_id": f"crowd{number:06}",
                "community_id": self.community_id,
                "language": "en",
                "attributes": {},
                "surveys": "granted",
                "updates": "granted",
                "joined_at": NOON,
                **(resident or {}),
            }
            for number in range(first, first + count)
        ]
        made = insert(Participant).returning(Participant.id, sort_by_parameter_order=True)
        ids = list(connection.execute(made, people).scalars())
        self.residents += ids
        channel = self.channel
        places = [
            {
                "community_id": self.community_id,
                "participant_id": one,
                "address": f"{channel}:+1902555{number:04}",
                "channel": channel,
                "sender_id": self.sender_id,
                "created_at": NOON,
            }
            for number, one in enumerate(ids, first)
        ]
        at = insert(Address).returning(Address.id, sort_by_parameter_order=True)
        addresses = connection.execute(at, places).scalars()
        rows = [
            {**self.fields(**changes), "participant_id": one, "address_id": address_id}
            for one, address_id in zip(ids, addresses, strict=True)
        ]
        return list(
            connection.execute(insert(Message).returning(Message.id, sort_by_parameter_order=True), rows).scalars()
        )

    def fields(self, **changes: Any) -> dict[str, Any]:
        """The columns of a message of this town."""
        fields: dict[str, Any] = {
            "community_id": self.community_id,
            "sender_id": self.sender_id,
            "direction": "out",
            "kind": "prompt",
            "text": "What should we fix first?",
            "status": "queued",
            "segments": 1,
            "due_at": NOON,
            "created_at": NOON,
        }
        if changes.get("priority") == 2 and "update_id" not in changes:
            fields["campaign_id"] = self.campaign_id
        return {**fields, **changes}

    def put(self, connection: Connection, to: int | None, **changes: Any) -> int:
        """One message, in the caller's transaction."""
        address_id = (
            connection.execute(select(Address.id).where(Address.participant_id == to).order_by(Address.id))
            .scalars()
            .first()
        )
        fields = self.fields(**{"address_id": address_id, "participant_id": to, **changes})
        return int(connection.execute(insert(Message).values(**fields).returning(Message.id)).scalar_one())

    def run(self, participant_id: int, **changes: Any) -> int:
        """An open run of the campaign."""
        with self.database.write() as connection:
            address_id = (
                connection.execute(select(Address.id).where(Address.participant_id == participant_id)).scalars().first()
            )
            fields: dict[str, Any] = {
                "community_id": self.community_id,
                "participant_id": participant_id,
                "revision_id": self.revision_id,
                "campaign_id": self.campaign_id,
                "address_id": address_id,
                "sender_id": self.sender_id,
                "status": "active",
                "visit": 1,
                "state": {},
                "started_at": NOON,
            }
            statement = insert(Run).values(**{**fields, **changes}).returning(Run.id)
            return int(connection.execute(statement).scalar_one())

    def claim(self, now: datetime = NOON, limit: int = 500, **given: Any) -> Claim:
        with self.database.write() as connection:
            return claim(connection, self.sender_id, now, limit, **given)

    def claimed(self, now: datetime = NOON, limit: int = 500, **given: Any) -> list[int]:
        """The ids of what a claim takes."""
        return [message.id for message in self.claim(now, limit, **given).messages]

    def record(self, messages: Collection[Claimed], result: SendResult | Released, now: datetime = NOON) -> list[Block]:
        """The same result for these; the blocks that it brought."""
        blocks: list[Block] = []
        with self.database.write() as connection:
            outcomes = [Outcome(message, result) for message in messages]
            record(connection, outcomes, now, opt_outs=lambda _, found, __: blocks.extend(found))
        return blocks

    def row(self, message_id: int) -> Row[Any]:
        with self.database.read() as connection:
            return connection.execute(select(Message.__table__).where(Message.id == message_id)).one()

    def statuses(self, *ids: int) -> list[str]:
        return [self.row(message_id).status for message_id in ids]

    def sender(self) -> Row[Any]:
        with self.database.read() as connection:
            return connection.execute(select(Sender.__table__).where(Sender.id == self.sender_id)).one()

    def change(self, model: Any, row_id: int, **values: Any) -> None:
        with self.database.write() as connection:
            connection.execute(update(model).where(model.id == row_id).values(**values))

    def change_resident(self, participant_id: int, **values: Any) -> None:
        self.change(Participant, participant_id, **values)


def a_town(
    database: Database, *, pace: float = 1_000.0, address: str = "sms:+19025550100", settings: Any = None, **place: Any
) -> Town:
    """A town that is open day and night, with a sender so fast that its pace does not matter."""
    with database.write() as connection:
        community_id = a_community(connection, settings=settings or {}, **place)
        sender_id = a_sender(connection, community_id, address=address)
        connection.execute(update(Sender).values(pace=pace))
        revision_id = a_revision(connection, community_id)
        campaign_id = a_campaign(connection, community_id, revision_id)
        return Town(database, community_id, sender_id, campaign_id, revision_id, address.partition(":")[0])


@dataclass(slots=True)
class RecordingChannel:
    """A provider of a few lines: takes every message, unless `script` has other results in store.

    `before` is called with each message, and may wait; `sent` has what was handed over, in order.
    """

    name: str = "sms"
    sent: list[Outgoing] = field(default_factory=list)
    script: deque[SendResult | Exception] = field(default_factory=deque)
    before: Callable[[Outgoing], Any] | None = None
    opened: bool = False
    most_at_once: int = 0
    at_once: int = 0

    async def open(self) -> None:
        self.opened = True

    async def close(self) -> None:
        self.opened = False

    async def send(self, message: Outgoing) -> SendResult:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.before is not None:
                waiting = self.before(message)
                if asyncio.iscoroutine(waiting):
                    await waiting
            self.sent.append(message)
            result = self.script.popleft() if self.script else Accepted(f"SM{message.message_id:032}")
            if isinstance(result, Exception):
                raise result
            return result
        finally:
            self.at_once -= 1

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        raise MediumRefused("this channel has none")


def receipt(message_id: int | None, status: str, provider_id: str | None = None, **changes: Any) -> ReceiptNews:
    """A receipt as the recording channel's provider would send it."""
    fields: dict[str, Any] = {"received_at": NOON, **changes}
    return ReceiptNews(provider_id or f"SM{message_id or 0:032}", status, message_id=message_id, **fields)  # type: ignore[arg-type]


def no_opt_outs(_connection: Connection, blocks: Sequence[Block], _now: datetime) -> None:
    assert not blocks
