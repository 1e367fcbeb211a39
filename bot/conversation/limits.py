"""Keeping abuse and loops at bay: whom we answer at all, and when we fall silent."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import phonenumbers

from bot.conversation.turn import Turn
from storage.inbound import count_stranger
from storage.inbox import open_kinds

MINUTE = timedelta(minutes=1)
#: Shorter numbers are short codes and services, which are never answered: two machines would talk for ever.
SHORTEST_NUMBER = 7


@lru_cache(maxsize=4096)
def region_of(number: str) -> str | None:
    """The ISO region that an E.164 number belongs to; None for short codes, names, and what is no number at all."""
    if not number.startswith("+") or not number[1:].isdigit() or len(number) <= SHORTEST_NUMBER:
        return None
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or None
    except phonenumbers.NumberParseException:
        return None


def may_be_answered(turn: Turn) -> bool:
    """Whether a stranger's address is one that we answer: a number of an allowed country, and no short code."""
    channel, _, number = turn.address.address.partition(":")
    if channel != "sms":
        return True
    return region_of(number) in turn.community.settings.countries


def too_fast(turn: Turn) -> bool:
    """Count this text; whether it is one too many within a minute, which is met with silence and one look by a person."""
    address = turn.address
    at = turn.inbound.received_at if turn.inbound else turn.now
    if address.minute_at is None or not timedelta(0) <= at - address.minute_at < MINUTE:
        address.minute_at, address.minute_texts = at, 0
    address.minute_texts += 1
    turn.desk.counted(address)
    most = turn.community.settings.texts_per_minute
    if address.minute_texts == most + 1:
        turn.needs_person("abuse", turn.words)
    return address.minute_texts > most


def replies_left(turn: Turn) -> int:
    """How many automatic replies this address may still have today."""
    today = turn.desk.today(turn.community)
    if turn.address.replies_on != today:
        turn.address.replies_on, turn.address.replies = today, 0
    return turn.community.settings.replies_per_day - turn.address.replies


def count_replies(turn: Turn, count: int) -> None:
    """These many automatic replies go out."""
    if count:
        replies_left(turn)
        turn.address.replies += count
        turn.desk.counted(turn.address)


def say_too_many(turn: Turn) -> None:
    """The last automatic reply of the day: why we go quiet. A person sees what is still written."""
    turn.say("too_many")
    turn.needs_person("abuse", turn.words)


def repeats_itself(turn: Turn) -> bool:
    """Whether these are the very words of the last try of a question that was given up."""
    return turn.address.last_text is not None and turn.address.last_text == turn.folded[:200]


def forget_words(turn: Turn) -> None:
    """Other words came: no loop."""
    if turn.address.last_text is not None:
        turn.address.last_text = None
        turn.desk.address_changed(turn.address)


def fall_silent(turn: Turn) -> None:
    """Two machines may be talking: no word more to these words, and one look by a person."""
    turn.kept()
    participant = turn.participant
    if participant is None:
        return
    told = any(one.kind == "loop" and one.participant_id == participant.id for one in turn.desk.inbox)
    if not told and (participant.id, "loop") not in open_kinds(turn.desk.connection, [participant.id]):
        turn.needs_person("loop", turn.words)


def may_greet_stranger(turn: Turn) -> bool:
    """Whether this unknown number is answered: once a day, and only so many of them a sender."""
    today = turn.desk.today(turn.community)
    if turn.address.greeted_on == today or not may_be_answered(turn):
        return False
    cap = turn.community.settings.strangers_per_day
    if not count_stranger(turn.desk.connection, turn.sender.id, today, cap):
        return False
    greeted(turn)
    return True


def greeted(turn: Turn) -> None:
    """This address had its one answer of the day."""
    turn.address.greeted_on = turn.desk.today(turn.community)
    turn.desk.address_changed(turn.address)


def greeted_today(turn: Turn) -> bool:
    """Whether this address had its one answer of the day already."""
    return turn.address.greeted_on == turn.desk.today(turn.community)
