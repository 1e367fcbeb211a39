"""The outbox: messages that wait to be sent, the order in which they leave, and what holds them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Table, and_, bindparam, func, or_, select, text, update

from storage.bulk import UpdateMany, among
from storage.models import Address, Campaign, Message, Participant, Update, UtcDateTime

#: Rows that one statement moves when a whole campaign or community has to wait.
SLICE = 5_000
#: Between two messages to one Telegram chat (FACTS §2).
CHAT_SPACING = timedelta(seconds=1)
_MOMENT = UtcDateTime()


@dataclass(slots=True)
class DueMessage:
    """A message whose time has come, with all that is known of whether it may leave. The order of fields is the query's."""

    id: int
    community_id: int
    address_id: int
    participant_id: int | None
    run_id: int | None
    campaign_id: int | None
    update_id: int | None
    kind: str
    priority: int
    segments: int
    attempts: int
    visit: int
    text: str
    buttons: list[dict[str, str]] | None
    hours_exempt_until: datetime | None
    valid_until: datetime | None
    address: str
    channel: str
    address_status: str
    timezone: str | None
    surveys: str | None
    updates: str | None
    opted_out: bool
    held: bool
    has_written: bool
    campaign_status: str | None
    update_status: str | None
    tried_again: bool


# Partial indexes serve a query only where it repeats their condition to the letter: constants, not parameters.
_QUEUED = text("messages.status = 'queued'")
# A look at rows that are known by their id or address must not go by way of the whole queue, which a planner that has seen
# it empty takes for small: so written, the condition fits no index.
_STILL_QUEUED = text("messages.status || '' = 'queued'")
_WAITING = text("messages.direction = 'out' AND messages.status IN ('queued', 'sending')")
#: Queued, found by the index of an address or by the id: never by a look through the whole queue.
STILL_WAITS = and_(_WAITING, _STILL_QUEUED)
_table = cast("Table", Message.__table__)
_m = _table.c
_older = _table.alias("older")
_SENDER: BindParameter[int] = bindparam("sender")
_PRIORITY: BindParameter[int] = bindparam("of_priority")
_LIMIT: BindParameter[int] = bindparam("limit")
_NOW = bindparam("now", type_=_MOMENT)
_SOON = bindparam("soon", type_=_MOMENT)
_UNTIL = bindparam("until", type_=_MOMENT)

#: One resident's messages leave one after the other: while one is on its way nothing else goes, and one waits for those that were
#: written before it, are as urgent, and either are due too or belong to the same conversation. Not for one that was sent before and
#: is tried once more in an hour: its phone was off, and whoever texts meanwhile has it on. A reply that a chat's spacing put off is
#: waited for too, or every later one would leave before it and put it off once more.
_FIRST_IN_LINE = ~(
    select(1)
    .where(
        _older.c.address_id == _m.address_id,
        text("older.direction = 'out' AND older.status IN ('queued', 'sending')"),
        or_(
            text("older.status = 'sending'"),
            and_(
                _older.c.id < _m.id,
                _older.c.sender_id == _m.sender_id,
                _older.c.priority <= _m.priority,
                or_(
                    _older.c.due_at <= _NOW,
                    and_(_older.c.priority == 0, _older.c.due_at <= _SOON),
                    and_(_older.c.run_id == _m.run_id, _older.c.retried_at.is_(None)),
                ),
            ),
        ),
    )
    # Without this PostgreSQL makes a join of it, which a planner that has seen the queue empty runs through the whole of it.
    .offset(0)
    .exists()
)
_IS_DUE = and_(_m.sender_id == _SENDER, _QUEUED, _m.priority == _PRIORITY, _m.due_at <= _NOW)
_DUE = (
    select(
        _m.id, _m.community_id, _m.address_id, _m.participant_id, _m.run_id, _m.campaign_id, _m.update_id, _m.kind,
        _m.priority, _m.segments, _m.attempts, _m.visit, _m.text, _m.buttons, _m.hours_exempt_until,
        _m.valid_until, Address.address, Address.channel, Address.status.label("address_status"), Participant.timezone,
        Participant.surveys, Participant.updates, Participant.opted_out_at.is_not(None),
        Participant.held_at.is_not(None), Participant.last_inbound_at.is_not(None), Campaign.status.label("campaign_status"), Update.status.label("update_status"),
        and_(_m.retried_at.is_not(None), _m.error_code.is_not(None)).label("tried_again"),
    )
    .join(Address, Address.id == _m.address_id)
    .outerjoin(Participant, Participant.id == _m.participant_id)
    .outerjoin(Campaign, Campaign.id == _m.campaign_id)
    .outerjoin(Update, Update.id == _m.update_id)
    .where(_IS_DUE, _FIRST_IN_LINE)
    .order_by(_m.due_at, _m.id)
    .limit(_LIMIT)
)  # fmt: skip

_FREE = select(_m.id).where(among(_m.id, "ids"), _STILL_QUEUED).with_for_update(key_share=True, skip_locked=True)
_CLAIM = (
    update(_table)
    .where(among(_m.id, "ids"), _STILL_QUEUED)
    .values(status="sending", claimed_at=_NOW, claimed_by=bindparam("by"), attempts=_m.attempts + 1)
)
_put_off = UpdateMany(Message, "due_at")
_end = UpdateMany(Message, "status", "error_code", "error", "settled_at")


def due(connection: Connection, sender_id: int, priority: int, now: datetime, limit: int) -> list[DueMessage]:
    """A sender's messages of one priority whose time has come and that nothing of the same address goes before, the oldest first."""
    given = {"sender": sender_id, "of_priority": priority, "now": now, "soon": now + CHAT_SPACING, "limit": limit}
    rows: Iterable[Any] = connection.execute(_DUE, given).all()
    return [DueMessage(*row) for row in rows]


def free(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of `ids`, which this transaction has read as queued, that no other has changed since or is changing just now; they are
    locked for this one. On SQLite a writing transaction is alone."""
    if connection.dialect.name == "sqlite":
        return set(ids)
    return set(connection.execute(_FREE, {"ids": sorted(ids)}).scalars()) if ids else set()


def is_sending(connection: Connection, message_id: int) -> bool:
    """Whether a message is claimed and its result not known yet."""
    return connection.execute(select(_m.status).where(_m.id == message_id)).scalar_one_or_none() == "sending"


def claim(connection: Connection, ids: Collection[int], now: datetime, by: int | None = None) -> None:
    """Take messages out of the queue: `sending`, one attempt more. `by`: the process that takes them, where its death can be seen."""
    if ids:
        connection.execute(_CLAIM, {"ids": sorted(ids), "now": now, "by": by})


def put_off(connection: Connection, waits: Iterable[tuple[datetime, int]]) -> None:
    """Move messages to a later time: (until, message id) pairs."""
    _put_off(connection, waits)


def end(connection: Connection, ends: Iterable[tuple[str, str, str, datetime, int]]) -> None:
    """Take messages out of the queue for good: (status, code, reason, at, message id)."""
    _end(connection, ends)


def put_off_alike(
    connection: Connection,
    *,
    sender_id: int,
    priority: int,
    now: datetime,
    until: datetime,
    community_id: int,
    campaign_id: int | None = None,
    timezone: tuple[str | None] | None = None,
    limit: int = SLICE,
) -> int:
    """Move up to `limit` due messages of a community at once, narrowed to a campaign or to residents of one own zone; how many.

    `timezone` is a tuple of one, for None in it means those without a zone of their own.
    """
    chosen = select(_m.id).where(_IS_DUE, _m.community_id == community_id)
    chosen = chosen.where(or_(_m.hours_exempt_until.is_(None), _m.hours_exempt_until <= _NOW))
    if campaign_id is not None:
        chosen = chosen.where(_m.campaign_id == campaign_id, _m.update_id.is_(None))
    if timezone is not None:
        chosen = chosen.join(Participant, Participant.id == _m.participant_id)
        chosen = chosen.where(Participant.timezone.is_not_distinct_from(timezone[0]))
    chosen = (
        chosen.order_by(_m.due_at, _m.id).limit(_LIMIT).with_for_update(of=Message, key_share=True, skip_locked=True)
    )
    parameters = {"sender": sender_id, "of_priority": priority, "now": now, "limit": limit, "until": until}
    moved = update(Message).where(_m.id.in_(chosen)).values(due_at=_UNTIL)
    return connection.execute(moved, parameters).rowcount


def waiting_of_campaign(connection: Connection, campaign_id: int) -> int:
    """How many of a campaign's messages wait in the queue."""
    statement = select(func.count()).where(_m.campaign_id == campaign_id, _QUEUED)
    return int(connection.execute(statement).scalar_one())


_SPACED = (
    update(_table)
    .where(
        _m.id.in_(
            select(_m.id)
            .where(among(_m.address_id, "addresses"), _WAITING, _STILL_QUEUED, _m.due_at < _UNTIL)
            .with_for_update(key_share=True, skip_locked=True)
        )
    )
    .values(due_at=_UNTIL)
)


def space(connection: Connection, address_ids: Collection[int], until: datetime) -> None:
    """Let nothing more leave to these addresses before `until`."""
    if address_ids:
        connection.execute(_SPACED, {"addresses": sorted(address_ids), "until": until})


_newer = _table.alias("newer")
#: Until when hours do not bind the newest reply, due already, of the same conversation.
_TEXTING_UNTIL = (
    select(func.max(_newer.c.hours_exempt_until))
    .where(
        _newer.c.address_id == _m.address_id,
        text("newer.direction = 'out' AND newer.status IN ('queued', 'sending')"),
        _newer.c.id > _m.id,
        _newer.c.run_id == _m.run_id,
        _newer.c.priority == 0,
        _newer.c.due_at <= _NOW,
        _newer.c.hours_exempt_until > _NOW,
    )
    .scalar_subquery()
)
_PUT_OFF = select(_m.id, _TEXTING_UNTIL.label("until")).where(
    _m.sender_id == _SENDER,
    _QUEUED,
    _m.priority == 0,
    _m.due_at > _NOW,
    _m.run_id.is_not(None),
    or_(_m.hours_exempt_until.is_(None), _m.hours_exempt_until <= _NOW),
)
_catch_up = UpdateMany(Message, "due_at", "hours_exempt_until")


def catch_up(connection: Connection, sender_id: int, now: datetime) -> None:
    """Let replies that were put off to the morning leave with a newer one of their conversation: its resident is texting again."""
    rows: Iterable[Any] = connection.execute(_PUT_OFF, {"sender": sender_id, "now": now})
    found = {row.id: row.until for row in rows if row.until is not None}
    _catch_up(connection, [(now, found[message_id], message_id) for message_id in sorted(free(connection, found))])


def recall(
    connection: Connection,
    now: datetime,
    *,
    campaign_id: int | None = None,
    participant_id: int | None = None,
    community_id: int | None = None,
    limit: int = 2 * SLICE,
) -> int:
    """Have messages that were put off looked at again now, after what held them back is gone; how many.

    At most `limit`: call again, in another transaction, until it returns 0.
    """
    # What is tried once more in an hour waits for a phone that is off: nothing that was let go changes that.
    chosen = select(_m.id).where(_QUEUED, _m.due_at > _NOW, or_(_m.retried_at.is_(None), _m.error_code.is_(None)))
    for column, value in (
        (_m.campaign_id, campaign_id),
        (_m.participant_id, participant_id),
        (_m.community_id, community_id),
    ):
        if value is not None:
            chosen = chosen.where(column == value)
    chosen = chosen.order_by(_m.id).limit(_LIMIT).with_for_update(key_share=True, skip_locked=True)
    statement = update(Message).where(_m.id.in_(chosen)).values(due_at=_NOW)
    return connection.execute(statement, {"now": now, "limit": limit}).rowcount


def cancel_to(connection: Connection, address_ids: Collection[int], why: str, now: datetime) -> None:
    """Cancel what waits to be sent to these addresses."""
    if address_ids:
        statement = update(Message).where(among(_m.address_id, "addresses"), _WAITING, _STILL_QUEUED)
        connection.execute(
            statement.values(status="cancelled", error=why, settled_at=now), {"addresses": sorted(address_ids)}
        )


__all__ = [
    "CHAT_SPACING",
    "DueMessage",
    "cancel_to",
    "catch_up",
    "claim",
    "due",
    "end",
    "free",
    "is_sending",
    "put_off",
    "put_off_alike",
    "recall",
    "space",
    "waiting_of_campaign",
]
