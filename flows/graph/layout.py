"""Where everything goes: states in layers from top to bottom, with as few crossings and bends as a simple way finds.

Layers by the longest way from the start, once the ways that lead back are turned round; ways over several layers, and
the words on them, take places of their own; each layer is ordered by where its neighbours stand, then moved under them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flows.graph.layers import Link, Size, layers_of, turned
from flows.graph.order import Spot, order

#: How often places are moved towards their neighbours: large drawings make do with fewer rounds.
_MOVES = (60, 400)
_WORK = 120_000
#: Room for a line to bend, above and below the words between two layers.
_BEND = 24.0


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


def arrange(sizes: Mapping[str, Size], links: Sequence[Link], start: str, *, gap: float = 28.0) -> Layout:
    """Places states (name -> size) and the links between them; links from a state to itself are left to the drawing."""
    names = list(sizes)
    forward, back = turned(names, links, start)
    layer = layers_of(names, links, forward, back)
    spots: list[Spot] = [Spot(size.width, size.height, True) for size in sizes.values()]
    index = {name: number for number, name in enumerate(names)}
    rows: list[list[int]] = [[] for _ in range(2 * (max(layer.values(), default=0)) + 1)]
    for name in names:
        rows[2 * layer[name]].append(index[name])
    chains: dict[int, list[int]] = {}
    for number, link in enumerate(links):
        if number in forward or number in back:
            chains[number] = _chain(link, layer, index, spots, rows, number in back)
    order(rows, spots)
    _spread(rows, spots, gap)
    return _drawn(names, rows, spots, chains, back, gap)


def _chain(
    link: Link,
    layer: Mapping[str, int],
    index: Mapping[str, int],
    spots: list[Spot],
    rows: list[list[int]],
    upwards: bool,
) -> list[int]:
    """The places that a link passes through, from its upper end to its lower one; its words sit on one of them."""
    upper, lower = (link.end, link.start) if upwards else (link.start, link.end)
    first, last = 2 * layer[upper] + 1, 2 * layer[lower] - 1
    words_at = last if upwards else first
    chain = [index[upper]]
    for row in range(first, last + 1):
        labelled = row == words_at and link.label.width > 0
        spots.append(Spot(link.label.width, link.label.height, False) if labelled else Spot(12.0, 0.0, False))
        spot = len(spots) - 1
        rows[row].append(spot)
        _join(spots, chain[-1], spot)
        chain.append(spot)
    _join(spots, chain[-1], index[lower])
    chain.append(index[lower])
    return chain


def _join(spots: list[Spot], upper: int, lower: int) -> None:
    spots[upper].below.append(lower)
    spots[lower].above.append(upper)


def _spread(rows: list[list[int]], spots: list[Spot], gap: float) -> None:
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


def _pulled(spots: list[Spot], spot: int, near: list[int]) -> tuple[float, float]:
    """Where a place is drawn to, and how strongly. The pieces of a long way pull at each other hardest."""
    own = spots[spot]
    if not near:
        return own.x, 0.5
    pulls = [1.0 if own.state or spots[other].state else 8.0 for other in near]
    weight = sum(pulls)
    return sum(pull * spots[other].x for pull, other in zip(pulls, near, strict=True)) / weight, weight


def _settle(row: list[int], spots: list[Spot], wanted: list[float], weights: list[float], gap: float) -> None:
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
    spots: list[Spot],
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


def _ports(spots: list[Spot], chains: Mapping[int, list[int]]) -> dict[tuple[int, int], float]:
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
    spots: list[Spot],
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
