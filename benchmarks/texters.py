"""Residents with an open survey, and what texts for them: signed forms over keep-alive connections, as many at once as asked."""

from __future__ import annotations

import asyncio
import base64
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from sqlalchemy import Connection, select, update

from benchmarks.launch import HOURS
from bot.communities import add_community, add_sender, plan_sender
from bot.conversation import House, RunStart, start_runs
from bot.interop.participants_csv import PersonRow, Sheet
from bot.participants import ImportConsent, import_participants
from bot.publishing import publish
from flows.loader import library_flow
from storage.communities import find_community
from storage.database import Database
from storage.models import Message, Participant, Sender

TOKEN = "token"  # noqa: S105
NUMBER = "+19025550100"
PATH = "/webhooks/twilio/message"
#: One answer to each question of the library's check-in: a choice, words, a scale.
ANSWERS = ("1", "the rent on Birch Street is too high for most of us", "4")
SLICE = 500


def number(at: int) -> str:
    """A resident's telephone number; exchanges that no operator has given out would not be imported."""
    return f"+1902{2_000_000 + at:07}"


def settle(database: Database, residents: int, house: House) -> None:
    """A community, its residents with consent, and a run of the check-in open for each. The sender is paused: nothing leaves."""
    now = datetime.now(UTC)
    with database.write() as connection:
        community_id = add_community(
            connection, slug="bench", name="Shore Road", languages=["en"], timezone="UTC", hours=HOURS, now=now
        )
        plan = plan_sender(f"sms:{NUMBER}")
        add_sender(connection, plan, community_id=community_id, opt_out="ours", pace=10, now=now)
        connection.execute(update(Sender).values(paused_at=now, paused_reason="benchmark"))
        revision_id = publish(connection, community_id, library_flow("neighbourhood-check-in"), now).revision_id
        people = tuple(PersonRow(at, (f"sms:{number(at)}",)) for at in range(residents))
        _bring_in(connection, Sheet(residents, people, ()), now, house)
        ids = list(connection.execute(select(Participant.id).order_by(Participant.id)).scalars())
    for at in range(0, residents, SLICE):
        with database.write() as connection:
            start_runs(connection, [RunStart(one, revision_id) for one in ids[at : at + SLICE]], now, house)
            # Who has not got the question yet does not answer it.
            connection.execute(update(Message).where(Message.status == "queued").values(status="sent", sent_at=now))


def _bring_in(connection: Connection, sheet: Sheet, now: datetime, house: House) -> None:
    community = find_community(connection, "bench")
    assert community is not None
    consent = ImportConsent("fair", "2026-01-01", "I agree to be texted")
    report = import_participants(connection, sheet, community, consent, now, True, house)
    assert report.imported == sheet.rows


@dataclass(frozen=True, slots=True)
class Text:
    """A text on the wire: the provider's id and the whole request."""

    sid: str
    request: bytes


def texts(residents: int, question: int, origin: str) -> list[Text]:
    """Everybody's answer to one question, signed for the server at `origin`."""
    return [_text(at, question, origin) for at in range(residents)]


def _text(at: int, question: int, origin: str) -> Text:
    sid = f"SM{question:02}{at:030}"
    form = {
        "MessageSid": sid, "SmsSid": sid, "AccountSid": "AC" + "0" * 32, "From": number(at), "To": NUMBER,
        "Body": ANSWERS[question], "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    signed = origin + PATH + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
    body = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {origin.partition('//')[2]}\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Text(sid, head.encode() + body)


@dataclass(slots=True)
class Posted:
    """What came of a round: ids that were acknowledged, seconds it took, and each answer's own."""

    acknowledged: set[str] = field(default_factory=set)
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)


async def post(port: int, waiting: list[Text], at_once: int, posted: Posted) -> None:
    """Post these texts over `at_once` connections; one that breaks ends with what it had acknowledged."""
    queue: Iterator[tuple[float | None, Text]] = iter([(None, text) for text in waiting])
    began = time.perf_counter()
    await asyncio.gather(*(_phone(port, queue, posted) for _ in range(at_once)))
    posted.seconds += time.perf_counter() - began


async def post_paced(port: int, waiting: list[Text], a_second: float, phones: int, posted: Posted) -> None:
    """Post these texts at their times, so many a second whatever the answers take: each waits from when it was due."""
    began = time.perf_counter() + 0.05
    queue = iter([(began + at / a_second, text) for at, text in enumerate(waiting)])
    await asyncio.gather(*(_phone(port, queue, posted) for _ in range(phones)))
    posted.seconds += time.perf_counter() - began


async def _phone(port: int, queue: Iterator[tuple[float | None, Text]], posted: Posted) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    try:
        for due, text in queue:
            began = time.perf_counter()
            if due is not None:
                await asyncio.sleep(due - began)
                began = due
            writer.write(text.request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            await reader.readexactly(length)
            if head.startswith(b"HTTP/1.1 200"):
                posted.acknowledged.add(text.sid)
                posted.latencies.append(time.perf_counter() - began)
    except (OSError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()
