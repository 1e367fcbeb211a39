"""Consent: an append-only ledger with the words that were agreed to, and keyed hashes of the addresses that said STOP."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row

from storage.addresses import addresses_of
from storage.consents import ConsentRow, insert_consents, insert_suppressions, lift_suppressions, suppressed
from storage.participants import ParticipantRow, lock_participants, save_participants

Scope = Literal["surveys", "updates"]
SCOPES: Final[tuple[Scope, ...]] = ("surveys", "updates")


def address_hash(address: str, key: str) -> str:
    """A hash of an address (64 hexadecimal letters) that tells nothing to whoever lacks the key: HMAC-SHA256."""
    return hmac.digest(key.encode(), address.encode("utf-8", "surrogatepass"), "sha256").hex()


def address_hashes(address: str, keys: Sequence[str]) -> tuple[str, ...]:
    """The hashes of an address under each key, `Settings.secret_keys`: the first is kept, all are looked for."""
    return tuple(address_hash(address, key) for key in keys)


def line(
    participant: ParticipantRow,
    scope: Scope,
    state: Literal["granted", "withdrawn"],
    *,
    source: str,
    channel: str | None,
    wording: str,
    at: datetime,
    language: str | None = None,
    message_id: int | None = None,
) -> ConsentRow:
    """A line of the ledger; the participant's own state, which the caller saves, is set to agree with it.

    `source`: where it was given (`text`, `import: spring fair`, `telegram block`); `wording`: what was agreed to, or the words of
    withdrawal, to the letter.
    """
    setattr(participant, scope, state)
    return ConsentRow(
        community_id=participant.community_id,
        participant_id=participant.id,
        scope=scope,
        state=state,
        source=source,
        channel=channel,
        wording=wording,
        language=language or participant.language,
        given_at=at,
        message_id=message_id,
    )


def grant(
    connection: Connection,
    participant_id: int,
    scope: Scope,
    *,
    source: str,
    wording: str,
    now: datetime,
    channel: str | None = None,
    given_at: datetime | None = None,
) -> None:
    """Record that a participant agreed to a scope."""
    _record(connection, participant_id, scope, "granted", source, wording, channel, given_at or now, now)


def withdraw(
    connection: Connection,
    participant_id: int,
    scope: Scope,
    *,
    source: str,
    wording: str,
    now: datetime,
    channel: str | None = None,
) -> None:
    """Record that a participant withdrew a scope."""
    _record(connection, participant_id, scope, "withdrawn", source, wording, channel, now, now)


def _record(
    connection: Connection,
    participant_id: int,
    scope: Scope,
    state: Literal["granted", "withdrawn"],
    source: str,
    wording: str,
    channel: str | None,
    given_at: datetime,
    now: datetime,
) -> None:
    (participant,) = lock_participants(connection, [participant_id])
    entry = line(participant, scope, state, source=source, channel=channel, wording=wording, at=given_at)
    insert_consents(connection, [entry], now)
    save_participants(connection, [participant])


def suppress(
    connection: Connection, community_id: int, address: str, reason: str, keys: Sequence[str], now: datetime
) -> None:
    """Keep the hash of an address that must not be texted again, beyond the erasure of its owner."""
    insert_suppressions(connection, [(community_id, address_hash(address, keys[0]), reason)], now)


def suppress_person(connection: Connection, person: Row[Any], keys: Sequence[str], now: datetime) -> None:
    """Keep, before a person's numbers are erased, the hashes of those that no import may text: all of somebody who is opted out,
    in their own words or by a coordinator's, and a number that is somebody else's now."""
    for address in addresses_of(connection, [person.id]):
        if person.opted_out_at is not None or address.status == "closed":
            reason = "stop" if person.opted_out_at is not None else "closed"
            suppress(connection, person.community_id, address.address, reason, keys, now)


def is_suppressed(connection: Connection, community_ids: Collection[int], address: str, keys: Sequence[str]) -> bool:
    """Whether an address said STOP in any of these communities, under the present key or an old one."""
    return bool(suppressed(connection, community_ids, address_hashes(address, keys)))


def lift(connection: Connection, community_ids: Collection[int], address: str, keys: Sequence[str]) -> None:
    """Forget that an address said STOP: its owner has come back of their own accord."""
    lift_suppressions(connection, community_ids, address_hashes(address, keys))


__all__ = [
    "SCOPES",
    "Scope",
    "address_hash",
    "address_hashes",
    "grant",
    "is_suppressed",
    "lift",
    "line",
    "suppress",
    "suppress_person",
    "withdraw",
]
