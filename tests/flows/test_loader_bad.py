"""A file for every way of going wrong: each is told of with its line, its code and what to do.

The first line of a file in bad/ lists what is expected of it: `# expect: 7:unknown-key 9:no-way-on`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import flows
from flows.checks import check_file
from flows.errors import Problem

BAD = Path(__file__).parent / "bad"
FILES = sorted(path.stem for path in BAD.glob("*.yaml"))
DOCS = Path(__file__).parents[2] / "docs" / "flow-checks.md"
#: Told where no file of its own can show it: too large, not to be read, or not UTF-8.
ELSEWHERE = {
    "bad-script",
    "bad-translation",
    "file-too-large",
    "not-utf8",
    "odd-character",
    "too-many-states",
    "unreadable-file",
}


def found(name: str) -> tuple[Problem, ...]:
    return check_file(BAD / f"{name}.yaml")[1]


@pytest.mark.parametrize("name", FILES)
def test_what_is_wrong_is_told_at_its_line(name: str) -> None:
    first = (BAD / f"{name}.yaml").read_text(encoding="utf-8").split("\n", 1)[0]
    expected = first.removeprefix("# expect:").split()
    assert [f"{problem.line}:{problem.code}" for problem in found(name)] == expected


@pytest.mark.parametrize("name", FILES)
def test_a_file_shows_the_code_that_it_is_named_for(name: str) -> None:
    assert any(name == problem.code or name.startswith(f"{problem.code}-") for problem in found(name))


@pytest.mark.parametrize("name", FILES)
def test_problems_are_told_in_plain_sentences(name: str) -> None:
    for problem in found(name):
        assert problem.message[0].isupper() or problem.message[0] in "\"*!{'" or problem.code == "call-recursion", (
            problem
        )
        assert problem.message.endswith("."), problem
        assert problem.fix.endswith((".", "?", "!")), problem
        for jargon in ("None", "mapping", "sequence", "scalar", "token", "stream", "Node", "dict", "null", "parse"):
            assert jargon not in problem.message, problem


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("yaml-syntax-colon", "There is a second colon in this line", 'say: "Hello: we are here".'),
        ("yaml-syntax-placeholder", "There is a second colon in this line", 'say: "{community}: hello".'),
        ("yaml-syntax-indentation", "not indented like those it belongs to", "two spaces"),
        ("yaml-syntax-quotation", "An apostrophe ends a text in single quotation marks", "double ones"),
        ("yaml-syntax-open-quotation", "A quotation mark opens here and never closes", "Close it"),
        ("yaml-syntax-bracket", "The { on line 6 is not closed", "Put the }"),
        ("yaml-syntax-tab", "indented with a tab", "spaces"),
        ("yaml-syntax-reserved", "cannot begin with @", "quotation marks"),
        ("bad-expression", "cannot be read", "'\"north end\"'"),
        ("bad-name", 'flow should be a name, not "My Flow"', "Write my-flow?"),
        ("dead-end", "it stays within a -> b", "end: completed"),
        ("reminder-after-expiry", "The reminder after 3 days is never sent", "expires: 6d"),
        ("endless-loop", "States a and b lead to each other", "Put a question in the round"),
        ("unknown-key", 'no key "nxt"', "Did you mean next?"),
        ("wrong-type", 'languages should be a list, not "en"', "Write languages: [en, fr]."),
    ],
)
def test_what_a_coordinator_reads(name: str, message: str, fix: str) -> None:
    first = found(name)[0]
    assert message in first.message
    assert fix in first.fix


def codes_in_the_source() -> set[str]:
    """Every code that the loader, the checks and the transcripts can give, out of their source."""
    codes: set[str] = set()
    package = Path(flows.__file__).parent
    for path in [*package.glob("loader/*.py"), *package.glob("checks/*.py"), *package.glob("transcripts/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", node.value)
            ):
                codes.add(node.value)
    return codes


def codes_in_the_docs() -> set[str]:
    return set(re.findall(r"^\| `([a-z0-9-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_code_is_documented() -> None:
    told = {problem.code for name in FILES for problem in found(name)} | ELSEWHERE
    assert told <= codes_in_the_docs()
    assert codes_in_the_docs() <= codes_in_the_source()


def test_every_documented_code_has_a_file_that_shows_it() -> None:
    shown = {code for code in codes_in_the_docs() for name in FILES if name == code or name.startswith(f"{code}-")}
    assert codes_in_the_docs() - shown == ELSEWHERE
