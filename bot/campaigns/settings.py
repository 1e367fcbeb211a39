"""How a campaign is run beyond whom it asks and when: arms, quotas, repeats, the notice before, languages that fall back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, ValidationError

from bot.campaigns.audience import Comparison, Part, PastAnswer
from bot.errors import WrongUsage
from flows import durations


class Arm(Part):
    """One of several flows or wordings: a revision, and the share of people who get it (0 to 1)."""

    key: str
    revision: int
    share: float = Field(gt=0, lt=1)


class Quota(Part):
    """At most `most` completed conversations of those who fit `where` (everybody who fits no other quota, where it is empty).

    `language` and `channel` are attributes here too. People count towards the first quota that they fit.
    """

    name: str
    where: tuple[Comparison, ...] = ()
    most: int = Field(ge=1)


class Repeat(Part):
    """Waves again and again by `cron` in the community's zone, `times` in all; `same_people`: the sample of the first wave."""

    cron: str
    times: int | None = Field(default=None, ge=1)
    same_people: bool = False


class Follow(Part):
    """Each person is asked `after` they joined, or after they gave an `answer`; only where that time comes while it runs."""

    event: Literal["joining", "answer"]
    after: str
    answer: PastAnswer | None = None

    @property
    def span(self) -> timedelta:
        """How long after."""
        return durations.parse(self.after)


class Notice(Part):
    """A message that announces the campaign, `before` its first question. `texts`: language -> pattern."""

    texts: dict[str, str]
    before: str

    @property
    def lead(self) -> timedelta:
        """How long before."""
        return durations.parse(self.before)


class CampaignSettings(Part):
    """What a campaign's `settings` column holds.

    `fall_back`: texts that are missing in a reader's language are said in another. `expected`: what was estimated at launch.
    """

    arms: tuple[Arm, ...] = ()
    quotas: tuple[Quota, ...] = ()
    repeat: Repeat | None = None
    follow: Follow | None = None
    notice: Notice | None = None
    fall_back: bool = False
    expected: dict[str, Any] | None = None

    def stored(self) -> dict[str, Any]:
        """As a campaign's row holds it."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read_settings(stored: Mapping[str, Any]) -> CampaignSettings:
    """The settings as a campaign's row holds them; raises `WrongUsage` where they cannot be read."""
    try:
        return CampaignSettings.model_validate(dict(stored))
    except ValidationError as error:
        raise WrongUsage(f"These settings of a campaign cannot be read: {error.errors()[0]['msg']}") from None
