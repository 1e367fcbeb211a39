"""The desk of one transaction: the rows of everyone it is about, locked, and what is to be written at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.conversation.house import CommunityView, FlowView, House
from bot.wakeup import notify
from flows.effects import Answered
from storage.addresses import AddressRow, addresses_of, lock_addresses, save_addresses, save_counters
from storage.bulk import take_ids
from storage.consents import ConsentRow, insert_consents, insert_suppressions
from storage.inbound import (
    MediumRow,
    MessageRow,
    SenderRow,
    cancel_queued,
    cancel_queued_of_runs,
    insert_media,
    insert_messages,
)
from storage.inbox import InboxRow, insert_inbox_items
from storage.models import Message
from storage.participants import (
    ParticipantRow,
    add_tags,
    lock_participants,
    mark_heard,
    read_tags,
    remove_tags,
    save_participants,
)
from storage.prompts import hasten_prompts, waiting_prompts
from storage.runs import AnswerRow, RunRow, end_invitations, insert_runs, open_runs, save_answers, save_runs

#: How long a reply may leave whatever the hour (DESIGN: hours bind everything but a reply to a text under 15 minutes old).
REPLY_WINDOW = timedelta(minutes=15)
#: How far `participants.last_inbound_at` may lag behind the last text.
HEARD_ANEW = timedelta(minutes=5)


@dataclass(slots=True)
class Desk:
    """Rows read and locked, by id, and what will be written by `write`, set-based, when all turns are over.

    `runs`: participant id -> their open run. `begun`: runs that have no row yet. `changed_…` hold what is to be saved, by id.
    `silenced`: participant -> why all that waits to be sent to them is taken back; `over` and `answered_reminders`: run ->
    its address, where all or the reminders are. `waiting`: (run id, visit) of prompts that have not left; `hastened`: those
    that a resident's text lets go at once, with their address.
    """

    connection: Connection
    house: House
    now: datetime
    addresses: dict[int, AddressRow] = field(default_factory=dict)
    participants: dict[int, ParticipantRow] = field(default_factory=dict)
    runs: dict[int, RunRow] = field(default_factory=dict)
    flows: dict[int, FlowView] = field(default_factory=dict)
    communities: dict[int, CommunityView] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    received: list[MessageRow] = field(default_factory=list)
    outgoing: list[MessageRow] = field(default_factory=list)
    media: list[MediumRow] = field(default_factory=list)
    inbox: list[InboxRow] = field(default_factory=list)
    consents: list[ConsentRow] = field(default_factory=list)
    suppressions: list[tuple[int, str, str]] = field(default_factory=list)
    answers: dict[tuple[int, str], AnswerRow] = field(default_factory=dict)
    tags: dict[tuple[int, str], bool] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)
    changed_addresses: dict[int, AddressRow] = field(default_factory=dict)
    counted_addresses: dict[int, AddressRow] = field(default_factory=dict)
    changed_participants: dict[int, ParticipantRow] = field(default_factory=dict)
    changed_runs: dict[int, RunRow] = field(default_factory=dict)
    begun: list[RunRow] = field(default_factory=list)
    ended_invitations: set[int] = field(default_factory=set)
    silenced: dict[int, str] = field(default_factory=dict)
    over: dict[int, int] = field(default_factory=dict)
    answered_reminders: dict[int, int] = field(default_factory=dict)
    waiting: set[tuple[int, int]] = field(default_factory=set)
    hastened: dict[tuple[int, int], int] = field(default_factory=dict)
    _tagged: set[int] = field(default_factory=set)

    def lock_addresses(self, addresses: Collection[str]) -> None:
        """Put the rows of these addresses on the desk, in every community that has them."""
        for row in lock_addresses(self.connection, addresses):
            self.addresses[row.id] = row

    def lock_participants(self, ids: Collection[int]) -> None:
        """Put these participants and their open runs on the desk."""
        missing = [one for one in ids if one not in self.participants]
        for row in lock_participants(self.connection, missing):
            self.participants[row.id] = row
        found = open_runs(self.connection, missing)
        for run in found:
            self.runs[run.participant_id] = run
        addresses = {run.address_id for run in found}
        self.waiting |= waiting_prompts(self.connection, {run.id for run in found}, addresses, self.now)
        self.flows.update(self.house.flows(self.connection, {run.revision_id for run in self.runs.values()}))

    def read_addresses(self) -> None:
        """Put the addresses of everyone on the desk on it, not locked."""
        for row in addresses_of(self.connection, self.participants):
            self.addresses.setdefault(row.id, row)

    def read_tags(self, participants: Iterable[ParticipantRow]) -> None:
        """Know the tags of these participants."""
        missing = [one for one in participants if one.id not in self._tagged]
        read_tags(self.connection, missing)
        self._tagged.update(one.id for one in missing)

    def community(self, community_id: int) -> CommunityView:
        """A community of this installation."""
        found = self.communities.get(community_id)
        if found is None:
            found = self.communities[community_id] = self.house.community(self.connection, community_id, self.now)
        return found

    def read_anew(self, community_id: int) -> None:
        """Forget what is held of a community, which may have changed a moment ago."""
        self.communities.pop(community_id, None)
        self.house.forget_community(community_id)

    def today(self, community: CommunityView) -> date:
        """The day that it is in a community."""
        found = self.days.get(community.timezone)
        if found is None:
            found = self.days[community.timezone] = community.today(self.now)
        return found

    def senders(self) -> Collection[SenderRow]:
        """Every sender that serves a community."""
        return self.house.senders(self.connection, (), self.now).values()

    def flow_of(self, run: RunRow) -> FlowView:
        """The flow that a run goes through."""
        view = self.flows.get(run.revision_id)
        if view is None:
            view = self.flows[run.revision_id] = self.house.flow(self.connection, run.revision_id)
        return view

    def address_changed(self, row: AddressRow) -> None:
        """Save this address."""
        self.changed_addresses[row.id] = row

    def counted(self, row: AddressRow) -> None:
        """Save this address's counters."""
        self.counted_addresses[row.id] = row

    def participant_changed(self, row: ParticipantRow) -> None:
        """Save this participant."""
        self.changed_participants[row.id] = row

    def run_changed(self, row: RunRow) -> None:
        """Save this run; one that is over is nobody's open run any more."""
        self.changed_runs[row.id] = row
        if not row.is_open and self.runs.get(row.participant_id) is row:
            del self.runs[row.participant_id]

    def answer(self, run: RunRow, answered: Answered, message: MessageRow | None) -> None:
        """Keep what was understood, in place of an earlier answer of this run to the same question."""
        self.answers[run.id, answered.question] = AnswerRow(run, answered, message.id if message else None, self.now)

    def silence(self, participant: ParticipantRow, why: str) -> None:
        """Take back all that waits to be sent to a participant, in the outbox and on this desk."""
        self.silenced[participant.id] = why
        self.outgoing = [message for message in self.outgoing if message.participant_id != participant.id]

    def silence_run(self, run: RunRow) -> None:
        """Take back what waits to be sent in a run that is over from outside."""
        self.over[run.id] = run.address_id
        self.outgoing = [message for message in self.outgoing if message.run_id != run.id]

    def write(self) -> int:
        """Write everything; how many messages were put in the outbox."""
        connection, now = self.connection, self.now
        insert_runs(connection, self.begun)
        insert_messages(connection, self.received)
        self._take_back()
        begun = {run.id for run in self.begun}
        save_runs(connection, [run for run_id, run in self.changed_runs.items() if run_id not in begun])
        end_invitations(connection, self.ended_invitations, now)
        save_answers(connection, self.answers.values())
        self._write_people()
        for row, row_id in zip(self.outgoing, take_ids(connection, Message, len(self.outgoing)), strict=True):
            row.id = row_id
        insert_messages(connection, self.outgoing)
        insert_media(connection, self.media, now)
        insert_inbox_items(connection, self.inbox)
        if self.outgoing:
            notify(connection)
        return len(self.outgoing)

    def _take_back(self) -> None:
        if self.silenced:
            reachable = [row.id for row in addresses_of(self.connection, self.silenced)]
            for why in set(self.silenced.values()):
                whose = [one for one, reason in self.silenced.items() if reason == why]
                cancel_queued(self.connection, whose, reachable, why, self.now)
        hastened = [(run_id, visit, address_id) for (run_id, visit), address_id in self.hastened.items()]
        hasten_prompts(self.connection, hastened, self.now, self.now + REPLY_WINDOW)
        cancel_queued_of_runs(self.connection, self.over, set(self.over.values()), "the run is over", self.now)
        cancel_queued_of_runs(
            self.connection,
            self.answered_reminders,
            set(self.answered_reminders.values()),
            "answered meanwhile",
            self.now,
            reminders_only=True,
        )

    def _newly_heard(self) -> list[int]:
        """Who wrote now and had not written for a while: one mark does for a conversation's texts, each of which has its own time."""
        found = []
        for one in (self.participants[participant_id] for participant_id in self.heard):
            if one.last_inbound_at is None or self.now - one.last_inbound_at >= HEARD_ANEW:
                one.last_inbound_at = self.now
                found.append(one.id)
        return found

    def _write_people(self) -> None:
        connection, now = self.connection, self.now
        mark_heard(connection, self._newly_heard(), now)
        save_participants(connection, self.changed_participants.values())
        save_addresses(connection, self.changed_addresses.values())
        save_counters(connection, [r for one, r in self.counted_addresses.items() if one not in self.changed_addresses])
        insert_consents(connection, self.consents, now)
        insert_suppressions(connection, self.suppressions, now)
        add_tags(connection, [pair for pair, borne in self.tags.items() if borne])
        remove_tags(connection, [pair for pair, borne in self.tags.items() if not borne])
