"""What coordinators do in a conversation: answer in person, hand it back to the flow, and decide on what may be a wish to stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.conversation import stepping, stopping
from bot.conversation.desk import REPLY_WINDOW, Desk
from bot.conversation.house import House
from bot.conversation.running import Ways, turn_of
from bot.conversation.turn import Line, Turn
from bot.errors import NotFound, WrongUsage
from flows.events import Resumed
from storage.inbox import close_inbox_items
from storage.models.messages import PRIORITY_REPLY
from storage.outbox import recall
from storage.participants import ParticipantRow
from storage.runs import RunRow, participants_of_runs

#: The longest text that a coordinator sends at once.
LONGEST_REPLY = 1_600


def take_over(connection: Connection, participant_id: int, now: datetime, house: House) -> bool:
    """Answer in person from here on: the open run waits, and asks and reminds no more. Whether there was one that did."""
    desk, _ = _desk(connection, participant_id, now, house)
    run = desk.runs.get(participant_id)
    if run is None or run.run.status != "active":
        return False
    _hand_over(desk, run)
    desk.write()
    return True


def _hand_over(desk: Desk, run: RunRow) -> None:
    """A person has the word: the flow waits, and a reminder of its question that has not left is taken back."""
    run.run = replace(run.run, status="handed_over")
    desk.answered_reminders[run.id] = run.address_id
    desk.run_changed(run)


def resume_run(connection: Connection, run_id: int, now: datetime, house: House) -> int:
    """Hand a conversation back to its flow, which asks its question again; how many messages that puts in the outbox.

    Raises `NotFound` where there is no such run, `WrongUsage` where it is over or nobody took it over.
    """
    owners = participants_of_runs(connection, [run_id])
    if not owners:
        raise NotFound("run", str(run_id))
    participant_id = owners.pop()
    desk, participant = _desk(connection, participant_id, now, house)
    run = desk.runs.get(participant_id)
    if run is None or run.id != run_id or run.run.status != "handed_over":
        raise WrongUsage("This conversation is over, or the flow leads it already: there is nothing to hand back.")
    turn = turn_of(desk, run, PRIORITY_REPLY)
    if turn is None or participant.opted_out_at is not None:
        raise WrongUsage("This participant cannot be reached any more, so there is nothing to hand back.")
    stepping.take(turn, Resumed())
    turn.close()
    for kind in ("person", "notify"):
        close_inbox_items(connection, participant_id, kind, now)
    return desk.write()


def reply_as_person(connection: Connection, participant_id: int, text: str, now: datetime, house: House) -> int:
    """Text a participant in a coordinator's own words; the message's id. The flow waits from here on, until `resume_run`.

    Raises `NotFound` and, where nothing may or can be sent, `WrongUsage` with the reason.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_REPLY:
        raise WrongUsage(f"Write a text of 1 to {LONGEST_REPLY} characters.")
    desk, participant = _desk(connection, participant_id, now, house)
    if participant.opted_out_at is not None:
        raise WrongUsage("This participant said STOP: nothing may be sent until they text START.")
    run = desk.runs.get(participant_id)
    turn = turn_of(desk, run, PRIORITY_REPLY) if run is not None else None
    if turn is None or turn.address.status != "open":
        turn = _turn_without_run(desk, participant)
    if run is not None and run.run.status == "active":
        _hand_over(desk, run)
    turn.lines.append(Line(text, "manual", language=participant.language, run=run))
    turn.close()
    sent = desk.outgoing[-1]
    if participant.last_inbound_at is not None and now < participant.last_inbound_at + REPLY_WINDOW:
        sent.hours_exempt_until = participant.last_inbound_at + REPLY_WINDOW
    desk.write()
    return sent.id


def release_hold(connection: Connection, participant_id: int, now: datetime, house: House) -> bool:
    """It was no wish to stop: what waits goes out, and the answer that was kept back counts. Whether they were held."""
    desk, participant = _desk(connection, participant_id, now, house)
    if participant.held_at is None:
        return False
    participant.held_at = None
    desk.participant_changed(participant)
    close_inbox_items(connection, participant_id, "unsure_stop", now)
    recall(connection, now, participant_id=participant_id)
    run = desk.runs.get(participant_id)
    turn = turn_of(desk, run, PRIORITY_REPLY) if run is not None and run.run.status == "handed_over" else None
    if turn is not None:
        stepping.take(turn, Resumed())
        turn.close()
    desk.write()
    return True


def stop_for(
    connection: Connection, participant_id: int, now: datetime, house: House, *, source: str, words: str = ""
) -> None:
    """Opt a participant out on somebody else's word: a coordinator's, or the provider's. Nothing is sent to them about it."""
    desk, participant = _desk(connection, participant_id, now, house)
    stopping.stop_participant(desk, participant, source=source, words=words)
    desk.write()


def _desk(connection: Connection, participant_id: int, now: datetime, house: House) -> tuple[Desk, ParticipantRow]:
    desk = Desk(connection, house, now)
    desk.lock_participants([participant_id])
    participant = desk.participants.get(participant_id)
    if participant is None or participant.erased_at is not None:
        raise NotFound("participant", str(participant_id))
    desk.read_addresses()
    return desk, participant


def _turn_without_run(desk: Desk, participant: ParticipantRow) -> Turn:
    way = Ways(desk).to(participant.id)
    if isinstance(way, str):
        raise WrongUsage(
            "This participant has no open address that a sender of the community reaches: add a sender, or a number."
        )
    address, sender = way
    return Turn(desk, sender, desk.community(participant.community_id), address, participant)
