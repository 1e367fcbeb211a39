"""Whom a campaign asks: the audience as a description, and as a set in the database, never as a list in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import Connection, Select, or_, select

from bot.config import CommunitySettings
from bot.errors import WrongUsage
from flows import durations
from storage import audience as rows
from storage.models import Participant
from storage.reach import Reach, reach_of

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Scope = Literal["surveys", "updates"]
WEEK = timedelta(days=7)


class Part(BaseModel):
    """A part of an audience: plain, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Comparison(Part):
    """An attribute is (`=`) or is not (`!=`) one of `values`, or is a number above or below the one value."""

    attribute: str = Field(pattern=r'^[^"\\]+$')
    operator: Operator = "="
    values: tuple[str, ...] = Field(min_length=1)

    def condition(self) -> rows.Condition:
        """As SQL."""
        if self.operator == "=":
            return rows.attribute_is(self.attribute, self.values)
        if self.operator == "!=":
            return ~rows.attribute_is(self.attribute, self.values)
        return rows.attribute_compares(self.attribute, self.operator, float(self.values[0]))


class PastAnswer(Part):
    """They answered a campaign (its id): a question where one is named, with one of `values` where there are any."""

    campaign: int
    question: str | None = None
    values: tuple[str, ...] = ()


class Sample(Part):
    """A random part: `size` people, or a `share` of all (0 to 1), drawn by `seed`.

    `by`: strata, `language`, `channel` or an attribute; each has its part in proportion, or with `equal` the same number.
    """

    size: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, le=1)
    by: str | None = None
    equal: bool = False
    seed: str = "1"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.size is None) == (self.share is None):
            raise ValueError("a sample is a number of people or a share of them")
        if self.equal and self.by is None:
            raise ValueError("equal parts of what? name the strata")
        return self


class Exclusions(Part):
    """Who is left out although they fit. `asked_within`: a span such as `14d`; `busy`: in a conversation now; `over_cap`: had
    their week's messages; `invited_by`, `answered`: those whom these campaigns invited, who answered them."""

    asked_within: str | None = None
    busy: bool = False
    over_cap: bool = False
    invited_by: tuple[int, ...] = ()
    answered: tuple[int, ...] = ()


class Audience(Part):
    """Which participants of a community are asked: those who fit every part that is given.

    `tags`: bear all of these; `any_tags`: one of them; `without_tags`: none. `languages` (`fr` is `fr_CA` too), `channels`: one of
    these. `scopes`: what they agreed to. `participants`: these alone, by id; once the campaign is written down they are
    in a table, and `listed` says so.
    """

    tags: tuple[str, ...] = ()
    any_tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    where: tuple[Comparison, ...] = ()
    said: tuple[PastAnswer, ...] = ()
    scopes: tuple[Scope, ...] = ("surveys",)
    participants: tuple[int, ...] | None = None
    listed: bool = False
    sample: Sample | None = None
    exclude: Exclusions = Exclusions()

    def stored(self) -> dict[str, Any]:
        """As a campaign's row holds it, the people of a file apart."""
        plain = self.model_copy(update={"listed": self.participants is not None or self.listed})
        return plain.model_dump(mode="json", exclude_defaults=True, exclude={"participants"})


def read_audience(stored: Mapping[str, Any]) -> Audience:
    """The audience as a campaign's row holds it; raises `WrongUsage` where it cannot be read."""
    try:
        return Audience.model_validate(dict(stored))
    except ValidationError as error:
        raise WrongUsage(f"This audience cannot be read: {error.errors()[0]['msg']}") from None


def chosen(audience: Audience, community_id: int, campaign_id: int | None = None) -> Select[int]:
    """A select of the ids of everybody whom the audience describes, whether or not they may be asked."""
    statement = select(Participant.id).where(rows.belongs(community_id))
    for tag in audience.tags:
        statement = statement.where(rows.bears(tag))
    if audience.any_tags:
        statement = statement.where(or_(*(rows.bears(tag) for tag in audience.any_tags)))
    for tag in audience.without_tags:
        statement = statement.where(~rows.bears(tag))
    if audience.languages:
        statement = statement.where(
            or_(
                Participant.language.in_(audience.languages),
                *(Participant.language.startswith(f"{tag}_", autoescape=True) for tag in audience.languages),
            )
        )
    for comparison in audience.where:
        statement = statement.where(comparison.condition())
    for past in audience.said:
        statement = statement.where(rows.said(past.campaign, past.question, past.values))
    if audience.listed and campaign_id is not None:
        statement = statement.where(rows.listed(campaign_id))
    elif audience.participants is not None:
        statement = statement.where(rows.is_one_of(audience.participants))
    if audience.channels:
        statement = statement.where(rows.has_channel(audience.channels))
    return statement


def members(audience: Audience, reach: Reach, campaign_id: int | None = None) -> Select[int]:
    """Those of `chosen` who may be asked (agreed, no STOP, not held) and can be reached; exclusions are not applied."""
    statement = chosen(audience, reach.community_id, campaign_id).where(
        Participant.opted_out_at.is_(None), Participant.held_at.is_(None), reach.reaches()
    )
    for scope in audience.scopes:
        statement = statement.where(getattr(Participant, scope) == "granted")
    return statement


def exclusions(
    audience: Audience, settings: CommunitySettings, now: datetime, without_text: tuple[str, ...] = ()
) -> list[tuple[str, rows.Condition]]:
    """Who is left out of those who fit, as (reason, condition) pairs: the first that holds is the reason.

    `without_text`: languages that the flow cannot speak. Reasons: `no_text`, `other_campaign`, `answered_before`, `asked_lately`,
    `in_a_run`, `over_cap`.
    """
    found: list[tuple[str, rows.Condition]] = []
    exclude = audience.exclude
    if without_text:
        found.append(("no_text", Participant.language.in_(without_text)))
    found += [("other_campaign", rows.invited_by(one)) for one in exclude.invited_by]
    found += [("answered_before", rows.said(one, None, ())) for one in exclude.answered]
    if exclude.asked_within is not None:
        found.append(("asked_lately", rows.asked_since(now - durations.parse(exclude.asked_within))))
    if exclude.busy:
        found.append(("in_a_run", rows.in_a_run()))
    if exclude.over_cap:
        found.append(("over_cap", rows.over_cap(now - WEEK, settings.cap_per_week)))
    return found


def left(people: Select[int], excluded: list[tuple[str, rows.Condition]]) -> Select[int]:
    """`people` without those who are excluded."""
    for _, condition in excluded:
        people = people.where(~condition)
    return people


def size(connection: Connection, audience: Audience, community_id: int) -> int:
    """How many fit, may be asked and can be reached now; exclusions and samples are not applied."""
    reach = reach_of(connection, community_id, audience.channels)
    return rows.count(connection, members(audience, reach))
