"""The commands of those who write flows, run as they are run: check, test, graph, chat, understand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import flow_author
from bot.errors import BadFile, NotFound, WrongUsage
from flows import loader
from flows.transcripts import parse_cases

FLOWS = Path(__file__).parents[1] / "flows"
SURVEY = """flow: survey
languages: [en, fr]
start: focus
states:
  focus:
    ask: choice
    text: {en: What first?, fr: Quoi d'abord?}
    options: {housing: {en: Housing, fr: Logement}, food: {en: Food, fr: Nourriture}}
    other: true
    next: why
  why: {ask: text, text: {en: Why?, fr: Pourquoi?}, optional: true, next: about}
  about: {call: inner, next: done}
  done: {say: {en: Thanks., fr: Merci.}, end: completed}
"""
INNER = """flow: inner
languages: [en, fr]
start: years
states:
  years: {ask: number, text: {en: "How many years here?", fr: "Combien d'années ici?"}, range: [0, 120], next: done}
  done: {end: completed}
"""


@pytest.fixture
def survey(tmp_path: Path) -> str:
    (tmp_path / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    (tmp_path / "inner.yaml").write_text(INNER, encoding="utf-8")
    return str(tmp_path / "survey.yaml")


def run(*arguments: str, typed: str | bytes = "", code: int = 0) -> str:
    """What a command prints on standard output. What a person can mend is raised, as `soundings` gets it."""
    result = CliRunner().invoke(flow_author.app, list(arguments), input=typed, env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


class TestCheck:
    def test_a_flow_without_problems(self, survey: str) -> None:
        assert "nothing to object to (4 states, 2 questions, en, fr)" in run("check", survey)

    def test_problems_are_listed_with_line_fix_and_code(self) -> None:
        printed = run("check", str(FLOWS / "bad" / "unknown-key.yaml"), code=1)
        assert "line 8" in printed
        assert 'State a has no key "nxt".' in printed
        assert "Did you mean next?  [unknown-key]" in printed
        assert "4 errors. It cannot be used before the errors are mended." in printed

    def test_warnings_alone_are_no_failure_unless_asked_to_be(self) -> None:
        path = str(FLOWS / "bad" / "many-reminders.yaml")
        assert "1 warning" in run("check", path)
        run("check", path, "--strict", code=1)

    def test_json(self) -> None:
        path = str(FLOWS / "bad" / "unknown-state.yaml")
        told = json.loads(run("check", path, "--json", code=1))
        assert told["ok"] is False
        assert told["flow"] is None
        assert told["errors"] == 4
        assert told["problems"][0] == {
            "code": "unknown-state",
            "severity": "error",
            "line": 4,
            "column": 8,
            "message": "The flow: start leads to hello, and there is no such state.",
            "fix": "Write a state hello, or one of a, z.",
        }
        assert json.loads(run("check", "welcome", "--json"))["flow"] == "welcome"

    def test_standard_input(self) -> None:
        assert "standard input: 1 warning" in run("check", "-", typed=SURVEY.replace("inner", "about-you"))
        assert "file is empty" in run("check", "-", typed="", code=1)

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="There is: about-you"):
            run("check", "no-such-flow")
        with pytest.raises(WrongUsage, match="cannot be read: no such file"):
            run("check", "nowhere.yaml")
        with pytest.raises(WrongUsage, match="is a directory"):
            run("check", str(tmp_path))
        with pytest.raises(WrongUsage, match="soundings flow test"):
            run("check", "x.test.yaml")

    def test_very_many_problems_are_counted(self) -> None:
        states = "".join(f"  s{n}: {{say: Hello, next: nowhere}}\n" for n in range(300))
        source = f"flow: x\nlanguages: [en]\nstart: s0\nstates:\n{states}"
        assert "… and 200 more" in run("check", "-", typed=source, code=1)
        assert json.loads(run("check", "-", "--json", typed=source, code=1))["errors"] == 300

    def test_squared_brackets_are_printed_as_they_are(self) -> None:
        assert "range: [1, 5]" in run("check", str(FLOWS / "bad" / "wrong-type.yaml"), code=1)


class TestUnderstand:
    def test_a_line_of_json_for_each_reply(self, survey: str) -> None:
        printed = objects(run("understand", survey, "focus", "--json", typed="2\nHousing\nthe library\nstop\n"))
        assert printed[0] == {"reply": "2", "outcome": "answered", "value": "food", "command": None, "suggestion": None}
        assert printed[1]["value"] == "housing"
        assert (printed[2]["value"], printed[2]["text"]) == ("other", "the library")
        assert (printed[3]["outcome"], printed[3]["command"]) == ("command", "stop")

    def test_the_language_is_the_residents(self, survey: str) -> None:
        (printed,) = objects(run("understand", survey, "focus", "--language", "fr", "--json", typed="nourriture\n"))
        assert printed["value"] == "food"

    def test_a_line_may_be_a_json_string(self, survey: str) -> None:
        printed = objects(run("understand", survey, "why", "--json", typed='"one\\ntwo"\n"\\ud83d"\n"not json\n'))
        assert printed[0]["reply"] == printed[0]["value"] == "one\ntwo"
        assert len(printed) == 3
        assert printed[2]["reply"] == '"not json'

    def test_nothing_that_is_typed_ends_it(self, survey: str) -> None:
        typed = b"\xff\xfe\xfd\n\n\x00\n" + b"x" * 20_000 + b"\r\n\xe2\x80\x8f3\n"
        assert len(objects(run("understand", survey, "focus", "--json", typed=typed))) == 5

    def test_a_question_of_a_called_flow(self, survey: str) -> None:
        (printed,) = objects(run("understand", survey, "about.years", "--json", typed="12\n"))
        assert printed["value"] == 12

    def test_in_words_for_a_person(self, survey: str) -> None:
        assert "2  ->  answered 'food'" in run("understand", survey, "focus", typed="2\n")
        assert "command stop" in run("understand", survey, "focus", typed="stop\n")
        assert "skipped" in run("understand", survey, "why", typed="skip\n")

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["focsu"], "Did you mean focus"),
            (["done"], "asks nothing. Those that ask: focus, why"),
            (["nothing-like-it"], "Those that ask: focus, why"),
            (["about.months"], "inner has no state"),
            (["focus", "--language", "french"], "not the tag of a language"),
            (["focus", "--now", "soon"], "2026-11-23T12:00-04:00"),
            (["focus", "--region", "Canada"], "two letters"),
        ],
    )
    def test_wrong_usage_says_what_to_write(self, survey: str, arguments: list[str], told: str) -> None:
        with pytest.raises(WrongUsage, match=told):
            run("understand", survey, *arguments)

    def test_a_flow_that_cannot_be_used_is_a_bad_file(self) -> None:
        with pytest.raises(BadFile) as raised:
            run("understand", str(FLOWS / "bad" / "unknown-key.yaml"), "a")
        assert raised.value.lines[0][0] == 8

    def test_each_line_is_answered_at_once(self, survey: str) -> None:
        program = "from bot.cli.flow_author import app; app()"
        command = [sys.executable, "-c", program, "understand", survey, "focus", "--json"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for reply in (b"1\n", b"2\n"):
                process.stdin.write(reply)
                process.stdin.flush()
                assert json.loads(process.stdout.readline())["reply"] == reply.decode().strip()
            process.stdin.close()
            assert process.wait(20) == 0


class TestTranscripts:
    def test_the_flows_beside_a_file_are_played(self, survey: str) -> None:
        path = Path(survey).with_name("survey.test.yaml")
        path.write_text(
            "- case: all well\n  flow: survey\n  script: |\n    < What first?\n    > 2\n    = focus: food\n    > skip\n"
            "    < How many years\n    > 12\n    < Thanks.\n    = completed\n"
            "- case: not so\n  flow: survey\n  script: |\n    < What last?\n",
            encoding="utf-8",
        )
        printed = run("test", str(path), code=1)
        assert "not so: line 15" in printed
        assert "2 conversations played, 1 not as written" in printed
        told = json.loads(run("test", str(path.parent), "--json", code=1))
        assert (told["passed"], told["failed"]) == (1, 1)
        assert told["cases"][1]["line"] == 15
        assert told["cases"][0]["conversation"][0] == {
            "by": "us",
            "text": "What first?\n1 Housing\n2 Food\n3 Something else",
        }
        run("test", survey, code=1)

    def test_a_flow_of_the_library_made_ones_own_is_the_one_that_its_transcripts_play(self, tmp_path: Path) -> None:
        mine, kept = tmp_path / "mine.yaml", tmp_path / "mine.test.yaml"
        mine.write_bytes(loader.library_source("idea-box"))
        with pytest.raises(WrongUsage, match=f"soundings flow chat {mine} --record {kept}"):
            run("test", str(mine))
        ours = "What would you change on Shore Road?"
        changed = re.sub(r"(ask: text\n +text: ).*", rf'\1"{ours}"', mine.read_text(encoding="utf-8"), count=1)
        mine.write_text(changed, encoding="utf-8")
        assert ours in run("chat", str(mine), "--record", str(kept), typed="swings\n")
        assert "1 conversation, all as written" in run("test", str(mine))
        assert "all as written" in run("test", str(tmp_path))

    def test_transcripts_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "x.test.yaml").write_text("- flow: survey\n  script: hello\n", encoding="utf-8")
        assert "begins with none of" in run("test", str(tmp_path), code=1)

    def test_nothing_to_play(self, tmp_path: Path) -> None:
        with pytest.raises(WrongUsage, match=r"no transcripts here"):
            run("test", str(tmp_path))
        with pytest.raises(WrongUsage, match="cannot be read"):
            run("test", "nowhere.test.yaml")
        with pytest.raises(WrongUsage, match="neither a file of transcripts"):
            run("test", "nothing")


class TestGraph:
    def test_a_picture_to_standard_output_or_a_file(self, survey: str, tmp_path: Path) -> None:
        assert ET.fromstring(run("graph", survey)).tag.endswith("svg")  # noqa: S314 - our own
        run("graph", survey, "--output", str(tmp_path / "x.svg"), "--language", "fr")
        assert "Quoi d" in (tmp_path / "x.svg").read_text(encoding="utf-8")

    def test_mermaid(self, survey: str) -> None:
        assert run("graph", survey, "--format", "mermaid").startswith("flowchart TD")

    def test_what_cannot_be(self, survey: str, tmp_path: Path) -> None:
        with pytest.raises(WrongUsage, match="It has: en, fr"):
            run("graph", survey, "--language", "es")
        with pytest.raises(WrongUsage, match="cannot be written"):
            run("graph", survey, "--output", str(tmp_path / "no" / "x.svg"))
        run("graph", survey, "--format", "png", code=2)


class TestChat:
    def test_a_conversation(self, survey: str) -> None:
        printed = run("chat", survey, typed="2\n=\nbecause\n12\n")
        assert "1 Housing\n2 Food" in printed
        assert "(focus = food)" in printed
        assert "(state why, active, in en)" in printed
        assert "(completed)" in printed
        assert "about.years: 12" in printed

    def test_time_passes(self, survey: str) -> None:
        printed = run("chat", survey, "--now", "2026-11-23T12:00-04:00", typed="~ soon\n~ 3d\n~ 30d\n")
        assert "is no span of time" in printed
        assert "(Thursday 26 November, 12:00)" in printed
        assert "(expired)" in printed

    def test_in_french_with_buttons(self, survey: str) -> None:
        printed = run("chat", survey, "--language", "fr", "--channel", "telegram", typed="[food]\n")
        assert "[food] Nourriture" in printed
        assert "(focus = food)" in printed

    def test_a_recorded_conversation_plays_again(self, survey: str, tmp_path: Path) -> None:
        path = tmp_path / "said.test.yaml"
        run("chat", survey, "--participant", "name=Ann", "--record", str(path), typed="2\nit's: {odd}\n~ 1d\n12\n")
        (case,) = parse_cases(path.read_bytes())
        assert case.participant == {"name": "Ann"}
        assert "1 conversation, all as written" in run("test", str(path))

    def test_wrong_usage(self, survey: str, tmp_path: Path) -> None:
        with pytest.raises(WrongUsage, match="name=Ann"):
            run("chat", survey, "--participant", "Ann")
        with pytest.raises(WrongUsage, match="cannot be written"):
            run("chat", survey, "--record", str(tmp_path / "no" / "x.test.yaml"))
