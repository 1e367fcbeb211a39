"""Texts that no question asked for: of strangers, and of participants while no run is open."""

from __future__ import annotations

from bot import consent
from bot.channels.base import Inbound
from bot.conversation import alarms, joining, limits, opting, saying, stopping
from bot.conversation.turn import Turn
from bot.conversation.words import is_thanks
from storage.runs import last_outcome


def stranger(turn: Turn, command: str | None, value: object = None) -> None:
    """Nobody we know wrote."""
    if not limits.may_be_answered(turn):
        return turn.kept()
    wish = joining.wanted(turn)
    if _said_stop(turn) and not _comes_back(turn, command, wish):
        return saying.give_help(turn) if command == "help" else turn.kept()
    if wish is not None:
        return joining.join(turn, wish)
    if turn.address.coordinator_id is not None and command != "help":
        return turn.kept()
    if alarms.in_distress(turn):
        turn.kept()
        return alarms.signpost(turn)
    if command == "help":
        return saying.give_help(turn)
    alone = len(turn.sender.communities) == 1
    if command == "start" and (alone or turn.sender.channel != "telegram"):
        return joining.join(turn, joining.Wanted(turn.community, None, plain=True))
    if command == "person" and limits.may_greet_stranger(turn):
        return alarms.promise_person(turn)
    return joining.greet_stranger(turn, value if command == "language" and isinstance(value, str) else None)


def without_run(turn: Turn, inbound: Inbound, command: str | None, value: object, doubt: bool) -> None:
    """Somebody we know writes while nothing is asked."""
    participant = turn.resident
    if inbound.kind == "button":
        return turn.say("button_closed")
    if alarms.in_distress(turn):
        return alarms.signpost(turn)
    match command:
        case "help":
            return saying.give_help(turn)
        case "person":
            return alarms.promise_person(turn)
        case "start" if participant.surveys != "granted":
            return joining.ask_consent(turn)
        case "start":
            return saying.answer(turn, "start")
        case "language" if isinstance(value, str):
            participant.language = turn.community.language(value)
            turn.desk.participant_changed(participant)
            return turn.say("language_changed")
        case _:
            pass
    if doubt:
        return opting.hold(turn, inbound.text)
    return _stray(turn, inbound)


def _stray(turn: Turn, inbound: Inbound) -> None:
    """Words that nothing asked for: thanks are left at that, anything else is for a person, and said to be once a day."""
    participant = turn.resident
    turn.kept()
    if inbound.kind == "text" and inbound.location is None and is_thanks(turn.folded):
        return
    turn.needs_person("stray", inbound.text)
    if not limits.greeted_today(turn):
        limits.greeted(turn)
        if last_outcome(turn.desk.connection, participant.id) == "expired":
            turn.say("question_over")
        else:
            turn.say("nothing_open", community=turn.community.name)


def _said_stop(turn: Turn) -> bool:
    """Whether this address said STOP to anybody whom the sender serves; its hash is all that is left of that."""
    keys = turn.desk.house.settings.secret_keys
    hashes = consent.address_hashes(turn.address.address, keys)
    if any(hashed in hashes for _, hashed, _ in turn.desk.suppressions):
        return True
    return consent.is_suppressed(turn.desk.connection, turn.sender.communities, turn.address.address, keys)


def _comes_back(turn: Turn, command: str | None, wish: joining.Wanted | None) -> bool:
    """Whether somebody who said STOP is back of their own accord: by START, or by a keyword where no provider blocks them."""
    if not stopping.may_return(turn) or (command != "start" and wish is None):
        return False
    stopping.lift(turn, None if command == "start" or wish is None else wish.community.id)
    return True
