"""Reading flow files that are as they should be: every key, every form of a key, and what stands by default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.definition import Days, Expression, Flow, Rule, Timeout
from flows.errors import FlowError
from flows.loader import keys, library_flow, library_names, load, load_file, load_library
from flows.loader.source import MAX_BYTES, Entries, Node, parse

GOOD = Path(__file__).parent / "good"
SMALL = "flow: small\nlanguages: [en]\nstart: z\nstates:\n  z: {say: Bye, end: completed}\n"


def with_states(states: str, head: str = "languages: [en]") -> Flow:
    """A flow that begins at `a`, out of the states written in `states`."""
    return load(f"flow: tried\n{head}\nstart: a\nstates:\n{states}\n  z: {{say: Bye, end: completed}}\n")


def problems(source: str | bytes) -> list[str]:
    """The codes of a file's problems, in order."""
    with pytest.raises(FlowError) as raised:
        load(source)
    return [problem.code for problem in raised.value.problems]


@pytest.fixture
def designed() -> Flow:
    return load_file(GOOD / "as-designed.yaml")


def test_the_head_of_a_flow(designed: Flow) -> None:
    assert designed.name == "neighbourhood-check-in"
    assert designed.title == {"en": "Neighbourhood check-in"}
    assert designed.languages == ("en", "fr")
    assert designed.expires == timedelta(days=7)
    assert isinstance(designed.expires, Days)
    assert designed.reminders == (timedelta(hours=24), timedelta(hours=72))
    assert not any(isinstance(reminder, Days) for reminder in designed.reminders)
    assert designed.start == "welcome"
    assert list(designed.states)[:3] == ["welcome", "focus", "housing"]
    assert "about-you" in designed.calls
    assert designed.source.startswith("flow: neighbourhood-check-in")


def test_a_choice_with_its_options(designed: Flow) -> None:
    question = designed.states["focus"].ask
    assert question is not None
    assert (question.kind, question.save, question.tries, question.other) == ("choice", "focus", 3, True)
    assert [option.key for option in question.options] == ["housing", "food", "jobs"]
    assert question.options[1].label == {"en": "Food", "fr": "Nourriture"}
    assert question.options[1].accept == {"en": ("groceries", "hunger"), "fr": ("épicerie",)}
    assert question.options[2].accept == {"en": ("work", "employment")}
    assert designed.states["focus"].next == (
        Rule("housing", Expression('answer == "housing"', 20), 20),
        Rule("safety", None, 22),
    )


def test_a_scale_and_what_leads_away_from_it(designed: Flow) -> None:
    state = designed.states["safety"]
    assert state.ask is not None
    assert (state.ask.minimum, state.ask.maximum) == (1, 5)
    assert state.ask.labels == {1: {"en": "not at all"}, 5: {"en": "very"}}
    assert state.give_up == "done"
    assert state.timeout == Timeout(timedelta(days=2), "done", 36)
    assert isinstance(state.timeout.after, Days)


def test_what_a_state_does_besides_asking(designed: Flow) -> None:
    states = designed.states
    assert states["keep"].subscribe == "updates"
    assert states["area"].set == {
        "area": Expression('"north end"', 42),
        "visits_total": Expression("participant.visits_total + 1", 42),
    }
    assert (states["area"].tags_add, states["area"].tags_remove) == (("spring",), ("new",))
    assert states["half"].split == (("a", 50), ("b", 50))
    assert states["half"].next_by_branch == {"a": "about", "b": "done"}
    assert states["about"].call == "about-you"
    assert states["worry"].notify == {"en": "Someone wants to talk"}
    assert states["worry"].hand_over
    assert states["done"].with_values == {"n": Expression("campaign.answered", 57)}
    assert states["done"].end == "completed"


def test_every_key_is_in_the_example_that_says_so() -> None:
    written: set[str] = set()

    def collect(node: Node) -> None:
        if isinstance(node, Entries):
            for key, value in node.pairs:
                written.add(key.text)
                collect(value)
        else:
            for inner in getattr(node, "nodes", ()):
                collect(inner)

    collect(parse((GOOD / "every-key.yaml").read_bytes()))
    assert keys.ALL - written == set()
    flow = load_file(GOOD / "every-key.yaml")
    assert {state.ask.kind for state in flow.questions if state.ask} == set(keys.KINDS)


def test_every_field_of_a_question_is_read() -> None:
    flow = load_file(GOOD / "every-key.yaml")
    asked = {name: state.ask for name, state in flow.states.items() if state.ask}
    first, several, count, day, words = (asked[name] for name in ("first", "several", "count", "day", "words"))
    assert (first.save, first.tries, first.confirm) == ("focus", 2, True)
    assert first.invalid == {"en": "Please send one number.", "fr": "Envoyez un chiffre, s'il vous plaît."}
    assert first.skip_if == Expression("participant.focus != null", 30)
    assert (several.least, several.most) == (1, 2)
    assert (count.minimum, count.maximum, count.integer) == (1, 20, True)
    assert count.unit == {"en": "people", "fr": "personnes"}
    assert (day.minimum, day.maximum) == ("+0d", "+30d")
    assert (words.max_length, words.sensitive) == (300, True)
    assert asked["well"].optional
    assert flow.states["hello"].unsubscribe == "updates"
    assert flow.states["hello"].tags_add == ("greeted", "north end")


def test_what_stands_where_nothing_is_written() -> None:
    flow = with_states("  a: {ask: scale, text: How safe?, next: z}")
    assert flow.title == {"en": "Tried"}
    assert (flow.expires, flow.reminders) == (timedelta(days=7), ())
    question = flow.states["a"].ask
    assert question is not None
    assert (question.minimum, question.maximum, question.tries, question.optional) == (1, 5, 3, False)


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "y", "n", "Yes", "2026-12-04", "1_000", "012", "0x1f", "1e3", "null-ish"]
)
def test_words_that_other_yaml_takes_for_something_else_stay_words(word: str) -> None:
    flow = with_states(f"  a: {{ask: choice, text: Which?, options: {{x: {word}, w: Other}}, next: z}}")
    question = flow.states["a"].ask
    assert question is not None
    assert question.options[0].label == {"en": word}


def test_options_may_be_called_yes_no_and_on() -> None:
    flow = with_states("  a: {ask: choice, text: Which?, options: {yes: Sure, no: Never, on: On}, next: z}")
    question = flow.states["a"].ask
    assert question is not None
    assert [option.key for option in question.options] == ["yes", "no", "on"]


def test_open_ends_of_a_range() -> None:
    flow = with_states(
        "  a: {ask: number, text: How many?, range: [0.5, null], next: b}\n"
        "  b: {ask: date, text: When?, range: [null, 2026-12-31], next: z}"
    )
    number, day = flow.states["a"].ask, flow.states["b"].ask
    assert number is not None
    assert day is not None
    assert (number.minimum, number.maximum) == (0.5, None)
    assert (day.minimum, day.maximum) == (None, "2026-12-31")


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("{ask: choices, text: Which?, options: {x: Park, y: Pool}, min: 0, max: 2, next: z}", []),
        ("{ask: choices, text: Which?, options: {x: Park, y: Pool}, min: 2, max: 2, next: z}", []),
        ("{ask: choices, text: Which?, options: {x: Park, y: Pool}, other: true, min: 3, next: z}", []),
        ("{ask: choices, text: Which?, options: {x: Park, y: Pool}, min: 2, max: 1, next: z}", ["empty-range"]),
        ("{ask: choices, text: Which?, options: {x: Park, y: Pool}, max: 0, next: z}", ["wrong-type"]),
        ("{ask: number, text: Which?, range: [3, 3], next: z}", []),
        ("{ask: scale, text: Which?, range: [3, 3], next: z}", ["empty-range"]),
        ("{ask: scale, text: Which?, range: [0, 100], next: z}", []),
        ("{ask: scale, text: Which?, range: [0, 101], next: z}", ["empty-range"]),
        ("{ask: scale, text: Which?, range: [1, null], next: z}", ["wrong-type"]),
        ("{ask: scale, text: Which?, range: [1.5, 3], next: z}", ["wrong-type"]),
        ("{ask: date, text: When?, range: [2026-02-30, 2026-03-01], next: z}", ["wrong-type"]),
        ("{ask: date, text: When?, range: [-1y, +2w], next: z}", []),
        ("{ask: date, text: When?, range: [2026-12-04, 2026-12-04], next: z}", []),
        ("{split: {x: -1, y: 2}, next: {x: z, y: z}}", ["wrong-type"]),
        ("{split: {x: 0, y: 2.5}, next: {x: z, y: z}}", []),
        ("{split: {x: .inf, y: 2.5}, next: {x: z, y: z}}", ["wrong-type"]),
        ("{ask: text, text: Why?, tries: 0, next: z}", ["wrong-type"]),
        ("{ask: text, text: Why?, tries: 10, max_length: 4000, next: z}", []),
        ("{ask: text, text: Why?, max_length: 4001, next: z}", ["wrong-type"]),
        ("{ask: text, text: Why?, optional: 'true', next: z}", ["wrong-type"]),
        ("{tags: {add: []}, next: z}", []),
        ("{tags: {}, next: z}", ["missing-value"]),
        ("{say: 5, next: z}", []),
        ("{say: null, next: z}", ["missing-value"]),
    ],
)
def test_bounds_of_what_may_be_written(state: str, codes: list[str]) -> None:
    source = f"flow: tried\nlanguages: [en]\nstart: a\nstates:\n  a: {state}\n  z: {{say: Bye, end: completed}}\n"
    if codes:
        assert problems(source) == codes
    else:
        load(source)


def test_aliases_repeat_what_they_name() -> None:
    flow = with_states("  a: {say: &hi Hello there, next: b}\n  b: {say: *hi, next: z}")
    assert flow.states["b"].say == {"en": "Hello there"}


def test_texts_by_language_and_tags_in_either_spelling() -> None:
    flow = with_states("  a: {say: {en: Hello, fr-CA: Salut}, next: z}", "languages: [en, fr_CA]")
    assert flow.states["a"].say == {"en": "Hello", "fr_CA": "Salut"}


def test_block_texts_lose_the_line_break_at_their_end() -> None:
    flow = with_states("  a:\n    say: |\n      One\n      Two\n    next: z")
    assert flow.states["a"].say == {"en": "One\nTwo"}


def test_the_catalogue_fills_in_what_is_not_written() -> None:
    asked: list[tuple[str, str, str, str]] = []

    def catalogue(flow: str, context: str, text: str, language: str) -> str | None:
        asked.append((flow, context, text, language))
        return {"a:text": "Quoi d'abord?", "a:options.food": "Nourriture", "z:say": "{broken"}.get(context)

    flow = load(
        "flow: tried\nlanguages: [en, fr]\nstart: a\nstates:\n"
        "  a: {ask: choice, text: What first?, options: {food: Food, rent: {en: Rent, fr: Loyer}}, next: z}\n"
        "  z: {say: Bye, end: completed}\n",
        catalogue=catalogue,
    )
    question = flow.states["a"].ask
    assert question is not None
    assert question.text == {"en": "What first?", "fr": "Quoi d'abord?"}
    assert question.options[0].label == {"en": "Food", "fr": "Nourriture"}
    assert flow.states["z"].say == {"en": "Bye"}, "a translation that cannot be read is left out"
    assert ("tried", "a:options.food", "Food", "fr") in asked
    assert not [each for each in asked if each[1] == "a:options.rent"], "what is written by hand is not looked up"


def test_flows_that_are_called_come_from_whoever_resolves_them() -> None:
    inner = load(SMALL.replace("small", "inner"))
    middle = load(
        "flow: middle\nlanguages: [en]\nstart: a\nstates:\n  a: {call: inner, next: z}\n  z: {end: completed}\n",
        resolve={"inner": inner}.__getitem__,
    )
    outer = load(
        "flow: outer\nlanguages: [en]\nstart: a\nstates:\n  a: {call: middle, next: z}\n  z: {end: completed}\n",
        resolve={"middle": middle}.__getitem__,
    )
    assert outer.calls == {"middle": middle, "inner": inner}


def test_a_file_finds_the_flows_beside_it_before_those_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "about-you.yaml").write_text(SMALL.replace("small", "about-you").replace("Bye", "Mine"))
    (tmp_path / "mine.yaml").write_text(
        "flow: mine\nlanguages: [en]\nstart: a\nstates:\n"
        "  a: {call: about-you, next: b}\n  b: {call: welcome, next: z}\n  z: {end: completed}\n"
    )
    flow = load_file(tmp_path / "mine.yaml")
    assert flow.calls["about-you"].states["z"].say == {"en": "Mine"}
    assert flow.calls["welcome"] == library_flow("welcome")


def test_flows_that_call_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "three"), ("three", "one")):
        (tmp_path / f"{name}.yaml").write_text(
            f"flow: {name}\nlanguages: [en]\nstart: a\nstates:\n  a: {{call: {other}, next: z}}\n  z: {{end: completed}}\n"
        )
    with pytest.raises(FlowError, match="one calls two calls three calls one") as raised:
        load_file(tmp_path / "one.yaml")
    assert [problem.code for problem in raised.value.problems] == ["call-recursion"]


def test_calls_go_five_flows_deep_at_the_most(tmp_path: Path) -> None:
    for number in range(1, 8):
        (tmp_path / f"f{number}.yaml").write_text(
            f"flow: f{number}\nlanguages: [en]\nstart: a\nstates:\n"
            f"  a: {{call: f{number + 1}, next: b}}\n  b: {{call: f{number + 1}, next: z}}\n  z: {{end: completed}}\n"
        )
    (tmp_path / "f8.yaml").write_text(SMALL.replace("small", "f8"))
    assert set(load_file(tmp_path / "f3.yaml").calls) == {"f4", "f5", "f6", "f7", "f8"}
    with pytest.raises(FlowError, match="more than 5 flows deep"):
        load_file(tmp_path / "f2.yaml")


def test_every_flow_of_the_library_can_be_read() -> None:
    library = load_library()
    assert tuple(library) == library_names()
    assert {"neighbourhood-check-in", "about-you"} <= set(library)
    for name, flow in library.items():
        assert flow.name == name
    with pytest.raises(KeyError):
        library_flow("no-such-flow")


@pytest.mark.parametrize(
    "source",
    [
        SMALL.encode(),
        b"\xef\xbb\xbf" + SMALL.encode(),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.replace("\n", "\r").encode(),
        "# a comment\n---\n" + SMALL,
        SMALL + "...\n",
        "%YAML 1.2\n---\n" + SMALL,
    ],
    ids=["bytes", "byte order mark", "windows", "old mac", "document mark", "document end", "directive"],
)
def test_a_file_is_read_however_it_was_saved(source: str | bytes) -> None:
    assert load(source).states["z"].say == {"en": "Bye"}


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        (SMALL.replace("Bye", "Adieu, bientôt").encode("latin-1"), "not-utf8", 5),
        (SMALL.encode("utf-16"), "not-utf8", 1),
        (SMALL.replace("Bye", "B\0ye"), "odd-character", 5),
        (SMALL.replace("Bye", "B\x07ye").encode(), "odd-character", 5),
        (SMALL.replace("Bye", "B\ud800ye"), "odd-character", 5),
        ("", "empty-file", 1),
        (b" \n\n\t\n", "empty-file", 1),
        ("# nothing\n", "empty-file", 1),
        ("a: &a [*a]\n", "unknown-alias", 1),
        ("x: " + "[" * 5000, "too-deep", 1),
        ("x: " + "{a: " * 5000, "too-deep", 1),
        ("- " * 5000 + "x", "too-deep", 1),
        ("x: " + "a, " * 100_000, "file-too-large", 1),
        ("just words", "wrong-type", 1),
        ("5", "wrong-type", 1),
    ],
)
def test_files_that_are_no_flow_at_all(source: str | bytes, code: str, line: int) -> None:
    with pytest.raises(FlowError) as raised:
        load(source)
    (problem,) = raised.value.problems
    assert (problem.code, problem.line) == (code, line)
    assert problem.fix


def test_limits_are_said_in_numbers() -> None:
    with pytest.raises(FlowError, match="256 KB"):
        load(b"#" * (MAX_BYTES + 1))
    many = "".join(f"  s{number}: {{say: Hello, next: z}}\n" for number in range(500))
    fewer = many.replace("  s499: {say: Hello, next: z}\n", "").replace("  s0:", "  a:")
    assert len(with_states(fewer.rstrip()).states) == 500
    with pytest.raises(FlowError, match="501 states; 500 is the most"):
        with_states(many)


def test_aliases_cannot_explode() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert problems("\n".join(levels)) == ["too-many-parts"]


def test_a_missing_file_is_told_of_by_name(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"nowhere\.yaml cannot be read: no such file"):
        load_file(tmp_path / "nowhere.yaml")
    with pytest.raises(FlowError, match="cannot be read"):
        load_file(tmp_path)


def test_all_problems_of_a_file_are_told_at_once_from_top_to_bottom() -> None:
    with pytest.raises(FlowError) as raised:
        load(
            "flow: Bad Name\nlanguages: [en]\nstart: nowhere\nstates:\n"
            "  a: {ask: choise, text: Which?, next: b}\n  b: {say: 'Hello {', nxt: z}\n"
        )
    assert [(problem.line, problem.code) for problem in raised.value.problems] == [
        (1, "bad-name"),
        (3, "unknown-state"),
        (5, "unknown-word"),
        (6, "bad-pattern"),
        (6, "unknown-key"),
    ]
    assert "5 problems" in str(raised.value)


def test_where_each_text_stands_is_known(designed: Flow) -> None:
    assert designed.lines["welcome:say"] == (9, 10)
    assert designed.lines["focus:options.food"] == (16, 21)
    assert designed.states["focus"].line == 11


@pytest.mark.parametrize("resolve", [None, lambda name: (_ for _ in ()).throw(KeyError(name, ["spring-survey"]))])
def test_a_flow_that_is_called_and_not_there(resolve: Callable[[str], Flow] | None) -> None:
    with pytest.raises(FlowError, match="there is no such flow") as raised:
        load(SMALL.replace("{say: Bye, end: completed}", "{call: spring-survye, next: z}"), resolve=resolve)
    if resolve is not None:
        assert raised.value.problems[0].fix == "Did you mean spring-survey?"
