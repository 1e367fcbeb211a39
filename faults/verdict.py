"""What the harness saw held against what the program's rows say: lost, doubled, after STOP, out of order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, select

from faults.installation import Installed
from faults.survey import Question, heard, noted
from storage.audit import LEFT
from storage.models import Address, Answer, Consent, Flow, Message, Participant, Revision, Run

#: What was on its way already when STOP was taken may still arrive for so long; the audit allows as much.
CROSSED = timedelta(seconds=5)
#: The one message after STOP.
CONFIRMATION = "You won't hear from"
#: Statuses of a message that reached its provider. `failed` is a receipt's word too.
REACHED = (*LEFT, "failed")
#: Statuses that end a message.
SETTLED = ("delivered", "undelivered")
EXAMPLES = 5


@dataclass(slots=True)
class Verdict:
    """Cases of each broken promise with a few examples, and figures that are none. Examples are ids, never numbers."""

    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    figures: dict[str, int] = field(default_factory=dict)

    def breaks(self, promise: str, example: object) -> None:
        """One case of a broken promise."""
        self.broken[promise] += 1
        if len(self.examples[promise]) < EXAMPLES:
            self.examples[promise].append(str(example))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A message that a provider took. `mark`: our own id of it, from the address of its receipts."""

    mark: int | None
    address: str
    text: str
    at: Any


def judge(here: Installed) -> Verdict:
    """Hold what residents sent and heard against the rows."""
    verdict = Verdict()
    with here.own.read() as connection:
        rows: list[Any] = list(
            connection.execute(
                select(
                    Message.id, Message.direction, Message.provider_id, Message.text, Message.status,
                    Message.retried_at, Message.priority, Message.error_code, Address.address,
                ).join(Address, Address.id == Message.address_id)
            )
        )  # fmt: skip
        _inbound(here, verdict, [row for row in rows if row.direction == "in"])
        _answers(here, verdict, connection)
        _stops(here, verdict, connection)
    arrivals = _arrivals(here)
    outgoing = {row.id: row for row in rows if row.direction == "out"}
    _outbound(verdict, arrivals, outgoing)
    _receipts(here, verdict, outgoing)
    _heard_in_order(here, verdict, arrivals)
    if here.telegram.under_way.at_once:
        verdict.broken["two messages to one chat at once"] += here.telegram.under_way.at_once
    _figures(here, verdict, rows, arrivals)
    return verdict


def _arrivals(here: Installed) -> list[_Arrival]:
    texts = [_Arrival(_mark(text.status_callback), f"sms:{text.to}", text.body, text.at) for text in here.twilio.sent]
    return texts + [_Arrival(None, f"telegram:{one.chat}", one.text, one.at) for one in here.telegram.sent]


def _mark(callback: str | None) -> int | None:
    found = parse_qs(urlsplit(callback or "").query).get("m")
    return int(found[0]) if found else None


def _inbound(here: Installed, verdict: Verdict, rows: Iterable[Any]) -> None:
    """Every text that was acknowledged is there once, to the letter; nothing is there that nobody sent."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.provider_id].append(row)
    for provider_id, text in here.truth.texts.items():
        kept = found.pop(provider_id, [])
        if text.acknowledged_at is None:
            verdict.breaks("text never acknowledged", provider_id)
        elif not kept:
            verdict.breaks("text lost", provider_id)
        if len(kept) > 1:
            verdict.breaks("text recorded twice", provider_id)
        if any((row.text, row.address) != (text.words, text.address) for row in kept):
            verdict.breaks("text changed", provider_id)
    for provider_id in found:
        verdict.breaks("forged text taken" if provider_id in here.truth.forged else "text out of nowhere", provider_id)
    for status in here.truth.forged_statuses:
        # 0: nobody was there to answer; 503: somebody was about to leave.
        if status not in (0, 403, 503):
            verdict.breaks("forged text answered", status)


def _answers(here: Installed, verdict: Verdict, connection: Connection) -> None:
    """Every answer that a resident gave is there once, as it was meant, from the very text that gave it."""
    rows: Iterable[Any] = connection.execute(
        select(Answer.id, Answer.question, Answer.value, Flow.name, Address.address, Message.provider_id)
        .join(Run, Run.id == Answer.run_id)
        .join(Address, Address.id == Run.address_id)
        .join(Revision, Revision.id == Run.revision_id)
        .join(Flow, Flow.id == Revision.flow_id)
        .join(Message, Message.id == Answer.message_id)
    )
    given, used = dict(here.truth.given), Counter[str]()
    for row in rows:
        used[row.provider_id] += 1
        meant = given.pop((row.address, row.name, row.question), None)
        if row.address in here.truth.loose:
            continue
        if meant is None:
            verdict.breaks("answer that nobody gave", f"answer {row.id}")
        elif (meant.provider_id, meant.value) != (row.provider_id, row.value):
            verdict.breaks("answer mistaken", f"answer {row.id}: {row.value!r} for {meant.value!r}")
    for meant in given.values():
        if meant.address not in here.truth.loose:
            verdict.breaks("answer lost", f"{meant.flow} {meant.question} by {meant.provider_id}")
    for provider_id, count in used.items():
        if count > 1:
            verdict.breaks("one text, two answers", provider_id)


def _stops(here: Installed, verdict: Verdict, connection: Connection) -> None:
    """Whoever said STOP is opted out, and both scopes are withdrawn."""
    rows: Iterable[Any] = connection.execute(
        select(Address.address, Participant.opted_out_at, Consent.scope, Consent.state)
        .join(Participant, Participant.id == Address.participant_id)
        .join(Consent, Consent.participant_id == Participant.id)
        .order_by(Consent.id)
    )
    standing: dict[str, dict[str, object]] = defaultdict(dict)
    for address, opted_out_at, scope, state in rows:
        standing[address] |= {"out": opted_out_at is not None, scope: state}
    withdrawn = {"out": True, "surveys": "withdrawn", "updates": "withdrawn"}
    for number, address in enumerate(here.truth.stopped):
        if standing.get(address) != withdrawn:
            verdict.breaks("STOP lost", f"stop {number}")


def _outbound(verdict: Verdict, arrivals: Iterable[_Arrival], rows: Mapping[int, Any]) -> None:
    """Every message arrived once at the most, none that was not to leave, and none is said to have left that did not."""
    marked = Counter(one.mark for one in arrivals if one.mark is not None)
    for mark, count in marked.items():
        row = rows.get(mark)
        if row is None:
            verdict.breaks("message out of nowhere", f"message {mark}")
            continue
        if count > (1 if row.retried_at is None else 2):
            verdict.breaks("message sent twice", f"message {mark}")
        if row.status not in REACHED and row.retried_at is None:
            verdict.breaks("message sent that was not to leave", f"message {mark} ({row.status})")
    chats = Counter((one.address, one.text) for one in arrivals if one.mark is None)
    allowed, said = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows.values():
        if row.address.startswith("sms:"):
            if row.status in ("sent", "delivered", "undelivered") and not marked[row.id]:
                verdict.breaks("message noted as sent that never left", f"message {row.id}")
        else:
            allowed[row.address, row.text] += row.status in REACHED
            said[row.address, row.text] += row.status in ("sent", "delivered")
    for key, count in chats.items():
        if count > allowed[key]:
            verdict.breaks("message sent twice", f"to a chat, {count} for {allowed[key]}")
    for key, count in said.items():
        if count > chats[key]:
            verdict.breaks("message noted as sent that never left", f"to a chat, {count} for {chats[key]}")


def _receipts(here: Installed, verdict: Verdict, rows: Mapping[int, Any]) -> None:
    """What the last word of a receipt was stands, in whatever order they came, if it was taken."""
    last = {sid: status for sid, status, taken in here.twilio.callback_answers if taken == 200 and status in SETTLED}
    for text in here.twilio.sent:
        row, status = rows.get(_mark(text.status_callback) or 0), last.get(text.sid)
        if row is not None and status is not None and row.retried_at is None and row.status != status:
            verdict.breaks("receipt lost, or taken back", f"message {row.id} ({row.status}, not {status})")


def _heard_in_order(here: Installed, verdict: Verdict, arrivals: Iterable[_Arrival]) -> None:
    """To each resident: questions in their order, each update once, and after STOP nothing but its confirmation."""
    latest: dict[tuple[str, str], int] = {}
    news = Counter[tuple[str, str]]()
    confirmed = Counter[str]()
    crossed = 0
    for number, one in enumerate(arrivals):
        question, note = heard(one.text), noted(one.text)
        if (
            note is not None
            and latest.get((one.address, note.flow), 0) > note.number
            and not isinstance(question, Question)
        ):
            verdict.breaks("out of order", f"arrival {number}: after {note.flow} {note.number}, too late")
        if isinstance(question, Question):
            before = latest.get((one.address, question.flow), 0)
            # The first one is a campaign's, which replies overtake.
            if 1 < question.number < before:
                verdict.breaks("out of order", f"arrival {number}: {question.flow} {question.number} after {before}")
            latest[one.address, question.flow] = max(before, question.number)
        elif one.text.startswith("News"):
            news[one.address, one.text] += 1
        stopped_at = here.truth.stopped.get(one.address)
        if CONFIRMATION in one.text:
            confirmed[one.address] += 1
        elif stopped_at is not None and one.at > stopped_at:
            crossed += 1
            if one.at > stopped_at + CROSSED:
                verdict.breaks("sent after STOP", f"arrival {number} (message {one.mark})")
    for (_, text), count in news.items():
        if count > 1:
            verdict.breaks("update sent twice", text)
    for address, count in confirmed.items():
        if count > 1 or address not in here.truth.stopped:
            verdict.breaks("STOP confirmed that was not said, or twice", f"{count} times")
    verdict.figures["crossed a STOP"] = crossed


def _figures(here: Installed, verdict: Verdict, rows: list[Any], arrivals: list[_Arrival]) -> None:
    truth = here.truth
    statuses = Counter(row.status for row in rows if row.direction == "out")
    taken = {one.mark for one in arrivals}
    killed = [row for row in rows if (row.status, row.error_code) == ("unknown", "interrupted")]
    missing = [row for row in killed if row.address.startswith("sms:") and row.id not in taken]
    verdict.figures |= {
        "messages": len(rows),
        "texts in": len(truth.texts),
        "handed in again": sum(text.tries - 1 for text in truth.texts.values()),
        "answered with 503": truth.statuses[503],
        "nobody answered": truth.statuses[0],
        "forged": sum(truth.forged_statuses.values()),
        "messages out": sum(statuses.values()),
        "arrived": len(arrivals),
        "unknown": statuses["unknown"],
        "unknown after a kill": len(killed),
        "unknown after a kill and never arrived": len(missing),
        "failed": statuses["failed"],
        "cancelled": statuses["cancelled"],
        "answers": len(truth.given),
        "stops": len(truth.stopped),
        "residents": len(here.residents),
        "residents left behind": sum(not resident.done for resident in here.residents),
    }
