"""Small functions that put a community, sender, participant, published flow or open run into a database, for tests to start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.channels.base import ButtonPress, Inbound, InboundKind, IncomingMedium
from bot.config import Settings
from bot.conversation import House
from bot.publishing import publish
from flows.definition import Flow
from flows.loader import library_flow, load
from storage.communities import insert_community, insert_sender, serve_community
from storage.models import (
    Address,
    Campaign,
    Consent,
    Coordinator,
    Invitation,
    Keyword,
    Membership,
    Message,
    Participant,
)

NOON = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SENDER = "sms:+19025550100"
RESIDENT = "sms:+19025550123"

#: Three questions of different kinds, and a tag at the end.
CHECK_IN = """
flow: check-in
title: {en: Check-in, fr: Le point}
languages: [en, fr]
start: focus
states:
  focus:
    ask: choice
    text: {en: What should we fix first?, fr: Par quoi commencer?}
    options:
      lights: {label: {en: Street lights, fr: Éclairage}}
      snow: {label: {en: Snow on sidewalks, fr: Neige sur les trottoirs}}
      cars: {label: {en: Speeding cars, fr: Excès de vitesse}}
    next: where
  where:
    ask: text
    text: {en: Where is it worst?, fr: Où est-ce le pire?}
    next: safe
  safe:
    ask: scale
    range: [1, 5]
    text: {en: "How safe do you feel here, 1 to 5?", fr: "Vous sentez-vous en sécurité ici, de 1 à 5?"}
    next: done
  done:
    tags: {add: [answered]}
    set: {safety: answers.safe}
    say: {en: Thank you., fr: Merci.}
    end: completed
"""

_numbers = count(1)


def a_house(**settings: Any) -> House:
    """What conversations share, with settings of the test's own."""
    return House(Settings(**settings))


def a_community(connection: Connection, slug: str = "shore-road", **changes: Any) -> int:
    """A community that speaks English and French; its id. Settings are given as `settings={…}`."""
    fields: dict[str, Any] = {
        "name": "Shore Road Neighbours",
        "languages": ["en", "fr"],
        "timezone": "America/Halifax",
        "hours": {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")},
        "contact": "902-555-0199",
        "settings": {},
        "created_at": NOON,
    }
    return insert_community(connection, slug=slug, **{**fields, **changes})


def a_sender(connection: Connection, *communities: int, address: str = SENDER, opt_out: str = "ours") -> int:
    """A sender that serves these communities; its id."""
    channel = address.partition(":")[0]
    sender_id = insert_sender(connection, address=address, channel=channel, opt_out=opt_out, pace=10.0, created_at=NOON)
    for community_id in communities:
        serve_community(connection, sender_id, community_id)
    return sender_id


def a_participant(
    connection: Connection,
    community_id: int,
    address: str = RESIDENT,
    *,
    agreed: Sequence[str] = ("surveys", "updates"),
    sender_id: int | None = None,
    address_status: str = "open",
    **changes: Any,
) -> int:
    """A participant with one address, who agreed to these scopes of consent; their id."""
    fields: dict[str, Any] = {
        "public_id": f"p{next(_numbers):09}",
        "community_id": community_id,
        "language": "en",
        "attributes": {},
        "surveys": "granted" if "surveys" in agreed else "none",
        "updates": "granted" if "updates" in agreed else "none",
        "joined_at": NOON,
    }
    statement = insert(Participant).values(**{**fields, **changes}).returning(Participant.id)
    participant_id = int(connection.execute(statement).scalar_one())
    connection.execute(
        insert(Address).values(
            community_id=community_id,
            participant_id=participant_id,
            address=address,
            channel=address.partition(":")[0],
            status=address_status,
            sender_id=sender_id,
            created_at=NOON,
        )
    )
    for scope in agreed:
        connection.execute(
            insert(Consent).values(
                community_id=community_id,
                participant_id=participant_id,
                scope=scope,
                state="granted",
                source="fair",
                wording="I agree to be texted",
                language="en",
                given_at=NOON,
                recorded_at=NOON,
            )
        )
    return participant_id


def a_coordinator(connection: Connection, community_id: int, address: str = "sms:+19025550199") -> int:
    """A coordinator who is told of what needs a person, at `address`; their id."""
    statement = insert(Coordinator).values(email=f"c{next(_numbers)}@example.org", name="Jo", created_at=NOON)
    coordinator_id = int(connection.execute(statement.returning(Coordinator.id)).scalar_one())
    connection.execute(
        insert(Membership).values(coordinator_id=coordinator_id, community_id=community_id, role="coordinator")
    )
    connection.execute(
        insert(Address).values(
            community_id=community_id,
            coordinator_id=coordinator_id,
            address=address,
            channel=address.partition(":")[0],
            created_at=NOON,
        )
    )
    return coordinator_id


def a_flow(source: str = CHECK_IN) -> Flow:
    """The flow in this YAML."""
    return load(source)


def a_revision(connection: Connection, community_id: int, source: str | Flow = CHECK_IN) -> int:
    """A published flow, from YAML, from the library by its name, or loaded already; the revision's id."""
    flow = source if isinstance(source, Flow) else load(source) if "\n" in source else library_flow(source)
    return publish(connection, community_id, flow, NOON).revision_id


def a_campaign(
    connection: Connection, community_id: int, revision_id: int, name: str = "spring", **changes: Any
) -> int:
    """A running campaign; its id."""
    fields: dict[str, Any] = {
        "community_id": community_id,
        "name": name,
        "revision_id": revision_id,
        "status": "running",
        "launch_at": NOON,
        "launched_at": NOON,
        "created_at": NOON,
    }
    statement = insert(Campaign).values(**{**fields, **changes})
    return int(connection.execute(statement.returning(Campaign.id)).scalar_one())


def an_invitation(connection: Connection, community_id: int, campaign_id: int, participant_id: int) -> int:
    """A pending invitation; its id."""
    statement = insert(Invitation).values(
        community_id=community_id,
        campaign_id=campaign_id,
        participant_id=participant_id,
        status="pending",
        created_at=NOON,
    )
    return int(connection.execute(statement.returning(Invitation.id)).scalar_one())


def a_keyword(connection: Connection, community_id: int, word: str, campaign_id: int | None = None) -> None:
    """A word that joins a community, or its campaign."""
    connection.execute(insert(Keyword).values(community_id=community_id, word=word, campaign_id=campaign_id))


def an_inbound(
    text: str = "",
    *,
    address: str = RESIDENT,
    sender: str = SENDER,
    at: datetime = NOON,
    provider_id: str | None = None,
    kind: InboundKind = "text",
    button: ButtonPress | None = None,
    media: tuple[IncomingMedium, ...] = (),
    **changes: Any,
) -> Inbound:
    """What a channel would hand in; the provider's id is a new one unless it is given."""
    return Inbound(
        sender=sender,
        address=address,
        provider_id=provider_id or f"SM{next(_numbers):032}",
        received_at=at,
        text=text,
        kind=kind,
        button=button,
        media=media,
        **changes,
    )


@dataclass(slots=True)
class Place:
    """A community with one sender, a published flow and a running campaign, by their ids."""

    community_id: int
    sender_id: int
    revision_id: int
    campaign_id: int
    house: House = field(default_factory=a_house)


def a_place(connection: Connection, flow: str | Flow = CHECK_IN, **settings: Any) -> Place:
    """The smallest installation that a campaign can run in. `settings` are the community's."""
    community_id = a_community(connection, settings=settings)
    sender_id = a_sender(connection, community_id)
    revision_id = a_revision(connection, community_id, flow)
    return Place(community_id, sender_id, revision_id, a_campaign(connection, community_id, revision_id))


def all_sent(connection: Connection) -> None:
    """Every message that waits has left: whoever was asked something has seen it."""
    connection.execute(update(Message).where(Message.status == "queued").values(status="sent"))
