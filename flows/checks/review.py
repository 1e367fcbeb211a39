"""What a check looks at and writes down: the flow, its texts with where they stand, the problems found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from flows.definition import Flow, State, Text
from flows.errors import Problem, Severity
from flows.loader.draft import Catalogue

Kind = Literal["title", "say", "otherwise", "notify", "text", "invalid", "unit", "label", "option"]

#: The parts of a state that are named to a reader: "state focus: the option housing".
_SPOKEN: Mapping[str, str] = MappingProxyType({"label": "the label of ", "option": "the option "})


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a flow. `context` is what catalogues call it: `welcome:say`, `focus:options.housing`."""

    context: str
    text: Text
    kind: Kind
    state: State | None = None
    part: str = ""

    @property
    def what(self) -> str:
        """Its name in a message: "State focus: text"."""
        if self.state is None:
            return f"The {self.kind}"
        return f"State {self.state.name}: {_SPOKEN.get(self.kind, '')}{self.part or self.kind}"


@dataclass
class Review:
    """A careful reading of one flow. `phrases`: what the engine itself says, by key and language."""

    flow: Flow
    catalogue: Catalogue | None = None
    phrases: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    problems: list[Problem] = field(default_factory=list)

    def error(self, code: str, at: State | Said | str | int, message: str, fix: str) -> None:
        """Notes what has to be mended before the flow may be used."""
        self._note("error", code, at, message, fix)

    def warning(self, code: str, at: State | Said | str | int, message: str, fix: str) -> None:
        """Notes what a coordinator should think about."""
        self._note("warning", code, at, message, fix)

    def _note(self, severity: Severity, code: str, at: State | Said | str | int, message: str, fix: str) -> None:
        line, column = self.place(at)
        self.problems.append(Problem(code, line, column, message, fix, severity))

    def place(self, at: State | Said | str | int) -> tuple[int, int]:
        """Line and column of a state, a text, or a context (`focus:save`); those of its state where it has none."""
        if isinstance(at, int):
            return at, 1
        if isinstance(at, State):
            return at.line, 1 if at.line else 0
        context = at.context if isinstance(at, Said) else at
        if context in self.flow.lines:
            return self.flow.lines[context]
        state = self.flow.states.get(context.partition(":")[0])
        return (state.line, 1) if state is not None and state.line else (0, 0)

    @cached_property
    def texts(self) -> tuple[Said, ...]:
        """Every text of the flow, in the order in which a reader meets them."""
        return tuple(texts_of(self.flow))

    @cached_property
    def labels(self) -> tuple[Said, ...]:
        """The texts that are labels and so stand alone, without placeholders."""
        return tuple(said for said in self.texts if said.kind in ("label", "option", "unit", "title"))


def texts_of(flow: Flow) -> Iterator[Said]:
    """Every text of a flow with its context."""
    yield Said("flow:title", flow.title, "title")
    for state in flow.states.values():
        yield from _texts_of_state(state)


def _texts_of_state(state: State) -> Iterator[Said]:
    name = state.name
    if state.say is not None:
        yield Said(f"{name}:say", state.say, "say", state)
    if state.otherwise is not None:
        yield Said(f"{name}:otherwise", state.otherwise, "otherwise", state)
    if state.notify is not None:
        yield Said(f"{name}:notify", state.notify, "notify", state)
    question = state.ask
    if question is None:
        return
    yield Said(f"{name}:text", question.text, "text", state)
    for option in question.options:
        yield Said(f"{name}:options.{option.key}", option.label, "option", state, option.key)
    for point, label in question.labels.items():
        yield Said(f"{name}:labels.{point}", label, "label", state, str(point))
    if question.unit is not None:
        yield Said(f"{name}:unit", question.unit, "unit", state)
    if question.invalid is not None:
        yield Said(f"{name}:invalid", question.invalid, "invalid", state)
