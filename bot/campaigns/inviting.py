"""Inviting: each wave that is due, a slice of the community at a time, so that a kill loses nothing and repeats nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import Connection, Row, Select, select

from bot.campaigns import sampling
from bot.campaigns.alike import begin, begins_alike
from bot.campaigns.arms import arm_columns
from bot.campaigns.audience import Audience, Sample, exclusions, left, members, read_audience
from bot.campaigns.following import has_come
from bot.campaigns.languages import missing_texts
from bot.campaigns.notices import announce, notice_texts
from bot.campaigns.quotas import cell_column
from bot.campaigns.settings import CampaignSettings, read_settings
from bot.config import CommunitySettings
from bot.conversation import House
from bot.cron import next_time
from bot.delivery.rules import read_place
from bot.errors import SoundingsError
from bot.hours import zone_of
from flows.definition import Flow
from flows.loader import thaw
from storage import campaigns, invitations, starts, waves
from storage.audience import Condition, count_by, first_that_holds, languages_of
from storage.communities import community_by_id
from storage.flows import revision_definition
from storage.inbox import InboxRow, insert_inbox_items
from storage.invitations import Place
from storage.models import Participant
from storage.reach import Reach, reach_of
from storage.repeating import Launch

_log = structlog.get_logger(__name__)

#: Participants of a community looked at in one transaction, and where their runs begin in it too: long enough to be cheap, short
#: enough that replies get by.
INVITE_SLICE, BEGIN_SLICE = 20_000, 5_000
#: How often a wave that follows joining or answers looks for new people.
FOLLOW_EVERY = timedelta(seconds=30)


def invite_due(
    connection: Connection,
    now: datetime,
    house: House | None = None,
    *,
    slice_size: int = INVITE_SLICE,
    begin_size: int = BEGIN_SLICE,
) -> int:
    """Make one slice of invitations for each wave that is due; how many waves had work. Call until it returns 0.

    With `house` the runs of a slice begin in its own transaction where a flow begins alike for many; other invitations wait for
    `start_pending`.
    """
    due = waves.due_waves(connection, now)
    for row in due:
        try:
            with connection.begin_nested():
                _Inviting.of(connection, row, now, house).slice(slice_size, begin_size)
        except SoundingsError as error:
            _halt(connection, row, str(error), now)
    return len(due)


def _halt(connection: Connection, wave: Row[Any], why: str, now: datetime) -> None:
    """A campaign that cannot go out must not hold up the others: it is paused, and its coordinators see why."""
    _log.error("campaign.halted", campaign_id=wave.campaign_id, why=why)
    campaigns.change_campaign(
        connection, wave.campaign_id, only_from=waves.GOING, status="paused", paused_from=wave.status
    )
    text = f"The campaign {wave.campaign} could not go out and is paused. {why}"
    insert_inbox_items(connection, [InboxRow(wave.community_id, None, "failed", text, now)])


@dataclass(slots=True)
class _Inviting:
    """One wave in one transaction."""

    connection: Connection
    wave: Row[Any]
    now: datetime
    audience: Audience
    settings: CampaignSettings
    community: Row[Any]
    reach: Reach
    plan: dict[str, Any]
    house: House | None

    @classmethod
    def of(cls, connection: Connection, wave: Row[Any], now: datetime, house: House | None) -> _Inviting:
        described = read_audience(wave.audience)
        found = cls(
            connection=connection,
            wave=wave,
            now=now,
            audience=described,
            settings=read_settings(wave.settings),
            community=community_by_id(connection, wave.community_id),
            reach=reach_of(connection, wave.community_id, described.channels),
            plan=dict(wave.plan or {}),
            house=house,
        )
        if "last_id" not in found.plan:
            found._begin()
        return found

    def slice(self, size: int, begin_size: int) -> None:
        """Invite the next slice, and begin their runs too where all begin alike now; the wave is done with after the last one."""
        begins = self._begins_at_once()
        people = self._people().where(Participant.id > self.wave.cursor)
        last = waves.slice_end(
            self.connection,
            self._walked(people),
            self.wave.cursor,
            self.plan["last_id"],
            begin_size if begins else size,
        )
        people = people.where(Participant.id <= last)
        excluded = self._excluded()
        if excluded:
            self._count(people, excluded)
        people = left(people, excluded)
        sample = self.audience.sample
        if sample is not None:
            people = people.where(self._is_sampled(sample))
        place = Place(
            community_id=self.wave.community_id,
            campaign_id=self.wave.campaign_id,
            wave=self.wave.number,
            due_at=self._due_at(),
            cell=cell_column(self.settings.quotas, self.reach),
            begun=begins,
            **arm_columns(self.settings.arms, self.wave.campaign_id),
        )
        if begins:
            starts.lock_people(self.connection, people)
        invitations.invite(self.connection, people, place, self.now)
        invitations.overtake(self.connection, place, self.wave.cursor, last, self.now)
        if begins:
            self._start(place, last)
        if self.settings.notice is not None:
            texts, languages = self.plan["notice"], self.community.languages
            announce(self.connection, place, self.reach, texts, languages, self.wave.cursor, last, self.now)
        if last >= self.plan["last_id"]:
            self._finish()
        else:
            waves.change_wave(self.connection, self.wave.id, cursor=last, plan=self.plan)

    def _begins_at_once(self) -> bool:
        """Whether the runs of a slice may begin in its own transaction: due now, no quota to be looked at, alike for all."""
        if self.house is None or self.settings.quotas or self._due_at() > self.now:
            return False
        revisions = [arm.revision for arm in self.settings.arms] or [self.wave.revision_id]
        return all(begins_alike(self.house.flow(self.connection, one).flow) for one in revisions)

    def _start(self, place: Place, last: int) -> None:
        """Begin the runs of the invitations that this slice made; who is in another conversation after all waits."""
        assert self.house is not None  # noqa: S101 - `_begins_at_once` has looked
        launch = Launch(self.wave.campaign_id, self.wave.revision_id, self.community.timezone, self.reach)
        mine = invitations.of_slice(place, self.wave.cursor, last, self.now)
        channels = self.audience.channels
        if not begin(self.connection, launch, mine, "started", channels, self.now, self.house):
            starts.mark_waiting(self.connection, mine, self.now)

    def _begin(self) -> None:
        """Decide what all slices must agree on."""
        campaigns.mark_launched(self.connection, self.wave.campaign_id, self.now)
        campaigns.change_campaign(self.connection, self.wave.campaign_id, only_from=("scheduled",), status="launching")
        self.plan["last_id"] = waves.last_participant(self.connection, self.wave.community_id)
        follow = self.settings.follow
        if follow is not None:
            self.plan["until"] = self.now.isoformat()
        people = self._people()
        if not self.settings.fall_back:
            self.plan["without_text"] = sorted(self._without_text(people))
        if self.settings.notice is not None:
            languages = languages_of(self.connection, people)
            self.plan["notice"] = notice_texts(self.settings.notice, self.community, self.wave.campaign, languages)
        sample = self.audience.sample
        if sample is not None and follow is None:
            draw = sampling.draw_of(sample, self._sample_wave())
            universe = left(people, self._excluded())
            self.plan["bounds"] = sampling.find_bounds(self.connection, sample, universe, draw, self.reach)
        self._plan_next()

    def _people(self) -> Select[int]:
        people = members(self.audience, self.reach, self.wave.campaign_id)
        if self.settings.follow is not None:
            until = datetime.fromisoformat(self.plan["until"])
            zone = zone_of(self.community.timezone)
            people = people.where(
                has_come(self.settings.follow, self.wave.seen_until, until, self.wave.launch_at, zone)
            )
        return people

    def _walked(self, people: Select[int]) -> Select[int]:
        """Whom slices are counted in: all of the community, whose ids an index has; those few whose time has come."""
        if self.settings.follow is not None:
            return people
        return select(Participant.id).where(Participant.community_id == self.wave.community_id)

    def _excluded(self) -> list[tuple[str, Condition]]:
        settings = CommunitySettings.model_validate(self.community.settings)
        return exclusions(self.audience, settings, self.now, tuple(self.plan.get("without_text", ())))

    def _count(self, people: Select[int], excluded: list[tuple[str, Condition]]) -> None:
        counts = Counter(self.plan.get("excluded", {}))
        counts.update(count_by(self.connection, people, first_that_holds(excluded)))
        self.plan["excluded"] = dict(counts)

    def _is_sampled(self, sample: Sample) -> Condition:
        draw = sampling.draw_of(sample, self._sample_wave())
        if self.settings.follow is not None:
            return sampling.is_in_share(sample.share or 1.0, draw)
        bounds = {name: (int(draw_), int(key)) for name, (draw_, key) in self.plan["bounds"].items()}
        return sampling.is_drawn(sample, bounds, draw, self.reach)

    def _sample_wave(self) -> int:
        repeat = self.settings.repeat
        return 1 if repeat is not None and repeat.same_people else int(self.wave.number)

    def _without_text(self, people: Select[int]) -> set[str]:
        """The languages of these people in which a text is missing."""
        revisions = {self.wave.revision_id, *(arm.revision for arm in self.settings.arms)}
        flows = [thaw(revision_definition(self.connection, one)) for one in revisions]
        # Mostly nobody lacks anything, and all of a community are looked through in a fifth of the time of those who may be asked.
        without = self._lacking(flows, self._walked(people))
        return without and self._lacking(flows, people)

    def _lacking(self, flows: list[Flow], people: Select[int]) -> set[str]:
        languages = languages_of(self.connection, people)
        return {missing.language for flow in flows for missing in missing_texts(flow, languages)}

    def _due_at(self) -> datetime:
        notice, due_at = self.settings.notice, cast("datetime", self.wave.due_at)
        if notice is None:
            return max(due_at, self.now)
        # A notice that goes out late takes its survey with it; one that is written at night goes out in the morning.
        leaves = self._opening()
        late = self.settings.follow is not None or leaves > self.wave.invite_at + notice.lead / 2
        return leaves + notice.lead if late else due_at

    def _opening(self) -> datetime:
        """When the community may text next."""
        place = read_place(self.community.id, self.community.timezone, self.community.hours, self.community.settings)
        return place.opening(None, self.now)

    def _plan_next(self) -> None:
        """Have the next wave of a campaign that repeats stand from now on."""
        repeat = self.settings.repeat
        if repeat is None or (repeat.times is not None and self.wave.number >= repeat.times):
            return
        due_at = next_time(repeat.cron, self.community.timezone, max(self.now, self.wave.due_at))
        if due_at is None or (self.wave.closes_at is not None and due_at >= self.wave.closes_at):
            return
        lead = self.settings.notice.lead if self.settings.notice is not None else timedelta(0)
        waves.insert_wave(
            self.connection,
            self.wave.campaign_id,
            self.wave.number + 1,
            invite_at=due_at - lead,
            due_at=due_at,
        )

    def _finish(self) -> None:
        campaigns.change_campaign(self.connection, self.wave.campaign_id, only_from=("launching",), status="running")
        if self.settings.follow is None:
            waves.change_wave(
                self.connection, self.wave.id, cursor=self.plan["last_id"], plan=self.plan, invited_at=self.now
            )
            return
        # A wave that follows people never ends: it looks again, from where it has looked to.
        excluded = self.plan.get("excluded")
        waves.change_wave(
            self.connection,
            self.wave.id,
            cursor=0,
            plan=None if not excluded else {"excluded": excluded},
            seen_until=datetime.fromisoformat(self.plan["until"]),
            invite_at=self.now + FOLLOW_EVERY,
        )
