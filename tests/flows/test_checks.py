"""What a careful reader objects to, where a bad file (bad/) does not show it whole, and what must not be objected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.checks import check, check_source, texts_of
from flows.checks.length import spoken
from flows.checks.manners import most_questions
from flows.checks.review import Review
from flows.definition import Flow
from flows.errors import Problem
from flows.loader import library_flow, library_names, load, load_file

GOOD = Path(__file__).parent / "good"


def of_states(states: str, head: str = "languages: [en]") -> Flow:
    return load(f"flow: tried\n{head}\nstart: a\nstates:\n{states}\n  z: {{say: Bye, end: completed}}\n")


def told(flow: Flow) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in check(flow)]


def one(flow: Flow, code: str) -> Problem:
    (problem,) = [problem for problem in check(flow) if problem.code == code]
    return problem


@pytest.mark.parametrize("name", library_names())
def test_the_library_has_no_errors(name: str) -> None:
    assert [problem for problem in check(library_flow(name)) if problem.severity == "error"] == []


@pytest.mark.parametrize("name", ["as-designed", "every-key"])
def test_the_examples_have_no_errors(name: str) -> None:
    problems = check(load_file(GOOD / f"{name}.yaml"))
    assert [problem for problem in problems if problem.severity == "error"] == []


def test_a_plain_flow_has_nothing_to_object_to() -> None:
    flow = of_states("  a: {ask: choice, text: What first?, options: {housing: Housing, food: Food}, next: z}")
    assert check(flow) == ()


def test_problems_come_by_line_and_each_once() -> None:
    flow = of_states("  a: {say: '{x} {y} {x}', next: z}\n  b: {say: Lost, next: z}")
    problems = check(flow)
    assert list(problems) == sorted(problems, key=lambda problem: problem.line)
    assert len(set(problems)) == len(problems)


class TestWays:
    def test_the_way_after_no_answer_counts_as_a_way(self) -> None:
        flow = of_states(
            "  a: {ask: yesno, text: Well?, on: {give_up: {go: b}, timeout: {after: 1d, go: c}}, next: z}\n"
            "  b: {say: Never mind, next: z}\n  c: {say: Too late, next: z}"
        )
        assert told(flow) == []

    def test_a_round_through_a_flow_that_asks_is_no_endless_loop(self) -> None:
        again = "  a: {call: inner, next: b}\n  b: {next: [{when: visits < 3, go: a}, {go: z}]}"
        asks = load(
            "flow: inner\nlanguages: [en]\nstart: q\nstates:\n  q: {ask: yesno, text: Again?, next: z}\n  z: {end: completed}\n"
        )
        silent = load("flow: inner\nlanguages: [en]\nstart: z\nstates:\n  z: {say: Hi, end: completed}\n")
        source = f"flow: tried\nlanguages: [en]\nstart: a\nstates:\n{again}\n  z: {{end: completed}}\n"
        assert check(load(source, resolve={"inner": asks}.__getitem__)) == ()
        assert [problem.code for problem in check(load(source, resolve={"inner": silent}.__getitem__))] == [
            "endless-loop"
        ]

    def test_handing_over_stops_a_round(self) -> None:
        assert (
            told(
                of_states(
                    "  a: {hand_over: true, next: b}\n  b: {say: Back, next: [{when: visits > 2, go: z}, {go: a}]}"
                )
            )
            == []
        )

    def test_a_state_that_leads_to_itself(self) -> None:
        flow = of_states("  a: {say: Hello, next: [{when: visits > 2, go: z}, {go: a}]}")
        assert "State a leads back to itself" in one(flow, "endless-loop").message

    def test_rounds_that_nothing_leads_to_are_told_as_unreachable_alone(self) -> None:
        flow = of_states("  a: {next: z}\n  b: {say: Hello, next: c}\n  c: {say: Hello, next: b}")
        assert {code for code, _ in told(flow)} == {"unreachable-state"}


class TestWords:
    def test_values_that_are_always_there_need_no_otherwise(self) -> None:
        flow = of_states(
            "  a:\n    say: '{community} {campaign} {campaign.answered} {n} {v} {has}'\n"
            "    with: {n: campaign.answered, v: visits + 1, has: 'has(participant.age) ? participant.age : 0'}\n    next: z"
        )
        assert told(flow) == []

    def test_a_value_that_may_be_missing_is_told_for_each_text_that_says_it(self) -> None:
        flow = of_states("  a: {say: 'Hi {name}', ask: text, text: 'And {name}?', next: z}")
        assert [code for code, _ in told(flow)] == ["value-may-be-missing", "value-may-be-missing"]
        assert told(of_states("  a: {say: 'Hi {name}', otherwise: Hi, ask: text, text: 'And {name}?', next: z}")) == []

    def test_missing_translations_are_one_warning_a_language(self) -> None:
        flow = of_states("  a: {ask: text, text: {en: What?, fr: Quoi?}, next: z}", "languages: [en, fr, es]")
        spanish, french = (problem for problem in check(flow) if problem.code == "missing-translation")
        assert "State z: say has no fr" in french.message
        assert "None of the 2 texts is in es" in spanish.message

    def test_the_language_that_stands_in_is_the_one_that_is_nearest(self) -> None:
        flow = load(
            "flow: tried\nlanguages: [fr, en, mic]\nstart: z\nstates:\n  z: {say: {fr: Salut, en: Bye}, end: completed}\n"
        )
        assert "residents who read mic get en there" in one(flow, "missing-translation").message

    def test_a_broken_translation_in_the_catalogue(self) -> None:
        def catalogue(_flow: str, context: str, _text: str, _language: str) -> str | None:
            return {"a:text": "Quoi {", "z:say": "Salut"}.get(context)

        source = "flow: tried\nlanguages: [en, fr]\nstart: a\nstates:\n  a: {ask: text, text: What?, next: z}\n  z: {say: Bye, end: completed}\n"
        _, problems = check_source(source, catalogue=catalogue)
        assert [problem.code for problem in problems] == ["bad-translation", "missing-translation"]

    def test_french_needs_no_branch_for_millions(self) -> None:
        flow = of_states(
            "  a:\n    say:\n      en: '{n, plural, one {# reply} other {# replies}}'\n"
            "      fr: '{n, plural, one {# réponse} other {# réponses}}'\n    with: {n: campaign.answered}\n    next: z",
            "languages: [en, fr]",
        )
        assert "plural-branches" not in {code for code, _ in told(flow)}

    def test_the_letters_that_force_unicode_are_named(self) -> None:
        words = "Vous êtes bien installé ici? Dites-nous ce qui manque, où ça accroche, et quoi faire."
        flow = of_states(f"  a: {{ask: text, text: '{words}', next: z}}")
        problem = one(flow, "long-prompt")
        assert "with ê and ç in it" in problem.message
        assert "paid as 2" in problem.message
        assert problem.fix == "Write it without ê and ç: then 136 fit."

    def test_curly_quotation_marks_cost_nothing_since_they_are_sent_plain(self) -> None:
        words = "We’d like to hear what you think – “good” or “bad” – about the bus, the park and the pool here…"
        assert told(of_states(f"  a: {{ask: text, text: '{words}', next: z}}")) == []

    def test_a_prompt_is_measured_with_what_goes_with_it(self) -> None:
        flow = of_states(
            "  a:\n    say: Hello there.\n    ask: choice\n    text: What first?\n    options: {food: Food, rent: Rent}\n"
            "    other: true\n    next: b\n"
            "  b: {ask: scale, text: How safe?, range: [1, 5], labels: {1: not at all, 5: very}, next: c}\n"
            "  c: {ask: scale, text: 'How safe, 1 to 5?', next: d}\n  d: {ask: choice, text: 'Which: {options}', options: {x: Park}, next: z}"
        )
        review = Review(flow)
        assert spoken(review, flow.states["a"], "en") == "Hello there.\nWhat first?\n1 Food\n2 Rent\n3 Something else"
        assert spoken(review, flow.states["b"], "en") == "How safe? Reply 1 (not at all) to 5 (very)."
        assert spoken(review, flow.states["c"], "en") == "How safe, 1 to 5?"
        assert spoken(review, flow.states["d"], "en") == "Which: 1 Park"
        half = of_states("  a: {ask: scale, text: How safe?, labels: {1: not at all}, next: z}")
        assert spoken(Review(half), half.states["a"], "en") == "How safe? Reply with a number from 1 to 5."

    def test_scripts_without_letters_in_sms_are_told_of_once(self) -> None:
        long = "Що нам зробити найперше на вашій вулиці? Напишіть, будь ласка, кілька слів про це."
        flow = of_states(
            f"  a: {{ask: text, text: '{long}', next: b}}\n  b: {{ask: text, text: '{long}', next: z}}",
            "languages: [uk]",
        )
        problem = one(flow, "long-prompt")
        assert "2 states have more: a, b" in problem.message


class TestAnswers:
    def test_answers_of_a_called_flow_are_known_by_the_state_that_calls(self) -> None:
        inner = load(
            "flow: inner\nlanguages: [en]\nstart: q\nstates:\n  q: {ask: number, text: Age?, save: years, next: z}\n  z: {end: completed}\n"
        )
        source = (
            "flow: tried\nlanguages: [en]\nstart: about\nstates:\n  about:\n    call: inner\n    next:\n"
            "      - when: answers.about.{name} >= 18\n        go: z\n      - go: z\n  z: {{end: completed}}\n"
        )
        assert check(load(source.format(name="years"), resolve={"inner": inner}.__getitem__)) == ()
        problem = one(load(source.format(name="yeas"), resolve={"inner": inner}.__getitem__), "unknown-answer")
        assert problem.fix == "Did you mean about.years?"
        assert problem.line == 8

    def test_the_words_behind_other_and_options_named_together_are_answers(self) -> None:
        flow = of_states(
            "  a: {ask: choice, text: Which?, options: {x: Park, y: Pool}, other: true, save: focus, next: b}\n"
            "  b:\n    say: '{w} {also}'\n    with: {w: answers.focus_other, also: answers.focus_also}\n    otherwise: Thanks\n    next: z"
        )
        assert told(flow) == []

    @pytest.mark.parametrize(
        "when",
        [
            'answer == "other"',
            'answer != "park"',
            'answers.a == "pool" && visits < 3',
            'answer.startsWith("p")',
            'answer in ["park", "pool"]',
        ],
    )
    def test_comparisons_that_can_hold_are_let_be(self, when: str) -> None:
        flow = of_states(
            "  a:\n    ask: choice\n    text: Which?\n    options: {park: Park, pool: Pool}\n    other: true\n    next:\n"
            f"      - when: '{when}'\n        go: b\n      - go: z\n  b: {{say: Yes, next: z}}"
        )
        assert told(flow) == []

    @pytest.mark.parametrize(
        ("kind", "when", "code"),
        [
            ("number; range: [1, 10]", "answer > 9", None),
            ("number; range: [1, 10]", "answer > 10", "never-true"),
            ("number; range: [1, 10]", "answer >= 10", None),
            ("number; range: [1, 10]", "answer < 1", "never-true"),
            ("number; range: [1, 10]", "answer == 1 || answer == 10", None),
            ("number; range: [1, 10]", "answer == 11", "never-true"),
            ("number; range: [1, null]", "answer > 1000", None),
            ("number", "answer == -5", None),
            ("scale", "answer == 0", "never-true"),
            ("scale", "answer <= 1.5", None),
            ("text", "answer == 3", "never-true"),
            ("yesno", "answer == true", None),
            ("yesno", 'answer == "no"', "never-true"),
        ],
    )
    def test_comparisons_with_a_number(self, kind: str, when: str, code: str | None) -> None:
        flow = of_states(
            f"  a:\n    <<HERE>>\n    text: Which?\n    next:\n      - when: '{when}'\n        go: z\n      - go: z".replace(
                "<<HERE>>", "ask: " + kind.replace("; ", "\n    ")
            )
        )
        assert [found for found, _ in told(flow)] == ([] if code is None else [code])

    def test_in_is_for_lists(self) -> None:
        one_of = "  a: {ask: choice, text: Which?, options: {x: Park, y: Pool}, next: [{when: '\"x\" in answer', go: z}, {go: z}]}"
        some_of = one_of.replace("choice,", "choices,")
        assert one(of_states(one_of), "never-true").fix == 'Write answer == "x".'
        assert told(of_states(some_of)) == []

    def test_one_name_for_two_questions_on_different_ways_is_fine(self) -> None:
        flow = of_states(
            "  a: {split: {x: 1, y: 1}, next: {x: b, y: c}}\n"
            "  b: {ask: text, text: One wording?, save: idea, next: z}\n  c: {ask: text, text: Another wording?, save: idea, next: z}"
        )
        assert told(flow) == []

    def test_names_that_are_kept_for_something_else(self) -> None:
        flow = of_states(
            "  a: {ask: choice, text: Which?, options: {x: Park, y: Pool}, other: true, next: b}\n"
            "  b: {ask: text, text: Why?, save: a_other, next: about}\n  about: {call: about-you, next: c}\n"
            "  c: {ask: text, text: Well?, save: about, next: z}"
        )
        assert [code for code, _ in told(flow)].count("duplicate-save") == 2


class TestManners:
    def test_the_longest_way_counts_and_not_all_questions_there_are(self) -> None:
        branches = "".join(f"  b{n}: {{ask: text, text: Why {n}?, next: z}}\n" for n in range(8))
        rules = "".join(f"      - {{when: answer == {n}, go: b{n}}}\n" for n in range(1, 8))
        flow = of_states(f"  a:\n    ask: number\n    text: Which?\n    next:\n{rules}      - go: b0\n{branches}")
        assert most_questions(flow) == 2
        assert told(flow) == []

    def test_questions_of_called_flows_count(self) -> None:
        inner = load(
            "flow: inner\nlanguages: [en]\nstart: q1\nstates:\n"
            + "".join(
                f"  q{n}: {{ask: text, text: What about {n}?, next: {f'q{n + 1}' if n < 4 else 'z'}}}\n"
                for n in range(1, 5)
            )
            + "  z: {end: completed}\n"
        )
        source = "flow: tried\nlanguages: [en]\nstart: a\nstates:\n  a: {call: inner, next: b}\n  b: {call: inner, next: z}\n  z: {end: completed}\n"
        flow = load(source, resolve={"inner": inner}.__getitem__)
        assert most_questions(flow) == 8
        assert [problem.code for problem in check(flow)] == ["many-questions"]

    def test_a_round_counts_its_questions_once(self) -> None:
        flow = of_states(
            "  a: {ask: text, text: An idea?, next: b}\n  b: {ask: yesno, text: Another?, next: [{when: answer == true, go: a}, {go: z}]}"
        )
        assert most_questions(flow) == 2

    def test_demographics_at_the_end_or_by_themselves_are_fine(self) -> None:
        last = "  a: {ask: text, text: What should change?, next: b}\n  b: {ask: number, text: How old are you?, save: age, next: z}"
        alone = "  a: {ask: number, text: How old are you?, save: age, next: b}\n  b: {ask: postal_code, text: Postal code?, next: z}"
        assert told(of_states(last)) == told(of_states(alone)) == []

    def test_a_sensitive_answer_in_a_message_to_coordinators_or_straight_in_a_text(self) -> None:
        flow = of_states(
            "  a: {ask: choice, text: Which?, options: {x: Park, y: Pool}, other: true, sensitive: true, save: worry, next: b}\n"
            "  b: {notify: '{w}', with: {w: answers.worry_other}, otherwise: Somebody worries, next: c}\n"
            "  c: {say: '{answers.worry}', otherwise: Thanks, next: z}"
        )
        assert [code for code, _ in told(flow)] == ["sensitive-in-text", "sensitive-in-text"]


class TestOptions:
    @pytest.mark.parametrize(
        "word", ["STOP", "Stop all", "unsubscribe", "End", "Quit", "Arrêt", "revoke", "opt-out", "Cancel"]
    )
    def test_every_word_that_takes_people_off_the_list(self, word: str) -> None:
        flow = of_states(f"  a: {{ask: choice, text: Which?, options: {{x: '{word}', y: Pool}}, next: z}}")
        assert one(flow, "stop-word-option").severity == "error"

    def test_words_of_another_language_are_read_in_that_language(self) -> None:
        flow = of_states(
            "  a:\n    ask: choice\n    text: {en: Which?, fr: Lequel?}\n"
            "    options: {x: {en: Park, fr: Parc}, y: {label: {en: Pool, fr: Piscine}, accept: {fr: [parc]}}}\n    next: z",
            "languages: [en, fr]",
        )
        assert '"parc" (fr)' in one(flow, "ambiguous-options").message.lower()

    def test_numbers_as_labels_in_their_own_order_are_fine(self) -> None:
        flow = of_states("  a: {ask: choice, text: How many?, options: {one: '1', two: '2', more: 3 or more}, next: z}")
        assert "ambiguous-options" not in {code for code, _ in told(flow)}

    def test_an_option_whose_own_words_are_not_read_as_that_option(self) -> None:
        flow = of_states("  a: {ask: choices, text: Which?, options: {x: Park, y: Pool, z: Skip}, next: z}")
        assert one(flow, "ambiguous-options").message == (
            'State a: "Skip" (en) is what the option z is called, and a reply with these words is read as none of them.'
        )

    def test_years_and_sizes_are_no_numbers_of_options(self) -> None:
        flow = of_states("  a: {ask: choice, text: Since when?, options: {old: '2019', new: '2024'}, next: z}")
        assert told(flow) == []


def test_every_text_is_found_with_its_context() -> None:
    contexts = {said.context for said in texts_of(load_file(GOOD / "every-key.yaml"))}
    assert {
        "flow:title",
        "hello:say",
        "hello:otherwise",
        "hello:notify",
        "first:text",
        "first:options.food",
    } <= contexts
    assert {"first:invalid", "count:unit", "safe:labels.1", "done:say"} <= contexts
