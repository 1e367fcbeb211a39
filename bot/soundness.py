"""Is this installation sound? What is wrong or doubtful, each with the command or the setting that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.config import Settings
from bot.trouble import mend_of
from storage.communities import list_communities, list_senders
from storage.database import LOG_PAGES, Database, database_now
from storage.figures import lately_sent, outbox_figures, paused_senders
from storage.jobs import job_figures
from storage.leases import SCHEDULER, is_leased
from storage.restored import count_held
from storage.schema import try_to_write

#: Free space under which SQLite may soon be unable to write, in bytes.
LITTLE_SPACE = 200 * 1024 * 1024
#: Bytes of SQLite's log that it never has unless something keeps it from being taken into the database: four times what is usual.
LONG_LOG = 4 * LOG_PAGES * 4096
#: Seconds that a job may wait before there are too few workers.
JOBS_LATE = 60
#: Seconds that two clocks may differ.
CLOCKS_APART = 5.0
#: How long receipts may take, how many texts are looked at, and how many without any are too many.
RECEIPTS_WITHIN, RECEIPTS_LOOKED_AT, RECEIPTS_ENOUGH = timedelta(minutes=15), 200, 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the installation. `wrong`: it cannot do its work; `doubtful`: it may not do what is wanted."""

    level: Literal["wrong", "doubtful", "fine"]
    what: str
    mend: str = ""


def look_over(settings: Settings, database: Database, connection: Connection, now: datetime) -> tuple[Finding, ...]:
    """Everything that can be told without sending a message; `now` by this machine's clock."""
    return (
        *_database(database),
        *_communities(connection),
        *_senders(settings, connection),
        *_providers(settings),
        *_outbox(connection),
        *_receipts(settings, connection),
        *(() if database.is_sqlite else (*_jobs(connection), *_clocks(now, database_now(connection)))),
    )


def _database(database: Database) -> Iterator[Finding]:
    if not database.is_sqlite:
        yield Finding("fine", "PostgreSQL answers, and its schema is this version's.")
        return
    path = database.file
    yield Finding("fine", f"SQLite at {path.name if path else 'no file'} answers, and its schema is this version's.")
    if path is not None:
        yield from _room(path)
    try:
        with database.write() as connection:
            try_to_write(connection)
    except DBAPIError as error:
        yield Finding("wrong", f"Nothing can be written: {error.orig}.", mend_of(error.orig) or "")


def _room(path: Path) -> Iterator[Finding]:
    """Of the disk, and what the log beside the database takes of it."""
    free = shutil.disk_usage(path.parent).free
    if free < LITTLE_SPACE:
        yield Finding(
            "wrong",
            f"Only {free // 2**20} MB are free where the database is.",
            "Make room. Where nothing can be written, texts that come in are refused, and their providers send them again",
        )
    log = path.with_name(f"{path.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > LONG_LOG:
        yield Finding(
            "doubtful",
            f"The log beside the database ({log.name}) has {size // 2**20} MB and grows: somebody has been reading it for long.",
            "Is a backup under way, or the file open in another program (fuser, lsof)? The log is taken in when that ends",
        )


def _jobs(connection: Connection) -> Iterator[Finding]:
    figures = job_figures(connection)
    if not figures.workers:
        yield Finding("doubtful", "No worker runs: nothing is sent, no campaign begins.", "Start: soundings worker")
    if not is_leased(connection, SCHEDULER):
        yield Finding(
            "doubtful",
            "No scheduler runs: no reminder, wave or update goes out in its time.",
            "Start: soundings scheduler; a second one stands by",
        )
    if figures.workers and figures.oldest_seconds > JOBS_LATE:
        yield Finding(
            "doubtful",
            f"{figures.waiting} jobs wait, the oldest for {figures.oldest_seconds:.0f} seconds: the workers are behind.",
            "Start one more: soundings worker",
        )


def _clocks(here: datetime, there: datetime) -> Iterator[Finding]:
    """Hours and reminders go by this machine's clock, the pace and the lead by the database's."""
    apart = (here - there).total_seconds()
    if abs(apart) > CLOCKS_APART:
        yield Finding(
            "doubtful",
            f"This machine's clock is {abs(apart):.0f} seconds {'ahead of' if apart > 0 else 'behind'} the database's.",
            "Set both by NTP (timedatectl set-ntp true): hours and reminders go by the one, leases by the other",
        )


def _receipts(settings: Settings, connection: Connection) -> Iterator[Finding]:
    if not settings.has_twilio:
        return
    sent, settled = lately_sent(connection, database_now(connection) - RECEIPTS_WITHIN, RECEIPTS_LOOKED_AT)
    if sent >= RECEIPTS_ENOUGH and not settled:
        yield Finding(
            "doubtful",
            f"Not one receipt came for the last {sent} texts by SMS: Twilio does not reach this installation.",
            f"Is SOUNDINGS_PUBLIC_URL ({settings.public_url}) the very address at which the world reaches it? See docs/twilio.md",
        )


def _communities(connection: Connection) -> Iterator[Finding]:
    communities = list_communities(connection)
    if not communities:
        yield Finding("wrong", "There is no community.", 'soundings community add north-end --name "North End"')
    served = {row.community for row in list_senders(connection)}
    for community in communities:
        if community.slug not in served:
            yield Finding(
                "wrong",
                f"{community.name} has no sender: nobody can be texted.",
                f"soundings sender add sms:+19025550100 --community {community.slug}",
            )
        if not community.contact:
            yield Finding(
                "doubtful",
                f"{community.name} has no contact: HELP names nobody to ask.",
                f'soundings community change {community.slug} --contact "Ana, 902 555 0199"',
            )


def _senders(settings: Settings, connection: Connection) -> Iterator[Finding]:
    channels = {row.channel for row in list_senders(connection)}
    if settings.has_provider and "sms" in channels and not settings.has_twilio:
        yield Finding(
            "wrong",
            "SMS senders are registered, and Twilio is not configured.",
            "Set SOUNDINGS_TWILIO_ACCOUNT_SID and SOUNDINGS_TWILIO_AUTH_TOKEN",
        )
    if settings.has_provider and "telegram" in channels and not settings.has_telegram:
        yield Finding(
            "wrong", "A Telegram bot is registered, and no token is configured.", "Set SOUNDINGS_TELEGRAM_TOKEN"
        )
    if settings.has_telegram and "telegram" not in channels:
        yield Finding(
            "wrong",
            "A Telegram token is configured, and no bot is registered.",
            "soundings sender add telegram:name_of_the_bot --community …",
        )
    if settings.has_twilio and "sms" not in channels:
        yield Finding(
            "wrong",
            "Twilio is configured, and no number is registered.",
            "soundings sender add sms:+19025550100 --community …",
        )
    for address, reason in paused_senders(connection):
        yield Finding("wrong", f"{address} is paused: {reason}.", f"Mend the cause; soundings sender resume {address}")


def _providers(settings: Settings) -> Iterator[Finding]:
    if not settings.has_provider:
        yield Finding(
            "doubtful",
            "No provider is configured: texts reach simulated phones alone.",
            "See docs/twilio.md and docs/telegram.md",
        )
        return
    needs_url = settings.has_twilio or settings.telegram_mode == "webhook"
    if needs_url and not settings.public_url:
        yield Finding(
            "wrong",
            "No public address is set: webhooks cannot be verified, receipts do not come.",
            "Set SOUNDINGS_PUBLIC_URL=https://…",
        )
    elif needs_url and settings.public_url.startswith("http://"):
        yield Finding(
            "doubtful",
            "The public address is not https: texts would cross the net in the open.",
            "Set SOUNDINGS_PUBLIC_URL=https://…",
        )
    if settings.has_simulator:
        yield Finding(
            "doubtful",
            "The simulated phones are on beside a real provider: anyone who reaches this server can text as anybody.",
            "Unset SOUNDINGS_SIMULATOR",
        )
    if not settings.metrics_token.get_secret_value():
        yield Finding(
            "doubtful", "/metrics is closed, for it has no token.", "Set SOUNDINGS_METRICS_TOKEN where you watch it"
        )


def _outbox(connection: Connection) -> Iterator[Finding]:
    now = database_now(connection)
    counts, oldest = outbox_figures(connection, now)
    held = count_held(connection)
    if held:
        yield Finding(
            "doubtful",
            f"{held} messages are held since an older copy of the database was put back: they may have gone.",
            "soundings outbox held; soundings outbox release sends what you choose",
        )
    if counts["unknown"] > held:
        yield Finding(
            "doubtful",
            f"{counts['unknown'] - held} messages may or may not have gone.",
            "soundings outbox unknown; a person may send them again",
        )
    if oldest is not None and (now - oldest).total_seconds() > 900:
        yield Finding(
            "doubtful",
            "The oldest message that is due has waited for more than 15 minutes.",
            "Does soundings serve (or a worker) run?",
        )
