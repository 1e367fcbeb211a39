"""How many segments a whole conversation takes: the shortest and the longest way through a flow, by language."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from flows.definition import Flow, State, Text
from flows.engine import prompt_text
from flows.patterns import Placeholder
from flows.segments import lighten, segment
from flows.texts import sample

#: Ways tried from one message to the next, and steps of the search for the longest: more only in flows that nobody finishes.
MOST_WAYS, MOST_STEPS = 200, 20_000
_WORDS = "neighbourhood"

#: A state of a flow, with the calls that led to it: ((flow, state that called), …).
Place = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Segments that somebody is sent who goes the whole way: at `least` and at `most`, without re-prompts and reminders."""

    least: int
    most: int


def conversation_lengths(flow: Flow, language: str, community: str) -> Lengths:
    """The shortest and the longest way through a flow by SMS, in one language; values of people are taken by way of example."""
    ways = _Ways(flow, language, community)
    start: Place = (flow.name, flow.start, ())
    return Lengths(_shortest(ways, start), _longest(ways, start))


class _Ways:
    """The messages of a flow and what leads from one to the next; each is worked out once."""

    def __init__(self, flow: Flow, language: str, community: str) -> None:
        self.root, self.language, self.community = flow, language, community
        self._known: dict[Place, tuple[tuple[int, Place | None], ...]] = {}

    def after(self, place: Place) -> tuple[tuple[int, Place | None], ...]:
        """From entering a state: (segments of the message, the state whose question it ends with; None at the end)."""
        if place not in self._known:
            found: dict[tuple[int, Place | None], None] = {}
            for texts, stop in self._messages(place, (), frozenset()):
                found[segment(lighten("\n".join(texts))).segments if texts else 0, stop] = None
                if len(found) >= MOST_WAYS:
                    break
            self._known[place] = tuple(found)
        return self._known[place]

    def answers(self, place: Place) -> list[Place]:
        """Where answers to a state's question lead."""
        state = self.state(place)
        ends = [*(rule.go for rule in state.next), *([state.give_up] if state.give_up else [])]
        return [(place[0], end, place[2]) for end in dict.fromkeys(ends)]

    def state(self, place: Place) -> State:
        """The state of a place."""
        return self.flow(place[0]).states[place[1]]

    def flow(self, name: str) -> Flow:
        """A flow of the whole by its name."""
        return self.root if name == self.root.name else self.root.calls[name]

    def _messages(
        self, place: Place | None, texts: tuple[str, ...], seen: frozenset[Place]
    ) -> Iterator[tuple[tuple[str, ...], Place | None]]:
        if place is None or place in seen or place[1] not in self.flow(place[0]).states:
            yield texts, None
            return
        flow, state, seen = self.flow(place[0]), self.state(place), seen | {place}
        if state.say is not None:
            texts = (*texts, self._said(flow, state.say))
        if state.hand_over:
            yield texts, None
        elif state.ask is not None:
            yield (*texts, prompt_text(flow, state, self.language)), place
            if state.ask.skip_if is not None:
                yield from self._all(place, [rule.go for rule in state.next], texts, seen)
        elif state.call is not None and len(place[2]) < 10:
            called = self.flow(state.call)
            yield from self._messages((called.name, called.start, (*place[2], place[:2])), texts, seen)
        elif state.end is not None:
            yield from self._returned(place, texts, seen)
        else:
            yield from self._all(
                place, [*(rule.go for rule in state.next), *state.next_by_branch.values()], texts, seen
            )

    def _returned(
        self, place: Place, texts: tuple[str, ...], seen: frozenset[Place]
    ) -> Iterator[tuple[tuple[str, ...], Place | None]]:
        """A called flow has ended: its caller goes on."""
        if not place[2]:
            yield texts, None
            return
        *callers, (name, state) = place[2]
        back: Place = (name, state, tuple(callers))
        yield from self._all(back, [rule.go for rule in self.state(back).next], texts, seen)

    def _all(
        self, place: Place, ends: list[str], texts: tuple[str, ...], seen: frozenset[Place]
    ) -> Iterator[tuple[tuple[str, ...], Place | None]]:
        for end in dict.fromkeys(ends):
            yield from self._messages((place[0], end, place[2]), texts, seen)

    def _said(self, flow: Flow, text: Text) -> str:
        return sample(text, self.language, fallback=flow.languages[0], words=self._example)

    def _example(self, found: Placeholder) -> str:
        return self.community if found.name in ("community", "community.name") else _WORDS


def _shortest(ways: _Ways, start: Place) -> int:
    number = count()
    queue: list[tuple[int, int, Place]] = [(0, next(number), start)]
    best: dict[Place, int] = {}
    ended: int | None = None
    while queue:
        sent, _, place = heapq.heappop(queue)
        if ended is not None and sent >= ended:
            break
        if place in best:
            continue
        best[place] = sent
        for segments, stop in ways.after(place):
            total = sent + segments
            if stop is None:
                ended = total if ended is None else min(ended, total)
            else:
                for following in ways.answers(stop):
                    heapq.heappush(queue, (total, next(number), following))
    return ended or 0


def _longest(ways: _Ways, start: Place) -> int:
    """Each question once: who goes round in circles is not counted."""
    known: dict[Place, int] = {}
    steps = count()

    def go(place: Place, asked: frozenset[Place]) -> int:
        if place in known:
            return known[place]
        if next(steps) > MOST_STEPS:
            return 0
        best = 0
        for segments, stop in ways.after(place):
            if stop in asked:
                continue
            rest = 0
            if stop is not None:
                rest = max((go(following, asked | {stop}) for following in ways.answers(stop)), default=0)
            best = max(best, segments + rest)
        known[place] = best
        return best

    return go(start, frozenset())


def by_language(flow: Flow, languages: Mapping[str, int], community: str) -> dict[str, Lengths]:
    """The lengths in each of these languages."""
    return {language: conversation_lengths(flow, language, community) for language in languages}


__all__ = ["Lengths", "by_language", "conversation_lengths"]
