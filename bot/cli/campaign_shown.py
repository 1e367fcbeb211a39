"""What a coordinator reads in the terminal of a campaign: its estimate before the launch, its figures after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text
from sqlalchemy import Row

from bot import i18n
from bot.campaigns.estimated import Estimate
from bot.campaigns.status import CampaignStatus
from bot.cli.output import errors, print_table, screen

#: Why somebody is not asked, in the words of a coordinator.
REASONS: Mapping[str, str] = {
    "opted_out": "said STOP",
    "held": "may have asked to stop; somebody has to look",
    "no_consent": "have not agreed to it",
    "no_address": "have no address that works",
    "no_sender": "are on a channel that no sender serves",
    "gone": "are gone",
    "no_text": "read a language that the flow lacks",
    "other_campaign": "have a place in the other campaign",
    "answered_before": "answered the other campaign",
    "asked_lately": "were asked something lately",
    "in_a_run": "are in another conversation",
    "over_cap": "had this week's messages",
    "not_drawn": "were not drawn for the sample",
    "quota": "came when their quota was full",
    "next_wave": "were busy until the next wave asked them",
}
#: Width and height of the curve, in characters.
WIDE, HIGH = 50, 6


def show_estimate(found: Estimate, place: Row[Any]) -> None:
    """An estimate for a person at a terminal."""
    show_gist(found, place)
    if len(found.by("language", "channel")) > 1:
        screen.print()
        print_table(
            ("language", "channel", "people"),
            [(i18n.name_of(language), channel, n) for (language, channel), n in found.by("language", "channel")],
            empty="",
        )
    for quota in found.quotas:
        screen.print(
            Text(f"Quota {quota.name}: {quota.wanted} wanted, {quota.fit} fit it, about {quota.asked} are asked")
        )
    _show_messages(found)
    _show_curve(found, place)


def show_gist(found: Estimate, place: Row[Any]) -> None:
    """The few lines that say most."""
    screen.print(Text(f"{found.recipients:,} of {found.chosen:,} people are asked", style="bold"))
    for reason, n in found.excluded.items():
        screen.print(Text(f"  {n:,} {REASONS.get(reason, reason)}"))
    if found.late.n and found.late.until is not None:
        until = on_the_clock(found.late.until, ZoneInfo(place.timezone))
        screen.print(
            Text(
                f"  {found.late.n:,} of those asked had as many messages as the caps allow: they wait, the last until {until}"
            )
        )
    if found.late.busy:
        screen.print(
            Text(f"  {found.late.busy:,} of those asked are in another conversation: they wait until that is over")
        )
    segments = found.first_segments + found.notice_segments
    cost = found.cost
    screen.print(
        Text(
            f"The first messages take {segments:,} SMS segments, about {cost.first:,.2f} {cost.currency}; "
            f"the whole about {cost.expected:,.2f}, at most {cost.most:,.2f} {cost.currency}"
        )
    )
    screen.print(Text(_duration(found, place)))
    answers = found.answers
    screen.print(
        Text(
            f"Likely: {answers.answered:,} answer, {answers.completed:,} finish "
            f"({answers.rates.answer:.0%} and {answers.rates.complete:.0%}, by {answers.rates.source})"
        )
    )
    for warning in found.warnings:
        screen.print(Text(f"Mind: {warning}", style="yellow"))


def _duration(found: Estimate, place: Row[Any]) -> str:
    zone = ZoneInfo(place.timezone)
    ends_at, starts_at = found.sending.course.ends_at, found.sending.starts_at
    if ends_at is None:
        return "It does not get sent within a year"
    took = ends_at - starts_at
    first = next((moment for moment, n in found.sending.course.curve if n), ends_at)
    return (
        f"Sent in {_span(took)}, from {on_the_clock(min(first, ends_at), zone)} until {on_the_clock(ends_at, zone)} "
        "at the senders' pace and in your hours"
    )


def _people(n: int) -> str:
    return f"{n:,} {'person' if n == 1 else 'people'}"


def _span(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minute{'s' * (minutes > 1)}"
    if minutes < 48 * 60:
        return f"{minutes / 60:.0f} hours"
    return f"{minutes / 60 / 24:.1f} days"


def on_the_clock(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as people in a community write it: `Wed 25 Nov 10:07`."""
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"


def _show_messages(found: Estimate) -> None:
    screen.print()
    for message in found.messages:
        length = f"{message.least}" if message.least == message.most else f"{message.least} to {message.most}"
        unit = "segment" if message.channel == "sms" else "message"
        screen.print(
            Text(
                f"{i18n.name_of(message.language)} by {message.channel}: {_people(message.readers)}, {length} {unit}"
                f"{'s' * (message.most > 1)} each",
                style="bold",
            )
        )
        if message.culprits:
            letters = ", ".join(f"{letter} ({n:,})" for letter, n in message.culprits.most_common(8))
            screen.print(Text(f"  Unicode because of {letters}: 70 letters a segment, not 160"))
        screen.print(Text("\n".join(f"  {line}" for line in message.example.splitlines()), style="dim"))
    for language, whole in sorted(found.lengths.items()):
        screen.print(
            Text(f"A whole conversation in {i18n.name_of(language)} takes {whole.least} to {whole.most} segments")
        )


def _show_curve(found: Estimate, place: Row[Any]) -> None:
    """How many messages have left by when, as a small picture."""
    curve, ends_at = found.sending.course.curve, found.sending.course.ends_at
    if ends_at is None or len(curve) < 2 or not found.recipients:
        return
    start, whole = curve[0][0], (ends_at - curve[0][0]).total_seconds()
    if whole < 60:
        return
    heights = [_sent_by(curve, start + timedelta(seconds=whole * (place_ + 1) / WIDE)) for place_ in range(WIDE)]
    screen.print()
    for row in range(HIGH, 0, -1):
        line = "".join("█" if height >= found.recipients * (row - 0.5) / HIGH else " " for height in heights)
        screen.print(Text(f"{found.recipients * row // HIGH:>9,} {line}"))
    zone = ZoneInfo(place.timezone)
    left, right = on_the_clock(start, zone), on_the_clock(ends_at, zone)
    screen.print(Text(f"{'':>9} {left}{right:>{WIDE - len(left)}}"))


def _sent_by(curve: tuple[tuple[datetime, int], ...], moment: datetime) -> float:
    for (begins, before), (ends, after) in pairwise(curve):
        if moment <= ends:
            part = (moment - begins).total_seconds() / max(1e-9, (ends - begins).total_seconds())
            return before + (after - before) * part
    return float(curve[-1][1])


def show_status(found: CampaignStatus, now: datetime | None = None) -> None:
    """A campaign's figures for a person."""
    screen.print(
        Text.assemble((found.campaign, "bold"), f" ({found.flow}, revision {found.revision}) is {found.status}")
    )
    screen.print(ProgressBar(total=1.0, completed=found.progress, width=40), f"{found.progress:.0%}")
    print_table(
        ("invited", "waiting", "began", "answered", "completed", "stopped", "expired"),
        [(found.invited, found.pending, found.started, found.answered, found.completed, found.stopped, found.expired)],
        empty="",
    )
    if found.expected:
        screen.print(
            Text(f"Expected at launch: {found.expected['answered']:,} answer, {found.expected['completed']:,} finish")
        )
    for reason, n in sorted({**found.excluded, **found.skipped}.items()):
        screen.print(Text(f"Not asked: {n:,} {REASONS.get(reason, reason)}"))
    if found.messages:
        screen.print("Messages: " + ", ".join(f"{n:,} {state}" for state, n in sorted(found.messages.items())))
    if found.next_due_at is not None and now is not None and found.next_due_at > now:
        screen.print(f"The next that waits is looked at {found.next_due_at:%Y-%m-%d %H:%M} UTC")
    for one in found.unsent:
        code = f" ({one.code})" if one.code else ""
        screen.print(Text(f"{one.n:,} {one.status}: {one.reason or 'no reason was noted'}{code}"))
    for quota in found.quotas:
        screen.print(Text(f"Quota {quota.quota}: {quota.completed} of {quota.wanted}, {quota.under_way} under way"))
    if found.arms:
        _show_arms(found)
    if len(found.waves) > 1:
        for wave in found.waves:
            asked = f"{wave.invited:,} invited" if wave.invited or wave.done else "to come"
            screen.print(Text(f"Wave {wave.wave}, {wave.due_at:%Y-%m-%d %H:%M} UTC: {asked}"))


def _show_arms(found: CampaignStatus) -> None:
    def rate(part: int, whole: int) -> str:
        return f"{part:,} ({part / whole:.0%})" if whole else "0"

    print_table(
        ("arm", "flow", "share", "began", "answered", "completed"),
        [
            (arm.arm, arm.flow, f"{arm.share:.0%}", arm.started, rate(arm.answered, arm.started),
             rate(arm.completed, arm.started))
            for arm in found.arms
        ],
        empty="",
    )  # fmt: skip


@contextmanager
def working(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something long runs: call what it yields with (done, of how many)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True, disable=quiet or not errors.is_terminal) as progress:
        task = progress.add_task(title, total=None, visible=False)
        yield lambda done, total: progress.update(task, completed=done, total=total, visible=True)


__all__ = ["REASONS", "show_estimate", "show_gist", "show_status", "working"]
