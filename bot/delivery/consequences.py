"""What follows from a provider's word: a person who blocked us is opted out, a dead address is marked, a broken sender paused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import Connection, insert, select, update

from bot.channels.base import Inbound
from storage import outbox, senders
from storage.bulk import among
from storage.models import Address, InboxItem, Sender
from storage.progress import MessageState

_log = structlog.get_logger(__name__)

Consequence = Literal["none", "opt_out", "dead", "sender"]


@dataclass(frozen=True, slots=True)
class Block:
    """A resident whom the provider keeps from being texted because they wished it: a block, or a stop word that it answered."""

    sender_id: int
    address_id: int
    participant_id: int | None
    message_id: int
    code: str
    reason: str


#: Records that residents opted out by way of their provider, in the caller's transaction.
OptOuts = Callable[[Connection, Sequence[Block], datetime], None]


@dataclass(slots=True)
class Consequences:
    """What a batch of results or receipts brings about; `carry_out` does it once all messages are written."""

    blocks: list[Block] = field(default_factory=list)
    dead: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)

    def add(self, consequence: str | None, state: MessageState, code: str | None, reason: str) -> None:
        """Note what follows for the message's address or sender."""
        if consequence == "opt_out":
            self.blocks.append(
                Block(state.sender_id, state.address_id, state.participant_id, state.id, code or "", reason)
            )
        elif consequence == "dead":
            self.dead.add(state.address_id)
        elif consequence == "sender":
            self.broken.setdefault(state.sender_id, f"{reason} ({code})" if code else reason)

    def carry_out(self, connection: Connection, now: datetime, opt_outs: OptOuts) -> None:
        """Do all of it."""
        if self.blocks:
            opt_outs(connection, self.blocks, now)
        if self.dead:
            dead = update(Address).where(among(Address.id, "ids")).values(status="dead")
            connection.execute(dead, {"ids": sorted(self.dead)})
            outbox.cancel_to(connection, self.dead, "the address cannot be reached", now)
        for sender_id, reason in sorted(self.broken.items()):
            stop_sender(connection, sender_id, reason, now)


def stop_sender(connection: Connection, sender_id: int, reason: str, now: datetime) -> None:
    """Pause a sender that the provider does not let send, and tell the communities that it serves, once."""
    if senders.pause_sender(connection, sender_id, reason, now):
        address = connection.execute(select(Sender.address).where(Sender.id == sender_id)).scalar_one()
        text = f"{address} is paused: {reason}. Nothing is lost; mend it, then: soundings sender resume {address}"
        tell(connection, senders.communities_of(connection, sender_id), text, now)
        _log.error("sender.paused", sender_id=sender_id, reason=reason)


def tell(connection: Connection, community_ids: Iterable[int], text: str, now: datetime) -> None:
    """Put `text` before the coordinators of these communities, unless the same waits there already."""
    for community_id in sorted(set(community_ids)):
        same = (InboxItem.community_id == community_id, InboxItem.done_at.is_(None), InboxItem.text == text)
        if connection.execute(select(InboxItem.id).where(*same).limit(1)).first() is None:
            values = {"community_id": community_id, "kind": "failed", "text": text, "created_at": now}
            connection.execute(insert(InboxItem).values(**values))


def as_inbound(connection: Connection, blocks: Sequence[Block], now: datetime) -> list[Inbound]:
    """Blocks as a channel would hand them in, for the conversation to take as the opt-outs that they are."""
    where = {
        row.id: row.address
        for row in connection.execute(
            select(Address.id, Address.address).where(among(Address.id, "ids")),
            {"ids": sorted({block.address_id for block in blocks})},
        )
    }
    whose = {
        row.id: row.address
        for row in connection.execute(
            select(Sender.id, Sender.address).where(among(Sender.id, "ids")),
            {"ids": sorted({block.sender_id for block in blocks})},
        )
    }
    return [
        Inbound(
            sender=whose[block.sender_id],
            address=where[block.address_id],
            provider_id=f"block-{block.message_id}-{block.code}",
            received_at=now,
            text=f"{block.reason} ({block.code})",
            kind="block",
        )
        for block in blocks
    ]


__all__ = ["Block", "Consequence", "Consequences", "OptOuts", "as_inbound", "stop_sender", "tell"]
