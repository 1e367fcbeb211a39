"""Whether a message may leave now: consent, address, campaign, hours and caps, looked at again at the moment of sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from pydantic import ValidationError

from bot.config import CommunitySettings
from bot.delivery.pace import cost_of
from bot.hours import DEFAULT_HOURS, Hours, next_opening, zone_of
from storage.models.messages import PRIORITY_BULK, PRIORITY_REMINDER
from storage.outbox import DueMessage

_log = structlog.get_logger(__name__)

DAY, WEEK = timedelta(days=1), timedelta(days=7)
#: How long a message waits before it is looked at again: its resident is held; its community's month is used up.
HELD_FOR, MONTH_FOR = timedelta(minutes=1), timedelta(minutes=10)
#: What leaves although the resident said STOP: its one confirmation, and an answer to HELP.
_AFTER_STOP = ("confirmation", "help")
#: What a cancelled campaign does not take back: it answers a command, or a person wrote it.
_BESIDE_CAMPAIGN = ("confirmation", "help", "manual", "notification")

Why = Literal["held", "paused", "hours", "cap", "month"]


@dataclass(frozen=True, slots=True)
class Leave:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It may not leave before `until`; the campaign that is paused sets its own."""

    until: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class End:
    """It never leaves. `code` is for figures, `reason` for people."""

    status: Literal["cancelled", "dropped"]
    code: str
    reason: str


Verdict = Leave | Wait | End
_LEAVE = Leave()


@dataclass(slots=True)
class Place:
    """A community's hours and limits. `used`: segments of the month so far, this claim's included."""

    id: int
    timezone: str
    hours: Hours
    settings: CommunitySettings
    used: int = 0
    _openings: dict[str | None, datetime] = field(default_factory=dict)

    def opening(self, timezone: str | None, now: datetime) -> datetime:
        """`now` where a resident of that zone may be texted, else when it opens next; asked for one `now` alone."""
        found = self._openings.get(timezone)
        if found is None:
            found = self._openings[timezone] = self._open(timezone, now)
        return found

    def _open(self, timezone: str | None, now: datetime) -> datetime:
        zone = zone_of(timezone, self.timezone)
        try:
            return next_opening(now, self.hours, zone, self.settings.holidays)
        except (ValueError, TypeError, AttributeError):
            _log.error("hours.unreadable", community_id=self.id)
            return next_opening(now, DEFAULT_HOURS, zone, self.settings.holidays)

    def month(self, now: datetime) -> str:
        """The month that segments count towards, such as `2026-11`."""
        return f"{now.astimezone(zone_of(self.timezone)):%Y-%m}"


def read_place(community_id: int, timezone: str, hours: Hours, settings: Mapping[str, Any]) -> Place:
    """A community's row as a `Place`; settings that cannot be read are the defaults, for sending must go on."""
    try:
        found = CommunitySettings.model_validate(dict(settings))
    except ValidationError:
        _log.error("settings.unreadable", community_id=community_id)
        found = CommunitySettings.model_validate({})
    return Place(community_id, timezone, hours or DEFAULT_HOURS, found)


@dataclass(slots=True)
class Rules:
    """The rules of one claim. `bulk`: participant -> conversation -> when its first campaign or update message left, this
    claim's included; `took_part`: those of the residents without a word on updates who have answered something; `visits`: the open
    visit of each run of which a message asks again."""

    now: datetime
    places: Mapping[int, Place]
    took_part: Callable[[int], bool]
    visits: Mapping[int, int] = field(default_factory=dict)
    bulk: dict[int, dict[tuple[str, int], datetime]] = field(default_factory=lambda: defaultdict(dict))

    def verdict(self, message: DueMessage) -> Verdict:
        """What is to become of a message whose time has come."""
        for rule in (
            self._use,
            self._conversation,
            self._address,
            self._wish,
            self._campaign,
            self._scope,
            self._hours,
            self._cap,
            self._month,
        ):
            found = rule(message)
            if found is not None:
                return found
        return _LEAVE

    def left(self, message: DueMessage) -> None:
        """Count a message that this claim lets leave."""
        self.places[message.community_id].used += _segments(message)
        if message.priority >= PRIORITY_BULK and message.participant_id is not None:
            self.bulk[message.participant_id].setdefault(conversation(message.run_id, message.id), self.now)

    def _use(self, message: DueMessage) -> Verdict | None:
        if message.valid_until is not None and message.valid_until <= self.now:
            return End("dropped", "expired", "its time was over before it could leave")
        if not message.text:
            # Its reader was erased, or its words by retention, between two tries: there is nothing left to send, and maybe nobody.
            return End("dropped", "erased", "its words were erased before it could leave")
        return None

    def _conversation(self, message: DueMessage) -> Verdict | None:
        """The resident may have texted meanwhile, and be at another question, or the run's time be over."""
        if not asks_again(message) or message.run_id is None or not message.visit:
            return None
        if self.visits.get(message.run_id) == message.visit:
            return None
        return End("dropped", "moved_on", "the conversation moved on before it could leave")

    def _address(self, message: DueMessage) -> Verdict | None:
        if message.address_status == "open" or (message.address_status == "closed" and message.kind in _AFTER_STOP):
            return None
        return End("cancelled", f"address_{message.address_status}", f"the address is {message.address_status}")

    def _wish(self, message: DueMessage) -> Verdict | None:
        if message.kind in _AFTER_STOP:
            return None
        if message.opted_out:
            return End("cancelled", "opted_out", "the resident said STOP")
        if message.held and message.kind != "manual":
            return Wait(self.now + HELD_FOR, "held")
        return None

    def _campaign(self, message: DueMessage) -> Verdict | None:
        if message.kind in _BESIDE_CAMPAIGN:
            return None
        if message.update_id is not None:
            cancelled = message.update_status == "cancelled"
            return End("cancelled", "update_cancelled", "the update was cancelled") if cancelled else None
        if message.campaign_status == "cancelled":
            return End("cancelled", "campaign_cancelled", "the campaign was cancelled")
        if message.campaign_status == "paused" and message.priority >= PRIORITY_REMINDER:
            return Wait(self.now, "paused")
        if message.campaign_status == "closed" and message.priority >= PRIORITY_BULK:
            return End("dropped", "campaign_closed", "the campaign closed before it could leave")
        return None

    def _scope(self, message: DueMessage) -> Verdict | None:
        if message.priority < PRIORITY_REMINDER or message.participant_id is None or message.kind in _BESIDE_CAMPAIGN:
            return None
        if message.update_id is not None:
            agreed = message.updates == "granted" or (
                message.updates == "none" and self.took_part(message.participant_id)
            )
        elif message.priority == PRIORITY_REMINDER:
            # Somebody who began a conversation themselves may not have been asked for consent yet.
            agreed = message.surveys == "granted" or (message.surveys == "none" and message.has_written)
        else:
            agreed = message.surveys == "granted"
        return None if agreed else End("cancelled", "no_consent", "the resident has not agreed to it")

    def _hours(self, message: DueMessage) -> Verdict | None:
        if message.kind == "notification" or (
            message.hours_exempt_until is not None and message.hours_exempt_until > self.now
        ):
            return None
        opening = self.places[message.community_id].opening(message.timezone, self.now)
        return None if opening <= self.now else Wait(opening, "hours")

    def _cap(self, message: DueMessage) -> Verdict | None:
        if message.priority < PRIORITY_BULK or message.participant_id is None:
            return None
        had = self.bulk.get(message.participant_id)
        if not had or conversation(message.run_id, message.id) in had:
            return None
        settings = self.places[message.community_id].settings
        fits = max(
            _fits(had.values(), DAY, settings.cap_per_day, self.now),
            _fits(had.values(), WEEK, settings.cap_per_week, self.now),
        )
        return None if fits <= self.now else Wait(fits, "cap")

    def _month(self, message: DueMessage) -> Verdict | None:
        place = self.places[message.community_id]
        most = place.settings.segments_per_month
        if not most or message.kind in _AFTER_STOP or place.used + _segments(message) <= most:
            return None
        return Wait(self.now + MONTH_FOR, "month")


def asks_again(message: DueMessage) -> bool:
    """Whether it says again what its resident was asked before: a second try for a phone that was off, or a reminder."""
    return message.tried_again or message.kind == "reminder"


def conversation(run_id: int | None, message_id: int) -> tuple[str, int]:
    """What counts once towards the caps: all that a run says first, or a message of its own."""
    return ("message", message_id) if run_id is None else ("run", run_id)


def _segments(message: DueMessage) -> int:
    return cost_of("sms", message.segments) if message.channel == "sms" else 0


def _fits(times: Iterable[datetime], span: timedelta, most: int, now: datetime) -> datetime:
    """When one more would be at most `most` within any `span`."""
    recent = sorted(at for at in times if at > now - span)
    return now if len(recent) < most else recent[len(recent) - most] + span


__all__ = ["MONTH_FOR", "End", "Leave", "Place", "Rules", "Verdict", "Wait", "asks_again", "conversation", "read_place"]
