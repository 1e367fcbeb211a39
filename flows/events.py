"""What can happen to a run: the events that `flows.engine.step` takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MediaKind = Literal["photo", "voice", "audio", "video", "document", "sticker", "contact"]


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The resident sent something. `button` is the key of a tapped button; `location` (latitude, longitude) in degrees.

    `visit`: the `Say.visit` of the message whose button was tapped, where the channel knows it: a tap on an older
    one answers nothing.

    `media` lists (kind, reference) pairs: the reference is what is kept as the answer of a photo question.
    `received_at` is aware; a text that is older than the open prompt did not answer it.
    """

    text: str
    received_at: datetime
    button: str | None = None
    media: tuple[tuple[MediaKind, str], ...] = ()
    location: tuple[float, float] | None = None
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class TimeReached:
    """A time that the run waited for (`Run.due_at`) may have come: a reminder, a timeout or the expiry.

    `prompt_left`: when the open prompt really left, if it was held up (by hours, or a sender's pace): its times count
    from then. For one that has not left yet, now.
    """

    prompt_left: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A coordinator hands the conversation back to the flow."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The run is ended from outside: STOP without a question open, a cancelled campaign, another flow taking over."""

    outcome: Literal["stopped", "cancelled"] = "cancelled"


Event = Started | Replied | TimeReached | Resumed | Cancelled
