"""An estimate before launch: who would be asked and who not, what it costs, how long it takes, how many may answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal

from bot.campaigns import sampling
from bot.campaigns.arms import arm_columns
from bot.campaigns.audience import Audience, chosen, exclusions, left, members
from bot.campaigns.checks import checked_settings
from bot.campaigns.estimated import Estimate, Group, cost_of, expected_answers, lengths_of, sending_of, warnings_of
from bot.campaigns.first_messages import FirstMessage, Reader, first_messages, needs_each
from bot.campaigns.following import has_come
from bot.campaigns.languages import missing_texts
from bot.campaigns.late import late_ones
from bot.campaigns.notices import notice_texts
from bot.campaigns.prices import Prices
from bot.campaigns.quotas import QuotaFit, cell_column, likely
from bot.campaigns.rates import past_rates
from bot.campaigns.settings import CampaignSettings
from bot.config import CommunitySettings
from bot.conversation import House
from bot.hours import zone_of
from storage import estimates
from storage.audience import first_that_holds
from storage.flows import revision_names
from storage.participants import tags_of
from storage.reach import Reach, reach_of, unfit_reason

#: A campaign that follows people is counted by those whose time came within so long before now.
LOOK_BACK = timedelta(days=30)


@dataclass(slots=True)
class _Estimating:
    """One estimate under way."""

    connection: Connection
    community: Row[Any]
    audience: Audience
    settings: CampaignSettings
    revision_id: int
    name: str
    launch_at: datetime
    now: datetime
    house: House
    prices: Prices
    progress: Callable[[int, int], None]
    reach: Reach

    def run(self) -> Estimate:
        """Everything, in the order in which it is needed."""
        checked_settings(self.settings, self.audience, self.community)
        excluded = self._reasons()
        people = self._people()
        revision = arm_columns(self.settings.arms, 0).get("revision_id", literal(self.revision_id))
        found = estimates.recipients(
            self.connection, people, self.reach, self.community.timezone, revision, self.prices.prefixes()
        )
        groups = [Group(**row._mapping) for row in found]
        total = sum(group.n for group in groups)
        if self.audience.sample is not None and excluded.get(None, 0) > total:
            excluded["not_drawn"] = excluded[None] - total
        flows = {one: self.house.flow(self.connection, one) for one in self._revisions()}
        messages = self._messages(groups, people, revision, total)
        languages = Counter[str]()
        for group in groups:
            languages[group.language] += group.n
        view = self.house.community(self.connection, self.community.id, self.now)
        lengths = lengths_of([flow.flow for flow in flows.values()], languages, view.name)
        notice = self._notice(groups)
        late = late_ones(self.connection, self.community, people, max(self.launch_at, self.now))
        sending = sending_of(
            self.connection, self.community, self.reach, groups, messages, self.launch_at, self.now, late
        )
        rates = past_rates(self.connection, self.community.id, self.now)
        quotas = self._quotas(people, rates.complete)
        answers = expected_answers(total - sum(one.fit - one.asked for one in quotas), rates)
        cost = cost_of(groups, messages, lengths, notice, answers, self.prices)
        missing = tuple(one for flow in flows.values() for one in missing_texts(flow.flow, languages))
        return Estimate(
            chosen=sum(excluded.values()) - excluded.get("not_drawn", 0),
            recipients=total,
            flows=revision_names(self.connection, self._revisions()),
            excluded={reason: n for reason, n in sorted(excluded.items(), key=lambda one: -one[1]) if reason},
            groups=tuple(groups),
            quotas=quotas,
            missing=missing,
            messages=tuple(messages),
            notice_segments=notice,
            lengths=lengths,
            cost=cost,
            sending=sending,
            late=late,
            answers=answers,
            warnings=warnings_of(
                self.connection,
                self.community,
                self.settings,
                missing,
                groups,
                messages,
                notice,
                sending,
                quotas,
                self.now,
            ),
        )

    def _revisions(self) -> list[int]:
        return [arm.revision for arm in self.settings.arms] or [self.revision_id]

    def _excluded(self) -> list[tuple[str, Any]]:
        own = CommunitySettings.model_validate(self.community.settings)
        return exclusions(self.audience, own, self.now)

    def _reasons(self) -> dict[str | None, int]:
        """Of all whom the audience describes: reason -> how many are not asked; None for those who are."""
        reason = unfit_reason(self.reach, self.audience.scopes)
        if excluded := self._excluded():
            reason = func.coalesce(reason, first_that_holds(excluded))
        return estimates.count_reasons(
            self.connection, self._following(chosen(self.audience, self.community.id)), reason
        )

    def _following(self, people: Select[Any]) -> Select[Any]:
        follow = self.settings.follow
        if follow is None:
            return people
        since = self.now - LOOK_BACK
        return people.where(has_come(follow, since, self.now, since, zone_of(self.community.timezone)))

    def _people(self) -> Select[Any]:
        """Those who would be asked."""
        people = self._following(left(members(self.audience, self.reach), self._excluded()))
        sample = self.audience.sample
        if sample is None:
            return people
        draw = sampling.draw_of(sample)
        if self.settings.follow is not None:
            return people.where(sampling.is_in_share(sample.share or 1.0, draw))
        bounds = sampling.find_bounds(self.connection, sample, people, draw, self.reach)
        return people.where(sampling.is_drawn(sample, bounds, draw, self.reach))

    def _messages(self, groups: list[Group], people: Select[Any], revision: Any, total: int) -> list[FirstMessage]:
        flows = {one: self.house.flow(self.connection, one) for one in self._revisions()}
        view = self.house.community(self.connection, self.community.id, self.now)
        if needs_each(flows.values()):
            readers = self._each(people, revision, total, tags=any(flow.reads_tags for flow in flows.values()))
        else:
            readers = (Reader(one.revision, one.language, one.channel, one.zone, n=one.n) for one in groups)
        return first_messages(readers, view, self.name, flows, self.house, self.now)

    def _each(self, people: Select[Any], revision: Any, total: int, *, tags: bool) -> Iterator[Reader]:
        done = 0
        zone = self.community.timezone
        for batch in estimates.each_recipient(self.connection, people, self.reach, zone, revision):
            borne = tags_of(self.connection, [row.id for row in batch]) if tags else {}
            for row in batch:
                yield Reader(
                    row.revision,
                    row.language,
                    row.channel,
                    row.zone,
                    row.public_id,
                    row.name or "",
                    row.attributes,
                    tuple(sorted(borne.get(row.id, ()))),
                )
            done += len(batch)
            self.progress(done, total)

    def _notice(self, groups: list[Group]) -> int:
        """Segments of the notice, to all who read it by SMS."""
        notice = self.settings.notice
        if notice is None:
            return 0
        languages = {group.language for group in groups}
        texts = notice_texts(notice, self.community, self.name, languages)
        return sum(texts[one.language]["segments"] * one.n for one in groups if one.channel == "sms")

    def _quotas(self, people: Select[Any], rate: float) -> tuple[QuotaFit, ...]:
        cell = cell_column(self.settings.quotas, self.reach)
        if cell is None:
            return ()
        return likely(self.settings.quotas, estimates.count_reasons(self.connection, people, cell), rate)


def estimate(
    connection: Connection,
    *,
    community: Row[Any],
    audience: Audience,
    settings: CampaignSettings,
    revision_id: int,
    name: str,
    launch_at: datetime,
    now: datetime,
    house: House,
    prices: Prices,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Estimate:
    """What a campaign would be if it were launched so. Nothing is written.

    `progress` is told (looked at, of how many) where each person's own text has to be made. Raises `WrongUsage` for what a launch
    would refuse, except texts that are missing, which it tells.
    """
    reach = reach_of(connection, community.id, audience.channels)
    return _Estimating(
        connection, community, audience, settings, revision_id, name, launch_at, now, house, prices, progress, reach
    ).run()


__all__ = ["LOOK_BACK", "estimate"]
