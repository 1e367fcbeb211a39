"""Getting a person: the inbox, and a message to the coordinators who want to be told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot import i18n
from bot.conversation.desk import REPLY_WINDOW
from bot.conversation.house import CommunityView
from bot.conversation.turn import Line, Turn
from flows.effects import CommandGiven, Effect, MayWantToStop, Notified
from flows.segments import lighten, segment
from storage.addresses import AddressRow, notified_addresses
from storage.inbound import MessageRow, SenderRow
from storage.models.messages import PRIORITY_REPLY
from storage.runs import RunRow

#: Until this hour of a working day somebody answers the same day.
SAME_DAY_UNTIL: Final = 15
#: How much of a resident's words goes to a coordinator's phone; the inbox has them all.
WORDS_TOLD: Final = 60


def back_by(community: CommunityView, language: str, now: datetime) -> str:
    """By when a person answers, as it is said: tonight before three on a working day, else by noon of the next one."""
    local = now.astimezone(ZoneInfo(community.timezone))
    return _back_by(language, local.date(), local.hour < SAME_DAY_UNTIL)


@lru_cache(maxsize=256)
def _back_by(language: str, today: date, early: bool) -> str:
    if today.weekday() < 5 and early:
        return i18n.text("by_tonight", language)
    day = today + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    if day == today + timedelta(days=1):
        return i18n.text("by_tomorrow_noon", language)
    return i18n.text("by_day_noon", language, day=day)


def promise_person(turn: Turn) -> None:
    """Somebody asks for a person while no flow runs."""
    turn.say("person_by", community=turn.community.name, by=back_by(turn.community, turn.language, turn.now))
    call_person(turn)


def call_person(turn: Turn) -> None:
    """Somebody asks for a person: the inbox, and the coordinators' phones."""
    words = turn.words
    turn.needs_person("person", words)
    tell(turn, "tell_person", words=words)


def in_distress(turn: Turn) -> bool:
    """Whether what was written has words of distress."""
    return turn.community.distress.rings(turn.folded)


def signpost(turn: Turn) -> None:
    """Where to turn in distress, before anything else that is said; and a person is told."""
    turn.lines.insert(0, Line(turn.community.distress.signpost(turn.language), language=turn.language))
    tell_of_distress(turn)


def tell_of_distress(turn: Turn) -> None:
    """Somebody may be in danger: the inbox, and the coordinators' phones."""
    turn.needs_person("distress", turn.words)
    tell(turn, "tell_distress", words=turn.words)


def notify(turn: Turn, text: str) -> None:
    """A flow wants its coordinators to know `text`."""
    turn.needs_person("notify", text)
    tell(turn, "tell_coordinators", text=text)


def handed_over(turn: Turn, run: RunRow, effects: tuple[Effect, ...]) -> None:
    """A person answers from here on: said once, whatever else of this step tells coordinators already."""
    if any(isinstance(one, Notified | MayWantToStop) for one in effects):
        return
    if any(isinstance(one, CommandGiven) and one.command == "person" for one in effects):
        return
    turn.needs_person("person", turn.words, run=run)
    tell(turn, "tell_person", words=turn.words)


def tell(turn: Turn, key: str, **values: str) -> None:
    """Text the coordinators of the turn's community who want to be told, at their own addresses."""
    community = turn.community
    values = {name: _short(value) if name == "words" else value for name, value in values.items()}
    text = lighten(i18n.text(key, community.languages[0], community=community.name, **values))
    desk = turn.desk
    for address in notified_addresses(desk.connection, [community.id]):
        sender = _sender_for(turn, address)
        if sender is None:
            continue
        desk.outgoing.append(
            MessageRow(
                community_id=community.id,
                sender_id=sender.id,
                address_id=address.id,
                participant_id=None,
                direction="out",
                kind="notification",
                text=text,
                status="queued",
                created_at=turn.now,
                language=community.languages[0],
                priority=PRIORITY_REPLY,
                segments=segment(text).segments if sender.channel == "sms" else 1,
                due_at=turn.now,
                hours_exempt_until=turn.now + REPLY_WINDOW,
            )
        )


def _sender_for(turn: Turn, address: AddressRow) -> SenderRow | None:
    """A sender of the community on the channel of a coordinator's address: the one they had before, else the turn's own."""
    senders = [
        one for one in turn.desk.senders() if one.channel == address.channel and turn.community.id in one.communities
    ]
    wanted = (address.sender_id, turn.sender.id)
    return min(senders, key=lambda one: (wanted.index(one.id) if one.id in wanted else 2, one.id), default=None)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= WORDS_TOLD else f"{plain[: WORDS_TOLD - 3].rstrip()}..."
