"""Which layer each state stands in, counted from the top, and which ways lead back or too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A way over more layers than this is not drawn as a line: nobody could follow it.
LONGEST = 16


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


def distant(names: Sequence[str], links: Sequence[Link], start: str) -> set[int]:
    """The links, by index, that lead over too many layers to be drawn as lines."""
    forward, back = turned(names, links, start)
    both = forward | back
    layers_of(names, links, forward, back)
    return both - forward - back


def turned(names: Sequence[str], links: Sequence[Link], start: str) -> tuple[set[int], set[int]]:
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


def layers_of(names: Sequence[str], links: Sequence[Link], forward: set[int], back: set[int]) -> dict[str, int]:
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
