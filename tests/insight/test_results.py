"""Counts, shares and means are right, and what may be published hides small cells beyond subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insight.questions import Asked, asked_in
from bot.insight.results import Cell, QuestionResults, Results, count, hidden_cells, published
from flows.definition import Option, Question
from flows.loader import load

FOCUS = Asked(
    "focus",
    Question(
        kind="choice",
        text={"en": "What first?", "fr": "Quoi d'abord ?"},
        options=(
            Option("housing", {"en": "Housing", "fr": "Logement"}),
            Option("food", {"en": "Food", "fr": "Nourriture"}),
        ),
        other=True,
    ),
    ("en", "fr"),
)
SAFETY = Asked(
    "safety",
    Question(kind="scale", text={"en": "How safe?"}, minimum=1, maximum=5, labels={1: {"en": "not at all"}}),
    ("en",),
)


def test_a_choice_is_counted_with_shares_of_those_who_answered() -> None:
    found = count(
        FOCUS,
        [
            ("focus", "housing", 6),
            ("focus", "food", 3),
            ("focus", "other", 1),
            ("focus", None, 5),
            ("else", "food", 99),
        ],
        language="fr",
        phrases={},
    )
    assert (found.answered, found.skipped, found.text) == (10, 5, "Quoi d'abord ?")
    assert [(cell.label, cell.n, cell.share) for cell in found.cells] == [
        ("Logement", 6, 0.6),
        ("Nourriture", 3, 0.3),
        ("Something else", 1, 0.1),
    ]


def test_several_choices_count_people_not_picks() -> None:
    asked = Asked("focus", Question(kind="choices", text={"en": "?"}, options=FOCUS.question.options), ("en",))
    found = count(asked, [("focus", ["housing", "food"], 3), ("focus", ["food"], 1)], language="en", phrases={})
    assert found.answered == 4
    assert {cell.value: cell.share for cell in found.cells} == {"housing": 0.75, "food": 1.0}


def test_a_scale_shows_every_point_with_its_mean_and_median() -> None:
    found = count(SAFETY, [("safety", 1, 2), ("safety", 4, 1), ("safety", 5, 1)], language="en", phrases={})
    assert [(cell.label, cell.n) for cell in found.cells] == [
        ("1 (not at all)", 2),
        ("2", 0),
        ("3", 0),
        ("4", 1),
        ("5", 1),
    ]
    assert (found.mean, found.median) == (2.75, 2.5)


def test_a_truth_is_no_number() -> None:
    asked = Asked("ok", Question(kind="yesno", text={"en": "?"}), ("en",))
    found = count(asked, [("ok", True, 3), ("ok", False, 1)], language="en", phrases={})
    assert [(cell.label, cell.n) for cell in found.cells] == [("Yes", 3), ("No", 1)]
    assert found.mean is None


def _published(cells: dict[str, int], n: int | None = None, **about: bool) -> dict[str, object]:
    total = sum(cells.values())
    question = QuestionResults(
        "focus",
        "choice",
        "?",
        answered=total,
        skipped=0,
        cells=tuple(Cell(key, key.title(), k, k / total) for key, k in cells.items()),
        **about,
    )
    return dict(published(Results(total if n is None else n, (question,)), limit=10))


def test_the_top_answer_and_its_share_may_be_published() -> None:
    values = _published({"housing": 41, "food": 20, "jobs": 23})
    assert values["n"] == 84
    focus = values["focus"]
    assert isinstance(focus, dict)
    assert (focus["top"], focus["second"], focus["top_n"]) == ("Housing", "Jobs", 41)
    assert focus["top_percent"] == pytest.approx(41 / 84)
    assert focus["food"] == {"n": 20, "percent": pytest.approx(20 / 84)}


def test_under_the_limit_nothing_is_published() -> None:
    assert _published({"housing": 5, "food": 4}) == {"n": None}


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    focus = _published({"housing": 40, "food": 3, "jobs": 20})["focus"]
    assert isinstance(focus, dict)
    assert "food" not in focus
    assert "jobs" not in focus
    assert "housing" in focus


def test_a_tie_has_no_top_and_a_sensitive_question_no_figures() -> None:
    tied = _published({"housing": 20, "food": 20})["focus"]
    assert isinstance(tied, dict)
    assert "top" not in tied
    assert "focus" not in _published({"housing": 40, "food": 20}, sensitive=True)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(5, 15))
def test_no_hidden_cell_can_be_found_by_subtraction(sizes: list[int], limit: int) -> None:
    cells = [Cell(f"o{place}", "", n, 0.0) for place, n in enumerate(sizes)]
    hidden = hidden_cells(cells, limit)
    assert all(cell.value in hidden for cell in cells if cell.n < limit)
    assert len(hidden) != 1 or len(cells) == 1


def test_questions_of_called_flows_are_named_by_the_state_that_calls() -> None:
    about = load(
        "flow: about-you\ntitle: A\nlanguages: [en]\nstart: age\nstates:\n  age: {ask: number, text: How old?, save: years, next: z}\n  z: {say: Bye, end: completed}\n"
    )
    flow = load(
        "flow: x\ntitle: X\nlanguages: [en]\nstart: you\nstates:\n  you: {call: about-you, next: q}\n"
        "  q: {ask: text, text: Why?, next: z}\n  z: {say: Bye, end: completed}\n",
        resolve=lambda _name: about,
    )
    assert [one.name for one in asked_in(flow)] == ["you.years", "q"]
