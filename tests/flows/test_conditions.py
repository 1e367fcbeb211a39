"""Expressions: what they see, what they refuse, and that none of them can run long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.conditions import LONGEST, NAMES, Condition, ConditionError, NoValue, compiled, holds
from flows.effects import Value

SCOPE: Mapping[str, object] = {
    "answer": "housing",
    "answers": {"focus": ["housing", "food"], "age": 40, "share": 2.5, "none": None, "about": {"age": 12}},
    "participant": {"name": "Ann", "tags": ["spring"], "since": "2026-01-05", "children": "3"},
    "community": {"name": "Shore Road"},
    "campaign": {"answered": 4},
    "visits": 2,
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('answer == "housing"', True),
        ("answer == 'food'", False),
        ('answer != "food"', True),
        ('"food" in answers.focus', True),
        ("size(answers.focus) == 2", True),
        ("answers.age >= 18 && answers.age < 65", True),
        ("answers.age > 39.5", True),
        ("answers.about.age < 18", True),
        ("answers.none == null", True),
        ("has(answers.other)", False),
        ('has(answers.other) ? answers.other : "nobody"', "nobody"),
        ('participant.name.startsWith("A")', True),
        ('participant.name + " of " + community.name', "Ann of Shore Road"),
        ("int(participant.children) + 1", 4),
        ("campaign.answered + 1", 5),
        ("double(answers.age) * 1.5", 60.0),
        ("visits > 1", True),
        ('participant.since < "2026-02-01"', True),
        ('timestamp(participant.since + "T00:00:00Z").getFullYear()', 2026),
        ("answers.focus", ["housing", "food"]),
        ("null", None),
        ('"all(of, them)"', "all(of, them)"),
        ('answer == "it\'s // fine"', False),
    ],
)
def test_what_expressions_are_worth(source: str, value: Value) -> None:
    assert compiled(source).value(SCOPE) == value


@pytest.mark.parametrize(
    "source",
    [
        "answers.nothing > 1",
        "answers.nothing == 'x'",
        "answer > 3",
        "answers.none + 1",
        "1 / 0",
        "answers.age + 0.5",
        'int("x")',
        "{'a': 1}",
        "duration('1h')",
        "9223372036854775807 + visits",
        "answers.focus[9]",
        "community",
    ],
)
def test_what_has_no_value_says_so_and_is_false(source: str) -> None:
    with pytest.raises(NoValue):
        compiled(source).value(SCOPE)
    assert holds(source, SCOPE) is False


def test_only_what_is_true_holds() -> None:
    assert holds("visits == 2", SCOPE) is True
    assert holds("visits", SCOPE) is False
    assert holds('"true"', SCOPE) is False
    assert holds("answer ==", SCOPE) is False


@pytest.mark.parametrize(
    ("source", "message", "fix"),
    [
        ("", "There is no expression here.", 'answer == "housing"'),
        ("x" * 501, "has 501 characters; 500 are the most", "several states"),
        ("answer = 1", "A single = compares nothing.", "Write == to compare."),
        ("answer == 1 and visits > 1", "CEL has no word and.", "Write &&"),
        ("not answer", "CEL has no word not.", "Write !"),
        ('answer == "x', "has no end", 'Put a " after it.'),
        ("answer == housing", "Nothing here is called housing.", 'write "housing" in quotes'),
        ("anwser == 1", "Nothing here is called anwser.", "Did you mean answer?"),
        ("focus == 1", "Nothing here is called focus.", "an answer is answers.focus"),
        ("answers.focus.map(x, x)", "map() goes through lists", "one thing at a time"),
        ("answers.focus.filter\t(x, true)", "filter() goes", ""),
        ("answers.focus.exists(answer, answer == 1)", "exists() goes", ""),
        ("answers.focus.exists_one(answer, true)", "exists_one() goes", ""),
        ("answers.focus.all(visits, true)", "all() goes", ""),
        ("answers.focus.map // hidden\n(answer, answer)", "a comment", "Take it out."),
        ("answer // '\n.map(answer, 1) //'", "a comment", ""),
        ('answer.matches("(a+)+$")', "There is no matches() here.", "contains, startsWith or endsWith"),
        ("answer.lower()", "There is no lower() here.", "size, contains"),
        ('answer == r"x"', "plain quotes", ""),
        ('answer == b"x"', "plain quotes", ""),
        ('answer == """x"""', "plain quotes", ""),
        ("answers.`focus`", "a backtick", ""),
        ("answer ==", "cannot be read from character 10 on", ""),
        ("(" * 200, "cannot be read", ""),
    ],
)
def test_what_cannot_be_used_says_what_to_write(source: str, message: str, fix: str) -> None:
    with pytest.raises(ConditionError) as error:
        compiled(source)
    assert message in error.value.message
    assert fix in error.value.fix
    assert str(error.value) == f"{error.value.message} {error.value.fix}"


def test_the_names_that_an_expression_reads_are_known() -> None:
    made = compiled('answers.about.age > 3 && participant.name.startsWith("answers.x") && has(campaign.name)')
    assert made.paths == {"answers.about.age", "participant.name", "campaign.name"}
    assert set(made.names) == {"answers", "participant", "campaign"}


BIG = {"participant": {"text": "a" * 10_000, "list": ["a" * 100] * 1000}, "answer": "a" * 10_000, "visits": 1}


@pytest.mark.parametrize(
    "source",
    [
        " + ".join(["participant.text"] * 26),
        " + ".join(["participant.list"] * 26),
        " && ".join(["participant.list == participant.list"] * 10),
        " || ".join(['participant.text.contains("b")'] * 14),
        "!" * 489 + "(visits > 1)",
        "-" * 490 + "visits",
        "[" * 80 + "answer" + "]" * 80,
        "[" * 240 + "answer" + "]" * 240,
        "{1:" * 120 + "1" + "}" * 120,
        "size(" * 90 + "answer" + ")" * 90,
        "(" * 245 + "1" + ")" * 245,
        "visits" + ".a" * 240,
        "answer" + "[0]" * 160,
        "true ? " * 60 + "1" + " : 1" * 60,
        "string(" * 60 + "visits" + ")" * 60,
    ],
)
@pytest.mark.timeout(10)
def test_no_expression_runs_long_or_grows_large(source: str) -> None:
    value: Value = None
    with suppress(ConditionError, NoValue):
        value = compiled(source).value(BIG)
    assert len(str(value)) < 300_000


SIGNS = [
    "==",
    "!=",
    "<=",
    "&&",
    "||",
    "in",
    '"x"',
    "'y'",
    "1",
    "2.5",
    "true",
    "null",
    "//",
    "1u",
    "r",
    "b",
    '"',
    "'",
    "\\",
]
CALLS = ["size(", ".focus", ".age", "has(", ".map(", "matches(", "timestamp("]
PIECES = st.sampled_from([*NAMES, *"()[]{}.,:?!-+*/%<>", *SIGNS, *CALLS, "\n", "\0", "\ud800", "é"])


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_written_it_is_refused_in_words_or_has_a_value_or_none(source: str) -> None:
    with suppress(ConditionError, NoValue):
        compiled(source).value(SCOPE)
    assert holds(source, SCOPE) in (True, False)


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@settings(deadline=None)
@given(JSON, st.sampled_from([compiled("answer == answers.x"), compiled("answer"), compiled('answers.x == "x"')]))
def test_whatever_the_values_are(value: object, made: Condition) -> None:
    with suppress(NoValue):
        made.value({"answer": value, "answers": {"x": value}})


@given(st.text(max_size=4) | st.integers() | st.booleans() | st.none(), st.sampled_from(["a", "b", "1", "true", ""]))
def test_the_plain_comparison_agrees_with_cel(value: object, text: str) -> None:
    for source in (f'answer == "{text}"', f'answer != "{text}"', f'answers.x == "{text}"', f"answers.x != '{text}'"):
        scope = {"answer": value, "answers": {"x": value}}
        made = compiled(source)
        assert made.plain is not None
        assert made.value(scope) == compiled(f"({source})").value(scope)


def test_expressions_are_compiled_once() -> None:
    assert compiled("visits > 7") is compiled("visits > 7")
    assert LONGEST == 500


def test_the_engine_draws_no_terminal() -> None:
    found = "import sys, flows.conditions; print([name for name in sys.modules if name.startswith(('prompt_toolkit', 'pygments'))])"
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
