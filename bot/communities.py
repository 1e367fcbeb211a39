"""Setting up a community: adding it, the senders that serve it, and the coordinators who work in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel import Locale, UnknownLocaleError
from pydantic import ValidationError
from sqlalchemy import Connection, Row

from bot.config import CommunitySettings
from bot.errors import NotFound, WrongUsage
from storage import communities as rows
from storage.consents import share_suppressions

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Canada's and the United States' toll-free area codes.
TOLL_FREE = ("800", "822", "833", "844", "855", "866", "877", "888")
#: Segments (SMS) or messages a second by kind of sender, from the providers' own limits (FACTS: Throughput).
PACES = {"long": 1.0, "toll_free": 3.0, "short": 100.0, "service": 1.0, "telegram": 30.0, "sim": 1000.0}


@dataclass(frozen=True, slots=True)
class SenderPlan:
    """What a sender's address tells of it: its channel, the usual pace, and who answers its stop words."""

    address: str
    channel: str
    pace: float
    opt_out: str


def require_community(connection: Connection, slug: str) -> Row[Any]:
    """The community called `slug`; raises `NotFound` with those there are."""
    found = rows.find_community(connection, slug)
    if found is None:
        raise NotFound("community", slug, rows.community_slugs(connection))
    return found


def add_community(
    connection: Connection,
    *,
    slug: str,
    name: str,
    languages: Sequence[str],
    timezone: str,
    hours: Mapping[str, Any],
    contact: str | None = None,
    settings: Mapping[str, Any] | None = None,
    now: datetime,
) -> int:
    """Add a community; its id. Raises `WrongUsage` where a part cannot be, in words that say what can."""
    if not SLUG.fullmatch(slug):
        raise WrongUsage(
            f"{slug!r} cannot be a community's name in commands: use small letters, digits and hyphens, such as north-end."
        )
    if rows.find_community(connection, slug) is not None:
        raise WrongUsage(f"There is a community called {slug!r} already. See: soundings community list")
    if not name.strip():
        raise WrongUsage("--name is empty: it is what residents read, such as 'North End'.")
    return rows.insert_community(
        connection,
        slug=slug,
        name=name.strip(),
        languages=checked_languages(languages),
        timezone=checked_zone(timezone),
        hours=dict(hours),
        contact=contact,
        settings=checked_settings(settings or {}),
        created_at=now,
    )


def change_community(
    connection: Connection,
    community: Row[Any],
    *,
    name: str | None = None,
    languages: Sequence[str] | None = None,
    timezone: str | None = None,
    hours: Mapping[str, Any] | None = None,
    contact: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Change what is given of a community, and leave the rest; a setting that is None has its default again.

    Raises `WrongUsage` where a part cannot be, in words that say what can.
    """
    values: dict[str, Any] = {}
    if name is not None:
        if not name.strip():
            raise WrongUsage("--name is empty: it is what residents read, such as 'North End'.")
        values["name"] = name.strip()
    if languages is not None:
        values["languages"] = checked_languages(languages)
    if timezone is not None:
        values["timezone"] = checked_zone(timezone)
    if hours is not None:
        values["hours"] = dict(hours)
    if contact is not None:
        values["contact"] = contact.strip() or None
    if settings:
        wanted = {**community.settings, **settings}
        values["settings"] = checked_settings({key: value for key, value in wanted.items() if value is not None})
    if not values:
        raise WrongUsage("Nothing to change: give what is new, such as --contact or --set cap_per_day=2.")
    rows.change_community(connection, community.id, values)


def checked_languages(languages: Sequence[str]) -> list[str]:
    """The tags, each one once and known to CLDR; raises `WrongUsage`."""
    found: list[str] = []
    for tag in (language.strip().replace("-", "_") for language in languages):
        try:
            Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            raise WrongUsage(
                f"{tag!r} is not a language tag. Write tags such as en, fr, es, ar, uk, zh, tl, mic, gd."
            ) from None
        if tag not in found:
            found.append(tag)
    if not found:
        raise WrongUsage("Name at least one language, such as --languages en,fr")
    return found


def checked_zone(name: str) -> str:
    """The IANA time zone's name; raises `WrongUsage`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongUsage(
            f"{name!r} is not a time zone. Write one such as America/Halifax or America/Toronto."
        ) from None
    return name


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the defaults, checked; raises `WrongUsage` naming the setting."""
    try:
        return CommunitySettings.model_validate(dict(settings)).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()]
        raise WrongUsage("These settings cannot be: " + "; ".join(problems)) from None


def plan_sender(address: str, *, region: str = "CA") -> SenderPlan:
    """Read a sender's address (`sms:+19025550100`, `sms:12345`, `sms:MG…`, `telegram:my_bot`, `sim:1`); raises `WrongUsage`."""
    channel, _, rest = address.partition(":")
    rest = rest.strip()
    if channel == "telegram" and re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{3,31}", rest):
        return SenderPlan(f"telegram:{rest.removeprefix('@')}", "telegram", PACES["telegram"], "ours")
    if channel == "sim" and re.fullmatch(r"[A-Za-z0-9_-]{1,32}", rest):
        return SenderPlan(f"sim:{rest}", "sim", PACES["sim"], "ours")
    if channel == "sms":
        if re.fullmatch(r"\d{5,6}", rest):
            return SenderPlan(f"sms:{rest}", "sms", PACES["short"], "ours")
        if re.fullmatch(r"MG[0-9a-f]{32}", rest):
            return SenderPlan(f"sms:{rest}", "sms", PACES["service"], "provider")
        number = normal_number(rest, region)
        if number is not None:
            kind = "toll_free" if number[2:5] in TOLL_FREE and number.startswith("+1") else "long"
            return SenderPlan(f"sms:{number}", "sms", PACES[kind], "provider")
    raise WrongUsage(
        f"{address!r} is not a sender. Write sms:+19025550100 (a number), sms:12345 (a short code), "
        "sms:MG… (a messaging service), telegram:name_of_the_bot or sim:1"
    )


def normal_number(text: str, region: str = "CA") -> str | None:
    """A telephone number in any usual form as E.164, or None where it cannot be one."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def add_sender(
    connection: Connection,
    plan: SenderPlan,
    *,
    community_id: int,
    opt_out: str | None,
    pace: float | None,
    now: datetime,
) -> int:
    """Register a sender, or let one that is registered serve one more community; its id.

    `opt_out` and `pace` left out are the plan's usual ones. Raises `WrongUsage` where it serves that community already
    or is registered with another `opt_out`.
    """
    checked_pace(pace)
    known = rows.find_sender(connection, plan.address)
    if known is None:
        sender_id = rows.insert_sender(
            connection,
            address=plan.address,
            channel=plan.channel,
            opt_out=opt_out or plan.opt_out,
            pace=pace or plan.pace,
            created_at=now,
        )
    else:
        sender_id = int(known.id)
        if opt_out is not None and opt_out != known.opt_out:
            raise WrongUsage(
                f"{plan.address} is registered with --opt-out {known.opt_out}; who answers a number's stop words is one "
                f"thing for all that it serves. Change it with: soundings sender change {plan.address} --opt-out {opt_out}"
            )
        if pace is not None:
            rows.set_pace(connection, sender_id, pace)
    share_suppressions(connection, sender_id, community_id, now)
    if not rows.serve_community(connection, sender_id, community_id) and pace is None:
        raise WrongUsage(f"{plan.address} serves this community already. Give --pace to change how fast it sends.")
    return sender_id


def checked_pace(pace: float | None) -> float | None:
    """The pace, or None where there is none; raises `WrongUsage`."""
    if pace is not None and not 0 < pace <= 10_000:
        raise WrongUsage("--pace is in segments (SMS) or messages a second: a number above 0, such as 1 or 0.5.")
    return pace


def add_coordinator(
    connection: Connection,
    *,
    email: str,
    name: str,
    community_id: int,
    role: str,
    notify: str | None,
    region: str = "CA",
    now: datetime,
) -> int:
    """Give a person a role in a community, adding the person where they are new; their id.

    `notify`: `sms:+1902…` or `telegram:<chat id>`, where they are told of what needs a person; None leaves it as it is.
    """
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise WrongUsage(f"{email!r} is not an email address.")
    known = rows.find_coordinator(connection, email.lower())
    coordinator_id = (
        int(known.id) if known else rows.insert_coordinator(connection, email=email.lower(), name=name, created_at=now)
    )
    rows.set_membership(connection, coordinator_id, community_id, role, True if notify is not None else None)
    if notify is not None:
        rows.set_coordinator_address(connection, coordinator_id, community_id, _own_address(notify, region), now)
    return coordinator_id


def _own_address(text: str, region: str) -> str:
    channel, _, rest = text.partition(":")
    if channel == "sms" and (number := normal_number(rest, region)):
        return f"sms:{number}"
    if channel == "telegram" and re.fullmatch(r"\d{1,20}", rest):
        return f"telegram:{rest}"
    if channel == "sim" and rest:
        return f"sim:{rest}"
    raise WrongUsage(
        f"{text!r} is not an address to be told at. Write sms:+19025550123 or telegram:12345678 (a chat's number)."
    )
