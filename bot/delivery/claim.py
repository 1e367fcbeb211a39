"""Claiming: under its sender's lock, take what may leave now, in order and at pace, and move aside what may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, Row, insert

from bot.delivery.pace import BURST, Budget, cost_of, pace_of
from bot.delivery.rules import WEEK, End, Place, Rules, Wait, asks_again, conversation, read_place
from storage import outbox, senders, usage
from storage.campaigns import hold_paused
from storage.models import InboxItem
from storage.models.messages import PRIORITY_BULK, PRIORITY_REMINDER, PRIORITY_REPLY
from storage.outbox import DueMessage
from storage.progress import open_visits

_log = structlog.get_logger(__name__)

#: Messages looked at in one claim where some may not leave, so that many that must wait are moved aside quickly.
LOOK_AT = 200
#: When to ask again for a sender that another claim has just now.
BUSY = timedelta(milliseconds=20)
#: A paused campaign's messages are looked at again after a second for every so many of them: the cost of looking stays small.
PAUSED_PER_SECOND = 1_000


class Claimed(NamedTuple):
    """A message that is this process's to send now. `attempt` and `claimed_at` tell this claim from any later one."""

    id: int
    attempt: int
    claimed_at: datetime
    sender_id: int
    sender: str
    channel: str
    address_id: int
    address: str
    participant_id: int | None
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    run_id: int | None = None
    visit: int = 0
    valid_until: datetime | None = None
    priority: int = PRIORITY_REPLY


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed as of `now`: send `messages` and record each one's result. `again_at`: when asking again is worth it,
    None when only something new in the outbox makes it so."""

    now: datetime
    messages: tuple[Claimed, ...] = ()
    again_at: datetime | None = None


def claim(
    connection: Connection,
    sender_id: int,
    now: datetime,
    limit: int = 500,
    *,
    bulk_limit: int | None = None,
    burst: float = BURST,
    by: int | None = None,
) -> Claim:
    """Take up to `limit` messages of a sender that may leave `now`, at most `bulk_limit` of them no replies; `by` this process.

    Under the sender's row lock, so that any number of processes share one pace; one that is claimed for already is not
    waited for. Replies come before reminders before bulk, the longest due first; a resident's messages one at a time.
    What may not leave is put off, cancelled or dropped, and says why. Commit, send, then `results.record`.
    """
    sender = senders.lock_sender(connection, sender_id)
    if sender is None:
        return Claim(now, again_at=now + BUSY)
    probing = sender.ambiguous >= senders.PROBE_AFTER
    if sender.paused_at is not None and not probing:
        return Claim(now)
    if sender.wait_until is not None and sender.wait_until > now:
        return Claim(now, again_at=sender.wait_until)
    if probing and _probe_is_out(connection, sender):
        return Claim(now)
    budget = Budget.refilled(
        pace=pace_of(sender.channel, sender.pace), left=sender.budget, at=sender.budget_at, now=now, burst=burst
    )
    if not budget.affords(1):
        return Claim(now, again_at=budget.ready_at(1))
    wanted = 1 if probing else min(limit, max(1, int(budget.left) + 1))
    bulk_wanted = wanted if bulk_limit is None else bulk_limit
    sorting = _Sorting(connection, sender, now, budget, wanted, bulk_wanted, by, left=budget)
    return sorting.claim(probing)


def _probe_is_out(connection: Connection, sender: Row[Any]) -> bool:
    """Whether a paused sender's one probing message is still on its way; one that a dead process left is not."""
    return sender.probe_id is not None and outbox.is_sending(connection, sender.probe_id)


@dataclass(slots=True)
class _Sorting:
    """One claim under way: what leaves, what waits, what ends. `left`: of the budget, once those that leave are paid for."""

    connection: Connection
    sender: Row[Any]
    now: datetime
    budget: Budget
    wanted: int
    bulk_wanted: int
    by: int | None
    left: Budget
    chosen: list[DueMessage] = field(default_factory=list)
    waits: list[tuple[DueMessage, Wait]] = field(default_factory=list)
    ends: list[tuple[DueMessage, End]] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    again_at: datetime | None = None
    _pauses: dict[int, datetime] = field(default_factory=dict)

    def claim(self, probing: bool) -> Claim:
        outbox.catch_up(self.connection, self.sender.id, self.now)
        looked_at, full = self._sort()
        self._leave_resumed()
        moved = [message for message, _ in (*self.waits, *self.ends)]
        ours = outbox.free(self.connection, {message.id for message in (*self.chosen, *moved)})
        chosen = [message for message in self.chosen if message.id in ours]
        self._move_aside(ours)
        if full:
            self._move_alike()
        if chosen:
            self._take(chosen, probing)
        if self.again_at is None and (full or looked_at > len(chosen) + len(moved)):
            self.again_at = self.left.ready_at(1) if chosen or moved else None
        return Claim(self.now, tuple(map(self._claimed, chosen)), self.again_at)

    def _sort(self) -> tuple[int, bool]:
        """Decide on the next messages: how many were looked at, and whether there may be more behind them.

        No more than are wanted, as long as all of those may leave: what is left over would be read again by the next claim.
        """
        found = self._look(self.wanted)
        self._decide(found)
        if len(found) < self.wanted or self.wanted >= LOOK_AT or not (self.waits or self.ends):
            return len(found), len(found) >= self.wanted
        found = self._look(LOOK_AT)
        self._decide(found)
        return len(found), len(found) >= LOOK_AT

    def _look(self, window: int) -> list[DueMessage]:
        """The next messages, the most urgent first."""
        found: list[DueMessage] = []
        for priority in (PRIORITY_REPLY, PRIORITY_REMINDER, PRIORITY_BULK):
            if len(found) < window and (priority == PRIORITY_REPLY or self.bulk_wanted):
                found += outbox.due(self.connection, self.sender.id, priority, self.now, window - len(found))
        return found

    def _decide(self, found: Sequence[DueMessage]) -> None:
        """Which of these leave, which wait, which end; by a full budget each time."""
        self.chosen, self.waits, self.ends = [], [], []
        self.left, self.again_at = self.budget, None
        rules, addresses, bulk = self._rules(found), set[int](), 0
        for message in found:
            verdict = rules.verdict(message)
            if isinstance(verdict, Wait):
                self.waits.append((message, verdict))
            elif isinstance(verdict, End):
                self.ends.append((message, verdict))
            elif message.address_id not in addresses:
                if len(self.chosen) >= self.wanted or (message.priority and bulk >= self.bulk_wanted):
                    break
                cost = cost_of(message.channel, message.segments)
                if not self.left.affords(cost):
                    self.again_at = self.left.ready_at(cost)
                    break
                self.left = self.left.spend(cost)
                addresses.add(message.address_id)
                bulk += message.priority > PRIORITY_REPLY
                rules.left(message)
                self.chosen.append(message)

    def _rules(self, found: Sequence[DueMessage]) -> Rules:
        self._read_places(found)
        bulk = [m for m in found if m.priority >= PRIORITY_BULK and m.participant_id is not None]
        silent = {m.participant_id for m in bulk if m.update_id is not None and m.updates == "none"}
        answered = usage.took_part(self.connection, {one for one in silent if one is not None})
        again = {m.run_id for m in found if asks_again(m) and m.run_id is not None}
        rules = Rules(self.now, self.places, answered.__contains__, open_visits(self.connection, again))
        people = {one for m in bulk if (one := m.participant_id) is not None}
        for participant_id, run_id, message_id, at in usage.bulk_since(self.connection, people, self.now - WEEK):
            if participant_id is not None and at is not None:
                key = conversation(run_id, message_id)
                rules.bulk[participant_id][key] = min(at, rules.bulk[participant_id].get(key, at))
        return rules

    def _leave_resumed(self) -> None:
        """A campaign may have been resumed since its messages were read: who does so looks for what was put off by then."""
        paused = {m.campaign_id for m, wait in self.waits if wait.why == "paused" and m.campaign_id is not None}
        if paused:
            still = hold_paused(self.connection, paused)
            self.waits = [(m, wait) for m, wait in self.waits if wait.why != "paused" or m.campaign_id in still]

    def _read_places(self, found: Sequence[DueMessage]) -> None:
        ids = {message.community_id for message in found}
        if not ids:
            return
        self.places = {row.id: read_place(*row) for row in usage.places(self.connection, ids)}
        capped = {
            place.id: place.month(self.now) for place in self.places.values() if place.settings.segments_per_month
        }
        for community_id, segments in usage.segments_used(self.connection, capped).items():
            self.places[community_id].used = segments

    def _move_aside(self, ours: set[int]) -> None:
        """Write down what waits and what ended."""
        outbox.put_off(
            self.connection,
            [(self._until(message, wait), message.id) for message, wait in self.waits if message.id in ours],
        )
        outbox.end(
            self.connection,
            [(end.status, end.code, end.reason, self.now, m.id) for m, end in self.ends if m.id in ours],
        )
        for community_id in {m.community_id for m, wait in self.waits if wait.why == "month"}:
            self._tell_of_month(self.places[community_id])
        if self.waits or self.ends:
            counts = Counter([wait.why for _, wait in self.waits] + [end.code for _, end in self.ends])
            _log.info("outbox.held", sender_id=self.sender.id, **counts)

    def _until(self, message: DueMessage, wait: Wait) -> datetime:
        """When to look at it again; the more a paused campaign has waiting, the later."""
        campaign = message.campaign_id
        if wait.why != "paused" or campaign is None:
            return wait.until
        if campaign not in self._pauses:
            waiting = outbox.waiting_of_campaign(self.connection, campaign)
            self._pauses[campaign] = self.now + timedelta(seconds=max(1.0, waiting / PAUSED_PER_SECOND))
        return self._pauses[campaign]

    def _move_alike(self) -> None:
        """Where a whole window had to wait, have a slice of those behind it wait too, in one statement a reason."""
        alike: dict[tuple[int, int, int | None, tuple[str | None] | None], datetime] = {}
        for message, wait in self.waits:
            if message.priority == PRIORITY_REPLY or wait.why not in ("paused", "hours", "month"):
                continue
            campaign = message.campaign_id if wait.why == "paused" else None
            timezone = (message.timezone,) if wait.why == "hours" else None
            until = self._pauses[campaign] if campaign is not None else wait.until
            alike.setdefault((message.priority, message.community_id, campaign, timezone), until)
        for (priority, community_id, campaign, timezone), until in alike.items():
            outbox.put_off_alike(
                self.connection,
                sender_id=self.sender.id,
                priority=priority,
                now=self.now,
                until=until,
                community_id=community_id,
                campaign_id=campaign,
                timezone=timezone,
            )

    def _take(self, chosen: Sequence[DueMessage], probing: bool) -> None:
        """Claim what leaves, and count it: budget, segments of the month, a chat's spacing."""
        outbox.claim(self.connection, [message.id for message in chosen], self.now, self.by)
        senders.change_sender(
            self.connection,
            self.sender.id,
            budget=self.left.left,
            budget_at=self.left.at,
            wait_until=None,
            probe_id=chosen[0].id if probing else None,
        )
        segments = Counter[int]()
        for message in chosen:
            if message.channel == "sms":
                segments[message.community_id] += cost_of("sms", message.segments)
        used = [(place, self.places[place].month(self.now), count) for place, count in segments.items()]
        usage.add_segments(self.connection, used)
        chats = [message.address_id for message in chosen if message.channel == "telegram"]
        outbox.space(self.connection, chats, self.now + outbox.CHAT_SPACING)

    def _tell_of_month(self, place: Place) -> None:
        month = place.month(self.now)
        if usage.mark_held(self.connection, place.id, month, self.now):
            most = place.settings.segments_per_month
            text = (
                f"This month's {most} segments are used up: messages wait until the next month begins, or until "
                "segments_per_month is raised in the community's settings."
            )
            item = {"community_id": place.id, "kind": "failed", "text": text, "created_at": self.now}
            self.connection.execute(insert(InboxItem).values(**item))

    def _claimed(self, message: DueMessage) -> Claimed:
        return Claimed(
            id=message.id,
            attempt=message.attempts + 1,
            claimed_at=self.now,
            sender_id=self.sender.id,
            sender=self.sender.address,
            channel=message.channel,
            address_id=message.address_id,
            address=message.address,
            participant_id=message.participant_id,
            text=message.text,
            buttons=tuple((button["key"], button["label"]) for button in message.buttons or ()),
            run_id=message.run_id,
            visit=message.visit,
            valid_until=message.valid_until,
            priority=message.priority,
        )


__all__ = ["Claim", "Claimed", "claim"]
