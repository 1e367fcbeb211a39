"""A step under way: the run unpacked, to be changed in place, and the effects gathered so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flows.context import Context
from flows.definition import Flow, State
from flows.effects import Effect, RunEnded, Value
from flows.run import Frame, Run, RunStatus

#: The questions that BACK can go through.
_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Step:
    """What came of an event: the run as it stands now, and the effects in the order in which they happened."""

    run: Run
    effects: tuple[Effect, ...]


class Walk:
    """One step of one run. Made from a frozen run, changed in place, frozen again by `run`."""

    __slots__ = (
        "active_at",
        "answers",
        "asked",
        "attributes",
        "context",
        "effects",
        "entered",
        "flow",
        "language",
        "now",
        "outcome",
        "pending",
        "prompted_at",
        "raw",
        "reminded",
        "root",
        "seed",
        "stack",
        "state",
        "status",
        "tags",
        "tried",
        "visit",
        "visits",
    )

    def __init__(self, root: Flow, run: Run, context: Context, now: datetime) -> None:
        self.root = root
        self.context = context
        self.now = now.astimezone(UTC)
        self.flow: Flow = self.flow_named(run.flow) or root
        self.state: str = run.state or ""
        self.status: RunStatus = run.status
        self.outcome = run.outcome
        self.seed = run.seed
        self.language = run.language
        self.stack = run.stack
        self.visit = run.visit
        self.visits = dict(run.visits)
        self.tried = run.tried
        self.reminded = run.reminded
        self.prompted_at = run.prompted_at
        self.active_at = run.active_at
        self.answers: dict[str, Value] = dict(run.answers)
        self.pending = run.pending
        self.asked = run.asked
        self.effects: list[Effect] = []
        #: What the resident sent in this step.
        self.raw = ""
        #: How many states this step has entered.
        self.entered = 0
        #: Attributes and tags as this step has left them; the context has them as they were before it.
        self.attributes: dict[str, Value] = {}
        self.tags: list[str] | None = None

    def flow_named(self, name: str) -> Flow | None:
        """The flow of this run that has that name: the one that it began with, or one that is called."""
        return self.root if name == self.root.name else self.root.calls.get(name)

    @property
    def open_state(self) -> State:
        """The state that the run stands in."""
        return self.flow.states[self.state]

    def path(self, name: str) -> str:
        """A state's or answer's name as the whole run knows it: `age`, or `about.age` inside a call by `about`."""
        if not self.stack:
            return name
        return ".".join([*(frame.state for frame in self.stack), name])

    def question_key(self, state: State) -> str:
        """The name under which the answer of the state's question is kept."""
        return self.path((state.ask.save if state.ask else "") or state.name)

    def remember_question(self) -> None:
        """Notes the open question, for BACK."""
        where = (self.flow.name, self.state, *(part for frame in self.stack for part in (frame.flow, frame.state)))
        self.asked = (*self.asked[-_REMEMBERED + 1 :], where)

    def stand_at(self, where: tuple[str, ...]) -> bool:
        """Goes to where a remembered question was asked, its callers included; False if it no longer exists."""
        flow = self.flow_named(where[0])
        if flow is None or where[1] not in flow.states:
            return False
        self.flow, self.state = flow, where[1]
        self.stack = tuple(Frame(where[at], where[at + 1]) for at in range(2, len(where) - 1, 2))
        return True

    def end(self, ended: RunEnded) -> None:
        """The run is over."""
        self.status = "ended"
        self.outcome = ended.outcome
        self.prompted_at = None
        self.pending = None
        self.effects.append(ended)

    def run(self, due_at: datetime | None) -> Run:
        """The run as it stands now."""
        return Run(
            self.flow.name,
            self.seed,
            self.language,
            self.status,
            self.outcome,
            self.state or None,
            self.stack,
            self.visit,
            self.visits,
            self.tried,
            self.reminded,
            self.prompted_at,
            self.active_at,
            due_at,
            self.answers,
            self.pending,
            self.asked,
        )
