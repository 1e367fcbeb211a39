"""Sending is played through at each sender's pace, within the hours of each zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.pacing import Load, play, thinned
from bot.hours import is_open, zone_of
from tests.builders import NOON

DAY = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")}
EAST, WEST = "America/Halifax", "America/Vancouver"


def test_one_sender_sends_at_its_pace() -> None:
    course = play([Load("a", EAST, 10, 20)], {"a": 2.0}, {}, DAY, "", NOON)
    assert course.curve == ((NOON, 0), (NOON + timedelta(seconds=10), 10))
    assert course.ends_at == NOON + timedelta(seconds=10)


def test_two_senders_send_side_by_side() -> None:
    course = play([Load("a", EAST, 10, 10), Load("b", EAST, 40, 40)], {"a": 1.0, "b": 1.0}, {}, DAY, "", NOON)
    assert course.curve == ((NOON, 0), (NOON + timedelta(seconds=10), 20), (NOON + timedelta(seconds=40), 50))


def test_those_in_the_west_wait_for_their_morning() -> None:
    # Eight in the morning in Halifax on 23 November 2026 is four in Vancouver.
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    course = play([Load("a", EAST, 60, 60), Load("a", WEST, 60, 60)], {"a": 1.0}, {}, DAY, "", start)
    nine_east, nine_west = start + timedelta(hours=1), start + timedelta(hours=5)
    assert course.curve == (
        (start, 0),
        (nine_east, 0),
        (nine_east + timedelta(minutes=1), 60),
        (nine_west, 60),
        (nine_west + timedelta(minutes=1), 120),
    )


def test_what_waits_leaves_first_and_a_night_comes_between() -> None:
    start = NOON + timedelta(hours=4, minutes=59)  # a minute before five
    course = play([Load("a", EAST, 90, 90)], {"a": 1.0}, {"a": 30.0}, DAY, "", start)
    morning = start + timedelta(minutes=1, hours=16)
    assert course.curve == (
        (start, 0),
        (start + timedelta(seconds=30), 0),
        (start + timedelta(seconds=60), 30),
        (morning, 30),
        (morning + timedelta(minutes=1), 90),
    )


def test_what_takes_more_than_a_year_has_no_end() -> None:
    assert play([Load("a", EAST, 10**9, 10**9)], {"a": 1.0}, {}, DAY, "", NOON).ends_at is None
    assert play([Load("a", EAST, 1, 1)], {}, {}, DAY, "", NOON).ends_at is None
    assert play([], {}, {}, DAY, "", NOON).ends_at == NOON


def test_a_curve_is_thinned_with_its_ends() -> None:
    curve = [(NOON + timedelta(minutes=minute), minute) for minute in range(500)]
    assert len(thinned(curve)) == 60
    assert (thinned(curve)[0], thinned(curve)[-1]) == (curve[0], curve[-1])
    assert thinned(curve[:5]) == tuple(curve[:5])


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from((EAST, WEST)), st.integers(1, 5_000)), max_size=5),
    st.floats(0.05, 50),
    st.integers(0, 40),
)
def test_everything_is_sent_once_and_only_while_somewhere_is_open(
    loads: list[tuple[str, str, int]], pace: float, hour: int
) -> None:
    start = NOON + timedelta(hours=hour)
    whole = [Load(sender, zone, n, float(n)) for sender, zone, n in loads]
    course = play(whole, {"a": pace, "b": pace}, {}, DAY, "", start)
    total = sum(load.messages for load in whole)
    if course.ends_at is None:
        return
    assert abs(course.curve[-1][1] - total) <= 1
    for (begins, before), (ends, after) in pairwise(course.curve):
        assert begins < ends
        assert before <= after
        if after > before + 1:
            middle = begins + (ends - begins) / 2
            assert any(is_open(middle, DAY, zone_of(load.zone)) for load in whole)
