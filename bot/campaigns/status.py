"""How a campaign stands: who was invited, began, answered, finished, stopped; what became of its messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from storage import answers, waves
from storage import campaigns as rows


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign in figures. `pending` wait for their first message; `answered` gave at least one answer."""

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

    @property
    def progress(self) -> float:
        """How much of the campaign is behind it: the share of those invited who are through, 0 to 1."""
        through = sum(n for outcome, n in self.outcomes.items() if outcome not in ("active", "handed_over"))
        through += sum(self.skipped.values())
        return min(1.0, through / self.invited) if self.invited else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "progress": round(self.progress, 4)}


def status_of(connection: Connection, campaign: Row[Any]) -> CampaignStatus:
    """The campaign's figures; `campaign` is a row of `storage.campaigns.list_campaigns`."""
    invitations = answers.invitation_counts(connection, campaign.id)
    outcomes = answers.run_outcomes(connection, campaign.id)
    return CampaignStatus(
        campaign=campaign.name,
        flow=campaign.flow,
        revision=campaign.revision,
        status=campaign.status,
        launch_at=campaign.launch_at,
        closes_at=campaign.closes_at,
        invited=sum(invitations.values()),
        pending=invitations.get("pending", 0),
        started=sum(outcomes.values()),
        answered=answers.answered_by(connection, campaign.id),
        completed=outcomes.get("completed", 0),
        stopped=outcomes.get("stopped", 0),
        expired=outcomes.get("expired", 0),
        outcomes=outcomes,
        skipped=answers.skip_reasons(connection, campaign.id),
        excluded=_excluded(connection, campaign.id),
        messages=rows.message_counts(connection, campaign.id),
    )


def _excluded(connection: Connection, campaign_id: int) -> dict[str, int]:
    """Whom the campaign left out although they fit: reason -> how many, over all waves."""
    found: Counter[str] = Counter()
    for wave in waves.waves_of(connection, campaign_id):
        found.update((wave.plan or {}).get("excluded", {}))
    return dict(found)
