"""How the problems of a flow are shown: a line each for a person, an object each for a program."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from bot.cli.output import screen
from flows.definition import Flow
from flows.errors import Problem

#: More problems than this are counted, not listed: the first ones are the cause of the others, mostly.
_SHOWN = 100
_MARKS = {"error": ("error", "bold red"), "warning": ("warning", "yellow")}


def report(named: str, flow: Flow | None, problems: Sequence[Problem]) -> None:
    """Prints each problem with its line and what to do, and what it comes to."""
    for problem in problems[:_SHOWN]:
        screen.print(_line(problem))
    if len(problems) > _SHOWN:
        screen.print(f"… and {len(problems) - _SHOWN:,} more; --json has them all.")
    screen.print(_summary(named, flow, problems))


def _line(problem: Problem) -> Text:
    word, style = _MARKS[problem.severity]
    place = f"line {problem.line}" if problem.line else "the flow"
    line = Text(f"{place:<9} ")
    line.append(f"{word:<8}", style)
    line.append(problem.message)
    line.append(f"\n{'':<18}{problem.fix}", "green")
    line.append(f"  [{problem.code}]", "dim")
    return line


def _summary(named: str, flow: Flow | None, problems: Sequence[Problem]) -> Text:
    named = "standard input" if named == "-" else named
    counts = [_counted(sum(one.severity == kind for one in problems), kind) for kind in ("error", "warning")]
    found = " and ".join(count for count in counts if count)
    if flow is None:
        return Text(f"{named}: {found}. It cannot be used before the errors are mended.", "bold")
    size = f"{_counted(len(flow.states), 'state')}, {_counted(len(flow.questions), 'question') or 'no questions'}"
    return Text(f"{named}: {found or 'nothing to object to'} ({size}, {', '.join(flow.languages)}).", "bold")


def _counted(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report_json(named: str, flow: Flow | None, problems: Sequence[Problem]) -> dict[str, object]:
    """The same for programs; `flow` is the flow's own name, null where the file cannot be read."""
    return {
        "file": named,
        "flow": flow.name if flow is not None else None,
        "ok": not any(problem.severity == "error" for problem in problems),
        "errors": sum(problem.severity == "error" for problem in problems),
        "warnings": sum(problem.severity == "warning" for problem in problems),
        "states": len(flow.states) if flow is not None else None,
        "questions": len(flow.questions) if flow is not None else None,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "line": problem.line,
                "column": problem.column,
                "message": problem.message,
                "fix": problem.fix,
            }
            for problem in problems
        ],
    }
