"""Reading one inbound text: what it is, in the order in which things count, and who answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.base import Inbound
from bot.conversation import alarms, joining, limits, opting, saying, stepping, stopping
from bot.conversation.turn import Line, Turn
from bot.conversation.words import is_thanks, is_wrong_number
from flows.effects import Answered, GaveUp
from flows.engine import Step
from flows.events import Replied, Resumed
from storage.inbox import close_inbox_items, open_kinds
from storage.runs import last_outcome

#: A text that its provider held for longer than the first was written before what we said meanwhile; none is held for
#: longer than the second (Telegram drops updates after 24 hours).
HELD_UP, LONGEST_HELD_UP = timedelta(seconds=30), timedelta(hours=24)
A_MOMENT = timedelta(microseconds=1)
#: Words taken over to the letter that are shorter than this are an answer, not the echo of a machine.
ECHO = 12


def handle(turn: Turn, inbound: Inbound) -> None:
    """Take in one text of a turn whose message row stands; what there is to say is in `turn.lines` after it."""
    if inbound.kind in ("edited", "block", "unblock"):
        return _besides(turn, inbound)
    if inbound.opt_out is not None and _answered_by_provider(turn, inbound):
        return None
    too_fast = limits.too_fast(turn)
    command, value, doubt = _command(turn, inbound, too_fast)
    if command == "stop":
        return stopping.stop(turn)
    if _is_away(turn):
        return _while_away(turn, command)
    if too_fast or limits.replies_left(turn) <= 0:
        return _in_silence(turn)
    if limits.replies_left(turn) == 1:
        limits.say_too_many(turn)
        return turn.kept()
    if turn.participant is None:
        return _stranger(turn, command)
    if turn.participant.held_at is not None:
        return _held(turn, command)
    if turn.sender.channel != "telegram" and is_wrong_number(turn.folded):
        return stopping.close_address(turn)
    wish = joining.wanted(turn)
    if wish is not None and (turn.run is None or not wish.plain):
        return joining.join(turn, wish)
    if turn.run is not None:
        return _in_run(turn, inbound, wish)
    return _without_run(turn, inbound, command, value, doubt)


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


def _is_away(turn: Turn) -> bool:
    """Whether this participant said STOP, or this address is closed or blocked."""
    stopped = turn.participant is not None and turn.participant.opted_out_at is not None
    return stopped or turn.address.status != "open"


def _while_away(turn: Turn, command: str | None) -> None:
    """Only START and HELP are answered, and a keyword where no provider stands in between: it is the resident's own act."""
    participant = turn.participant
    if command == "help":
        return saying.give_help(turn)
    stopped = participant is not None and participant.opted_out_at is not None
    wish = joining.wanted(turn) if stopping.may_return(turn) else None
    if participant is not None and stopped and command == "start" and stopping.may_return(turn):
        return _come_back(turn)
    if wish is not None:
        if stopped:
            stopping.restart(turn)
        elif turn.address.status == "closed":
            # A number that was somebody else's: whoever holds it now begins anew.
            turn.participant, turn.run, turn.address.participant_id = None, None, None
        return joining.join(turn, wish)
    turn.kept()
    if participant is not None and turn.community.distress.rings(turn.folded):
        _tell_of_distress(turn)
    return None


def _come_back(turn: Turn) -> None:
    if stopping.restart(turn):
        turn.say("started", "confirmation", community=turn.community.name)
        joining.start_waiting(turn)
    else:
        joining.ask_consent(turn)


def _in_silence(turn: Turn) -> None:
    """Too many texts: kept, for a person to look at; what must not wait does not."""
    turn.kept()
    if turn.community.distress.rings(turn.folded):
        _tell_of_distress(turn)


def _held(turn: Turn, command: str | None) -> None:
    """Nothing leaves until a coordinator has looked, or the resident says START."""
    participant = turn.resident
    if command == "help":
        return saying.give_help(turn)
    if command != "start":
        turn.kept()
        if turn.community.distress.rings(turn.folded):
            _tell_of_distress(turn)
        return None
    participant.held_at = None
    turn.desk.participant_changed(participant)
    close_inbox_items(turn.desk.connection, participant.id, "unsure_stop", turn.now)
    if turn.run is not None:
        stepping.take(turn, Resumed())
    else:
        turn.say("already_started", community=turn.community.name)
    return None


def _stranger(turn: Turn, command: str | None) -> None:
    """Nobody we know wrote."""
    if not limits.may_be_answered(turn):
        return turn.kept()
    wish = joining.wanted(turn)
    if wish is not None:
        return joining.join(turn, wish)
    if turn.address.coordinator_id is not None and command != "help":
        return turn.kept()
    if turn.community.distress.rings(turn.folded):
        turn.kept()
        turn.lines.append(Line(turn.community.distress.signpost(turn.language), language=turn.language))
        return _tell_of_distress(turn)
    if command == "help":
        return saying.give_help(turn)
    alone = len(turn.sender.communities) == 1
    if command == "start" and (alone or turn.sender.channel != "telegram"):
        return joining.join(turn, joining.Wanted(turn.community, None, plain=True))
    if command == "person" and limits.may_greet_stranger(turn):
        return alarms.promise_person(turn)
    return joining.greet_stranger(turn)


def _in_run(turn: Turn, inbound: Inbound, wish: joining.Wanted | None) -> None:
    """A run is open: the engine reads."""
    run = turn.open_run
    was_handed_over = run.run.status == "handed_over"
    result = stepping.look(turn, _reply(turn, inbound))
    if limits.repeats_itself(turn) and not _answers_anew(result):
        return limits.fall_silent(turn)
    limits.forget_words(turn)
    if wish is not None and not stepping.understood(result.effects) and _elsewhere(turn, wish):
        return joining.join(turn, wish)
    if stepping.carry_out(turn, result):
        return stopping.stop(turn)
    if turn.community.distress.rings(turn.folded):
        _signpost(turn, result)
    elif was_handed_over and not result.effects:
        _for_the_person(turn)
    return joining.after_welcome(turn, run)


def _reply(turn: Turn, inbound: Inbound) -> Replied:
    run, button = turn.open_run, inbound.button
    media = tuple((one.kind, f"media:{listed['id']}") for one, listed in zip(inbound.media, _listed(turn), strict=True))
    if inbound.kind == "media" and not media and not inbound.text and inbound.location is None:
        media = (("document", ""),)
    is_tap = inbound.kind == "button"
    # A tap whose run or prompt is not this one answers nothing: visits count from 1, so none is -1.
    visit = (button.visit if button is not None and button.run_id == run.id else -1) if is_tap else None
    asked_at = run.run.prompted_at if (run.id, run.run.visit) in turn.desk.waiting else None
    return Replied(
        text=inbound.text,
        # Whoever has not got the question yet does not answer it.
        received_at=_written_at(inbound) if asked_at is None else asked_at - A_MOMENT,
        button=(button.key if button is not None else "") if is_tap else None,
        media=media,
        location=inbound.location,
        visit=visit,
    )


def _written_at(inbound: Inbound) -> datetime:
    """When a text was written: what the provider says counts where it was held up on the way, and only then.

    Its clock counts whole seconds and is not ours, so a text that came at once is as old as its coming.
    """
    if inbound.sent_at is not None and HELD_UP < inbound.received_at - inbound.sent_at < LONGEST_HELD_UP:
        return inbound.sent_at
    return inbound.received_at


def _listed(turn: Turn) -> list[dict[str, object]]:
    return (turn.message.media if turn.message else None) or []


def _answers_anew(result: Step) -> bool:
    """Whether words that were given up before now are an answer, and not only taken over to the letter."""
    given = [one for one in result.effects if isinstance(one, Answered)]
    return bool(given) and all(one.value != one.raw or len(one.raw) < ECHO for one in given)


def _elsewhere(turn: Turn, wish: joining.Wanted) -> bool:
    """Whether a keyword leads anywhere but to where its writer is already."""
    run = turn.run
    return wish.community.id != turn.community.id or (
        wish.campaign_id is not None and (run is None or run.campaign_id != wish.campaign_id)
    )


def _signpost(turn: Turn, result: Step) -> None:
    """Words of distress: the signpost comes first, and nobody is told that they were not understood."""
    if not any(isinstance(one, Answered | GaveUp) for one in result.effects):
        turn.lines = []
    turn.lines.insert(0, Line(turn.community.distress.signpost(turn.language), language=turn.language))
    _tell_of_distress(turn)


def _tell_of_distress(turn: Turn) -> None:
    words = turn.words
    turn.needs_person("distress", words)
    alarms.tell(turn, "tell_distress", words=words)


def _for_the_person(turn: Turn) -> None:
    """A person has the word: what is written goes to the inbox, unless something of theirs waits there already."""
    participant = turn.resident
    waiting = {kind for _, kind in open_kinds(turn.desk.connection, [participant.id])}
    waiting |= {one.kind for one in turn.desk.inbox if one.participant_id == participant.id}
    if not waiting & {"person", "notify"}:
        turn.needs_person("person", turn.words)


def _without_run(turn: Turn, inbound: Inbound, command: str | None, value: object, doubt: bool) -> None:
    """Somebody we know writes while nothing is asked."""
    participant = turn.resident
    if inbound.kind == "button":
        return turn.say("button_closed")
    if turn.community.distress.rings(turn.folded):
        turn.lines.append(Line(turn.community.distress.signpost(turn.language), language=turn.language))
        return _tell_of_distress(turn)
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
