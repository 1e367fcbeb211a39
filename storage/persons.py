"""Queries on all that is held about one person: finding them, writing it out, and erasing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, text, tuple_, update
from sqlalchemy.orm import aliased

from storage.models import (
    Address,
    Answer,
    Campaign,
    Consent,
    InboxItem,
    Invitation,
    Medium,
    Message,
    Participant,
    ParticipantTag,
    Receipt,
    Run,
    SenderCommunity,
    UnplacedText,
)
from storage.models.flows import OPEN_RUN

#: What a person's file holds: heading -> the table and the columns that mean something to them; `campaign` is its name.
HOLDINGS: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    "addresses": (Address, ("address", "channel", "status", "created_at")),
    "consents": (Consent, ("scope", "state", "source", "channel", "wording", "language", "given_at", "recorded_at")),
    "tags": (ParticipantTag, ("tag",)),
    "invitations": (Invitation, ("campaign", "wave", "status", "reason", "created_at", "started_at", "ended_at")),
    "conversations": (Run, ("id", "campaign", "status", "outcome", "started_at", "ended_at")),
    "answers": (Answer, ("campaign", "question", "value", "other", "raw", "language", "sensitive", "answered_at")),
    "messages": (Message, ("direction", "kind", "text", "status", "error", "created_at", "due_at", "sent_at")),
    "media": (Medium, ("kind", "content_type", "status", "content", "created_at")),
    "inbox_items": (InboxItem, ("kind", "text", "created_at", "done_at")),
}


def find_person(connection: Connection, community_id: int, addresses: Sequence[str], public_id: str) -> Row[Any] | None:
    """A participant by one of their addresses or by their pseudonym, all columns; locked until the transaction ends."""
    by_address = select(Address.participant_id).where(
        Address.community_id == community_id, Address.address.in_(addresses)
    )
    statement = (
        select(Participant.__table__)
        .where(
            Participant.community_id == community_id,
            or_(Participant.public_id == public_id, Participant.id.in_(by_address)),
        )
        .with_for_update()
    )
    return connection.execute(statement).first()


def open_run_ids(connection: Connection, participant_id: int) -> list[int]:
    """The person's conversation that is open, if any."""
    statement = select(Run.id).where(Run.participant_id == participant_id, Run.status.in_(OPEN_RUN))
    return [int(run_id) for run_id in connection.execute(statement).scalars()]


def holdings(connection: Connection, participant_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by heading, in the order in which it came to be."""
    found: dict[str, list[dict[str, Any]]] = {}
    written_before = _written_before_joining(connection, participant_id)
    for heading, (model, columns) in HOLDINGS.items():
        table = model.__table__
        whose = table.c.participant_id == participant_id
        if written_before and model is Message:
            whose = or_(whose, table.c.id.in_(written_before))
        elif written_before and model in (Medium, InboxItem):
            whose = or_(whose, table.c.message_id.in_(written_before))
        wanted = [Campaign.name.label(name) if name == "campaign" else table.c[name] for name in columns]
        statement = select(*wanted).select_from(table).where(whose)
        if "campaign" in columns:
            statement = statement.outerjoin(Campaign, Campaign.id == table.c.campaign_id)
        order = table.c.id if "id" in table.c else table.c.tag
        found[heading] = [dict(row._mapping) for row in connection.execute(statement.order_by(order))]
    return found


def _written_before_joining(connection: Connection, participant_id: int) -> list[int]:
    """What a person's numbers wrote, and were written, before they were somebody we know; not since before the number was last
    somebody else's."""
    own = select(Address.id).where(Address.participant_id == participant_id)
    strangers = connection.execute(
        select(Message.id, Message.address_id).where(
            Message.participant_id.is_(None), Message.kind != "notification", Message.address_id.in_(own)
        )
    ).all()
    if not strangers:
        return []
    last = (
        select(Message.address_id, func.max(Message.id))
        .where(Message.address_id.in_({row.address_id for row in strangers}), Message.participant_id != participant_id)
        .group_by(Message.address_id)
    )
    before: dict[int, int] = {row[0]: row[1] for row in connection.execute(last)}
    return [row.id for row in strangers if row.id > before.get(row.address_id, 0)]


def erase_person(
    connection: Connection, participant_id: int, now: datetime, *, keep_answers: bool = False
) -> dict[str, int]:
    """Take away everything that tells who a person is or what they said; how many rows of each kind.

    What stays says that somebody was asked, and when, and what they agreed to, about nobody: counts, and the ledger of consent
    without the words in which they withdrew it.
    `keep_answers`: their answers stay as they are, and the zone by which the hours of what they were sent are judged.
    """
    mine = {model: model.__table__.c.participant_id == participant_id for model, _ in HOLDINGS.values()}
    waiting = (mine[Message], Message.status == "queued")
    counts = _erase_traces(connection, participant_id, now) | {
        "messages_cancelled": connection.execute(
            update(Message).where(*waiting).values(status="cancelled", settled_at=now)
        ).rowcount,
        "media": connection.execute(delete(Medium).where(mine[Medium])).rowcount,
        "answers": 0 if keep_answers else connection.execute(delete(Answer).where(mine[Answer])).rowcount,
        "tags": connection.execute(delete(ParticipantTag).where(mine[ParticipantTag])).rowcount,
        "inbox_items": connection.execute(
            update(InboxItem).where(mine[InboxItem]).values(text="", done_at=now)
        ).rowcount,
        "conversations": connection.execute(
            update(Run).where(mine[Run]).values(state={}, current_state=None, due_at=None)
        ).rowcount,
        "messages": connection.execute(
            update(Message).where(mine[Message]).values(text="", buttons=None, media=None, error=None)
        ).rowcount,
        "addresses": connection.execute(
            update(Address)
            .where(mine[Address])
            # The row stays for the messages that point to it; what it held is gone.
            .values(address=text("'erased:' || id"), status="closed", last_text=None)
        ).rowcount,
    }
    connection.execute(update(Consent).where(mine[Consent], Consent.state == "withdrawn").values(wording=""))
    # What we sent by Telegram is numbered within the chat, whose number is the person's.
    connection.execute(update(Message).where(mine[Message], Message.direction == "out").values(provider_id=None))
    bare: dict[str, Any] = {"name": None, "attributes": {}, "erased_at": now, "surveys": "none", "updates": "none"}
    connection.execute(
        update(Participant)
        .where(Participant.id == participant_id)
        .values(bare if keep_answers else bare | {"timezone": None})
    )
    return counts


def _erase_traces(connection: Connection, participant_id: int, now: datetime) -> dict[str, int]:
    """What stands in rows that do not name the person: before their own rows, by which these are found, are gone."""
    places, written = _before_joining(connection, participant_id)
    sent = select(Message.sender_id, Message.provider_id).where(
        or_(Message.participant_id == participant_id, Message.id.in_(written)), Message.provider_id.is_not(None)
    )
    about = or_(InboxItem.participant_id == participant_id, InboxItem.message_id.in_(written))
    # Coordinators were told in the same moment in which the inbox was, in the person's own words.
    told = select(InboxItem.created_at).where(about)
    notices = (Message.participant_id.is_(None), Message.kind == "notification", Message.created_at.in_(told))
    mine = select(Address.address).where(Address.participant_id == participant_id)
    elsewhere = UnplacedText.inbound["address"].as_string().in_(mine)
    connection.execute(
        update(Message).where(*notices, Message.status == "queued").values(status="cancelled", settled_at=now)
    )
    counts = {
        "notices": connection.execute(update(Message).where(*notices).values(text="")).rowcount,
        # Those of Telegram are numbered within the chat, whose number is the person's.
        "receipts": connection.execute(
            delete(Receipt).where(tuple_(Receipt.sender_id, Receipt.provider_id).in_(sent))
        ).rowcount,
        "unplaced_texts": connection.execute(delete(UnplacedText).where(elsewhere)).rowcount,
    }
    _erase_stranger(connection, places, written, now)
    return counts


def _before_joining(connection: Connection, participant_id: int) -> tuple[list[int], list[int]]:
    """Ids of address rows that hold the person's number as a stranger's, in the other communities of its sender, and of what
    was written from and to all of their numbers while nobody was known to have them."""
    mine = select(Address.address).where(Address.participant_id == participant_id)
    beside = aliased(SenderCommunity)
    neighbours = (
        select(SenderCommunity.community_id)
        .join(beside, beside.sender_id == SenderCommunity.sender_id)
        .join(Participant, Participant.community_id == beside.community_id)
        .where(Participant.id == participant_id)
    )
    stranger = (Address.participant_id.is_(None), Address.coordinator_id.is_(None))
    places = select(Address.id).where(Address.address.in_(mine), *stranger, Address.community_id.in_(neighbours))
    strangers = list(connection.execute(places).scalars())
    own = list(connection.execute(select(Address.id).where(Address.participant_id == participant_id)).scalars())
    written = select(Message.id).where(
        Message.participant_id.is_(None), Message.kind != "notification", Message.address_id.in_(strangers + own)
    )
    return strangers, list(connection.execute(written).scalars())


def _erase_stranger(connection: Connection, places: Sequence[int], written: Sequence[int], now: datetime) -> None:
    """Erase what `_before_joining` found."""
    if written:
        these = Message.id.in_(written)
        waiting = update(Message).where(these, Message.status == "queued")
        connection.execute(waiting.values(status="cancelled", settled_at=now))
        bare = {"text": "", "buttons": None, "media": None, "error": None}
        connection.execute(update(Message).where(these).values(bare))
        connection.execute(update(Message).where(these, Message.direction == "out").values(provider_id=None))
        connection.execute(delete(Medium).where(Medium.message_id.in_(written)))
        items = update(InboxItem).where(InboxItem.message_id.in_(written))
        connection.execute(items.values(text="", done_at=func.coalesce(InboxItem.done_at, now)))
    if places:
        gone = {"address": text("'erased:' || id"), "status": "closed", "last_text": None}
        connection.execute(update(Address).where(Address.id.in_(places)).values(gone))


def inbound_texts(connection: Connection) -> dict[str, int]:
    """How many texts were taken in from each address."""
    statement = (
        select(Address.address, func.count())
        .join(Message, Message.address_id == Address.id)
        .where(Message.direction == "in")
        .group_by(Address.address)
    )
    return {str(address): int(count) for address, count in connection.execute(statement)}


def delivered_to(connection: Connection) -> dict[str, dict[int, str]]:
    """For each address, the messages that reached it: id -> kind."""
    statement = (
        select(Address.address, Message.id, Message.kind)
        .join(Message, Message.address_id == Address.id)
        .where(Message.direction == "out", Message.status.in_(("sent", "delivered")))
    )
    found: dict[str, dict[int, str]] = {}
    for address, message_id, kind in connection.execute(statement):
        found.setdefault(str(address), {})[int(message_id)] = str(kind)
    return found
