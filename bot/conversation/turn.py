"""A turn: what one person wrote, or what time brought them, and all that is said to them at its end in one message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot import i18n
from bot.channels.base import Inbound
from bot.conversation.desk import REPLY_WINDOW, Desk
from bot.conversation.house import CommunityView
from bot.conversation.words import language_hint
from flows.effects import Button
from flows.segments import lighten, segment
from storage.addresses import AddressRow
from storage.inbound import MessageRow, SenderRow
from storage.inbox import InboxRow
from storage.models.messages import PRIORITY_REPLY
from storage.participants import ParticipantRow
from storage.runs import RunRow

#: The longest text that a channel takes in one message (Twilio refuses 1,601 characters, Telegram 4,097).
LONGEST = {"sms": 1_600, "telegram": 4_096}
LONGEST_ELSEWHERE = 4_096
#: Of the kinds of lines in a message, the one that names the whole.
_RANK = {"manual": 6, "prompt": 5, "reminder": 4, "confirmation": 3, "help": 2, "say": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. `kind` as `Message.kind`; `run` is whose it is, None outside of runs."""

    text: str
    kind: str = "say"
    buttons: tuple[Button, ...] = ()
    visit: int = 0
    language: str = ""
    run: RunRow | None = None


@dataclass(slots=True)
class Turn:
    """One person's turn. `inbound` and `message` are what they wrote and the row that keeps it; None where time has come.

    `participant` and `run` are None for a stranger, and for one with no open run. `priority` is that of what is said.
    """

    desk: Desk
    sender: SenderRow
    community: CommunityView
    address: AddressRow
    participant: ParticipantRow | None
    run: RunRow | None = None
    inbound: Inbound | None = None
    message: MessageRow | None = None
    priority: int = PRIORITY_REPLY
    folded: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The moment of this transaction."""
        return self.desk.now

    @property
    def resident(self) -> ParticipantRow:
        """The participant, where the turn is known to be about one."""
        if self.participant is None:
            raise LookupError("this turn is a stranger's")
        return self.participant

    @property
    def open_run(self) -> RunRow:
        """The run, where the turn is known to have one."""
        if self.run is None:
            raise LookupError("this turn has no open run")
        return self.run

    @property
    def words(self) -> str:
        """What was written, to the letter; nothing where time has come."""
        return self.inbound.text if self.inbound else ""

    @property
    def language(self) -> str:
        """The language to speak: the participant's, or for a stranger the one asked for, else the nearest that we can guess."""
        if self.participant is not None:
            return self.participant.language
        if self.inbound is None:
            return self.community.language(self.address.language)
        return self.community.language(self.address.language, self.inbound.language, language_hint(self.inbound.text))

    def say(self, key: str, kind: str = "say", *, language: str | None = None, **values: object) -> None:
        """Say one of the program's own texts."""
        spoken = language or self.language
        self.lines.append(Line(i18n.text(key, spoken, **values), kind, language=spoken))

    def kept(self) -> None:
        """What was written is kept, and not taken as a part of any conversation."""
        if self.message is not None:
            self.message.status = "kept"

    def needs_person(self, kind: str, text: str, *, run: RunRow | None = None) -> None:
        """Put something into the coordinators' inbox."""
        run = run or self.run
        self.desk.inbox.append(
            InboxRow(
                community_id=self.community.id,
                participant_id=self.participant.id if self.participant else None,
                kind=kind,
                text=text[:2_000],
                created_at=self.now,
                run_id=run.id if run else None,
                message_id=self.message.id if self.message else None,
            )
        )

    def close(self) -> int:
        """Put what was said into the outbox, in as few messages as may be; how many."""
        count = 0
        for lines in _messages(self.lines, LONGEST.get(self.sender.channel, LONGEST_ELSEWHERE), self._break):
            message = self._outgoing(lines)
            self.desk.outgoing.append(message)
            if message.visit and message.run_id is not None:
                self.desk.waiting.add((message.run_id, message.visit))
            count += 1
        self.lines = []
        return count

    @property
    def _break(self) -> str:
        # A line break costs an SMS one letter; on a screen an empty line between two thoughts reads better.
        return "\n" if self.sender.channel == "sms" else "\n\n"

    def _outgoing(self, lines: Sequence[Line]) -> MessageRow:
        text = lighten(self._break.join(line.text for line in lines))
        asks = next((line for line in lines if line.buttons), lines[-1])
        run = asks.run or next((line.run for line in reversed(lines) if line.run is not None), None)
        reply = self.message is not None
        kind = max((line.kind for line in lines), key=lambda kind: _RANK.get(kind, 0))
        return MessageRow(
            community_id=self.community.id,
            sender_id=self.sender.id,
            address_id=self.address.id,
            participant_id=self.participant.id if self.participant else None,
            direction="out",
            kind=kind,
            occurrence=run.run.reminded if run and kind == "reminder" else None,
            text=text,
            status="queued",
            created_at=self.now,
            run_id=run.id if run else None,
            campaign_id=run.campaign_id if run else None,
            language=lines[-1].language or self.language,
            buttons=[{"key": one.key, "label": one.label} for one in asks.buttons] or None,
            visit=max(line.visit for line in lines),
            reply_to=self.message.id if self.message else None,
            priority=self.priority,
            segments=segment(text).segments if self.sender.channel == "sms" else 1,
            due_at=self.now,
            hours_exempt_until=self.inbound.received_at + REPLY_WINDOW if reply and self.inbound else None,
        )


def _messages(lines: Iterable[Line], longest: int, between: str) -> list[list[Line]]:
    """Lines by the message that they go in: one, unless it grows too long or asks twice. Its buttons are shown beneath it all."""
    messages: list[list[Line]] = []
    size = 0
    for line in lines:
        for part in _parts(line, longest):
            grown = size + len(between) + len(part.text)
            asks_again = part.visit and messages and any(one.buttons for one in messages[-1])
            if not messages or asks_again or grown > longest:
                messages.append([part])
                size = len(part.text)
            else:
                messages[-1].append(part)
                size = grown
    return messages


def _parts(line: Line, longest: int) -> list[Line]:
    """A line, cut at the ends of its own lines or words where no message can hold it; the last part keeps the buttons."""
    if len(line.text) <= longest:
        return [line] if line.text else []
    texts = []
    rest = line.text
    while len(rest) > longest:
        cut = max(rest.rfind("\n", 0, longest), rest.rfind(" ", longest // 2, longest))
        cut = cut if cut > 0 else longest
        texts.append(rest[:cut])
        rest = rest[cut:].lstrip()
    texts.append(rest)
    return [
        Line(text, line.kind, line.buttons if at == len(texts) - 1 else (), line.visit, line.language, line.run)
        for at, text in enumerate(texts)
    ]
