"""What a flow is: a state machine of frozen dataclasses, as the loader builds it and the engine walks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import MappingProxyType
from typing import Literal

QuestionKind = Literal[
    "choice",
    "choices",
    "yesno",
    "number",
    "scale",
    "date",
    "time",
    "text",
    "phone",
    "postal_code",
    "email",
    "photo",
    "location",
]
Outcome = Literal["completed", "screened_out", "declined"]
Scope = Literal["surveys", "updates"]

#: Language tag -> ICU MessageFormat pattern. The flow's first language is always there.
Text = Mapping[str, str]


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


class Days(timedelta):
    """A span written with `d`: calendar days, due at the same local hour in the participant's zone.

    The loader reads `2d` as `Days(days=2)` and `48h` as a plain `timedelta`, which counts elapsed time.
    """

    __slots__ = ()


class DaysAt(Days):
    """Calendar days at an hour of their own, as a campaign's reminders may be: `2d 18:00` is two days on, at six in the evening."""

    __slots__ = ("clock",)
    clock: time

    def __new__(cls, days: int, clock: time) -> DaysAt:
        made = super().__new__(cls, days=days)
        made.clock = clock
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DaysAt) and (self.days, self.clock) == (other.days, other.clock)

    def __hash__(self) -> int:
        return hash((self.days, self.clock))


@dataclass(frozen=True, slots=True)
class Expression:
    """A CEL expression as written; `flows.conditions` compiles and evaluates it."""

    source: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer a `choice` or `choices`; `accept` holds further words for it, by language."""

    key: str
    label: Text
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    line: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What a state asks. Which fields matter depends on `kind`; the loader refuses the others.

    `minimum`/`maximum`: bounds of `number` and `scale` (numbers) or of `date` (ISO dates, or offsets such as `+30d`).
    `least`/`most`: how many options a `choices` wants. `labels`: point of a scale -> its words.
    """

    kind: QuestionKind
    text: Text
    options: tuple[Option, ...] = ()
    other: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    integer: bool = False
    unit: Text | None = None
    labels: Mapping[int, Text] = field(default_factory=lambda: MappingProxyType({}))
    least: int | None = None
    most: int | None = None
    max_length: int | None = None
    save: str = ""
    optional: bool = False
    tries: int = 3
    invalid: Text | None = None
    sensitive: bool = False
    confirm: bool = False
    skip_if: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `next`: go to `go` when `when` holds; a rule without `when` always holds."""

    go: str
    when: Expression | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Timeout:
    """`on.timeout`: where to go when a question has waited `after` since its prompt."""

    after: timedelta
    go: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """One state. On entry, in this order: `set`, tags, subscriptions, `say`, `notify`, `hand_over`; then it asks,
    calls, splits, ends or goes on by `next`: exactly one of these, which the loader makes sure of.

    `split`: (branch, weight) pairs; `next_by_branch` says where each leads.
    `with_values`: placeholder -> expression, for the texts of this state.
    `otherwise`: the text to use where a placeholder has no value.
    """

    name: str
    line: int = 0
    set: Mapping[str, Expression] = field(default_factory=lambda: MappingProxyType({}))
    tags_add: tuple[str, ...] = ()
    tags_remove: tuple[str, ...] = ()
    subscribe: Scope | None = None
    unsubscribe: Scope | None = None
    say: Text | None = None
    otherwise: Text | None = None
    with_values: Mapping[str, Expression] = field(default_factory=lambda: MappingProxyType({}))
    notify: Text | None = None
    hand_over: bool = False
    ask: Question | None = None
    call: str | None = None
    split: tuple[tuple[str, float], ...] = ()
    next_by_branch: Mapping[str, str] = field(default_factory=_nothing)
    next: tuple[Rule, ...] = ()
    give_up: str | None = None
    timeout: Timeout | None = None
    end: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow. `calls` holds every flow that a `call` of it, or of a flow it calls, can reach, by name.

    `source`: the file as it was read. `lines`: the (line, column) of each text, by its context (`focus:text`).
    """

    name: str
    title: Text
    languages: tuple[str, ...]
    start: str
    states: Mapping[str, State]
    expires: timedelta = timedelta(days=7)
    reminders: tuple[timedelta, ...] = ()
    calls: Mapping[str, Flow] = field(default_factory=lambda: MappingProxyType({}))
    source: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, repr=False
    )

    @property
    def questions(self) -> tuple[State, ...]:
        """The states of this flow that ask something, in the order they are written."""
        return tuple(state for state in self.states.values() if state.ask is not None)
