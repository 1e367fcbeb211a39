"""What each of those asked would read first, as the conversation writes it: the text, its letters, its segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.campaigns.alike import begins_alike
from bot.conversation import House
from bot.conversation.house import CommunityView, FlowView
from bot.conversation.stepping import seed_of
from flows.context import Context
from flows.effects import Say
from flows.engine import new_run, step
from flows.events import Started
from flows.segments import lighten, segment


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who would be asked, and how they are reached; `n` people whose first message is the same."""

    revision: int
    language: str
    channel: str
    zone: str
    public_id: str = ""
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    n: int = 1


@dataclass(slots=True)
class FirstMessage:
    """What readers of one language, channel and flow read first. `segments` of all of them together, `least` and `most` of one;
    `encodings`: how many readers' texts are in each; `culprits`: letter that forces Unicode -> how many readers; `example`: a text."""

    revision: int
    language: str
    channel: str
    readers: int = 0
    segments: int = 0
    least: int = 0
    most: int = 0
    encodings: Counter[str] = field(default_factory=Counter)
    culprits: Counter[str] = field(default_factory=Counter)
    example: str = ""

    def count(self, texts: tuple[str, ...], n: int) -> None:
        """Count `n` readers of these messages, all that comes in the first step."""
        lengths = [segment(text) for text in texts]
        total = sum(one.segments for one in lengths) if self.channel == "sms" else len(texts)
        self.least = total if not self.readers else min(self.least, total)
        if not self.readers or total > self.most:
            self.most, self.example = total, "\n\n".join(texts)
        self.readers += n
        self.segments += total * n
        self.encodings["UCS-2" if any(one.culprits for one in lengths) else "GSM-7"] += n
        for letter in dict.fromkeys(letter for one in lengths for letter in one.culprits):
            self.culprits[letter] += n


def first_messages(
    readers: Iterable[Reader], community: CommunityView, campaign: str, flows: Mapping[int, FlowView], house: House,
    now: datetime,
) -> list[FirstMessage]:  # fmt: skip
    """The first message of each flow, language and channel, counted over all `readers`."""
    found: dict[tuple[int, str, str], FirstMessage] = {}
    for reader in readers:
        key = (reader.revision, reader.language, reader.channel)
        message = found.get(key)
        if message is None:
            message = found[key] = FirstMessage(*key)
        message.count(texts_for(reader, community, campaign, flows[reader.revision], house, now), reader.n)
    return [found[key] for key in sorted(found, key=lambda key: (-found[key].readers, key))]


def texts_for(
    reader: Reader, community: CommunityView, campaign: str, view: FlowView, house: House, now: datetime
) -> tuple[str, ...]:
    """The texts of the first step, those that one message holds joined as the conversation joins them, in light letters."""
    person = {**reader.attributes, "name": reader.name, "language": reader.language, "tags": list(reader.tags)}
    context = Context(
        participant=person,
        community=community.public,
        campaign={"name": campaign, "answered": 0},
        zone=reader.zone,
        channel="simulator" if reader.channel == "sim" else reader.channel,
        region=community.settings.region,
        buttons=reader.channel != "sms",
        phrases=house.phrases,
    )
    run = new_run(view.flow, seed=seed_of(reader.public_id, view.id), language=reader.language)
    said = [one for one in step(view.flow, run, Started(), context, now).effects if isinstance(one, Say) and one.text]
    return tuple(_joined(said, "\n" if reader.channel == "sms" else "\n\n"))


def _joined(said: list[Say], between: str) -> Iterator[str]:
    """Buttons end a message; everything up to them is one."""
    parts: list[str] = []
    for one in said:
        parts.append(one.text)
        if one.buttons:
            yield lighten(between.join(parts))
            parts = []
    if parts:
        yield lighten(between.join(parts))


def needs_each(flows: Iterable[FlowView]) -> bool:
    """Whether every reader has to be looked at, because the first step asks something of the person."""
    return not all(begins_alike(view.flow) for view in flows)


__all__ = ["FirstMessage", "Reader", "first_messages", "needs_each", "texts_for"]
