"""How many of those asked answer: by this community's own past, else by what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage.rates import Response, response

#: m4RH Kenya, Survey Practice 9(1), 2016 (FACTS §6): five to six questions by SMS to people who had opted in.
PUBLISHED_START, PUBLISHED_FINISH = 0.395, 0.209
PUBLISHED_SOURCE = "m4RH Kenya, Survey Practice 9(1), 2016: 5 to 6 questions by SMS to people who opted in"
#: Fewer people than this tell nothing of those to come.
ENOUGH = 30
#: How far back a community's past goes, and how long people are given to answer before they count as silent.
PAST, TIME_TO_ANSWER = timedelta(days=365), timedelta(days=3)
#: A quota cannot wait three days to learn how its own people answer.
TIME_FOR_QUOTA = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares (0 to 1) of those asked who answer something and who complete, and where they come from. `asked`: how many stand
    behind a community's own, 0 behind published ones."""

    answer: float
    complete: float
    source: str
    asked: int = 0


def past_rates(connection: Connection, community_id: int, now: datetime) -> Rates:
    """What to expect of a community: its own rates of the last year, else the published ones."""
    found = response(connection, after=now - PAST, until=now - TIME_TO_ANSWER, community_id=community_id)
    if found.asked < ENOUGH:
        return Rates(PUBLISHED_START, PUBLISHED_FINISH, PUBLISHED_SOURCE)
    return _own(found, f"this community's own campaigns of the last year, {found.asked} people asked")


def completion_rate(connection: Connection, community_id: int, campaign_id: int, now: datetime) -> float:
    """The share of people asked who complete a campaign: its own so far, else what to expect of its community."""
    found = response(
        connection,
        after=now - PAST,
        until=now - TIME_FOR_QUOTA,
        community_id=community_id,
        campaign_id=campaign_id,
    )
    if found.asked >= ENOUGH:
        return found.completed / found.asked
    return past_rates(connection, community_id, now).complete


def _own(found: Response, source: str) -> Rates:
    return Rates(found.answered / found.asked, found.completed / found.asked, source, found.asked)


__all__ = ["Rates", "completion_rate", "past_rates"]
