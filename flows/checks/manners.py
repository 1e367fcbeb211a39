"""Checks of manners: how much is asked, in which order, and what becomes of answers that are nobody else's business."""

from __future__ import annotations

import re

from flows.checks.names import answers_of
from flows.checks.review import Review
from flows.conditions import ConditionError, compiled
from flows.definition import Flow, Question, State
from flows.paths import following, heaviest, reached_from
from flows.texts import placeholders

SHORT = 5
LONG = 10

_ABOUT_PERSON = re.compile(
    r"(^|_)(age|ages|age_group|birth|born|birthday|birthdate|birth_year|year_of_birth|gender|sex|income|earnings|salary|"
    r"education|schooling|ethnicity|ethnic|race|religion|marital|orientation|disability|immigration|citizenship|"
    r"postal_code|postcode|household_size|household_income|occupation|pronouns)(_|$)"
)


def look(review: Review) -> None:
    """Notes flows that ask too much or too early, answers saved over each other, and private ones said aloud."""
    _length(review)
    _demographics(review)
    _saves(review)
    _sensitive(review)


def most_questions(flow: Flow, known: dict[str, int] | None = None) -> int:
    """The most questions on one way through a flow, those of the flows that it calls with them."""
    counted = known if known is not None else {}

    def questions(state: State) -> int:
        if state.call is None or state.call not in flow.calls:
            return int(state.ask is not None)
        if state.call not in counted:
            counted[state.call] = 0
            counted[state.call] = most_questions(flow.calls[state.call], counted)
        return counted[state.call]

    return heaviest(flow, questions)


def _length(review: Review) -> None:
    most = most_questions(review.flow)
    if most > LONG:
        review.warning(
            "far-too-many-questions",
            "flow:states",
            f"A resident may be asked {most} questions. By text message, most people stop long before {LONG}.",
            f"Keep the {SHORT} that you will act on, and ask the rest another time.",
        )
    elif most > SHORT:
        review.warning(
            "many-questions",
            "flow:states",
            f"A resident may be asked {most} questions. With more than {SHORT}, fewer people reach the end.",
            "Keep those that you will act on.",
        )


def is_about_person(state: State, question: Question) -> bool:
    """Whether a question asks who somebody is (age, income, …) and not what they think.

    One that is not asked where the participant's attributes have the answer is of that sort.
    """
    if question.skip_if is not None and "participant." in question.skip_if.source:
        return True
    return question.kind == "postal_code" or any(_ABOUT_PERSON.search(name) for name in (state.name, question.save))


def _demographics(review: Review) -> None:
    """Questions about the person come last: asked first, they cost answers (FACTS §6)."""
    flow = review.flow
    follow = following(flow)
    for state in flow.questions:
        if state.ask is None or not is_about_person(state, state.ask):
            continue
        behind = reached_from([state.name], follow) - {state.name}
        others = [
            flow.states[name]
            for name in flow.states
            if name in behind
            and (ask := flow.states[name].ask) is not None
            and not is_about_person(flow.states[name], ask)
        ]
        ahead = [
            name
            for name in flow.states
            if state.name in reached_from([name], follow) and name not in behind and flow.states[name].ask is not None
        ]
        if others and all(is_about_person(flow.states[name], ask) for name in ahead if (ask := flow.states[name].ask)):
            review.warning(
                "demographics-first",
                state,
                f"State {state.name} asks who somebody is before {others[0].name} asks what they think: "
                "fewer people go on.",
                "Ask it at the end; with skip_if: participant.… != null those who told us once are not asked again.",
            )
            return


def _saves(review: Review) -> None:
    flow = review.flow
    follow = following(flow)
    before: dict[str, State] = {}
    calls = {state.name for state in flow.states.values() if state.call is not None}
    words = {f"{state.ask.save}_other": state for state in flow.questions if state.ask is not None and state.ask.other}
    for state in flow.questions:
        if state.ask is None:
            continue
        name = state.ask.save
        if name in words and words[name] is not state:
            review.error(
                "duplicate-save",
                f"{state.name}:save",
                f"State {state.name} saves its answer as {name}, where the words of {words[name].name}'s other are kept.",
                "Give it another name: save: ….",
            )
        if name in calls:
            review.error(
                "duplicate-save",
                f"{state.name}:save",
                f"State {state.name} saves its answer as {name}, where the answers of the flow called by state {name} are kept.",
                "Give it another name: save: ….",
            )
        first = before.setdefault(name, state)
        if first is state:
            continue
        meet = state.name in reached_from([first.name], follow) or first.name in reached_from([state.name], follow)
        if meet:
            review.error(
                "duplicate-save",
                f"{state.name}:save",
                f"States {first.name} and {state.name} both save their answer as {name}: the second replaces the first.",
                "Give one of them another name: save: ….",
            )


def _sensitive(review: Review) -> None:
    """A sensitive answer is kept apart: no text says it, whoever reads it."""
    private = {name for name, place in answers_of(review.flow).items() if place is not None and place[1].sensitive}
    private |= {f"{name}_other" for name in private}
    for said in review.texts:
        if said.state is None:
            continue
        for name in sorted({name for pattern in said.text.values() for name in placeholders(pattern)}):
            paths = {name}
            if name in said.state.with_values:
                try:
                    paths = set(compiled(said.state.with_values[name].source).paths)
                except ConditionError:
                    continue
            leaked = sorted(
                path for path in paths if path.removeprefix("answers.") in private and path.startswith("answers.")
            )
            if leaked:
                review.error(
                    "sensitive-in-text",
                    said,
                    f"{said.what} says {leaked[0]}, which is sensitive: a text is read over shoulders and kept by phones.",
                    "Say it without, or take sensitive: true off the question if it is not.",
                )
