"""A text while a run is open: the engine reads it, and what it makes of it is carried out."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channels.base import Inbound
from bot.conversation import alarms, joining, limits, stepping, stopping
from bot.conversation.turn import Turn
from flows.effects import Answered, GaveUp
from flows.engine import Step
from flows.events import Replied
from storage.inbox import open_kinds

#: A text that its provider held for longer than the first was written before what we said meanwhile; none is held for
#: longer than the second (Telegram drops updates after 24 hours).
HELD_UP, LONGEST_HELD_UP = timedelta(seconds=30), timedelta(hours=24)
A_MOMENT = timedelta(microseconds=1)
#: Words taken over to the letter that are shorter than this are an answer, not the echo of a machine.
ECHO = 12


def in_run(turn: Turn, inbound: Inbound, wish: joining.Wanted | None) -> None:
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
    if alarms.in_distress(turn):
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
    alarms.signpost(turn)


def _for_the_person(turn: Turn) -> None:
    """A person has the word: what is written goes to the inbox, unless something of theirs waits there already."""
    participant = turn.resident
    waiting = {kind for _, kind in open_kinds(turn.desk.connection, [participant.id])}
    waiting |= {one.kind for one in turn.desk.inbox if one.participant_id == participant.id}
    if not waiting & {"person", "notify"}:
        turn.needs_person("person", turn.words)
