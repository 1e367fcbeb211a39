"""The errors of this package, whose messages tell a flow's author what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

#: How many problems stand in the message of an error; `problems` has them all.
_SHOWN = 50


class FlowsError(Exception):
    """The trunk of this package's tree of errors."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or doubtful, about a flow.

    `code` is stable (`unknown-key`) and described in docs/flow-checks.md. `line` and `column` count from 1;
    0 where the place is not known. `fix` says what to do about it, as an order or as the words to write.
    """

    code: str
    line: int
    column: int
    message: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} {self.fix}" if self.line else f"{self.message} {self.fix}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems from the top of the file to its end, each once."""
    return tuple(sorted(set(problems), key=lambda p: (p.line, p.column, p.severity, p.code, p.message)))


class FlowError(FlowsError):
    """A flow cannot be used as it is written; `problems` lists everything that was found, sorted by line."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = in_order(problems)
        errors = sum(problem.severity == "error" for problem in self.problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems[:_SHOWN])
        lines += f"\n  … and {len(self.problems) - _SHOWN:,} more" if len(self.problems) > _SHOWN else ""
        super().__init__(f"{name} has {errors} problem{'s' if errors != 1 else ''}:\n{lines}")


class MissingValue(FlowsError):
    """A placeholder has no value, or one that cannot be written the way the text asks for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no value for {{{name}}}")
