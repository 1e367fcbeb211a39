"""What a reply was understood to be: the result type of this package, and what it may know besides the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.effects import Value

Command = Literal["stop", "start", "help", "back", "language", "repeat", "person"]


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """What a reader may know: the participant's language, the languages the flow speaks, the aware local time
    (`now` carries the participant's zone), and the region for telephone numbers (ISO 3166 two letters)."""

    language: str
    languages: tuple[str, ...]
    now: datetime
    region: str = "CA"


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply, understood.

    `answered`: `value` as DESIGN's table of kinds says, `other` the words behind the option "other".
    `unclear`: nothing certain; `suggestion` the likely value, `between` the option keys or ISO dates it could be.
    `skipped`: the resident passes. `command`: `command` says which; for `language`, `value` is the language tag asked for.
    `unsure_stop`: an unclear or answered text that may be a wish to be left alone: a person should look.
    """

    outcome: Literal["answered", "unclear", "skipped", "command"]
    value: Value = None
    other: str | None = None
    command: Command | None = None
    suggestion: Value = None
    between: tuple[str, ...] = ()
    unsure_stop: bool = False
    reason: Literal["", "out_of_range", "too_long", "too_few", "too_many", "two_readings", "not_a_word_question"] = ""
