"""The state of one participant's way through one flow: plain JSON in, plain JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

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
    of this run: each question opened gets the next number. `prompted_at`: when the open question was first asked,
    None when none is open; `due_at`: the next moment to hand in a `TimeReached` (aware, UTC), None when there is none.
    `active_at`: when the resident was last heard, or the run began: an idle run expires counting from it.
    `answers`: save name -> value (`about.age` inside a subflow); `X_other` the words behind "other", `X_also` the
    options that were named together with the answer. `visits`: how often each state was entered (`about.age` alike).
    `pending` waits for one more reply before there is an answer. Its `kind` says for what: "confirm" and "suggest"
    (a yes to `value`), "between" (a pick among `options`), "other" (the words), "language" (which one);
    "held": an answer that is kept until a person has looked at it.
    `asked`: the questions opened so far, the open one last, for BACK: (flow, state, then the stack's flow, state, …).
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

    def to_json(self) -> dict[str, object]:
        """The run as plain JSON, without what has its first value. Shares its dicts and tuples with the run."""
        plain: dict[str, object] = {"flow": self.flow, "seed": self.seed, "language": self.language}
        plain["status"] = self.status
        if self.outcome is not None:
            plain["outcome"] = self.outcome
        if self.state is not None:
            plain["state"] = self.state
        if self.stack:
            plain["stack"] = [[frame.flow, frame.state] for frame in self.stack]
        if self.visit:
            plain["visit"] = self.visit
        if self.visits:
            plain["visits"] = self.visits
        if self.tried:
            plain["tried"] = self.tried
        if self.reminded:
            plain["reminded"] = self.reminded
        if self.active_at is not None:
            plain["active_at"] = self.active_at.isoformat()
        if self.prompted_at is not None:
            # Mostly one moment: a reply came, and the next question was asked.
            same = self.prompted_at is self.active_at
            plain["prompted_at"] = plain["active_at"] if same else self.prompted_at.isoformat()
        if self.due_at is not None:
            plain["due_at"] = self.due_at.isoformat()
        if self.answers:
            plain["answers"] = self.answers
        if self.pending is not None:
            plain["pending"] = self.pending
        if self.asked:
            plain["asked"] = self.asked
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> Run:
        """The run that `to_json` wrote. Raises KeyError, TypeError or ValueError for what it did not write."""
        get, moment = plain.get, datetime.fromisoformat
        prompted_at, active_at, due_at = get("prompted_at"), get("active_at"), get("due_at")
        active = active_at and moment(active_at)
        stack = get("stack")
        return Run(
            plain["flow"],
            plain["seed"],
            plain["language"],
            plain["status"],
            get("outcome"),
            get("state"),
            tuple(Frame(flow, state) for flow, state in stack) if stack else (),
            get("visit", 0),
            get("visits") or {},
            get("tried", 0),
            get("reminded", 0),
            active if prompted_at == active_at else prompted_at and moment(prompted_at),
            active,
            due_at and moment(due_at),
            get("answers") or {},
            get("pending"),
            tuple(map(tuple, get("asked", ()))),
        )
