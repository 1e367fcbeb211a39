"""Receiving: a batch of inbound texts, stored, understood and answered in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

import structlog
from sqlalchemy import Connection

from bot.channels.base import Inbound
from bot.conversation import limits, routing
from bot.conversation.desk import Desk
from bot.conversation.house import House
from bot.conversation.reading import handle
from bot.conversation.turn import Turn
from bot.conversation.written import write_inbound
from storage.addresses import AddressRow, add_strangers
from storage.bulk import take_ids
from storage.inbound import MediumRow, MessageRow, SenderRow, known_messages
from storage.models import Medium, Message
from storage.unplaced import keep_unplaced

_log = structlog.get_logger(__name__)

#: The most inbound texts of one transaction (PERFORMANCE).
MOST = 256
#: Words that a provider answers by itself on ordinary numbers (FACTS §1), and what it takes them for.
PROVIDER_WORDS: Final[dict[str, Literal["stop", "start", "help"]]] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), "stop"),
    **dict.fromkeys(("start", "yes", "unstop"), "start"),
    **dict.fromkeys(("help", "info"), "help"),
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an inbound text.

    `received`: a part of a conversation; `kept`: stored and not answered to as one (an edit, a stranger, silence); `duplicate`: it
    came before, as `message_id`; `unknown_sender`: it came to a number that is not registered here, and waits until it is.
    """

    status: Literal["received", "kept", "duplicate", "unknown_sender"]
    message_id: int | None = None


def receive(connection: Connection, inbounds: Sequence[Inbound], now: datetime, house: House) -> list[Received]:
    """Take in a batch, in order, in the caller's writing transaction; what became of each.

    Every participant's row is locked, in the order of ids, so that one conversation steps at a time on any number of
    machines. What the provider hands in again is found by its id, and nothing more.
    """
    desk = Desk(connection, house, now)
    senders = house.senders(connection, {one.sender for one in inbounds}, now)
    routed = [(one, sender_of(senders, one)) for one in inbounds]
    _load(desk, routed)
    known = known_messages(connection, {(s.id, one.provider_id) for one, s in routed if s is not None})
    ids = iter(take_ids(connection, Message, len(inbounds)))
    rows = _rows_by_address(desk)
    results: list[Received] = []
    unplaced: list[tuple[str, str, dict[str, Any], datetime]] = []
    for inbound, sender in routed:
        if sender is None:
            _log.error("inbound.unknown_sender", sender=inbound.sender, provider_id=inbound.provider_id)
            unplaced.append((inbound.sender, inbound.provider_id, write_inbound(inbound), inbound.received_at))
            results.append(Received("unknown_sender"))
            continue
        before = known.get((sender.id, inbound.provider_id))
        if before is not None:
            results.append(Received("duplicate", before))
            continue
        message = _receive_one(desk, sender, inbound, rows, next(ids))
        known[sender.id, inbound.provider_id] = message.id
        results.append(Received("kept" if message.status == "kept" else "received", message.id))
    keep_unplaced(connection, unplaced)
    desk.write()
    return results


def sender_of(senders: Mapping[str, SenderRow], inbound: Inbound) -> SenderRow | None:
    """The sender that a text came to: the number, or the messaging service that it belongs to."""
    return senders.get(inbound.sender) or senders.get(inbound.extra.get("messaging_service", ""))


def _load(desk: Desk, routed: Sequence[tuple[Inbound, SenderRow | None]]) -> None:
    """Put the addresses, participants and open runs of everyone who wrote on the desk, locked; strangers' addresses are added."""
    desk.lock_addresses({one.address for one, sender in routed if sender is not None})
    there = {(row.community_id, row.address) for row in desk.addresses.values()}
    strangers = {
        (sender.communities[0], one.address, sender.id)
        for one, sender in routed
        if sender is not None and not any((community, one.address) in there for community in sender.communities)
    }
    if strangers:
        add_strangers(desk.connection, strangers, desk.now)
        desk.lock_addresses({address for _, address, _ in strangers})
    desk.lock_participants({row.participant_id for row in desk.addresses.values() if row.participant_id is not None})


def _rows_by_address(desk: Desk) -> dict[str, list[AddressRow]]:
    found: dict[str, list[AddressRow]] = defaultdict(list)
    for row in desk.addresses.values():
        found[row.address].append(row)
    return found


def _receive_one(
    desk: Desk, sender: SenderRow, inbound: Inbound, rows: dict[str, list[AddressRow]], message_id: int
) -> MessageRow:
    here = [row for row in rows[inbound.address] if row.community_id in sender.communities]
    turn = routing.route(desk, sender, inbound, here)
    turn.inbound = inbound = _provider_words(turn, inbound)
    turn.message = message = _message(turn, inbound, message_id)
    desk.received.append(message)
    _keep_media(turn, inbound)
    handle(turn, inbound)
    limits.count_replies(turn, turn.close())
    if turn.participant is not None:
        desk.heard.add(turn.participant.id)
    if turn.address.sender_id != sender.id:
        turn.address.sender_id = sender.id
        desk.address_changed(turn.address)
    return message


def _provider_words(turn: Turn, inbound: Inbound) -> Inbound:
    """Mark a word that the provider has answered by itself, where its webhook does not say so."""
    if inbound.kind != "text" or turn.sender.opt_out != "provider" or inbound.opt_out is not None:
        return inbound
    meaning = PROVIDER_WORDS.get(turn.folded)
    return inbound if meaning is None else replace(inbound, opt_out=meaning)


def _message(turn: Turn, inbound: Inbound, message_id: int) -> MessageRow:
    return MessageRow(
        id=message_id,
        community_id=turn.community.id,
        sender_id=turn.sender.id,
        address_id=turn.address.id,
        participant_id=turn.participant.id if turn.participant else None,
        direction="in",
        kind=inbound.kind if inbound.kind != "unblock" else "block",
        # Of a tapped button its option's key stands there, as in the answer: whoever reads the thread sees what was said.
        text=inbound.button.key if inbound.button and not inbound.text else inbound.text,
        status="received",
        created_at=inbound.received_at,
        run_id=turn.run.id if turn.run else None,
        campaign_id=turn.run.campaign_id if turn.run else None,
        visit=inbound.button.visit if inbound.button else 0,
        provider_id=inbound.provider_id,
    )


def _keep_media(turn: Turn, inbound: Inbound) -> None:
    """Have media fetched after the commit; the message lists them by our own ids, which answers refer to."""
    message = turn.message
    if not inbound.media or message is None:
        return
    ids = take_ids(turn.desk.connection, Medium, len(inbound.media))
    message.media = []
    for medium_id, medium in zip(ids, inbound.media, strict=True):
        message.media.append({"id": medium_id, "kind": medium.kind})
        turn.desk.media.append(
            MediumRow(
                id=medium_id,
                community_id=turn.community.id,
                participant_id=turn.participant.id if turn.participant else None,
                message_id=message.id,
                kind=medium.kind,
                reference=medium.reference,
                content_type=medium.content_type,
            )
        )
