"""What an estimate says, and how its figures follow from who would be asked: cost, time, answers, warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot import i18n
from bot.campaigns.first_messages import FirstMessage
from bot.campaigns.languages import Missing
from bot.campaigns.late import Late
from bot.campaigns.lengths import Lengths, conversation_lengths
from bot.campaigns.pacing import Course, Load, play, thinned
from bot.campaigns.prices import Prices
from bot.campaigns.quotas import QuotaFit
from bot.campaigns.rates import Rates
from bot.campaigns.settings import CampaignSettings
from bot.config import CommunitySettings
from bot.delivery.pace import pace_of
from bot.hours import zone_of
from flows.definition import Flow
from storage import estimates, usage
from storage.reach import Reach


@dataclass(frozen=True, slots=True)
class Group:
    """So many (`n`) of those asked are alike: flow, language, channel, sender, zone, and the beginning of their numbers."""

    revision: int
    language: str
    channel: str
    sender_id: int
    zone: str
    prefix: str
    n: int


@dataclass(frozen=True, slots=True)
class Cost:
    """In `currency`: the first messages, notices included; what is to be expected of the whole; and the most, if everybody went the
    longest way."""

    currency: str
    first: float
    expected: float
    most: float


@dataclass(frozen=True, slots=True)
class Answers:
    """How many are likely to answer something and to complete, and where that is known from."""

    answered: int
    completed: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Sending:
    """How the first messages leave: from when on, until when (None: not within a year), and how many by when."""

    starts_at: datetime
    course: Course


@dataclass(frozen=True, slots=True)
class Estimate:
    """A campaign before it is launched. `chosen` are described by the audience; `recipients` of them would be asked; `excluded`:
    reason -> how many are not; `late` of the recipients are asked later, for the caps. `flows`: revision -> its name, `check-in@2`. `lengths`: language -> segments of a whole conversation."""

    chosen: int
    recipients: int
    excluded: dict[str, int]
    flows: dict[int, str]
    groups: tuple[Group, ...]
    quotas: tuple[QuotaFit, ...]
    missing: tuple[Missing, ...]
    messages: tuple[FirstMessage, ...]
    notice_segments: int
    lengths: dict[str, Lengths]
    cost: Cost
    sending: Sending
    late: Late
    answers: Answers
    warnings: tuple[str, ...]

    @property
    def first_segments(self) -> int:
        """Segments of all first messages by SMS."""
        return sum(message.segments for message in self.messages if message.channel == "sms")

    def by(self, *names: str) -> list[tuple[tuple[str, ...], int]]:
        """Recipients by fields of `Group`, the largest part first."""
        found: dict[tuple[str, ...], int] = {}
        for group in self.groups:
            key = tuple(str(getattr(group, name)) for name in names)
            found[key] = found.get(key, 0) + group.n
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def gist(self) -> dict[str, Any]:
        """What a launch shows, and a campaign keeps of it."""
        ends_at = self.sending.course.ends_at
        return {
            "recipients": self.recipients,
            "excluded": self.excluded,
            "segments": self.first_segments + self.notice_segments,
            "cost": round(self.cost.first, 2),
            "currency": self.cost.currency,
            "ends_at": None if ends_at is None else ends_at.isoformat(),
            "answered": self.answers.answered,
            "completed": self.answers.completed,
        }

    def as_dict(self) -> dict[str, Any]:
        """For JSON, whole; shares are from 0 to 1."""
        return {
            "chosen": self.chosen,
            "recipients": self.recipients,
            "excluded": self.excluded,
            "by": [
                {"language": language, "channel": channel, "n": n}
                for (language, channel), n in self.by("language", "channel")
            ],
            "quotas": [
                {"quota": name, "wanted": wanted, "fit": fit, "likely_asked": asked}
                for name, wanted, fit, asked in self.quotas
            ],
            "missing_texts": [asdict(one) for one in self.missing],
            "first_message": {
                "segments": self.first_segments,
                "notice_segments": self.notice_segments,
                "by": [self._message(one) for one in self.messages],
            },
            "conversation": [{"language": one, **asdict(found)} for one, found in sorted(self.lengths.items())],
            "cost": {name: round(v, 2) if isinstance(v, float) else v for name, v in asdict(self.cost).items()},
            "sending": {
                "starts_at": self.sending.starts_at,
                "ends_at": self.sending.course.ends_at,
                "curve": [[moment, n] for moment, n in thinned(self.sending.course.curve)],
            },
            "late": {name: getattr(self.late, name) for name in ("n", "first_at", "until", "busy")},
            "answers": {
                "answered": self.answers.answered,
                "completed": self.answers.completed,
                "answer_rate": round(self.answers.rates.answer, 4),
                "complete_rate": round(self.answers.rates.complete, 4),
                "source": self.answers.rates.source,
            },
            "warnings": list(self.warnings),
        }

    def _message(self, one: FirstMessage) -> dict[str, Any]:
        plain = asdict(one) | {"encodings": dict(one.encodings), "culprits": dict(one.culprits)}
        del plain["revision"]
        return {"flow": self.flows[one.revision], **plain}


def lengths_of(flows: Sequence[Flow], languages: Mapping[str, int], community: str) -> dict[str, Lengths]:
    """The shortest and the longest way through any of the flows, by language."""
    found = {}
    for language in languages:
        ways = [conversation_lengths(flow, language, community) for flow in flows]
        found[language] = Lengths(min(one.least for one in ways), max(one.most for one in ways))
    return found


def expected_answers(asked: int, rates: Rates) -> Answers:
    """How many of so many people are likely to answer and to complete."""
    return Answers(round(asked * rates.answer), round(asked * rates.complete), rates)


def cost_of(
    groups: Sequence[Group],
    messages: Sequence[FirstMessage],
    lengths: Mapping[str, Lengths],
    notice_segments: int,
    answers: Answers,
    prices: Prices,
) -> Cost:
    """Those who answer are taken to go half-way between the shortest and the longest way, a text of theirs for each of ours."""
    mean = {(one.revision, one.language, one.channel): one.segments / one.readers for one in messages if one.readers}
    by_sms = sum(group.n for group in groups if group.channel == "sms")
    first = expected = most = 0.0
    for group in groups:
        price = prices.of(group.channel, group.prefix)
        if not price:
            continue
        opening = mean.get((group.revision, group.language, group.channel), 1.0) + notice_segments / max(1, by_sms)
        length = lengths[group.language]
        rest = max(0.0, (length.least + length.most) / 2 - opening)
        first += group.n * opening * price
        expected += group.n * (opening * price + answers.rates.answer * rest * (price + prices.incoming))
        most += group.n * max(opening, float(length.most)) * (price + prices.incoming)
    return Cost(prices.currency, first, expected, most)


def sending_of(
    connection: Connection,
    community: Row[Any],
    reach: Reach,
    groups: Sequence[Group],
    messages: Sequence[FirstMessage],
    launch_at: datetime,
    now: datetime,
    late: Late,
) -> Sending:
    """The first messages played through at the senders' pace, behind what waits already, within the hours of each zone; those that wait
    for a cap come when it lets them."""
    senders = estimates.senders_of(connection, reach)
    waiting = estimates.waiting_before(connection, list(senders))
    mean = {(one.revision, one.language, one.channel): one.segments / one.readers for one in messages if one.readers}
    loads = [
        Load(
            senders[group.sender_id].address,
            str(zone_of(group.zone, community.timezone)),
            group.n,
            group.n * mean.get((group.revision, group.language, group.channel), 1.0),
        )
        for group in groups
    ]
    settings = CommunitySettings.model_validate(community.settings)
    start = max(launch_at, now)
    course = play(
        loads,
        {row.address: pace_of(row.channel, row.pace) for row in senders.values()},
        {senders[one].address: float(units) for one, units in waiting.items()},
        community.hours,
        settings.holidays,
        start,
    )
    return Sending(start, late.joined_to(course, sum(group.n for group in groups)))


def warnings_of(
    connection: Connection,
    community: Row[Any],
    settings: CampaignSettings,
    missing: Sequence[Missing],
    groups: Sequence[Group],
    messages: Sequence[FirstMessage],
    notice_segments: int,
    sending: Sending,
    quotas: Sequence[QuotaFit],
    now: datetime,
) -> tuple[str, ...]:
    """What a coordinator should know before they launch, a sentence each."""
    found = []
    if not groups:
        found.append("Nobody would be asked.")
    for one in missing:
        readers = sum(group.n for group in groups if group.language == one.language)
        then = "get" if settings.fall_back else "would get, with --fall-back,"
        found.append(
            f"{readers} of them read {i18n.name_of(one.language)}, and {one.missing} of the flow's {one.texts} texts are not there "
            f"in it: they {then} {i18n.name_of(one.instead)}."
        )
    everybody = sum(group.n for group in groups)
    if spared := sum(one.fit - one.asked for one in quotas):
        found.append(
            f"The quotas are likely to be full once about {everybody - spared:,} of these {everybody:,} are asked, and nobody more "
            "is asked then. Cost and time are those of asking everybody."
        )
    limit = CommunitySettings.model_validate(community.settings).segments_per_month
    month = f"{now.astimezone(zone_of(community.timezone)):%Y-%m}"
    used = usage.segments_used(connection, {community.id: month}).get(community.id, 0)
    segments = sum(one.segments for one in messages if one.channel == "sms") + notice_segments
    if limit and used + segments > limit:
        found.append(
            f"The first messages take {segments} segments; {max(0, limit - used)} of this month's {limit} are left, and the rest waits."
        )
    if groups and sending.course.ends_at is None:
        found.append("At this pace and in these hours it would take more than a year to send.")
    return tuple(found)


__all__ = [
    "Answers",
    "Cost",
    "Estimate",
    "Group",
    "Sending",
    "cost_of",
    "expected_answers",
    "lengths_of",
    "sending_of",
    "warnings_of",
]
