"""How long it takes to send: the senders' pace and the community's hours, played through before anything is sent."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.hours import Hours, next_window

#: Nothing that takes longer is played through to its end.
HORIZON = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Load:
    """What one sender has to send to one zone: how many `messages`, which cost so many `units` of its pace (segments on SMS)."""

    sender: str
    zone: str
    messages: int
    units: float


@dataclass(frozen=True, slots=True)
class Course:
    """How the sending goes: `curve` has (moment, messages sent by then) at each turn, the last one where it is done.

    `ends_at` is None where it would take more than a year, or a sender has no pace.
    """

    curve: tuple[tuple[datetime, int], ...]
    ends_at: datetime | None


def play(
    loads: Sequence[Load],
    paces: Mapping[str, float],
    ahead: Mapping[str, float],
    hours: Hours,
    holidays: str,
    start: datetime,
) -> Course:
    """Send it all from `start` on, within the hours of each zone. `paces`: units a second by sender; `ahead`: units that a sender's
    queue holds before it."""
    spans: list[tuple[datetime, datetime, float]] = []
    ends: list[datetime | None] = []
    for sender in sorted({load.sender for load in loads}):
        mine = [load for load in loads if load.sender == sender and load.messages]
        if mine:
            ended = _one_sender(mine, paces.get(sender, 0.0), ahead.get(sender, 0.0), hours, holidays, start, spans)
            ends.append(ended)
    whole = None if None in ends else max((end for end in ends if end is not None), default=start)
    return Course(_curve(spans, start), whole)


def _one_sender(
    loads: Sequence[Load],
    pace: float,
    ahead: float,
    hours: Hours,
    holidays: str,
    start: datetime,
    spans: list[tuple[datetime, datetime, float]],
) -> datetime | None:
    """When one sender is done; adds (from, to, messages) of each stretch of sending to `spans`."""
    if pace <= 0:
        return None
    left: dict[str, list[float]] = {}
    for load in loads:
        units, messages = left.get(load.zone, (0.0, 0.0))
        left[load.zone] = [units + load.units, messages + load.messages]
    # What waits already leaves first, in the hours of whoever it goes to: taken as the zone with most to send.
    busiest = max(left, key=lambda zone: left[zone][0])
    now = start
    while left and now < start + HORIZON:
        windows = {zone: _window(now, hours, zone, holidays) for zone in left}
        is_open = [zone for zone, (opens, _) in windows.items() if opens <= now]
        if not is_open:
            now = min(opens for opens, _ in windows.values())
            continue
        until = min([windows[zone][1] for zone in is_open] + [opens for opens, _ in windows.values() if opens > now])
        room = (until - now).total_seconds() * pace
        if ahead > 0 and busiest in is_open:
            used = min(ahead, room)
            ahead -= used
            now += timedelta(seconds=used / pace)
            continue
        wanted = sum(left[zone][0] for zone in is_open)
        part = min(1.0, room / wanted) if wanted else 1.0
        then = min(until, now + timedelta(seconds=wanted * part / pace))
        spans.append((now, then, sum(left[zone][1] for zone in is_open) * part))
        for zone in is_open:
            if part >= 1.0:
                del left[zone]
            else:
                left[zone] = [amount * (1 - part) for amount in left[zone]]
        now = then
    return None if left else now


def _window(now: datetime, hours: Hours, zone: str, holidays: str) -> tuple[datetime, datetime]:
    return next_window(now, hours, ZoneInfo(zone), holidays)


def _curve(spans: Sequence[tuple[datetime, datetime, float]], start: datetime) -> tuple[tuple[datetime, int], ...]:
    """The stretches of all senders added up, a point at each beginning and end."""
    changes: list[tuple[datetime, float]] = []
    jumps: dict[datetime, float] = {}
    for begins, ends, messages in spans:
        seconds = (ends - begins).total_seconds()
        if seconds <= 0:
            jumps[begins] = jumps.get(begins, 0.0) + messages
            continue
        changes += [(begins, messages / seconds), (ends, -messages / seconds)]
    heapq.heapify(changes)
    points, sent, rate, at = [(start, 0)], jumps.pop(start, 0.0), 0.0, start
    while changes:
        moment, change = heapq.heappop(changes)
        sent += rate * (moment - at).total_seconds()
        at, rate = moment, rate + change
        point = (moment, round(sent))
        if points[-1][0] == moment:
            points[-1] = point
        else:
            points.append(point)
    return tuple(points)


def thinned(curve: Sequence[tuple[datetime, int]], most: int = 60) -> tuple[tuple[datetime, int], ...]:
    """A curve with at most so many points, its first and last among them."""
    if len(curve) <= most:
        return tuple(curve)
    step = (len(curve) - 1) / (most - 1)
    return tuple(curve[round(place * step)] for place in range(most))


__all__ = ["Course", "Load", "play", "thinned"]
