"""`soundings sms segments`: any bytes in, one line out for each line in."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.cli.sms import app


def counted(given: bytes) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["segments", "--json"], input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_is_a_text() -> None:
    assert counted("Snow\nça va\n\n".encode()) == [
        {"encoding": "GSM-7", "segments": 1, "characters": 4, "culprits": []},
        {"encoding": "UCS-2", "segments": 1, "characters": 5, "culprits": ["ç"]},
        {"encoding": "GSM-7", "segments": 1, "characters": 0, "culprits": []},
    ]


def test_a_line_that_starts_with_a_quotation_mark_is_a_json_string() -> None:
    assert counted(rb'"a\nb \ud83d\ude00"')[0] == {
        "encoding": "UCS-2",
        "segments": 1,
        "characters": 5,
        "culprits": ["😀"],
    }


def test_a_text_may_begin_with_a_quotation_mark() -> None:
    result = CliRunner().invoke(app, ["segments", "--json"], input=b'"Snow" she said\n')
    assert json.loads(result.stdout)["characters"] == 15
    assert "Line 1" in result.stderr


@pytest.mark.parametrize(
    ("given", "characters", "culprits"),
    [
        (b"\xff\xfe", 2, ["\ufffd"]),
        (b"a\0b", 3, ["\0"]),
        (rb'"\ud800"', 1, ["\ud800"]),
        ("\u2028\x85".encode(), 2, ["\u2028", "\x85"]),
        ("\ufeffsnow".encode(), 4, []),
        (b"snow\r\n", 4, []),
    ],
)
def test_odd_bytes_are_counted_too(given: bytes, characters: int, culprits: list[str]) -> None:
    (line,) = counted(given)
    assert line["characters"] == characters
    assert line["culprits"] == culprits


def test_people_get_a_table() -> None:
    result = CliRunner().invoke(app, ["segments"], input="[b]ça\0".encode())
    assert result.exit_code == 0
    assert "[b]ça" in result.stdout
    assert "U+0000" in result.stdout


def test_nothing_in_nothing_out() -> None:
    assert counted(b"") == []
