"""How a campaign stands: who was invited, began, answered, finished, stopped; what became of its messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.settings import CampaignSettings, read_settings
from storage import answers, invitations, waves
from storage import campaigns as rows
from storage.flows import revision_names
from storage.quotas import Standing, standings
from storage.rates import Response, response_by_arm


@dataclass(frozen=True, slots=True)
class ArmStatus:
    """One of several flows or wordings: the share meant for it (0 to 1), and what became of those who got it."""

    arm: str
    flow: str
    share: float
    started: int
    answered: int
    completed: int


@dataclass(frozen=True, slots=True)
class QuotaStatus:
    """A quota of the latest wave: how many are `wanted`, have `completed`, and are on their way."""

    quota: str
    wanted: int
    completed: int
    under_way: int


@dataclass(frozen=True, slots=True)
class WaveStatus:
    """One going-out: when, and how many were invited; `done` once everybody is."""

    wave: int
    due_at: datetime
    invited: int
    done: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """So many messages (`n`) ended without being sent, or may not have been, for the same reason; `code` is ours or the provider's."""

    status: str
    code: str | None
    reason: str | None
    n: int


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign in figures. `pending` wait for their first message; `answered` gave at least one answer.

    `skipped`: reason -> invited and not asked after all; `excluded`: reason -> not invited although they fit. `next_due_at`: when the
    first of the queued messages may leave, as far as is known. `expected`: what was estimated when it was launched.
    """

    campaign: str
    flow: str
    revision: int
    status: str
    launch_at: datetime
    closes_at: datetime | None
    invited: int
    pending: int
    started: int
    answered: int
    completed: int
    stopped: int
    expired: int
    outcomes: dict[str, int]
    skipped: dict[str, int]
    excluded: dict[str, int]
    messages: dict[str, int]
    unsent: tuple[Unsent, ...]
    next_due_at: datetime | None
    arms: tuple[ArmStatus, ...]
    quotas: tuple[QuotaStatus, ...]
    waves: tuple[WaveStatus, ...]
    expected: dict[str, Any] | None

    @property
    def progress(self) -> float:
        """How much of the campaign is behind it: the share of those invited who are through, 0 to 1."""
        through = sum(n for outcome, n in self.outcomes.items() if outcome not in ("active", "handed_over"))
        through += sum(self.skipped.values())
        return min(1.0, through / self.invited) if self.invited else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "progress": round(self.progress, 4)}


def status_of(connection: Connection, campaign: Row[Any], now: datetime | None = None) -> CampaignStatus:
    """The campaign's figures; `campaign` is a row of `storage.campaigns.list_campaigns`."""
    counts = invitations.count_by(connection, campaign.id)
    by_status: Counter[str] = Counter()
    for row in counts:
        by_status[row.status] += row.n
    outcomes = answers.run_outcomes(connection, campaign.id)
    settings = read_settings(campaign.settings)
    going_out = waves.waves_of(connection, campaign.id)
    return CampaignStatus(
        campaign=campaign.name,
        flow=campaign.flow,
        revision=campaign.revision,
        status=campaign.status,
        launch_at=campaign.launch_at,
        closes_at=campaign.closes_at,
        invited=by_status.total(),
        pending=by_status["pending"],
        started=sum(outcomes.values()),
        answered=answers.answered_by(connection, campaign.id),
        completed=outcomes.get("completed", 0),
        stopped=outcomes.get("stopped", 0),
        expired=outcomes.get("expired", 0),
        outcomes=outcomes,
        skipped=answers.skip_reasons(connection, campaign.id),
        excluded=_excluded(going_out),
        messages=rows.message_counts(connection, campaign.id),
        unsent=tuple(Unsent(*row) for row in rows.unsent(connection, campaign.id)),
        next_due_at=rows.next_due(connection, campaign.id),
        arms=_arms(connection, campaign.id, settings),
        quotas=_quotas(connection, campaign.id, settings, going_out, now or campaign.launch_at),
        waves=_waves(going_out, counts),
        expected=settings.expected,
    )


def _excluded(going_out: Sequence[Row[Any]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for wave in going_out:
        found.update((wave.plan or {}).get("excluded", {}))
    return dict(found)


def _arms(connection: Connection, campaign_id: int, settings: CampaignSettings) -> tuple[ArmStatus, ...]:
    if not settings.arms:
        return ()
    names = revision_names(connection, [arm.revision for arm in settings.arms])
    found = response_by_arm(connection, campaign_id)
    nobody = Response(0, 0, 0)
    return tuple(
        ArmStatus(arm.key, names[arm.revision], arm.share, one.asked, one.answered, one.completed)
        for arm in settings.arms
        for one in (found.get(arm.key, nobody),)
    )


def _quotas(
    connection: Connection, campaign_id: int, settings: CampaignSettings, going_out: Sequence[Row[Any]], now: datetime
) -> tuple[QuotaStatus, ...]:
    begun = [wave.number for wave in going_out if wave.plan is not None]
    if not settings.quotas or not begun:
        return tuple(QuotaStatus(quota.name, quota.most, 0, 0) for quota in settings.quotas)
    known = standings(connection, campaign_id, max(begun), now)
    return tuple(
        QuotaStatus(quota.name, quota.most, one.completed, one.under_way)
        for quota in settings.quotas
        for one in (known.get(quota.name, Standing()),)
    )


def _waves(going_out: Sequence[Row[Any]], counts: Sequence[Row[int, str | None, str, int]]) -> tuple[WaveStatus, ...]:
    invited: Counter[int] = Counter()
    for row in counts:
        invited[row.wave] += row.n
    return tuple(
        WaveStatus(wave.number, wave.due_at, invited[wave.number], wave.invited_at is not None) for wave in going_out
    )
