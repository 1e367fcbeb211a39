"""The options that `campaign launch` and `campaign estimate` share, and the campaign that they describe."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from sqlalchemy import Connection, Row

from bot.campaigns.audience import Audience, Exclusions, Scope
from bot.campaigns.launch import require_campaign
from bot.campaigns.settings import CampaignSettings, Follow, Notice, Repeat
from bot.cli.campaign_words import read_arms, read_comparison, read_past_answer, read_quota, read_sample
from bot.cli.moments import read_moment
from bot.cli.texts import by_language
from bot.cron import next_time
from bot.errors import WrongUsage
from bot.interop.audience_csv import participants_in

Several = list[str] | None


@dataclass(slots=True)
class CampaignOptions:
    """What a coordinator says of a campaign. Each field is an option; its name with hyphens is what they type."""

    tag: Annotated[Several, typer.Option(help="Who bears this tag; again for more: all of them.")] = None
    any_tag: Annotated[Several, typer.Option(help="Who bears one of these tags.")] = None
    without_tag: Annotated[Several, typer.Option(help="Not who bears this tag.")] = None
    where: Annotated[
        Several,
        typer.Option(help="By what is known of them: area=north, 'area=north|south', 'age>=30'."),
    ] = None
    said: Annotated[
        Several,
        typer.Option(help="By past answers: spring (took part), spring:focus, 'spring:focus=housing|food'."),
    ] = None
    not_said: Annotated[Several, typer.Option(help="Not who answered this campaign: spring.")] = None
    language: Annotated[Several, typer.Option(help="Who reads this language.")] = None
    channel: Annotated[Several, typer.Option(help="Who is reached by sms, telegram or sim.")] = None
    agreed_to_updates: Annotated[bool, typer.Option("--agreed-to-updates", help="Who agreed to updates too.")] = False
    csv: Annotated[Path | None, typer.Option(help="Only those in this file (a column phone or telegram).")] = None
    sample: Annotated[str | None, typer.Option(help="Some of them by chance: 500, or 10%.")] = None
    strata: Annotated[
        str | None,
        typer.Option(help="Draw the sample in parts: by language, channel or an attribute."),
    ] = None
    equal: Annotated[bool, typer.Option("--equal", help="As many of each part; in proportion if left out.")] = False
    seed: Annotated[str, typer.Option(help="Another word draws another sample; the same word the same.")] = "1"
    quota: Annotated[
        Several,
        typer.Option(
            help="Ask until so many have completed: 'area=north: 50', 'area=south,language=fr: 20', '*: 100' for the others."
        ),
    ] = None
    not_asked_within: Annotated[str | None, typer.Option(help="Not who was asked something within this time: 14d.")] = (
        None
    )
    not_invited_by: Annotated[Several, typer.Option(help="Not who has a place in this campaign.")] = None
    not_busy: Annotated[
        bool,
        typer.Option("--not-busy", help="Not who is in a conversation; they wait if left out."),
    ] = False
    within_cap: Annotated[bool, typer.Option("--within-cap", help="Not who had the week's messages already.")] = False
    at: Annotated[
        str | None,
        typer.Option(help="When: 2026-11-24T10:00, the community's clock. Now if left out."),
    ] = None
    closes: Annotated[str | None, typer.Option(help="When nobody starts any more.")] = None
    repeat: Annotated[
        str | None,
        typer.Option(help="Again and again: '0 10 1 * *' (minute hour day month weekday), at first then or at --at."),
    ] = None
    times: Annotated[int | None, typer.Option(help="How many times in all.", min=1)] = None
    same_people: Annotated[
        bool,
        typer.Option("--same-people", help="The same sample each time; another if left out."),
    ] = False
    after_joining: Annotated[str | None, typer.Option(help="Each person so long after they join: 3d.")] = None
    after_answer: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Each person so long after an answer of theirs: spring:focus=housing 30d."),
    ] = None
    reminder: Annotated[
        Several,
        typer.Option(
            help="When to remind who has not answered, two at the most: 24h, 2d, '2d 18:00'. In place of the flow's own."
        ),
    ] = None
    notice: Annotated[
        Several,
        typer.Option(help="A message that announces it: 'Three questions from us tomorrow', or by language 'fr=…'."),
    ] = None
    notice_before: Annotated[str, typer.Option(help="How long before the first question it goes out.")] = "24h"
    against: Annotated[
        Several,
        typer.Option(help="Try the flow against another, or another revision: check-in-short, 'check-in@2: 30%'."),
    ] = None
    keyword: Annotated[str | None, typer.Option(help="A word that anybody may text to take part.")] = None
    fall_back: Annotated[
        bool,
        typer.Option("--fall-back", help="Where a text is missing in somebody's language, say it in another."),
    ] = False
    prices: Annotated[Path | None, typer.Option(help="A file of prices to reckon with.")] = None


@dataclass(frozen=True, slots=True)
class Described:
    """A campaign as the options describe it."""

    audience: Audience
    settings: CampaignSettings
    launch_at: datetime
    closes_at: datetime | None
    at_once: bool


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `CampaignOptions`, handed to it as one: its parameter `options`."""
    own = [one for one in inspect.signature(command).parameters.values() if one.name != "options"]
    hints = get_type_hints(CampaignOptions, include_extras=True)
    shared = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(CampaignOptions)
    ]
    names = {one.name for one in shared}

    def with_options(**given: Any) -> None:
        options = CampaignOptions(**{name: value for name, value in given.items() if name in names})
        command(**{name: value for name, value in given.items() if name not in names}, options=options)

    command_hints = get_type_hints(command, include_extras=True)
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=command_hints[one.name]) for one in own]
    with_options.__name__, with_options.__doc__ = command.__name__, command.__doc__
    with_options.__signature__ = inspect.Signature([*parameters, *shared])  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in [*parameters, *shared]}
    return with_options


def describe(
    connection: Connection, community: Row[Any], flow: str, options: CampaignOptions, now: datetime
) -> Described:
    """The campaign that the options describe; raises `WrongUsage`, `NotFound` or `BadFile` naming the option."""
    repeat = _repeat(options)
    at_once = options.at is None and repeat is None
    launch_at = now
    if options.at is not None:
        launch_at = read_moment(options.at, community.timezone)
    elif repeat is not None:
        launch_at = next_time(repeat.cron, community.timezone, now) or now
    settings = CampaignSettings(
        arms=read_arms(connection, community, flow, options.against or ()),
        quotas=tuple(read_quota(text) for text in options.quota or ()),
        repeat=repeat,
        follow=_follow(connection, community, options),
        notice=_notice(community, options),
        fall_back=options.fall_back,
    )
    closes_at = read_moment(options.closes, community.timezone) if options.closes else None
    return Described(_audience(connection, community, options), settings, launch_at, closes_at, at_once)


def _audience(connection: Connection, community: Row[Any], options: CampaignOptions) -> Audience:
    def campaigns(names: Several) -> tuple[int, ...]:
        return tuple(int(require_campaign(connection, community, name).id) for name in names or ())

    scopes: tuple[Scope, ...] = ("surveys", "updates") if options.agreed_to_updates else ("surveys",)
    return Audience(
        tags=tuple(options.tag or ()),
        any_tags=tuple(options.any_tag or ()),
        without_tags=tuple(options.without_tag or ()),
        languages=tuple(options.language or ()),
        channels=tuple(options.channel or ()),
        where=tuple(read_comparison(text) for text in options.where or ()),
        said=tuple(read_past_answer(connection, community, text) for text in options.said or ()),
        scopes=scopes,
        participants=None if options.csv is None else participants_in(connection, community, options.csv),
        sample=read_sample(options.sample, options.strata, options.equal, options.seed),
        exclude=Exclusions(
            asked_within=options.not_asked_within,
            busy=options.not_busy,
            over_cap=options.within_cap,
            invited_by=campaigns(options.not_invited_by),
            answered=campaigns(options.not_said),
        ),
    )


def _repeat(options: CampaignOptions) -> Repeat | None:
    if options.repeat is None:
        if options.times is not None or options.same_people:
            raise WrongUsage("--times and --same-people say how a campaign repeats: give --repeat '0 10 1 * *' too.")
        return None
    return Repeat(cron=options.repeat, times=options.times, same_people=options.same_people)


def _follow(connection: Connection, community: Row[Any], options: CampaignOptions) -> Follow | None:
    if options.after_joining is not None and options.after_answer is not None:
        raise WrongUsage("A campaign follows either joining or an answer: give --after-joining or --after-answer.")
    if options.after_joining is not None:
        return Follow(event="joining", after=options.after_joining)
    if options.after_answer is not None:
        said, span = options.after_answer
        answer = read_past_answer(connection, community, said, "--after-answer")
        return Follow(event="answer", after=span, answer=answer)
    return None


def _notice(community: Row[Any], options: CampaignOptions) -> Notice | None:
    if not options.notice:
        return None
    return Notice(texts=by_language(options.notice, community.languages, "--notice"), before=options.notice_before)


__all__ = ["CampaignOptions", "Described", "describe", "takes_options"]
