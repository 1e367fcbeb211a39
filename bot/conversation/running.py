"""Runs that time or a campaign moves: starting them by the slice, reminders and timeouts, and ending them from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from bot.conversation import stepping
from bot.conversation.desk import Desk
from bot.conversation.house import House
from bot.conversation.turn import Turn
from flows.events import TimeReached
from storage.addresses import AddressRow
from storage.bulk import take_ids
from storage.inbound import SenderRow
from storage.models import Run
from storage.models.messages import PRIORITY_BULK, PRIORITY_REMINDER
from storage.outbox import free
from storage.participants import ParticipantRow
from storage.prompts import prompts_left
from storage.quotas import messages_of
from storage.runs import InvitationRow, RunRow, due_run_ids, participants_of_runs, save_invitations

#: When to look again at a run whose time had come and that did not move.
LATER = timedelta(hours=1)
#: What a message is that nobody has read, and nobody will.
UNREAD = ("cancelled", "dropped")


@dataclass(frozen=True, slots=True)
class RunStart:
    """A run to begin: whose, of which revision, for which campaign and invitation; on `channels` alone where there are any."""

    participant_id: int
    revision_id: int
    campaign_id: int | None = None
    invitation_id: int | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartedRuns:
    """What came of a slice of starts. `skipped`: reason -> how many; `waiting`: in another run, to be tried again when it is over.

    Reasons: `opted_out`, `held`, `no_consent`, `no_address`, `no_sender`, `gone`.
    """

    started: int
    waiting: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    messages: int = 0


def start_runs(connection: Connection, starts: Sequence[RunStart], now: datetime, house: House) -> StartedRuns:
    """Begin runs, their first messages into the outbox as bulk; their invitations say what became of each."""
    desk = Desk(connection, house, now)
    desk.lock_participants({one.participant_id for one in starts})
    desk.read_addresses()
    desk.flows.update(house.flows(connection, {one.revision_id for one in starts}))
    ways = Ways(desk)
    skipped: Counter[str] = Counter()
    fit: list[tuple[RunStart, ParticipantRow, AddressRow, SenderRow]] = []
    invitations: list[InvitationRow] = []
    busy = set(desk.runs)
    waiting = 0
    for start in starts:
        participant = desk.participants.get(start.participant_id)
        if start.participant_id in busy:
            waiting += 1
            continue
        reason = _unfit(participant)
        way = ways.to(start.participant_id, start.channels) if reason is None else None
        reason = reason or (way if isinstance(way, str) else None)
        if reason is None and participant is not None and isinstance(way, tuple):
            busy.add(start.participant_id)
            fit.append((start, participant, *way))
        else:
            skipped[reason or "gone"] += 1
            if start.invitation_id is not None:
                invitations.append(InvitationRow(start.invitation_id, "skipped", reason, ended_at=now))
    for (start, participant, address, sender), run_id in zip(fit, take_ids(connection, Run, len(fit)), strict=True):
        _start(desk, start, participant, address, sender, run_id)
        if start.invitation_id is not None:
            invitations.append(InvitationRow(start.invitation_id, "started", started_at=now))
    save_invitations(connection, invitations)
    return StartedRuns(len(fit), waiting, dict(skipped), desk.write())


def _unfit(participant: ParticipantRow | None) -> str | None:
    """Why a participant may not be texted a survey; None where they may."""
    if participant is None or participant.erased_at is not None:
        return "gone"
    if participant.opted_out_at is not None:
        return "opted_out"
    if participant.held_at is not None:
        return "held"
    return None if participant.surveys == "granted" else "no_consent"


def _start(
    desk: Desk, start: RunStart, participant: ParticipantRow, address: AddressRow, sender: SenderRow, run_id: int
) -> None:
    if address.sender_id != sender.id:
        address.sender_id = sender.id
        desk.address_changed(address)
    view = desk.flows[start.revision_id]
    turn = Turn(desk, sender, desk.community(participant.community_id), address, participant, priority=PRIORITY_BULK)
    run = stepping.fresh_run(
        view,
        participant,
        run_id=run_id,
        address_id=address.id,
        sender=sender,
        now=desk.now,
        campaign_id=start.campaign_id,
        invitation_id=start.invitation_id,
    )
    desk.begun.append(run)
    stepping.begin(turn, view, run)
    turn.close()


class Ways:
    """Which address and sender reach a participant: the ones they had before, while both are there."""

    def __init__(self, desk: Desk) -> None:
        self.addresses: dict[int, list[AddressRow]] = {}
        for row in sorted(desk.addresses.values(), key=lambda one: one.id):
            if row.participant_id is not None and row.status == "open":
                self.addresses.setdefault(row.participant_id, []).append(row)
        senders = desk.senders()
        self.by_id = {one.id: one for one in senders}
        self.by_place: dict[tuple[int, str], list[SenderRow]] = {}
        for one in sorted(senders, key=lambda sender: sender.id):
            for community_id in one.communities:
                self.by_place.setdefault((community_id, one.channel), []).append(one)

    def to(self, participant_id: int, channels: Collection[str] = ()) -> tuple[AddressRow, SenderRow] | str:
        """An open address and the sender to use, of these channels where there are any, or why there is none."""
        rows = [one for one in self.addresses.get(participant_id, ()) if not channels or one.channel in channels]
        if not rows:
            return "no_address"
        for row in sorted(rows, key=lambda one: one.sender_id is None):
            senders = self.by_place.get((row.community_id, row.channel))
            if senders:
                known = self.by_id.get(row.sender_id) if row.sender_id is not None else None
                return row, known if known in senders else senders[participant_id % len(senders)]
        return "no_sender"


def due_runs(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Runs whose time has come, the longest waiting first: hand them to `reach_times`.

    Not those of participants who are held or of paused campaigns, which wait until they are let go.
    """
    return due_run_ids(connection, now, limit)


def reach_times(connection: Connection, run_ids: Collection[int], now: datetime, house: House) -> int:
    """Hand time to runs: reminders, timeouts and expiry; how many messages that put in the outbox.

    A run whose time has not come, or that somebody else took further meanwhile, is left as it is.
    """
    desk = Desk(connection, house, now)
    turns = list(_turns(desk, run_ids, PRIORITY_REMINDER))
    left = prompts_left(connection, {run.id for run, _ in turns}, {run.participant_id for run, _ in turns}, now)
    for run, turn in turns:
        if run.run.status == "ended" or run.run.due_at is None or run.run.due_at > now:
            continue
        stepping.take(turn, TimeReached(left.get((run.id, run.run.visit))))
        turn.close()
        if run.is_open and run.run.due_at is not None and run.run.due_at <= now:
            # Nothing came of it, and nothing will now: it must not be found again at once, for ever.
            run.run = replace(run.run, due_at=now + LATER)
    return desk.write()


def cancel_runs(
    connection: Connection,
    run_ids: Collection[int],
    outcome: Literal["cancelled", "stopped"],
    now: datetime,
    house: House,
) -> int:
    """End runs from outside and take back what they had still to say; how many were open."""
    desk = Desk(connection, house, now)
    desk.lock_participants(participants_of_runs(connection, run_ids))
    wanted = set(run_ids)
    ending = [run for run in desk.runs.values() if run.id in wanted]
    for run in ending:
        stepping.cancel(desk, run, outcome)
    desk.write()
    return len(ending)


def take_back_runs(connection: Connection, run_ids: Collection[int], now: datetime, house: House) -> set[int]:
    """End runs of which nobody has read anything, as if they had not begun; which ones. One whose message is just leaving goes on."""
    desk = Desk(connection, house, now)
    people = participants_of_runs(connection, run_ids)
    desk.lock_participants(people)
    runs = {run.id: run for run in desk.runs.values() if run.id in set(run_ids)}
    said = messages_of(connection, runs, people)
    ours = free(connection, {message.id for message in said if message.status == "queued"})
    left = {message.run_id for message in said if message.status not in UNREAD and message.id not in ours}
    for run_id in runs.keys() - left:
        stepping.cancel(desk, runs[run_id], "cancelled")
    desk.write()
    return runs.keys() - left


def _turns(desk: Desk, run_ids: Collection[int], priority: int) -> Iterable[tuple[RunRow, Turn]]:
    """The open ones among these runs, their participants locked, each with a turn to take."""
    desk.lock_participants(participants_of_runs(desk.connection, run_ids))
    desk.read_addresses()
    wanted = set(run_ids)
    found: list[tuple[RunRow, Turn]] = []
    for run in [one for one in desk.runs.values() if one.id in wanted]:
        turn = turn_of(desk, run, priority)
        if turn is not None:
            found.append((run, turn))
        else:
            # Its number is somebody else's now, or its sender is gone: nobody can be asked any more.
            run.run = replace(run.run, status="ended", outcome="failed", due_at=None)
            stepping.over(desk, run)
    return found


def turn_of(desk: Desk, run: RunRow, priority: int) -> Turn | None:
    """A turn for a run whose participant and addresses are on the desk; None where its address or sender are gone."""
    sender = next((one for one in desk.senders() if one.id == run.sender_id), None)
    address = desk.addresses.get(run.address_id)
    participant = desk.participants.get(run.participant_id)
    if sender is None or address is None or participant is None:
        return None
    return Turn(desk, sender, desk.community(run.community_id), address, participant, run, priority=priority)
