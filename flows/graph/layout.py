"""Where everything goes: states in layers from top to bottom, with as few crossings and bends as a simple way finds.

Layers by the longest way from the start, once the ways that lead back are turned round; ways over several layers, and
the words on them, take places of their own; each layer is ordered by where its neighbours stand, then moved under them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

#: A way over more layers than this is not drawn as a line: nobody could follow it.
LONGEST = 16
_SWEEPS = 16
#: How often places are moved towards their neighbours: large drawings make do with fewer rounds.
_MOVES = (60, 400)
_WORK = 120_000
#: Room for a line to bend, above and below the words between two layers.
_BEND = 24.0


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of something to place."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """A way to draw: its two ends, and the size of the words on it."""

    start: str
    end: str
    label: Size


@dataclass(frozen=True, slots=True)
class Route:
    """A way as it is drawn: points from its start to its end, and the middle of its words."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


@dataclass(slots=True)
class Layout:
    """The whole drawing: middles of the states, routes by the index of their link, and the paper's size."""

    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    routes: dict[int, Route] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class _Spot:
    """A place in a layer: a state, or the piece of a way that passes through it."""

    width: float
    height: float
    state: bool
    x: float = 0.0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


def arrange(sizes: Mapping[str, Size], links: Sequence[Link], start: str, *, gap: float = 28.0) -> Layout:
    """Places states (name -> size) and the links between them; links from a state to itself are left to the drawing."""
    names = list(sizes)
    forward, back = _turned(names, links, start)
    layer = _layers(names, links, forward, back)
    spots: list[_Spot] = [_Spot(size.width, size.height, True) for size in sizes.values()]
    index = {name: number for number, name in enumerate(names)}
    rows: list[list[int]] = [[] for _ in range(2 * (max(layer.values(), default=0)) + 1)]
    for name in names:
        rows[2 * layer[name]].append(index[name])
    chains: dict[int, list[int]] = {}
    for number, link in enumerate(links):
        if number in forward or number in back:
            chains[number] = _chain(link, layer, index, spots, rows, number in back)
    _order(rows, spots)
    _spread(rows, spots, gap)
    return _drawn(names, rows, spots, chains, back, gap)


def distant(names: Sequence[str], links: Sequence[Link], start: str) -> set[int]:
    """The links, by index, that lead over too many layers to be drawn as lines."""
    forward, back = _turned(names, links, start)
    both = forward | back
    _layers(names, links, forward, back)
    return both - forward - back


def _turned(names: Sequence[str], links: Sequence[Link], start: str) -> tuple[set[int], set[int]]:
    """The links that go down, and those that lead back and are turned round."""
    out: dict[str, list[int]] = {name: [] for name in names}
    for number, link in enumerate(links):
        if link.start != link.end:
            out[link.start].append(number)
    forward: set[int] = set()
    back: set[int] = set()
    done: set[str] = set()
    way: set[str] = set()
    for root in [start, *names] if start in out else names:
        if root in done:
            continue
        stack = [(root, iter(out[root]))]
        way.add(root)
        while stack:
            name, numbers = stack[-1]
            for number in numbers:
                target = links[number].end
                if target in way:
                    back.add(number)
                    continue
                forward.add(number)
                if target not in done:
                    way.add(target)
                    stack.append((target, iter(out[target])))
                    break
            else:
                stack.pop()
                way.discard(name)
                done.add(name)
    return forward, back


def _layers(names: Sequence[str], links: Sequence[Link], forward: set[int], back: set[int]) -> dict[str, int]:
    """State -> layer, by the longest way down; links that would be too long leave `forward` and `back`."""
    after: dict[str, list[str]] = {name: [] for name in names}
    waiting = dict.fromkeys(names, 0)
    for number in forward | back:
        link = links[number]
        upper, lower = (link.end, link.start) if number in back else (link.start, link.end)
        after[upper].append(lower)
        waiting[lower] += 1
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    for name in ready:
        for lower in after[name]:
            layer[lower] = max(layer[lower], layer[name] + 1)
            waiting[lower] -= 1
            if not waiting[lower]:
                ready.append(lower)
    for number in [*forward, *back]:
        if abs(layer[links[number].start] - layer[links[number].end]) > LONGEST:
            forward.discard(number)
            back.discard(number)
    return layer


def _chain(
    link: Link,
    layer: Mapping[str, int],
    index: Mapping[str, int],
    spots: list[_Spot],
    rows: list[list[int]],
    turned: bool,
) -> list[int]:
    """The places that a link passes through, from its upper end to its lower one; its words sit on one of them."""
    upper, lower = (link.end, link.start) if turned else (link.start, link.end)
    first, last = 2 * layer[upper] + 1, 2 * layer[lower] - 1
    words_at = last if turned else first
    chain = [index[upper]]
    for row in range(first, last + 1):
        labelled = row == words_at and link.label.width > 0
        spots.append(_Spot(link.label.width, link.label.height, False) if labelled else _Spot(12.0, 0.0, False))
        spot = len(spots) - 1
        rows[row].append(spot)
        _join(spots, chain[-1], spot)
        chain.append(spot)
    _join(spots, chain[-1], index[lower])
    chain.append(index[lower])
    return chain


def _join(spots: list[_Spot], upper: int, lower: int) -> None:
    spots[upper].below.append(lower)
    spots[lower].above.append(upper)


def _order(rows: list[list[int]], spots: list[_Spot]) -> None:
    """Orders each layer by the middle of its neighbours, down and up again, and keeps the order with fewest crossings."""
    best, fewest = [list(row) for row in rows], _crossings(rows, spots)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1):
            beside = rows[row - 1] if downwards else rows[row + 1]
            rank = {spot: number for number, spot in enumerate(beside)}
            own = {spot: number for number, spot in enumerate(rows[row])}
            rows[row].sort(key=lambda spot: _middle(spots[spot], rank, own[spot], downwards))
        crossings = _crossings(rows, spots)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
        if not fewest:
            break
    rows[:] = best


def _middle(spot: _Spot, rank: Mapping[int, int], own: int, downwards: bool) -> float:
    there = [rank[other] for other in (spot.above if downwards else spot.below) if other in rank]
    return sum(there) / len(there) if there else float(own)


def _crossings(rows: list[list[int]], spots: list[_Spot]) -> int:
    """How many pairs of lines cross, counted by insertion from the last line to the first."""
    total = 0
    for row in range(len(rows) - 1):
        rank = {spot: number for number, spot in enumerate(rows[row + 1])}
        tree = [0] * (len(rank) + 1)
        for spot in reversed(rows[row]):
            ends = [rank[other] for other in spots[spot].below if other in rank]
            total += sum(_sum_before(tree, end) for end in ends)
            for end in ends:
                _add(tree, end)
    return total


def _sum_before(tree: list[int], end: int) -> int:
    total = 0
    while end > 0:
        total += tree[end]
        end -= end & -end
    return total


def _add(tree: list[int], end: int) -> None:
    end += 1
    while end < len(tree):
        tree[end] += 1
        end += end & -end


def _spread(rows: list[list[int]], spots: list[_Spot], gap: float) -> None:
    """Gives every place its x: under and over its neighbours as far as the order and the gaps allow.

    Many rounds of pulling both ways find the shape of the whole; the last, from top to bottom, hangs each place straight
    under what leads to it, so that chains and long ways come out vertical.
    """
    for row in rows:
        x = (gap - sum(spots[spot].width + gap for spot in row)) / 2
        for spot in row:
            spots[spot].x = x + spots[spot].width / 2
            x += spots[spot].width + gap
    moves = max(_MOVES[0], min(_MOVES[1], _WORK // max(1, len(spots))))
    for move in range(moves):
        for row in rows if move % 2 == 0 else reversed(rows):
            pulled = [_pulled(spots, spot, [*spots[spot].above, *spots[spot].below]) for spot in row]
            _settle(row, spots, [x for x, _ in pulled], [weight for _, weight in pulled], gap)
    for row in rows:
        pulled = [_pulled(spots, spot, spots[spot].above) for spot in row]
        _settle(row, spots, [x for x, _ in pulled], [weight for _, weight in pulled], gap)


def _pulled(spots: list[_Spot], spot: int, near: list[int]) -> tuple[float, float]:
    """Where a place is drawn to, and how strongly. The pieces of a long way pull at each other hardest."""
    own = spots[spot]
    if not near:
        return own.x, 0.5
    pulls = [1.0 if own.state or spots[other].state else 8.0 for other in near]
    weight = sum(pulls)
    return sum(pull * spots[other].x for pull, other in zip(pulls, near, strict=True)) / weight, weight


def _settle(row: list[int], spots: list[_Spot], wanted: list[float], weights: list[float], gap: float) -> None:
    """The places of a layer as near as can be to where they want to be, in order and with their gaps.

    Least squares under those bounds is isotonic regression: neighbours that would overlap are pooled.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + spots[left].width / 2 + gap + spots[right].width / 2)
    blocks: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        value, mass, count = want - offset, weight, 1
        while blocks and blocks[-1][0] > value:
            before, its_mass, its_count = blocks.pop()
            value = (value * mass + before * its_mass) / (mass + its_mass)
            mass, count = mass + its_mass, count + its_count
        blocks.append((value, mass, count))
    at = 0
    for value, _, count in blocks:
        for spot, offset in zip(row[at : at + count], offsets[at : at + count], strict=True):
            spots[spot].x = value + offset
        at += count


def _drawn(
    names: Sequence[str],
    rows: list[list[int]],
    spots: list[_Spot],
    chains: Mapping[int, list[int]],
    back: set[int],
    gap: float,
) -> Layout:
    left = min((each.x - each.width / 2 for each in spots), default=0.0) - gap
    for each in spots:
        each.x -= left
    layout = Layout()
    bands: dict[int, tuple[float, float]] = {}
    y = gap
    for number, row in enumerate(rows):
        height = max((spots[spot].height for spot in row), default=0.0)
        room = 0.0 if number % 2 == 0 else _BEND
        for spot in row:
            bands[spot] = (y + room, y + room + height)
        y += height + 2 * room
    for number, name in enumerate(names):
        layout.places[name] = (spots[number].x, sum(bands[number]) / 2)
    ports = _ports(spots, chains)
    for number, chain in chains.items():
        points = _points(number, chain, spots, bands, ports)
        labelled = next((spot for spot in chain[1:-1] if spots[spot].height), None)
        words = (spots[labelled].x, sum(bands[labelled]) / 2) if labelled is not None else points[0]
        layout.routes[number] = Route(tuple(reversed(points) if number in back else points), words)
    layout.width = max((each.x + each.width / 2 for each in spots), default=0.0) + gap
    layout.height = y + gap
    return layout


def _ports(spots: list[_Spot], chains: Mapping[int, list[int]]) -> dict[tuple[int, int], float]:
    """(link, state) -> where along the edge of the state the link begins or ends: side by side, so none lies on another."""
    touching: dict[tuple[int, bool], list[tuple[float, int]]] = {}
    for number, chain in chains.items():
        touching.setdefault((chain[0], True), []).append((spots[chain[1]].x, number))
        touching.setdefault((chain[-1], False), []).append((spots[chain[-2]].x, number))
    ports: dict[tuple[int, int], float] = {}
    for (state, _), links in touching.items():
        step = min(26.0, spots[state].width * 0.6 / len(links))
        for place, (_, number) in enumerate(sorted(links)):
            ports[number, state] = spots[state].x + (place - (len(links) - 1) / 2) * step
    return ports


def _points(
    number: int,
    chain: list[int],
    spots: list[_Spot],
    bands: Mapping[int, tuple[float, float]],
    ports: Mapping[tuple[int, int], float],
) -> list[tuple[float, float]]:
    """Where a link passes, from its upper end to its lower one; between two states without words, nowhere in particular."""
    upper, lower = chain[0], chain[-1]
    points = [(ports[number, upper], _middle_of(bands[upper]) + spots[upper].height / 2)]
    points += [(ports[number, upper], bands[upper][1])] if bands[upper][1] - points[0][1] > 1 else []
    for place, spot in enumerate(chain[1:-1], 1):
        top, bottom = bands[spot]
        if place % 2 == 0 or bottom > top:
            points += [(spots[spot].x, top), (spots[spot].x, bottom)]
    end = (ports[number, lower], _middle_of(bands[lower]) - spots[lower].height / 2)
    points += [(ports[number, lower], bands[lower][0])] if end[1] - bands[lower][0] > 1 else []
    return [*points, end]


def _middle_of(band: tuple[float, float]) -> float:
    return (band[0] + band[1]) / 2
