"""What every conversation of a process shares: settings, phrases, and what is read often and changes seldom."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from bot import i18n
from bot.config import CommunitySettings, Settings
from bot.conversation import distress
from bot.conversation.words import fold
from flows import durations
from flows.definition import Flow, Text
from flows.loader import thaw
from storage.draws import arms_draw, upper_bounds
from storage.inbound import SenderRow, all_senders
from storage.keywords import keywords_of
from storage.models import Campaign, Community
from storage.revisions import revision_definitions
from storage.runs import count_completed

#: How long what was read of communities, campaigns and senders is taken for true.
LIFE = timedelta(seconds=5)
#: Up to how many completed runs a campaign's count is read anew each time; a larger one may be `LIFE` old.
COUNTED_ANEW = 2_000
#: How many thawed flows are held.
MOST_FLOWS = 256

_COUNTS = re.compile(r"\bcampaign\W{1,4}answered\b")
_TAGS = re.compile(r"\bparticipant\W{1,4}tags\b")


@dataclass(frozen=True, slots=True)
class CommunityView:
    """A community as conversations see it. `keywords`: folded word -> campaign id, None for the community alone.

    `public` is what expressions and texts read as `community.X`. `distress`: finds words of distress in a folded text.
    """

    id: int
    slug: str
    name: str
    languages: tuple[str, ...]
    timezone: str
    contact: str | None
    settings: CommunitySettings
    keywords: Mapping[str, int | None]
    public: Mapping[str, object]
    distress: distress.Alarm

    def today(self, now: datetime) -> date:
        """The day that it is there."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def language(self, *wanted: str | None) -> str:
        """The first of these languages that the community speaks (`fr` finds `fr_CA`), else its own first."""
        for tag in wanted:
            base = tag.replace("-", "_").split("_")[0] if tag else None
            for spoken in self.languages:
                if tag == spoken or base == spoken.split("_")[0]:
                    return spoken
        return self.languages[0]


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as conversations see it. `reminders` replace the flow's; None leaves them. `arms`: (key, revision, share) of
    each of its flows or wordings, none where it has one alone."""

    id: int
    community_id: int
    name: str
    status: str
    revision_id: int
    reminders: tuple[timedelta, ...] | None
    closes_at: datetime | None
    arms: tuple[tuple[str, int, float], ...] = ()

    def arm_of(self, participant_id: int) -> tuple[str | None, int | None]:
        """The (key, revision) that a participant is drawn into, as a wave of the campaign would draw them."""
        number = arms_draw(self.id).of(participant_id)
        bounds = upper_bounds(share for _, _, share in self.arms)
        drawn = [arm for arm, bound in zip(self.arms, bounds, strict=True) if number < bound] or [*self.arms[-1:]]
        return (drawn[0][0], drawn[0][1]) if drawn else (None, None)

    def takes_more(self, now: datetime) -> bool:
        """Whether somebody may begin it now, or wait for it to begin."""
        open_still = self.status in ("scheduled", "launching", "running", "paused")
        return open_still and (self.closes_at is None or now < self.closes_at)


@dataclass(frozen=True, slots=True)
class FlowView:
    """A thawed revision, and what its texts and conditions ask for that costs a query."""

    id: int
    flow: Flow
    reads_tags: bool
    reads_count: bool


@dataclass(slots=True)
class _Kept:
    """What is held, and since when."""

    senders: dict[str, SenderRow] = field(default_factory=dict)
    senders_at: datetime | None = None
    communities: dict[int, tuple[datetime, CommunityView]] = field(default_factory=dict)
    campaigns: dict[int, tuple[datetime, CampaignView]] = field(default_factory=dict)
    counts: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    flows: OrderedDict[int, FlowView] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class House:
    """What every conversation of a process shares. One a process; threads may share it."""

    settings: Settings
    phrases: Mapping[str, Text] = field(default_factory=i18n.phrases)
    _kept: _Kept = field(default_factory=_Kept, repr=False)

    def forget(self) -> None:
        """Read everything anew that may have changed, but the revisions, which never do."""
        self._kept.senders_at = None
        self._kept.communities.clear()
        self._kept.campaigns.clear()
        self._kept.counts.clear()

    def senders(self, connection: Connection, wanted: Collection[str], now: datetime) -> Mapping[str, SenderRow]:
        """The senders by address. One of `wanted` that is not known yet is looked for anew at once."""
        kept = self._kept
        if not _fresh(kept.senders_at, now) or not kept.senders.keys() >= set(wanted):
            kept.senders = all_senders(connection)
            kept.senders_at = now
        return kept.senders

    def community(self, connection: Connection, community_id: int, now: datetime) -> CommunityView:
        """A community, as it was `LIFE` ago at the earliest."""
        held = self._kept.communities.get(community_id)
        if held is None or not _fresh(held[0], now):
            held = (now, _read_community(connection, community_id))
            self._kept.communities[community_id] = held
        return held[1]

    def forget_community(self, community_id: int) -> None:
        """Read this community anew when it is asked for next."""
        self._kept.communities.pop(community_id, None)

    def campaign(self, connection: Connection, campaign_id: int, now: datetime) -> CampaignView:
        """A campaign, as it was `LIFE` ago at the earliest."""
        held = self._kept.campaigns.get(campaign_id)
        if held is None or not _fresh(held[0], now):
            held = (now, _read_campaign(connection, campaign_id))
            self._kept.campaigns[campaign_id] = held
        return held[1]

    def completed(self, connection: Connection, campaign_id: int, now: datetime) -> int:
        """How many completed a campaign: exact while that is quick to count, else as it was `LIFE` ago."""
        held = self._kept.counts.get(campaign_id)
        if held is None or held[1] < COUNTED_ANEW or not _fresh(held[0], now):
            held = (now, count_completed(connection, campaign_id))
            self._kept.counts[campaign_id] = held
        return held[1]

    def flow(self, connection: Connection, revision_id: int) -> FlowView:
        """A thawed revision. Raises KeyError where there is none."""
        return self.flows(connection, (revision_id,))[revision_id]

    def flows(self, connection: Connection, revision_ids: Collection[int]) -> Mapping[int, FlowView]:
        """Thawed revisions by their ids; those that were never published are left out."""
        held = self._kept.flows
        found = {one: view for one in revision_ids if (view := held.get(one)) is not None}
        missing = [one for one in revision_ids if one not in found]
        if missing:
            for revision_id, definition in revision_definitions(connection, missing).items():
                found[revision_id] = held[revision_id] = _thawed(revision_id, definition)
            while len(held) > MOST_FLOWS:
                held.popitem(last=False)
        return found


def _fresh(since: datetime | None, now: datetime) -> bool:
    return since is not None and timedelta(0) <= now - since < LIFE


def _read_community(connection: Connection, community_id: int) -> CommunityView:
    row = connection.execute(select(Community.__table__).where(Community.id == community_id)).one()
    settings = CommunitySettings.model_validate(row.settings)
    words = {fold(word): campaign for word, campaign in keywords_of(connection, [community_id])[community_id].items()}
    words.setdefault(fold(settings.keyword), None)
    public = {"name": row.name, "contact": row.contact or "", "slug": row.slug, "language": row.languages[0]}
    return CommunityView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        languages=tuple(row.languages),
        timezone=row.timezone,
        contact=row.contact,
        settings=settings,
        keywords=words,
        public=public,
        distress=distress.alarm(tuple(row.languages), settings.distress),
    )


def _read_campaign(connection: Connection, campaign_id: int) -> CampaignView:
    row = connection.execute(select(Campaign.__table__).where(Campaign.id == campaign_id)).one()
    reminders = None if row.reminders is None else tuple(durations.parse_reminder(one) for one in row.reminders)
    arms = tuple((arm["key"], arm["revision"], arm["share"]) for arm in row.settings.get("arms", ()))
    return CampaignView(row.id, row.community_id, row.name, row.status, row.revision_id, reminders, row.closes_at, arms)


def _thawed(revision_id: int, definition: Mapping[str, object]) -> FlowView:
    written = orjson.dumps(definition).decode()
    return FlowView(revision_id, thaw(definition), bool(_TAGS.search(written)), bool(_COUNTS.search(written)))
