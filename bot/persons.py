"""One person's own data: showing all of it, writing it to a file, and erasing it for good."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.communities import normal_number
from bot.config import CommunitySettings
from bot.consent import suppress_person
from bot.conversation import House, cancel_runs
from bot.errors import NotFound
from storage import persons as rows

#: What a participant's own row tells of them.
OWN = ("public_id", "name", "language", "timezone", "attributes", "surveys", "updates", "opted_out_at", "joined_at")


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What was erased, for the person and for the file: a pseudonym that leads nowhere any more, and counts."""

    public_id: str
    erased_at: datetime
    counts: dict[str, int]


def require_person(connection: Connection, community: Row[Any], who: str) -> Row[Any]:
    """A participant by telephone number (any usual form), `telegram:…`, `sim:…` or pseudonym; raises `NotFound`."""
    region = CommunitySettings.model_validate(community.settings).region
    number = normal_number(who.removeprefix("sms:"), region)
    addresses = [who, f"telegram:{who}"] + ([f"sms:{number}"] if number else [])
    found = rows.find_person(connection, community.id, addresses, who)
    if found is None:
        raise NotFound("participant", who)
    return found


def everything_about(connection: Connection, person: Row[Any]) -> dict[str, Any]:
    """All that is held about a person, as plain values under readable headings; photos and voice notes in base64."""
    held = rows.holdings(connection, person.id)
    for medium in held["media"]:
        medium["content"] = b64encode(medium["content"]).decode() if medium["content"] is not None else None
    return {"participant": {name: getattr(person, name) for name in OWN}, **held}


def erase(connection: Connection, person: Row[Any], now: datetime, house: House) -> ErasureReceipt:
    """Erase a person everywhere, ending what is open.

    Whoever is opted out stays so as keyed hashes of their addresses, so that no import texts them.
    """
    suppress_person(connection, person, house.settings.secret_keys, now)
    open_runs = rows.open_run_ids(connection, person.id)
    if open_runs:
        cancel_runs(connection, open_runs, "cancelled", now, house)
    return ErasureReceipt(person.public_id, now, rows.erase_person(connection, person.id, now))
