"""Times that come again and again, over both changes of the clocks: each once, and always on to the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cron import next_time
from bot.errors import WrongUsage

HOME = "America/Halifax"
SPRING, AUTUMN = datetime(2027, 3, 13, 0, tzinfo=UTC), datetime(2026, 10, 31, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "since", "expected"),
    [
        # The clocks go back: 01:30 comes twice, and the first counts.
        ("30 1 * * *", AUTUMN, ["31 04:30", "01 04:30", "02 05:30", "03 05:30"]),
        ("30 2 * * *", AUTUMN, ["31 05:30", "01 06:30", "02 06:30", "03 06:30"]),
        ("0 10 * * sun", AUTUMN, ["01 14:00", "08 14:00", "15 14:00", "22 14:00"]),
        ("15 * * * *", datetime(2026, 11, 1, 3, tzinfo=UTC), ["01 03:15", "01 04:15", "01 06:15", "01 07:15"]),
        # In the second of the two hours nothing is left of the first.
        ("30 1 * * *", datetime(2026, 11, 1, 5, 10, tzinfo=UTC), ["02 05:30", "03 05:30", "04 05:30", "05 05:30"]),
        # The clocks go forward: 02:30 is skipped, and moves to 03:00.
        ("30 2 * * *", SPRING, ["13 06:30", "14 06:00", "15 05:30", "16 05:30"]),
        ("*/30 2 * * *", SPRING, ["13 06:00", "13 06:30", "14 06:00", "15 05:00"]),
        ("30 1 * * *", SPRING, ["13 05:30", "14 05:30", "15 04:30", "16 04:30"]),
    ],
)
def test_each_comes_once_over_a_change_of_the_clocks(cron: str, since: datetime, expected: list[str]) -> None:
    found, moment = [], since
    for _ in expected:
        following = next_time(cron, HOME, moment)
        assert following is not None
        assert following > moment
        found.append(f"{following:%d %H:%M}")
        moment = following
    assert found == expected


def test_a_day_that_never_comes_has_no_time() -> None:
    assert next_time("0 10 31 2 *", HOME, SPRING) is None


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [
        ("0", "sun sun"),
        ("1", "mon mon"),
        ("7", "sun sun"),
        ("1-5", "tue wed thu fri mon tue"),
        ("5-7", "fri sat sun fri"),
        ("1,3", "wed mon wed"),
        ("*/2", "tue thu sat sun tue"),
        ("1-5/2", "wed fri mon"),
        ("mon-wed", "tue wed mon"),
        ("mon,6", "sat mon sat"),
        ("*", "tue wed"),
    ],
)
def test_weekdays_are_counted_as_a_crontab_does(weekdays: str, expected: str) -> None:
    found, moment = [], datetime(2026, 11, 23, 16, tzinfo=UTC)  # a Monday, two hours after the hour
    for _ in expected.split():
        following = next_time(f"0 10 * * {weekdays}", HOME, moment)
        assert following is not None
        found.append(f"{following:%a}".lower())
        moment = following
    assert found == expected.split()


@pytest.mark.parametrize("cron", ["", "0 10 * *", "0 10 * * 8", "0 10 * * 5-2", "0 10 * * */0", "0 10 * * someday"])
def test_what_is_no_crontab_is_refused_in_words(cron: str) -> None:
    with pytest.raises(WrongUsage, match="Five fields"):
        next_time(cron, HOME, SPRING)
