"""An inbound text written down as plain JSON, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.channels.base import ButtonPress, Inbound, IncomingMedium


def write_inbound(inbound: Inbound) -> dict[str, Any]:
    """An inbound text as plain JSON, which `read_inbound` reads back."""
    plain = asdict(inbound)
    plain["extra"] = dict(inbound.extra)
    plain["received_at"] = inbound.received_at.isoformat()
    plain["sent_at"] = inbound.sent_at.isoformat() if inbound.sent_at else None
    # Where a query looks for it.
    plain["messaging_service"] = inbound.extra.get("messaging_service")
    return plain


def read_inbound(plain: Mapping[str, Any]) -> Inbound:
    """The inbound text that `write_inbound` wrote."""
    given = {name: value for name, value in plain.items() if name != "messaging_service"}
    given["received_at"] = datetime.fromisoformat(given["received_at"])
    given["sent_at"] = datetime.fromisoformat(given["sent_at"]) if given["sent_at"] else None
    given["button"] = ButtonPress(**given["button"]) if given["button"] else None
    given["media"] = tuple(IncomingMedium(**medium) for medium in given["media"])
    given["location"] = tuple(given["location"]) if given["location"] else None
    return Inbound(**given)
