"""Hours as people write them, and when they open next: weekends, holidays, daylight saving, every zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import WrongUsage
from bot.hours import DAYS, DEFAULT_HOURS, is_open, next_opening, parse_hours, zone_of

HALIFAX = ZoneInfo("America/Halifax")
ALL_DAY = ["00:00", "24:00"]


def every(days: Iterable[str], window: list[str]) -> dict[str, list[str]]:
    return dict.fromkeys(days, window)


def local(text: str, zone: ZoneInfo = HALIFAX, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00-24:00", every((*DAYS, "holiday"), ALL_DAY)),
        ("mon-fri 09:00-20:30, sat-sun 10:00-18:00", DEFAULT_HOURS),
        ("Monday - Friday 9-20:30; sat-sun 10-18; holidays 10:00-18:00", DEFAULT_HOURS),
        ("sat-mon 10-12", every(("mon", "sat", "sun", "holiday"), ["10:00", "12:00"])),
        ("mon-sun 9-17, holiday closed", every(DAYS, ["09:00", "17:00"])),
        ("wed 9-17", {"wed": ["09:00", "17:00"]}),
        ("9-17, ", every((*DAYS, "holiday"), ["09:00", "17:00"])),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, expected: dict[str, list[str]]) -> None:
    assert parse_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "never opens"),
        ("closed", "never opens"),
        ("mon-fri", "not understood"),
        ("9 to 5", "is no day"),
        ("9to5", "not understood"),
        ("mondy 9-17", "'mondy' in 'mondy 9-17' is no day"),
        ("mon 20:00-08:00", "closes before it opens"),
        ("mon 9-25", "no clock shows"),
        ("mon 9:75-10", "no clock shows"),
        ("mon 9-17, mon-tue 9-17", "mon twice"),
    ],
)
def test_hours_that_cannot_be_say_which_part_and_what_to_write(text: str, says: str) -> None:
    with pytest.raises(WrongUsage, match=says) as caught:
        parse_hours(text)
    assert "Write 09:00-20:30" in str(caught.value)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T08:59", "2026-11-23T09:00"),
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T12:34:56", "2026-11-23T12:34:56"),
        ("2026-11-23T20:30", "2026-11-24T09:00"),
        ("2026-11-27T22:00", "2026-11-28T10:00"),  # a Friday night: Saturday opens at ten
        ("2026-12-25T09:30", "2026-12-25T10:00"),  # a holiday on a Friday
        ("2026-08-03T09:30", "2026-08-03T10:00"),  # Natal Day, Nova Scotia's own
    ],
)
def test_the_next_opening(at: str, opens: str) -> None:
    found = next_opening(local(at), DEFAULT_HOURS, HALIFAX, "CA-NS")
    assert found == local(opens)
    assert found.tzinfo is UTC
    assert is_open(found, DEFAULT_HOURS, HALIFAX, "CA-NS")
    assert is_open(local(at), DEFAULT_HOURS, HALIFAX, "CA-NS") == (at == opens)


def test_another_province_has_other_holidays() -> None:
    natal_day = local("2026-08-03T09:30")
    assert is_open(natal_day, DEFAULT_HOURS, HALIFAX, "CA-QC")
    assert is_open(natal_day, DEFAULT_HOURS, HALIFAX, "")
    assert is_open(natal_day, DEFAULT_HOURS, HALIFAX, "nowhere-at-all")


def test_a_day_that_is_left_out_is_closed() -> None:
    assert next_opening(local("2026-11-23T12:00"), {"wed": ["09:00", "17:00"]}, HALIFAX) == local("2026-11-25T09:00")
    with pytest.raises(ValueError, match="never open"):
        next_opening(local("2026-11-23T12:00"), {}, HALIFAX)


def test_open_all_day_never_closes_at_midnight() -> None:
    hours = parse_hours("00:00-24:00")
    for at in ("2026-11-23T00:00", "2026-11-23T23:59:59.999999", "2026-11-24T00:00", "2026-12-25T03:00"):
        assert is_open(local(at), hours, HALIFAX, "CA-NS")


def test_an_opening_that_daylight_saving_skips_moves_to_the_next_valid_moment() -> None:
    """Clocks in Halifax go from 02:00 to 03:00 on 8 March 2026."""
    hours = {"sun": ["02:30", "05:00"]}
    assert next_opening(local("2026-03-08T01:00"), hours, HALIFAX) == local("2026-03-08T03:00")
    assert not is_open(local("2026-03-08T01:59:59"), hours, HALIFAX)
    assert is_open(local("2026-03-08T03:00"), hours, HALIFAX)


def test_a_doubled_hour_counts_from_its_first_time_on() -> None:
    """Clocks in Halifax go from 02:00 back to 01:00 on 1 November 2026."""
    opening = {"sun": ["01:30", "05:00"]}
    assert next_opening(local("2026-11-01T00:00"), opening, HALIFAX) == local("2026-11-01T01:30", fold=0)
    assert is_open(local("2026-11-01T01:15", fold=1), opening, HALIFAX)
    closing = {"sun": ["00:30", "01:30"]}
    assert not is_open(local("2026-11-01T01:15", fold=1), closing, HALIFAX)


def test_the_residents_own_zone_comes_before_the_communitys() -> None:
    assert zone_of("America/Vancouver", "America/Toronto").key == "America/Vancouver"
    assert zone_of(None, "America/Toronto").key == "America/Toronto"
    assert zone_of("Mars/Olympus", None).key == "America/Halifax"
    assert zone_of("../../etc/passwd", "").key == "America/Halifax"


@given(
    at=st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["America/Halifax", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
    opens=st.integers(0, 1439),
    length=st.integers(1, 1440),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(at: datetime, zone: str, opens: int, length: int) -> None:
    closes = min(1440, opens + length)
    window = [f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"]
    hours, place = every(DAYS, window), ZoneInfo(zone)
    found = next_opening(at, hours, place)
    assert at <= found <= at + timedelta(hours=50)
    assert is_open(found, hours, place)
    if found > at:
        assert not is_open(found - timedelta(seconds=1), hours, place)
        assert not is_open(at + (found - at) / 2, hours, place)
