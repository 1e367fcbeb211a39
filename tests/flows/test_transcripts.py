"""Transcripts: read with the line of each mistake, played to the line that goes otherwise."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flows.definition import Flow
from flows.errors import FlowError
from flows.transcripts import Turn, parse_cases, run_case
from tests.flows.talking import flow_of, played

FLOW = flow_of(
    """
    hello: {say: "{community}: hello.", next: focus}
    focus: {ask: choice, text: What first?, options: {housing: Housing, food: Food}, optional: true, next: more}
    more: {set: {area: '"north end"', n: 2}, tags: {add: [spring], remove: [new]}, notify: A new answer, next: words}
    words: {ask: text, text: Tell us., on: {timeout: {after: 2d, go: done}}, next: safe}
    safe: {ask: scale, text: How safe?, next: done}
    done: {subscribe: updates, say: Bye., end: completed}
    """,
    head="reminders: [24h]\n",
)


def failure_of(script: str) -> str:
    return str(played(FLOW, script).failure)


def test_a_conversation_that_goes_as_written_passes_and_is_kept() -> None:
    result = played(
        FLOW,
        """
        # A comment, and a text over several lines.
        < Shore Road Neighbours: hello.
          What first?
          1 Housing
          2 Food
        > food

        < Tell us.
        = focus: food
        = attribute: area north end
        = attribute: n 2
        = tag: spring
        = no tag: new
        = notify
        = notify: new answer
        = state: words
        = language: en
        = active
        > by the school
          and on Birch
        < How safe?
        > 3
        = safe: 3
        = completed
        = subscribed: updates
        """,
        participant={"name": "Ann", "tags": ["new"]},
    )
    assert result.failure is None
    assert result.passed
    assert result.conversation[:3] == (
        Turn("us", "Shore Road Neighbours: hello."),
        Turn("us", "What first?\n1 Housing\n2 Food"),
        Turn("resident", "food"),
    )
    assert Turn("resident", "by the school\nand on Birch") in result.conversation


@pytest.mark.parametrize(
    ("script", "line", "expected", "found"),
    [
        ("< Goodbye", 4, '"Goodbye"', '"Shore Road Neighbours: hello. What first? 1 Housing 2 Food" was said'),
        ("> 2\n< Tell us.\n< Bye.", 6, '"Bye."', 'nothing more was said after "Tell us."'),
        ("> 2\n< What first?", 5, '"What first?"', '"Tell us." was said'),
        ("> stop\n< Bye.", 5, '"Bye."', "nothing was said"),
        ("> 2\n= focus: housing", 5, "focus: housing", 'focus is "food"'),
        ("> skip\n= focus: food", 5, "focus: food", 'focus is "null"'),
        ("= completed", 4, "completed", "the run is active"),
        ("> stop\n= completed", 5, "completed", "the run is stopped"),
        ("> stop\n= active", 5, "active", "the run is stopped"),
        ("= handed over", 4, "handed over", "the run is active"),
        ("= colour: red", 4, "colour: red", "there is no answer colour (there are: none yet)"),
        ("= sunny", 4, "sunny", '"sunny" is no fact that a transcript knows'),
        ("= tag: spring", 4, "tag: spring", "the tags are: none"),
        ("> 2\n= no tag: spring", 5, "no tag: spring", "the participant has the tag spring"),
        ("> 2\n= attribute: area south", 5, "attribute: area south", 'area is "north end"'),
        ("= attribute: area south", 4, "attribute: area south", "there is no attribute area"),
        ("= notify", 4, "notify", "nobody was notified"),
        ("> 2\n= notify: old", 5, "notify: old", "coordinators were told: A new answer"),
        ("= command: stop", 4, "command: stop", "no command was given"),
        ("> help\n= command: stop", 5, "command: stop", "there was: help"),
        ("= state: words", 4, "state: words", "the run is at focus"),
        ("= language: fr", 4, "language: fr", 'the language is "en"'),
        ("= subscribed: updates", 4, "subscribed: updates", "nobody subscribed"),
        ("= unsubscribed: updates", 4, "unsubscribed: updates", "nobody unsubscribed"),
        ("= gave up: focus", 4, "gave up: focus", "no question was given up"),
        ("= unsure stop", 4, "unsure stop", "no text was doubtful"),
        ("> 2\n= silence", 5, "silence", '"Tell us." was said'),
        ("> purple\n> 1\n< Tell us.\n~ 23h\n< When you", 8, '"When you"', "nothing was said"),
    ],
)
def test_the_first_line_that_goes_otherwise_is_told(script: str, line: int, expected: str, found: str) -> None:
    assert failure_of(script) == f"line {line}: expected {expected}\n  but {found}"


def test_texts_are_expected_in_order_and_others_may_be_said() -> None:
    assert played(FLOW, "< hello\n< What first?").passed
    assert played(FLOW, "< What first?").passed
    assert not played(FLOW, "< What first?\n< hello").passed
    assert played(FLOW, "> stop\n= silence\n= stopped\n= command: stop").passed


def test_time_passes_through_all_that_is_due_on_the_way() -> None:
    assert played(FLOW, "> 2\n~ 3d\n< When you have a minute: Tell us.\n< Bye.\n= completed").passed
    assert played(FLOW, "> 2\n~ 2026-11-24T12:00\n< When you have a minute: Tell us.\n= active").passed
    assert played(FLOW, "~ 6d\n= active\n~ 1d\n= expired\n= silence").passed


def test_taps_pictures_and_places() -> None:
    flow = flow_of("""
    a: {ask: choice, text: Which?, options: {x: Ex, y: Why}, next: b}
    b: {ask: photo, text: Show., next: c}
    c: {ask: location, text: Where?, next: d}
    d: {end: completed}
    """)
    script = "< Which?\n> [y]\n< Show.\n> <photo>\n< Where?\n> <location 44.65, -63.57>\n= a: y\n= b: photo-1\n= c: 44.65, -63.57"
    assert played(flow, script, channel="telegram").passed


def test_a_flow_that_is_not_there() -> None:
    (case,) = parse_cases("- flow: nowhere\n  script: '< x'")
    result = run_case(case, dict[str, Flow]().__getitem__)
    assert str(result.failure) == "line 1: expected the flow nowhere\n  but there is no such flow"


def test_what_a_case_says() -> None:
    (case,) = parse_cases(
        dedent("""
        - case: In French
          flow: check-in
          language: fr-CA
          channel: telegram
          zone: Europe/Paris
          now: 2026-11-23
          seed: 4
          participant: {name: Ann, tags: [new], age: 40, since: "2026", ratio: 0.5, home: true, nothing: }
          community: North End
          campaign: {name: spring, answered: 3}
          back_by: noon
          script: |

            > allo
        """)
    )
    assert (case.name, case.language, case.channel, case.buttons, case.seed) == (
        "In French",
        "fr_CA",
        "telegram",
        True,
        4,
    )
    assert case.now.isoformat() == "2026-11-23T12:00:00+01:00"
    assert case.participant == {
        "name": "Ann", "tags": ["new"], "age": 40, "since": "2026", "ratio": 0.5, "home": True, "nothing": None
    }  # fmt: skip
    assert (case.community, case.campaign, case.back_by) == (
        {"name": "North End"},
        {"name": "spring", "answered": 3},
        "noon",
    )
    assert case.line == 2
    assert case.script[0].number == 15


@pytest.mark.parametrize(
    ("source", "line", "message", "fix"),
    [
        ("flow: x", 1, "a list of cases", "Begin each with"),
        ("- x", 1, "Case 1 should be a map", "Write flow: and script:"),
        ("- script: '< x'", 1, "has no flow", "Add flow"),
        ("- flow: x", 1, "has no script", "Add script"),
        ("- flow: x\n  scirpt: y\n  script: '< x'", 2, 'no key "scirpt"', "Did you mean script?"),
        ("- flow: x\n  now: soon\n  script: '< x'", 2, "now should be a day and time", "Write now: 2026"),
        ("- flow: x\n  zone: Mars\n  script: '< x'", 2, "no time zone", "America/Halifax"),
        ("- flow: x\n  channel: fax\n  script: '< x'", 2, "channel cannot be", "sms"),
        ("- flow: x\n  language: français\n  script: '< x'", 2, "not the tag of a language", "Write en"),
        ("- flow: x\n  seed: many\n  script: '< x'", 2, "whole number", ""),
        ("- flow: x\n  participant: [a]\n  script: '< x'", 2, "should be a map", "{name: Ann}"),
        ("- flow: x\n  script: |\n    hello\n", 3, "begins with none of", "Write > for"),
        ("- flow: x\n  script: |\n    > 1\n    ~ 3 fortnights\n", 4, "is no span of time", "~ 3d"),
        ("- flow: x\n  script: |\n    <\n", 3, "says nothing", "after <"),
        ("- flow: x\n  script: |\n    # nothing\n", 2, "script is empty", "Begin with"),
        ("- flow: [x", 1, "begins with a bracket", ""),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_mending(source: str, line: int, message: str, fix: str) -> None:
    with pytest.raises(FlowError) as error:
        parse_cases(source, name="x.test.yaml")
    problem = error.value.problems[0]
    assert problem.line == line
    assert message in problem.message
    assert fix in problem.fix
