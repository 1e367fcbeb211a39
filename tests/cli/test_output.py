"""What commands print: tables that lose nothing, and files that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.output import print_table, screen, writing
from bot.errors import WrongUsage

ROOT = Path(__file__).parents[2]
LONG = "neighbourhood-check-in-of-the-whole-north-end-in-the-autumn-of-this-year-and-the-next"


def test_a_table_into_another_program_has_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("campaign", "flow"), [("spring", LONG), ("autumn", LONG)], empty="none")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [["campaign", "flow"], ["spring", LONG], ["autumn", LONG]]


def test_what_people_wrote_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("text",), [("[bold]snow[/bold] [1]",)], empty="none")
    assert "[bold]snow[/bold] [1]" in capsys.readouterr().out


def test_what_people_wrote_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b]0;owned\x07b\x1b[2Jc\u202ed\x9be\x00"
    print_table(("text",), [(hostile,)], empty="none")
    screen.print(Text(f"first\nsecond {hostile}"))
    told = capsys.readouterr().out
    assert not set("\x1b\x07\u202e\x9b\x00") & set(told)
    assert "first\nsecond a\ufffd]0;owned" in told


def test_nothing_to_show_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("campaign",), [], empty="No campaign yet.")
    assert capsys.readouterr().out == "No campaign yet.\n"


def test_a_file_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "people.csv"
    with pytest.raises(WrongUsage, match="cannot be written: no such file or directory"), writing(path):
        path.write_text("x", encoding="utf-8")


@pytest.mark.parametrize("words", [["--help"], ["worker", "--help"], ["flow", "--help"], ["flow", "check", "--help"]])
def test_help_is_plain_text_everywhere(words: list[str]) -> None:
    told = CliRunner().invoke(app, words)
    assert told.output.startswith("Usage: ")
    assert "╭" not in told.output


def test_a_package_that_an_upgrade_needs_is_named_with_what_installs_it() -> None:
    def check_at(place: str) -> tuple[int, str]:
        code = f"import bot.cli as c, sys; c.PLACES['check'] = {place!r}; sys.argv[1:] = ['check']; c.main()"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    status, told = check_at("package_of_tomorrow.part:check")
    assert status == 3
    assert told.startswith("package_of_tomorrow is not installed. After an upgrade run: .venv/bin/pip install")
    # What is missing of our own is no matter of an upgrade.
    assert "Traceback" in check_at("bot.cli.nowhere:check")[1]
