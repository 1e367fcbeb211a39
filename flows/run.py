"""The state of one participant's way through one flow: plain JSON in, plain JSON out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.effects import Value

RunStatus = Literal["new", "active", "handed_over", "ended"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow that waits for the flow it called: on return, its state `state` goes on by `next`."""

    flow: str
    state: str


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run stands.

    `flow` and `state`: the flow on top of the call stack and the state that is open in it. `visit` counts the prompts
    of this run: each question opened gets the next number. `prompted_at`: when the open question was first asked;
    `due_at`: the next moment to hand in a `TimeReached` (aware, UTC), None when there is none.
    `answers`: save name -> value (`about.age` inside a subflow), and `X_other` for the words behind "other".
    `pending`: an answer that waits for a yes (`confirm: true`), or options that one reply named together.
    `asked`: the questions opened so far as (flow, state) pairs with the stack they had, for BACK.
    """

    flow: str
    seed: int
    language: str
    status: RunStatus = "new"
    outcome: str | None = None
    state: str | None = None
    stack: tuple[Frame, ...] = ()
    visit: int = 0
    visits: dict[str, int] = field(default_factory=dict)
    tried: int = 0
    reminded: int = 0
    prompted_at: datetime | None = None
    active_at: datetime | None = None
    due_at: datetime | None = None
    answers: dict[str, Value] = field(default_factory=dict)
    pending: dict[str, Value] | None = None
    asked: tuple[tuple[str, ...], ...] = ()
