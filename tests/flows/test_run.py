"""A run is plain JSON: what is written out is what is read back."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.run import Frame, Run

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | WORDS
)
ANSWERS = st.dictionaries(WORDS, VALUES | st.lists(WORDS, max_size=3), max_size=4)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
RUNS = st.builds(
    Run,
    flow=WORDS,
    seed=st.integers(0, 2**53),
    language=st.sampled_from(["en", "fr_CA"]),
    status=st.sampled_from(["new", "active", "handed_over", "ended"]),
    outcome=st.none() | st.sampled_from(["completed", "expired"]),
    state=st.none() | WORDS,
    stack=st.lists(st.builds(Frame, WORDS, WORDS), max_size=3).map(tuple),
    visit=st.integers(0, 1000),
    visits=st.dictionaries(WORDS, st.integers(1, 9), max_size=3),
    tried=st.integers(0, 5),
    reminded=st.integers(0, 5),
    prompted_at=MOMENTS,
    active_at=MOMENTS,
    due_at=MOMENTS,
    answers=ANSWERS,
    pending=st.none() | ANSWERS,
    asked=st.lists(st.lists(WORDS, min_size=2, max_size=4).map(tuple), max_size=3).map(tuple),
)


@given(RUNS)
def test_a_run_comes_back_from_json_as_it_went(run: Run) -> None:
    assert Run.from_json(orjson.loads(orjson.dumps(run.to_json()))) == run


def test_every_field_is_written() -> None:
    now = datetime(2026, 11, 23, 16, tzinfo=UTC)
    full = Run(
        "a",
        1,
        "en",
        "active",
        "x",
        "s",
        (Frame("a", "b"),),
        1,
        {"s": 1},
        1,
        1,
        now,
        now,
        now,
        {"q": 1},
        {"k": 1},
        (("a", "s"),),
    )
    assert set(full.to_json()) == {field.name for field in fields(Run)}


def test_a_new_run_is_small() -> None:
    assert Run("a", 1, "en").to_json() == {"flow": "a", "seed": 1, "language": "en", "status": "new"}


@pytest.mark.parametrize("plain", [{}, {"flow": "a", "seed": 1, "language": "en", "status": "new", "due_at": "soon"}])
def test_what_no_run_wrote_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        Run.from_json(plain)
