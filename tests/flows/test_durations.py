"""Spans of time: as flows write them, in words, and how they pass when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.definition import Days
from flows.durations import DurationError, in_words, later, parse, written

HALIFAX = ZoneInfo("America/Halifax")


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("7d", timedelta(days=7), "7 days"),
        ("1d", timedelta(days=1), "1 day"),
        ("24h", timedelta(hours=24), "24 hours"),
        ("30m", timedelta(minutes=30), "30 minutes"),
        ("60m", timedelta(minutes=60), "1 hour"),
        ("61m", timedelta(minutes=61), "1 hour 1 minute"),
        ("90m", timedelta(minutes=90), "1 hour 30 minutes"),
        ("2 d", timedelta(days=2), "2 days"),
        ("366d", timedelta(days=366), "366 days"),
    ],
)
def test_spans_as_they_are_written(text: str, span: timedelta, words: str) -> None:
    read = parse(text)
    assert read == span
    assert isinstance(read, Days) == text.endswith("d")
    assert in_words(read) == words
    assert parse(written(read)) == read


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("7", "7d, 24h, 30m"),
        ("1w", "7d"),
        ("2 weeks", "14d"),
        ("3 days", "3d"),
        ("30 min", "30m"),
        ("30M", "30m"),
        ("0h", "1m"),
        ("400d", "366d"),
        ("999999h", "366d"),
        ("1.5h", "7d, 24h, 30m"),
        ("-1d", "7d, 24h, 30m"),
        ("", "7d, 24h, 30m"),
        ("٣d", "7d, 24h, 30m"),
        ("5x", "7d, 24h, 30m"),
    ],
)
def test_what_is_no_span_says_what_to_write(text: str, fix: str) -> None:
    with pytest.raises(DurationError) as raised:
        parse(text)
    assert fix in raised.value.fix


def test_days_keep_their_hour_and_hours_elapse_when_clocks_change() -> None:
    before = datetime(2026, 10, 31, 18, 0, tzinfo=HALIFAX)
    assert later(before, parse("1d"), HALIFAX).astimezone(HALIFAX).hour == 18
    assert later(before, parse("24h"), HALIFAX).astimezone(HALIFAX).hour == 17
    assert later(before, parse("1d"), HALIFAX).tzinfo is UTC


def test_an_hour_that_is_skipped_moves_to_the_next_there_is() -> None:
    before = datetime(2026, 3, 7, 2, 30, tzinfo=HALIFAX)
    assert later(before, parse("1d"), HALIFAX) == datetime(2026, 3, 8, 3, 0, tzinfo=HALIFAX).astimezone(UTC)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    before = datetime(2026, 10, 31, 1, 30, tzinfo=HALIFAX)
    assert later(before, parse("1d"), HALIFAX) == datetime(2026, 11, 1, 1, 30, tzinfo=HALIFAX, fold=0).astimezone(UTC)
