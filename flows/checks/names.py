"""Checks of expressions: answers and options that they name, and comparisons that can never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.checks.review import Review
from flows.conditions import ConditionError, compiled
from flows.definition import Expression, Flow, Question, State
from flows.loader.draft import did_you_mean
from flows.paths import following, reached_from
from flows.texts import placeholders

#: So many names of answers are looked at; flows that call flows could have any number.
MOST_NAMES = 5_000

_TEXT = r'"(?P<{0}d>[^"\\]*)"|\'(?P<{0}s>[^\'\\]*)\''
_PATH = r"(?P<path>answers(?:\.[a-z]\w*)+|answer)\b(?![.(\[])"
_COMPARED = re.compile(rf"(?<![\w.]){_PATH}\s*(?P<sign>==|!=)\s*(?:{_TEXT.format('t')})")
_CONTAINED = re.compile(rf"(?:{_TEXT.format('t')})\s+in\s+{_PATH}")
_MEASURED = re.compile(rf"(?<![\w.]){_PATH}\s*(?P<sign>==|!=|<=|>=|<|>)\s*(?P<number>-?\d+(?:\.\d+)?)(?![\w.])")


@dataclass(frozen=True, slots=True)
class _Written:
    """An expression with the state and the key that it stands in, and the question whose answer `answer` is there."""

    state: State
    key: str
    expression: Expression
    question: Question | None


def look(review: Review) -> None:
    """Notes answers that nothing asks for, and comparisons with what cannot be answered."""
    names = answers_of(review.flow)
    follow = following(review.flow)
    for written in _expressions(review.flow):
        try:
            paths = compiled(written.expression.source).paths
        except ConditionError as error:
            where = f"State {written.state.name}: {written.key}"
            review.error("bad-expression", _line(written), f"{where}: {error.message}", error.fix)
            continue
        for path in sorted(paths):
            if path.startswith("answers."):
                _known(review, written, path.removeprefix("answers."), names, follow)
        _comparisons(review, written, names)
    _placeholders(review, names)


def answers_of(flow: Flow) -> dict[str, tuple[State, Question] | None]:
    """Every name under which a run of the flow keeps an answer -> where it is asked; `about.age` in a flow called by
    the state about, None for the words behind "other" and the
    options that were named together with one (`focus_also`)."""
    names: dict[str, tuple[State, Question] | None] = {}
    for state in flow.states.values():
        if state.ask is not None:
            names.setdefault(state.ask.save, (state, state.ask))
            if state.ask.other:
                names[f"{state.ask.save}_other"] = None
            if state.ask.kind == "choice":
                names[f"{state.ask.save}_also"] = None
        if state.call is not None and state.call in flow.calls:
            for name, inner in answers_of(flow.calls[state.call]).items():
                if len(names) >= MOST_NAMES:
                    break
                names[f"{state.name}.{name}"] = None if inner is None else (state, inner[1])
    return names


def _expressions(flow: Flow) -> Iterator[_Written]:
    for state in flow.states.values():
        for rule in state.next:
            if rule.when is not None:
                yield _Written(state, "when", rule.when, state.ask)
        for key, group in (("set", state.set), ("with", state.with_values)):
            for expression in group.values():
                yield _Written(state, key, expression, None)
        if state.ask is not None and state.ask.skip_if is not None:
            yield _Written(state, "skip_if", state.ask.skip_if, None)


def _line(written: _Written) -> int | str:
    return written.expression.line or f"{written.state.name}:{written.key}"


def _known(
    review: Review,
    written: _Written,
    path: str,
    names: dict[str, tuple[State, Question] | None],
    follow: dict[str, tuple[str, ...]],
) -> None:
    where = f"State {written.state.name}: {written.key}"
    asked = next((name for name in (path, *_shorter(path)) if name in names), None)
    if asked is None:
        if any(name.startswith(f"{path}.") for name in names):
            return
        review.error(
            "unknown-answer",
            _line(written),
            f"{where} reads answers.{path}, and no question saves an answer under that name.",
            did_you_mean(path, names, f"Answers here are {', '.join(list(names)[:12]) or 'none'}."),
        )
        return
    place = names[asked]
    if place is None:
        return
    question_state = place[0]
    later = written.key in ("set", "with", "skip_if") and question_state is written.state and written.state.call is None
    if later or written.state.name not in reached_from([question_state.name], follow):
        review.warning(
            "answer-too-early",
            _line(written),
            f"{where} reads answers.{path} before state {question_state.name} has asked for it.",
            "It has no value there: move this behind the question.",
        )


def _shorter(path: str) -> Iterator[str]:
    """`about.age.size` -> `about.age`, `about`: a function called on an answer is not part of its name."""
    while "." in path:
        path = path.rsplit(".", 1)[0]
        yield path


def _comparisons(review: Review, written: _Written, names: dict[str, tuple[State, Question] | None]) -> None:
    source = written.expression.source
    for found in _COMPARED.finditer(source):
        question = _asked(found["path"], written, names)
        if question is not None:
            _compare_text(review, written, question, found["td"] or found["ts"] or "", found["sign"])
    for found in _CONTAINED.finditer(source):
        question = _asked(found["path"], written, names)
        text = found["td"] or found["ts"] or ""
        if question is None:
            continue
        if question.kind == "choices":
            _compare_text(review, written, question, text, "==")
        else:
            _not_a_list(review, written, question, text)
    for found in _MEASURED.finditer(source):
        question = _asked(found["path"], written, names)
        if question is not None:
            _compare_number(review, written, question, float(found["number"]), found["sign"])


def _asked(path: str, written: _Written, names: dict[str, tuple[State, Question] | None]) -> Question | None:
    if path == "answer":
        return written.question
    place = names.get(path.removeprefix("answers."))
    return place[1] if place is not None else None


def _compare_text(review: Review, written: _Written, question: Question, text: str, sign: str) -> None:
    where = f"State {written.state.name}: {written.key}"
    at = _line(written)
    if question.kind in ("choice", "choices"):
        options = [option.key for option in question.options] + ["other"] * question.other
        if text not in options:
            fix = did_you_mean(text, options, f"The options are {', '.join(options)}.")
            review.error(
                "unknown-option", at, f'{where} compares with "{text}", which is no option of {question.save}.', fix
            )
        elif question.kind == "choices" and "answer" in written.expression.source and sign and _equals(written, text):
            review.error(
                "never-true",
                at,
                f'{where}: the answer to {question.save} is a list of options, so it never equals "{text}".',
                f'Write "{text}" in {"answer" if written.question is question else f"answers.{question.save}"}.',
            )
    elif question.kind == "yesno":
        meant = {"yes": "true", "true": "true", "no": "false", "false": "false"}.get(text.lower(), "true")
        review.error(
            "never-true",
            at,
            f'{where}: the answer to {question.save} is true or false, never the text "{text}".',
            f"Write == {meant}, without quotation marks.",
        )
    elif question.kind in ("number", "scale"):
        shown = text if re.fullmatch(r"-?\d+(\.\d+)?", text) else "3"
        review.error(
            "never-true",
            at,
            f'{where}: the answer to {question.save} is a number, never the text "{text}".',
            f"Write a number without quotation marks: {sign} {shown}.",
        )


def _not_a_list(review: Review, written: _Written, question: Question, text: str) -> None:
    """`"x" in answer` where the answer is one thing: that fails, and so never holds."""
    if question.kind == "location":
        return
    name = "answer" if written.question is question else f"answers.{question.save}"
    review.error(
        "never-true",
        _line(written),
        f'State {written.state.name}: {written.key} looks for "{text}" in the answer to {question.save}, which is no list.',
        f'Write {name} == "{text}".'
        if question.kind == "choice"
        else f'Write {name}.contains("{text}"), if it is a text.',
    )


def _equals(written: _Written, text: str) -> bool:
    return re.search(rf"[=!]=\s*[\"']{re.escape(text)}[\"']", written.expression.source) is not None


def _compare_number(review: Review, written: _Written, question: Question, number: float, sign: str) -> None:
    where = f"State {written.state.name}: {written.key}"
    at = _line(written)
    if question.kind in ("choice", "yesno", "text"):
        wanted = {"choice": 'an option\'s name, as in == "housing"', "yesno": "true or false", "text": "a text"}
        review.error(
            "never-true",
            at,
            f"{where} compares the answer to {question.save} with the number {number:g}, and it is {question.kind}.",
            f"Compare it with {wanted[question.kind]}.",
        )
        return
    low, high = question.minimum, question.maximum
    if question.kind not in ("number", "scale"):
        return
    least = float(low) if isinstance(low, int | float) else float("-inf")
    most = float(high) if isinstance(high, int | float) else float("inf")
    never = {
        "==": number < least or number > most,
        "<": least >= number,
        "<=": least > number,
        ">": most <= number,
        ">=": most < number,
        "!=": False,
    }[sign]
    if never:
        review.error(
            "never-true",
            at,
            f"{where}: the answer to {question.save} is from {_shown(least)} to {_shown(most)}, "
            f"so {sign} {number:g} never holds.",
            "Compare it with a number that can be answered.",
        )


def _shown(bound: float) -> str:
    return "anything" if bound in (float("inf"), float("-inf")) else f"{bound:g}"


def _placeholders(review: Review, names: dict[str, tuple[State, Question] | None]) -> None:
    """`{answers.X}` straight in a text."""
    for said in review.texts:
        for pattern in said.text.values():
            for name in placeholders(pattern):
                if name.startswith("answers.") and name.removeprefix("answers.") not in names:
                    review.error(
                        "unknown-answer",
                        said,
                        f"{said.what} says {{{name}}}, and no question saves an answer under that name.",
                        did_you_mean(
                            name.removeprefix("answers."),
                            names,
                            f"Answers here are {', '.join(list(names)[:12]) or 'none'}.",
                        ),
                    )
