"""Reading one inbound text: what it is, in the order in which things count, and who answers it."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.base import Inbound
from bot.conversation import alarms, joining, limits, saying, stepping, stopping, strays
from bot.conversation.in_run import in_run
from bot.conversation.turn import Turn
from bot.conversation.words import is_wrong_number
from flows.events import Resumed
from storage.inbox import close_inbox_items


def handle(turn: Turn, inbound: Inbound) -> None:
    """Take in one text of a turn whose message row stands; what there is to say is in `turn.lines` after it."""
    if inbound.kind in ("edited", "block", "unblock"):
        return _besides(turn, inbound)
    if turn.address.status in ("dead", "blocked"):
        # Whoever texts us can be reached, whatever a provider said of them.
        turn.address.status = "open"
        turn.desk.address_changed(turn.address)
    if inbound.opt_out is not None and _answered_by_provider(turn, inbound):
        return None
    too_fast = limits.too_fast(turn)
    command, value, doubt = _command(turn, inbound, too_fast)
    if _is_not_theirs(turn):
        # Before STOP, as which it is read too: the number's next holder must not come back to what this one agreed to.
        return stopping.close_address(turn)
    if command == "stop":
        return stopping.stop(turn)
    if _is_away(turn):
        return _while_away(turn, command)
    left = limits.replies_left(turn)
    if too_fast or left <= 0:
        return _in_silence(turn)
    if left == 1:
        limits.say_too_many(turn)
        return turn.kept()
    if turn.participant is None:
        return strays.stranger(turn, command, value)
    if turn.participant.held_at is not None:
        return _held(turn, command)
    wish = joining.wanted(turn)
    if wish is not None and (turn.run is None or not wish.plain):
        return joining.join(turn, wish)
    if turn.run is not None:
        return in_run(turn, inbound, wish)
    return strays.without_run(turn, inbound, command, value, doubt)


def _besides(turn: Turn, inbound: Inbound) -> None:
    """What is no text: an edit is kept beside what it changes; a block is an opt-out, lifting it is no consent."""
    turn.kept()
    if inbound.kind == "edited":
        return
    turn.address.status = "blocked" if inbound.kind == "block" else "open"
    turn.desk.address_changed(turn.address)
    if inbound.kind == "block":
        stopping.stop(turn, source="block")


def _answered_by_provider(turn: Turn, inbound: Inbound) -> bool:
    """Record what a provider has answered by itself; False where the word is an answer of this conversation after all."""
    away = turn.participant is not None and turn.participant.opted_out_at is not None
    match inbound.opt_out:
        case "stop":
            stopping.stop(turn)
        case "start":
            # YES frees only those whom STOP has blocked. From anybody else it is a word like others.
            if not away and turn.folded == "yes":
                turn.inbound = replace(inbound, opt_out=None)
                return False
            stopping.restart(turn)
        case _:
            pass
    return True


def _command(turn: Turn, inbound: Inbound, too_fast: bool) -> tuple[str | None, object, bool]:
    """The command that the text is, where the engine will not read it in an open run; there it knows the question too."""
    if inbound.kind == "button" or not inbound.text:
        return None, None, False
    engine_reads = turn.run is not None and not too_fast and not _is_away(turn)
    held = turn.participant is not None and turn.participant.held_at is not None
    if engine_reads and not held and limits.replies_left(turn) > 1:
        return None, None, False
    return saying.reads_as(turn, inbound.text)


def _is_not_theirs(turn: Turn) -> bool:
    """Whether somebody says that the number is not the participant's."""
    return turn.participant is not None and turn.sender.channel != "telegram" and is_wrong_number(turn.folded)


def _is_away(turn: Turn) -> bool:
    """Whether this participant said STOP, or this address is closed or blocked."""
    stopped = turn.participant is not None and turn.participant.opted_out_at is not None
    return stopped or turn.address.status != "open"


def _while_away(turn: Turn, command: str | None) -> None:
    """Only START and HELP are answered, and a keyword where no provider stands in between: it is the resident's own act."""
    participant = turn.participant
    if command == "help":
        return saying.give_help(turn)
    # A number that is not the participant's: whoever holds it now begins anew, whatever that one had said.
    strange = participant is not None and turn.address.status == "closed" and turn.address.coordinator_id is None
    stopped = not strange and participant is not None and participant.opted_out_at is not None
    wish = joining.wanted(turn) if stopping.may_return(turn) else None
    if command == "start" and stopping.may_return(turn):
        if stopped or turn.address.coordinator_id is not None:
            return _come_back(turn)
        wish = wish or joining.Wanted(turn.community, None, plain=True)
    if wish is not None:
        if stopped:
            # They said which community they want to hear from: of the others nothing was said.
            stopping.restart(turn, wish.community.id)
        elif turn.address.status == "closed":
            stopping.lift(turn)
            turn.participant, turn.run, turn.address.participant_id = None, None, None
        return joining.join(turn, wish)
    turn.kept()
    if participant is not None and alarms.in_distress(turn):
        alarms.tell_of_distress(turn)
    return None


def _come_back(turn: Turn) -> None:
    """START after STOP: all is as it was before; who never agreed to anything is asked."""
    agreed = stopping.restart(turn)
    if agreed or turn.participant is None:
        turn.say("started", "confirmation", community=turn.community.name)
    if agreed:
        joining.start_waiting(turn)
    elif turn.participant is not None:
        joining.ask_consent(turn)


def _in_silence(turn: Turn) -> None:
    """Too many texts: kept, for a person to look at; what must not wait does not."""
    turn.kept()
    if alarms.in_distress(turn):
        alarms.tell_of_distress(turn)


def _held(turn: Turn, command: str | None) -> None:
    """Nothing leaves until a coordinator has looked, or the resident says START."""
    participant = turn.resident
    if command == "help":
        return saying.give_help(turn)
    if command != "start":
        turn.kept()
        if alarms.in_distress(turn):
            alarms.tell_of_distress(turn)
        return None
    participant.held_at = None
    turn.desk.participant_changed(participant)
    close_inbox_items(turn.desk.connection, participant.id, "unsure_stop", turn.now)
    if turn.run is not None:
        stepping.take(turn, Resumed())
    else:
        turn.say("already_started", community=turn.community.name)
    return None
