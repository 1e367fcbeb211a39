"""Queries on the consent ledger and on the hashes of addresses that said STOP."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from storage.bulk import InsertMany, among
from storage.models import Consent, SenderCommunity, Suppression


@dataclass(slots=True)
class ConsentRow:
    """One line of the ledger, to be written and never changed."""

    community_id: int
    participant_id: int
    scope: str
    state: str
    source: str
    channel: str | None
    wording: str
    language: str
    given_at: datetime
    message_id: int | None = None


_insert = InsertMany(
    Consent,
    "community_id",
    "participant_id",
    "scope",
    "state",
    "source",
    "channel",
    "wording",
    "language",
    "given_at",
    "recorded_at",
    "message_id",
)
_suppress = InsertMany(Suppression, "community_id", "address_hash", "reason", "at", conflict="DO NOTHING")
_SUPPRESSED = select(Suppression.address_hash).where(
    among(Suppression.community_id, "communities"), among(Suppression.address_hash, "hashes")
)


def insert_consents(connection: Connection, rows: Iterable[ConsentRow], now: datetime) -> None:
    """Add lines to the ledger."""
    _insert(
        connection,
        (
            (
                row.community_id,
                row.participant_id,
                row.scope,
                row.state,
                row.source,
                row.channel,
                row.wording,
                row.language,
                row.given_at,
                now,
                row.message_id,
            )
            for row in rows
        ),
    )


def standing_at(connection: Connection, participant_id: int, stopped_at: datetime) -> dict[str, str]:
    """Where each scope stood, `granted` or `withdrawn`, when a participant said STOP: what STOP itself withdrew is left out, and
    scopes of which nothing was said before."""
    found = (
        select(Consent.scope, Consent.state)
        .where(
            Consent.participant_id == participant_id,
            or_(Consent.state == "granted", Consent.given_at != stopped_at),
        )
        .order_by(Consent.id)
    )
    return {row.scope: row.state for row in connection.execute(found)}


def insert_suppressions(connection: Connection, rows: Iterable[tuple[int, str, str]], now: datetime) -> None:
    """Keep hashes of stopped addresses, as (community id, hash, reason); one that is kept already stays."""
    _suppress(connection, ((community_id, hashed, reason, now) for community_id, hashed, reason in rows))


def share_suppressions(connection: Connection, sender_id: int, community_id: int, now: datetime) -> None:
    """Keep in a community that a sender comes to serve what is kept in those that it serves already: STOP covers all of them."""
    others = select(SenderCommunity.community_id).where(SenderCommunity.sender_id == sender_id)
    found = connection.execute(
        select(Suppression.address_hash, Suppression.reason).where(Suppression.community_id.in_(others)).distinct()
    )
    insert_suppressions(connection, [(community_id, row.address_hash, row.reason) for row in found], now)


def suppressed(connection: Connection, community_ids: Collection[int], hashes: Collection[str]) -> set[str]:
    """Which of these hashes are kept in any of these communities."""
    if not community_ids or not hashes:
        return set()
    found = connection.execute(_SUPPRESSED, {"communities": sorted(community_ids), "hashes": sorted(hashes)})
    return set(found.scalars())


def lift_suppressions(connection: Connection, community_ids: Collection[int], hashes: Collection[str]) -> None:
    """Forget these hashes: their owner came back of their own accord."""
    if community_ids and hashes:
        connection.execute(
            delete(Suppression).where(Suppression.community_id.in_(community_ids), Suppression.address_hash.in_(hashes))
        )
