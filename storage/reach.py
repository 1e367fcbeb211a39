"""Which address and sender reach a participant, as SQL: the same choice that a conversation makes for one person, for a million."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, literal, null, select
from sqlalchemy.orm import aliased

from storage.models import Address, Participant, Sender, SenderCommunity

_OPEN_ONE = aliased(Address)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a community reaches its participants. `senders`: channel -> ids of the senders that serve it there, the lowest first.

    Addresses of channels that no sender serves, or that are not among those wanted, reach nobody.
    """

    community_id: int
    senders: dict[str, tuple[int, ...]]

    def has_address(self) -> ColumnElement[bool]:
        """A participant has an open address, on whatever channel."""
        return _has(Address.status == "open")

    def reaches(self) -> ColumnElement[bool]:
        """A participant has an open address that a sender of the community can write to."""
        if not self.senders:
            return literal(False)
        return _has(Address.status == "open", Address.channel.in_(sorted(self.senders)))

    def address_id(self) -> ColumnElement[Any]:
        """The address that a participant is written to: one that was talked with before, else the oldest; NULL for none."""
        if not self.senders:
            return null()
        open_one = _OPEN_ONE
        return (
            select(open_one.id)
            .where(
                open_one.participant_id == Participant.id,
                open_one.status == "open",
                open_one.channel.in_(sorted(self.senders)),
            )
            .order_by(open_one.sender_id.is_(None), open_one.id)
            .limit(1)
            .correlate(Participant)
            .scalar_subquery()
        )

    def sender_id(self, address: Any = Address) -> ColumnElement[Any]:
        """The sender for a joined address: the one that it was talked with while it serves, else one by the participant's id."""
        whens: list[tuple[ColumnElement[bool], ColumnElement[int]]] = []
        for channel, ids in sorted(self.senders.items()):
            mine = address.channel == channel
            whens.append((mine & address.sender_id.in_(ids), address.sender_id))
            whens += [
                (mine & (address.participant_id % len(ids) == place), literal(one))
                for place, one in enumerate(ids[1:], 1)
            ]
            whens.append((mine, literal(ids[0])))
        return case(*whens) if whens else null()


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Address.participant_id == Participant.id, *conditions).correlate(Participant)


def reach_of(connection: Connection, community_id: int, channels: Collection[str] = ()) -> Reach:
    """How a community reaches its participants now, on `channels` alone where there are any."""
    statement = (
        select(Sender.channel, Sender.id)
        .join(SenderCommunity, SenderCommunity.sender_id == Sender.id)
        .where(SenderCommunity.community_id == community_id)
        .order_by(Sender.id)
    )
    found: dict[str, list[int]] = {}
    for channel, sender_id in connection.execute(statement):
        if not channels or channel in channels:
            found.setdefault(channel, []).append(sender_id)
    return Reach(community_id, {channel: tuple(ids) for channel, ids in found.items()})


def unfit_reason(reach: Reach, scopes: Sequence[str]) -> ColumnElement[str]:
    """Why a participant may not be texted now, in the conversation's words; NULL where they may.

    `scopes`: what they must have agreed to. `opted_out`, `held`, `no_consent`, `no_address`, `no_sender`.
    """
    return case(
        (Participant.opted_out_at.is_not(None), "opted_out"),
        (Participant.held_at.is_not(None), "held"),
        *((getattr(Participant, scope) != "granted", "no_consent") for scope in scopes),
        (~reach.has_address(), "no_address"),
        (~reach.reaches(), "no_sender"),
        else_=null(),
    )


__all__ = ["Reach", "reach_of", "unfit_reason"]
