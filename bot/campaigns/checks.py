"""What a careful colleague would object to before a campaign is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot import i18n
from bot.campaigns.audience import Audience, members
from bot.campaigns.languages import Missing, missing_texts
from bot.campaigns.notices import checked_notice
from bot.campaigns.settings import CampaignSettings
from bot.cron import next_time
from bot.errors import WrongUsage
from flows import durations
from flows.definition import Flow
from storage import audience as people
from storage.reach import reach_of

#: Reminders of one campaign; a third is not heard as a reminder any more.
MOST_REMINDERS = 2


def checked_reminders(reminders: Sequence[str]) -> list[str]:
    """The reminders as given; raises `WrongUsage` where one cannot be read or there are too many."""
    if len(reminders) > MOST_REMINDERS:
        raise WrongUsage(
            f"{len(reminders)} reminders are too many: people feel chased. Give two at the most, on different days."
        )
    for reminder in reminders:
        try:
            durations.parse_reminder(reminder)
        except ValueError as error:
            raise WrongUsage(f"--reminder {reminder}: {error} Or give the hour: 2d 18:00.") from None
    return list(reminders)


def checked_span(text: str, option: str) -> str:
    """A span of time as given; raises `WrongUsage` naming the option."""
    try:
        durations.parse(text)
    except ValueError as error:
        raise WrongUsage(f"{option} {text}: {error}") from None
    return text


def checked_settings(settings: CampaignSettings, audience: Audience, community: Row[Any]) -> None:
    """Raises `WrongUsage` where parts of a campaign do not go together, or one cannot be read."""
    if audience.exclude.asked_within is not None:
        checked_span(audience.exclude.asked_within, "--not-asked-within")
    if settings.notice is not None:
        checked_span(settings.notice.before, "--notice-before")
        checked_notice(settings.notice.texts)
    follow = settings.follow
    if follow is not None:
        checked_span(follow.after, "--after-joining or --after-answer")
        if settings.repeat is not None:
            raise WrongUsage("A campaign either repeats for all (--repeat) or follows each person; not both.")
        if audience.sample is not None and (audience.sample.size is not None or audience.sample.by is not None):
            raise WrongUsage(
                "Nobody knows yet how many will come to a campaign that follows people: give the sample as a share, --sample 20%."
            )
    if settings.repeat is not None:
        next_time(settings.repeat.cron, community.timezone, community.created_at)
    names = [quota.name for quota in settings.quotas]
    if len(set(names)) < len(names) or sum(not quota.where for quota in settings.quotas) > 1:
        raise WrongUsage("Two quotas are about the same people. Give each group one quota.")
    if settings.arms and abs(sum(arm.share for arm in settings.arms) - 1) > 1e-6:
        raise WrongUsage("The shares of the arms must add up to 100%.")


def checked_texts(
    connection: Connection, community: Row[Any], audience: Audience, flows: Sequence[Flow], *, fall_back: bool
) -> tuple[Missing, ...]:
    """What readers of the audience would not get in their own language; raises `WrongUsage` unless they may fall back."""
    reach = reach_of(connection, community.id, audience.channels)
    languages = people.languages_of(connection, members(audience, reach))
    missing = tuple(one for flow in flows for one in missing_texts(flow, languages))
    if missing and not fall_back:
        worst = {one.language: one for one in sorted(missing, key=lambda one: one.missing)}
        lacking = "; ".join(
            f"{i18n.name_of(tag)} ({tag}), {one.missing} of the flow's {one.texts}"
            for tag, one in sorted(worst.items())
        )
        instead = ", ".join(sorted({i18n.name_of(one.instead) for one in missing}))
        raise WrongUsage(
            f"Some of those asked read a language in which texts are not there: {lacking}. Translate them (soundings flow check names them), "
            f"leave these people out with --language, or launch with --fall-back: they then read {instead}."
        )
    return missing


__all__ = ["MOST_REMINDERS", "checked_reminders", "checked_settings", "checked_span", "checked_texts"]
