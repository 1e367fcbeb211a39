"""Whatever stands in a file, reading it ends soon and with a flow or with problems in plain words: never otherwise."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.errors import FlowError, Problem
from flows.graph import mermaid, svg
from flows.loader import freeze, keys, load, thaw

GOOD = (Path(__file__).parent / "good" / "every-key.yaml").read_text(encoding="utf-8")
LIBRARY = GOOD.splitlines()

words = st.one_of(
    st.sampled_from(
        [*keys.ALL, *keys.KINDS, *keys.OUTCOMES, "en", "fr", "a", "z", "null", "true", "<<", "7d", "-1", "1.5"]
    ),
    st.text(max_size=12),
    st.integers().map(str),
)
nodes = st.recursive(
    words | st.none() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=40,
)


def outcome(source: str | bytes) -> str:
    """Reads a source; the flow that comes of it can be used, and problems can be read by a person."""
    problems: tuple[Problem, ...] = ()
    try:
        flow = load(source)
    except FlowError as error:
        problems = error.problems
        flow = None
    if flow is None:
        assert problems
        for problem in problems:
            assert problem.message.endswith("."), problem
            assert problem.fix, problem
            assert "<stream end>" not in problem.message, problem
        return "refused"
    assert thaw(freeze(flow)) == flow
    assert svg(flow).startswith("<svg")
    assert mermaid(flow).startswith("flowchart")
    return "read"


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400))
@example(b"\xff\xfe\x00")
@example("&a [*a]")
@example("? ? ? a")
@example("!!binary x: y")
@example("%YAML 9.9\n---\na: b")
@example("'")
@example("a: |9\n b")
@example("\t")
@example("- - - - - ")
@example("{" * 500)
@example("? " * 400)
@example("a: &b &c d")
@example("*a : b")
@example("\u2028: \u0085")
def test_any_bytes_at_all(source: str | bytes) -> None:
    outcome(source)


@settings(deadline=None)
@given(nodes)
def test_any_tree_of_words(tree: object) -> None:
    outcome(written(tree))


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"flow": words, "languages": nodes, "start": words},
        optional={"states": st.dictionaries(words, nodes, max_size=4), "reminders": nodes, "expires": nodes},
    )
)
def test_anything_in_the_places_of_a_flow(tree: dict[str, object]) -> None:
    outcome(written(tree))


@settings(deadline=None)
@given(st.sampled_from(keys.KINDS), st.dictionaries(st.sampled_from(sorted(keys.ALL)), nodes, max_size=8))
def test_anything_in_the_places_of_a_state(kind: str, state: dict[str, object]) -> None:
    whole = {
        "flow": "f",
        "languages": ["en"],
        "start": "a",
        "states": {"a": {"ask": kind, **state}, "z": {"end": "completed"}},
    }
    outcome(written(whole))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_good_file_with_a_slip_of_the_hand(seed: int) -> None:
    """Characters dropped, doubled, swapped, lines moved or indented: what an editor and a tired evening do to a file."""
    hand = random.Random(seed)
    lines = list(LIBRARY)
    for _ in range(hand.randint(1, 4)):
        at = hand.randrange(len(lines))
        line = lines[at]
        place = hand.randrange(len(line) + 1)
        match hand.randrange(7):
            case 0:
                lines[at] = line[:place] + line[place + 1 :]
            case 1:
                lines[at] = line[:place] + hand.choice(list("{}[]:,'\"#&*!|>%@`\t \\-?é\u00a0")) + line[place:]
            case 2:
                lines[at] = line[:place]
            case 3:
                lines[at] = " " * hand.randint(1, 3) + line
            case 4:
                lines[at] = line.lstrip()
            case 5:
                del lines[at]
            case _:
                lines.insert(hand.randrange(len(lines) + 1), line)
    outcome("\n".join(lines))


def written(tree: object, depth: int = 0) -> str:
    """A tree as YAML, in flow style, words unquoted where that is likely to mean something."""
    if isinstance(tree, dict):
        inside = ", ".join(f"{written(key, depth + 1)}: {written(value, depth + 1)}" for key, value in tree.items())
        return inside.replace(", ", "\n") if depth == 0 and tree else f"{{{inside}}}"
    if isinstance(tree, list):
        return f"[{', '.join(written(each, depth + 1) for each in tree)}]"
    if tree is None:
        return ""
    if isinstance(tree, bool):
        return "true" if tree else "false"
    return str(tree)
