"""Stepping a run: what the engine may know, and what becomes of each effect that it hands back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.conversation import alarms, opting, saying
from bot.conversation.desk import Desk
from bot.conversation.house import FlowView
from bot.conversation.turn import Line, Turn
from flows.context import Context
from flows.effects import (
    Answered,
    AttributeSet,
    CommandGiven,
    Effect,
    GaveUp,
    HandedOver,
    LanguageChanged,
    MayWantToStop,
    Misunderstood,
    Notified,
    RunEnded,
    Say,
    Subscribed,
    TagAdded,
    TagRemoved,
    Unsubscribed,
    Value,
)
from flows.engine import Step, new_run, step
from flows.events import Cancelled, Event, Started
from storage.inbound import SenderRow
from storage.participants import ParticipantRow
from storage.runs import RunRow

#: What `Say.kind` is called in the outbox.
_KINDS = {"say": "say", "prompt": "prompt", "reprompt": "prompt", "reminder": "reminder"}
#: Integers beyond what JSON columns hold become floats.
LARGEST = 2**53


def seed_of(public_id: str, revision_id: int) -> int:
    """The seed of a participant's run of a revision: the same whenever it is begun, so that a launch run twice agrees."""
    return zlib.crc32(f"{public_id}:{revision_id}".encode())


def begin(turn: Turn, view: FlowView, run: RunRow) -> None:
    """Start a run whose row is written, or is among those to be."""
    turn.run = run
    turn.desk.flows[view.id] = view
    turn.desk.runs[run.participant_id] = run
    take(turn, Started())


def fresh_run(view: FlowView, participant: ParticipantRow, *, run_id: int, address_id: int, sender: SenderRow,
              now: datetime, campaign_id: int | None = None, invitation_id: int | None = None) -> RunRow:  # fmt: skip
    """The row of a run that has not begun."""
    return RunRow(
        id=run_id,
        community_id=participant.community_id,
        participant_id=participant.id,
        revision_id=view.id,
        campaign_id=campaign_id,
        invitation_id=invitation_id,
        address_id=address_id,
        sender_id=sender.id,
        started_at=now,
        run=new_run(view.flow, seed=seed_of(participant.public_id, view.id), language=participant.language),
    )


def take(turn: Turn, event: Event) -> bool:
    """Take the turn's run one event further and carry out what came of it; whether that was the wish to stop."""
    return carry_out(turn, look(turn, event))


def look(turn: Turn, event: Event) -> Step:
    """What an event would make of the turn's run; nothing is done yet."""
    run = turn.open_run
    view = turn.desk.flow_of(run)
    return step(view.flow, run.run, event, context(turn, view, run), turn.now)


def context(turn: Turn, view: FlowView, run: RunRow) -> Context:
    """What the engine may know of a run's surroundings."""
    desk, community, participant = turn.desk, turn.community, turn.resident
    campaign: dict[str, object] = {}
    reminders = None
    if run.campaign_id is not None:
        known = desk.house.campaign(desk.connection, run.campaign_id, desk.now)
        reminders = known.reminders
        campaign["name"] = known.name
        if view.reads_count:
            campaign["answered"] = desk.house.completed(desk.connection, run.campaign_id, desk.now)
    if view.reads_tags:
        desk.read_tags((participant,))
    person = dict(participant.attributes)
    person.update(name=participant.name or "", language=participant.language, tags=sorted(participant.tags))
    return Context(
        participant=person,
        community=community.public,
        campaign=campaign,
        zone=participant.timezone or community.timezone,
        channel="simulator" if turn.sender.channel == "sim" else turn.sender.channel,
        region=community.settings.region,
        buttons=turn.sender.channel != "sms",
        phrases=desk.house.phrases,
        reminders=reminders,
        back_by=alarms.back_by(community, participant.language, desk.now),
    )


def carry_out(turn: Turn, result: Step) -> bool:
    """Put everything that a step wants on the desk; whether it was the wish to stop, which the caller then fulfils."""
    run = turn.open_run
    if run.run.reminded and turn.message is not None:
        turn.desk.answered_reminders[run.id] = run.address_id
    open_prompt = (run.id, run.run.visit)
    run.run = result.run
    stops = False
    for effect in result.effects:
        match effect:
            case Say(kind="prompt", visit=visit) if (run.id, visit) == open_prompt and open_prompt in turn.desk.waiting:
                # It was asked already and has not left: it leaves now, and is not said twice.
                turn.desk.hastened[open_prompt] = run.address_id
            case Say(text, kind, buttons, visit, language):
                turn.lines.append(Line(text, _KINDS[kind], buttons, visit, language, run))
            case Answered():
                turn.desk.answer(run, _storable(effect), turn.message)
            case CommandGiven("stop"):
                stops = True
            case CommandGiven(("help" | "start" | "person") as command):
                saying.answer(turn, command)
            case RunEnded():
                over(turn.desk, run)
            case _:
                _note(turn, run, effect, result.effects)
    if (
        open_prompt in turn.desk.hastened
        and not turn.lines
        and not any(isinstance(e, Answered) for e in result.effects)
    ):
        turn.kept()  # it answers nothing, and what it asks for is on its way
    turn.desk.run_changed(run)
    return stops


def over(desk: Desk, run: RunRow) -> None:
    """A run has ended, and its invitation with it."""
    run.ended_at = desk.now
    if run.invitation_id is not None:
        desk.ended_invitations.add(run.invitation_id)
    desk.run_changed(run)


def _note(turn: Turn, run: RunRow, effect: Effect, effects: tuple[Effect, ...]) -> None:
    """The effects that are about the participant or the coordinators."""
    participant, desk = turn.resident, turn.desk
    match effect:
        case GaveUp(_, raw):
            turn.needs_person("give_up", raw)
            turn.address.last_text = turn.folded[:200] or None
            desk.address_changed(turn.address)
        case AttributeSet(name, value):
            if name == "name" and isinstance(value, str):
                participant.name = value
            else:
                participant.attributes = {**participant.attributes, name: _plain(value)}
            desk.participant_changed(participant)
        case TagAdded(tag):
            participant.tags.add(tag)
            desk.tags[participant.id, tag] = True
        case TagRemoved(tag):
            participant.tags.discard(tag)
            desk.tags[participant.id, tag] = False
        case Subscribed(scope, wording, _):
            opting.grant(turn, scope, wording)
        case Unsubscribed(scope, raw):
            opting.withdraw(turn, scope, raw)
        case LanguageChanged(language):
            participant.language = language
            desk.participant_changed(participant)
        case Notified(text):
            alarms.notify(turn, text)
        case MayWantToStop(raw):
            opting.hold(turn, raw)
        case HandedOver():
            alarms.handed_over(turn, run, effects)
        case _:
            pass


def cancel(desk: Desk, run: RunRow, outcome: Literal["cancelled", "stopped"]) -> None:
    """End a run from outside: nothing is said, and what waits to be said is taken back."""
    desk.silence_run(run)
    run.run = step(desk.flow_of(run).flow, run.run, Cancelled(outcome), Context(), desk.now).run
    over(desk, run)


def understood(effects: Iterable[Effect]) -> bool:
    """Whether a step understood what was written, as anything at all."""
    return not any(isinstance(one, Misunderstood | GaveUp) for one in effects)


def _storable(answered: Answered) -> Answered:
    plain = _plain(answered.value)
    return answered if plain is answered.value else replace(answered, value=plain)


def _plain(value: Value) -> Value:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        return float(value)
    return value
