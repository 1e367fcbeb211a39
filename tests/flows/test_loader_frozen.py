"""Published revisions: a flow as JSON and back again, and the fingerprint that tells two of them apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.definition import Days, Flow
from flows.loader import fingerprint, freeze, library_flow, library_names, load, load_file, thaw

GOOD = Path(__file__).parent / "good"
SMALL = 'flow: small\nlanguages: [en]\nstart: a\nstates:\n  a: {ask: number, text: "{x}", with: {x: 1 + 1}, range: [1, 5], next: z}\n  z: {end: completed}\n'


def shuffled(value: Any) -> Any:
    """JSON as a database gives it back that does not keep the order of keys."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in sorted(value, reverse=True)}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


def every_flow() -> list[Flow]:
    written = [load_file(GOOD / "as-designed.yaml"), load_file(GOOD / "every-key.yaml")]
    return [*written, *(library_flow(name) for name in library_names())]


def test_what_is_frozen_thaws_to_an_equal_flow() -> None:
    for flow in every_flow():
        assert thaw(json.loads(json.dumps(freeze(flow)))) == flow


def test_the_order_of_states_options_and_expressions_outlives_a_database_that_sorts_keys() -> None:
    for flow in every_flow():
        thawed = thaw(shuffled(json.loads(json.dumps(freeze(flow)))))
        assert thawed == flow
        assert list(thawed.states) == list(flow.states)
        assert fingerprint(thawed) == fingerprint(flow)
        for name, state in flow.states.items():
            assert list(thawed.states[name].set) == list(state.set)


def test_days_and_hours_stay_apart() -> None:
    flow = thaw(freeze(load_file(GOOD / "every-key.yaml")))
    assert isinstance(flow.expires, Days)
    assert [isinstance(reminder, Days) for reminder in flow.reminders] == [False, True]


def test_called_flows_are_frozen_once(tmp_path: Path) -> None:
    for number in range(1, 5):
        (tmp_path / f"f{number}.yaml").write_text(
            f"flow: f{number}\nlanguages: [en]\nstart: a\nstates:\n"
            f"  a: {{call: f{number + 1}, next: b}}\n  b: {{call: f5, next: z}}\n  z: {{end: completed}}\n"
        )
    (tmp_path / "f5.yaml").write_text(
        "flow: f5\nlanguages: [en]\nstart: z\nstates:\n  z: {say: Only once, end: completed}\n"
    )
    flow = load_file(tmp_path / "f1.yaml")
    frozen = json.dumps(freeze(flow))
    assert frozen.count("Only once") == 1
    assert thaw(json.loads(frozen)) == flow
    assert thaw(json.loads(frozen)).calls["f3"].calls.keys() == {"f4", "f5"}


def test_comments_line_breaks_and_quotes_do_not_change_the_fingerprint() -> None:
    before = fingerprint(load(SMALL))
    assert len(before) == 64
    assert fingerprint(load("# a comment\n\n" + SMALL.replace("flow: small", 'flow: "small"'))) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 + 1", "1 + 2"),
        ("[1, 5]", "[1, 6]"),
        ('"{x}"', '"{x}."'),
        ("next: z", "optional: true, next: z"),
        ("flow: small", "flow: smaller"),
        ("languages: [en]", "languages: [en]\nexpires: 24h"),
        ("languages: [en]", "languages: [en]\nreminders: [24h]"),
    ],
)
def test_what_a_flow_says_or_does_changes_the_fingerprint(old: str, new: str) -> None:
    assert fingerprint(load(SMALL.replace(old, new))) != fingerprint(load(SMALL))


def test_a_day_and_24_hours_have_different_fingerprints() -> None:
    day, hours = (load(SMALL.replace("[en]", f"[en]\nexpires: {span}")) for span in ("1d", "24h"))
    assert fingerprint(day) != fingerprint(hours)


def test_a_change_in_a_called_flow_changes_the_fingerprint() -> None:
    flow = load_file(GOOD / "as-designed.yaml")
    other = replace(flow.calls["about-you"], title={"en": "Something else"})
    assert fingerprint(replace(flow, calls={"about-you": other})) != fingerprint(flow)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"format": 2, "flow": {}},
        {"format": 1},
        {"format": 1, "flow": {}},
        {"format": 1, "flow": {"name": "x", "colour": "red"}},
        {"format": 1, "flow": {"name": "x", "calls": ["y"]}},
        {"format": 1, "flow": {"name": "x", "calls": ["x"]}, "calls": [{"name": "x", "calls": ["x"]}]},
    ],
)
def test_what_was_never_frozen_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"format|freeze wrote"):
        thaw(broken)
