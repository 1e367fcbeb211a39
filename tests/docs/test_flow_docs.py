"""The page on the flow language: it knows every key, and every example on it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import i18n
from flows.checks import check_source
from flows.loader import keys, library_flow
from flows.transcripts import parse_cases, run_case

PAGE = Path(__file__).parents[2] / "docs" / "flow-language.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = {
    f"line {TEXT[: found.start()].count(chr(10)) + 1}": found[1]
    for found in re.finditer(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
}
WHOLE = {name: example for name, example in EXAMPLES.items() if example.startswith("flow:")}
CASES = {name: example for name, example in EXAMPLES.items() if example.startswith("- case:")}
PARTS = {name: example for name, example in EXAMPLES.items() if name not in WHOLE and name not in CASES}

EVERY_KEY = sorted(
    {
        *keys.FLOW,
        *keys.STATE,
        *keys.QUESTION,
        *(key for of in keys.OF_KIND.values() for key in of),
        *keys.OPTION,
        *keys.RULE,
        *keys.TAGS,
        *keys.ON,
        *keys.GIVE_UP,
        *keys.TIMEOUT,
    }
)


def completed(part: str) -> str:
    """A few states as a whole flow: begun before the first of them, with the questions they read and the states they go to."""
    names = re.findall(r"^  (\w+):$", part, re.MULTILINE)
    wanted = [*re.findall(r"\bgo: (\w+)", part), *re.findall(r"\bnext: (\w+)", part), *_branches(part)]
    missing = dict.fromkeys(name for name in wanted if name not in names)
    reads_story = "answers.story" in part and "story" not in names
    head = ["flow: example", "languages: [en, fr]", f"start: {'story' if reads_story else names[0]}", "states:"]
    story = ["  story:", "    ask: text", "    text: Anything else?", f"    next: {names[0]}"] if reads_story else []
    ends = [
        f"  {name}:\n    say: Thank you.\n    end: completed"
        for name in missing
        if not (reads_story and name == "story")
    ]
    return "\n".join([*head, *story, part.rstrip("\n"), *ends, ""])


def _branches(part: str) -> list[str]:
    return [name for found in re.findall(r"next: \{([^}]*)\}", part) for name in re.findall(r": (\w+)", found)]


@pytest.mark.parametrize("key", EVERY_KEY)
def test_every_key_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT


@pytest.mark.parametrize("kind", keys.KINDS)
def test_every_kind_of_question_has_an_example(kind: str) -> None:
    assert any(f"ask: {kind}\n" in example for example in EXAMPLES.values())


@pytest.mark.parametrize("word", [*keys.OUTCOMES, *keys.SCOPES])
def test_every_word_of_a_key_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_example_has_nothing_wrong(name: str) -> None:
    _, problems = check_source(WHOLE[name], name=name, catalogue=i18n.catalogue, phrases=i18n.phrases())
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_flow_has_nothing_wrong(name: str) -> None:
    _, problems = check_source(completed(PARTS[name]), name=name, catalogue=i18n.catalogue, phrases=i18n.phrases())
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("name", CASES)
def test_the_transcripts_play(name: str) -> None:
    for case in parse_cases(CASES[name], name=name):
        result = run_case(case, lambda called: library_flow(called, catalogue=i18n.catalogue), i18n.phrases())
        assert result.failure is None, f"{case.name}: {result.failure}"


def test_there_are_examples_of_each_sort() -> None:
    assert min(len(WHOLE), len(CASES), len(PARTS)) >= 1
