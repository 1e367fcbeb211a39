"""What a transcript is: a case, the lines of its script, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

#: `>` what the resident sends, `<` what we say, `~` time passing, `=` what is then so.
Kind = Literal[">", "<", "~", "="]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script, with those that continue it. `number` is its line in the file, from 1."""

    number: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation to try: who takes part, when, and the script. `line`: where it begins in the file."""

    name: str
    flow: str
    script: tuple[Line, ...]
    line: int = 0
    language: str = ""
    channel: str = "sms"
    buttons: bool = False
    now: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-01-05T12:00-04:00"))
    zone: str = "America/Halifax"
    seed: int = 0
    participant: Mapping[str, object] = field(default_factory=dict)
    community: Mapping[str, object] = field(default_factory=dict)
    campaign: Mapping[str, object] = field(default_factory=dict)
    back_by: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The first line of a script that did not hold: what it expected, and what there was instead."""

    line: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"line {self.line}: expected {self.expected}\n  but {self.found}"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said: `by` is "resident" or "us"."""

    by: Literal["resident", "us"]
    text: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went: without a `failure`, as written. `conversation`: all that was said, in order."""

    case: Case
    failure: Failure | None
    conversation: tuple[Turn, ...]

    @property
    def passed(self) -> bool:
        """Whether every line held."""
        return self.failure is None
