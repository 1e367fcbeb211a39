"""Keeping a text that could not be handled: as it came, for a person to look at, so that nothing is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import Inbound
from bot.channels.characters import storable
from bot.conversation.house import House
from bot.conversation.receiving import Received, sender_of
from storage.addresses import add_strangers, lock_addresses
from storage.bulk import take_ids
from storage.inbound import MessageRow, insert_messages, known_messages
from storage.inbox import InboxRow, insert_inbox_items
from storage.models import Message

#: The longest text that is kept of what could not be handled.
LONGEST_RAW = 20_000


def keep_raw(connection: Connection, inbound: Inbound, now: datetime, house: House) -> Received:
    """Store a text without reading it, with an item in the inbox of its sender's first community that it belongs to."""
    sender = sender_of(house.senders(connection, {inbound.sender}, now), inbound)
    if sender is None:
        return Received("unknown_sender")
    provider_id, written = storable(inbound.provider_id), storable(inbound.address)
    known = known_messages(connection, {(sender.id, provider_id)})
    if known:
        return Received("duplicate", known[sender.id, provider_id])
    add_strangers(connection, [(sender.communities[0], written, sender.id)], now)
    served = [row for row in lock_addresses(connection, [written]) if row.community_id in sender.communities]
    address = min(served, key=lambda row: (row.participant_id is None, sender.communities.index(row.community_id)))
    message = MessageRow(
        id=take_ids(connection, Message, 1)[0],
        community_id=address.community_id,
        sender_id=sender.id,
        address_id=address.id,
        participant_id=address.participant_id,
        direction="in",
        kind="text" if inbound.kind == "unblock" else inbound.kind,
        text=storable(inbound.text)[:LONGEST_RAW],
        status="kept",
        created_at=inbound.received_at,
        provider_id=provider_id,
    )
    insert_messages(connection, [message])
    item = InboxRow(
        community_id=address.community_id,
        participant_id=address.participant_id,
        kind="failed",
        text=message.text[:2_000],
        created_at=now,
        message_id=message.id,
    )
    insert_inbox_items(connection, [item])
    return Received("kept", message.id)
