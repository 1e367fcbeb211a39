"""Checks of waiting: reminders and timeouts that come after the run has ended."""

from __future__ import annotations

from flows.checks.review import Review
from flows.durations import in_words, written


def look(review: Review) -> None:
    """Notes reminders and timeouts that can never happen."""
    flow = review.flow
    for reminder in flow.reminders:
        if reminder >= flow.expires:
            review.error(
                "reminder-after-expiry",
                "flow:reminders",
                f"The reminder after {in_words(reminder)} is never sent: an idle run ends after {in_words(flow.expires)}.",
                f"Make it shorter, or let the run live longer: expires: {_twice(reminder.days)}d.",
            )
    if len(flow.reminders) > 2:
        review.warning(
            "many-reminders",
            "flow:reminders",
            f"The flow reminds {len(flow.reminders)} times; more than two feel like nagging and bring few answers.",
            "Keep two, on different days.",
        )
    for state in flow.states.values():
        timeout = state.timeout
        if timeout is None:
            continue
        if timeout.after >= flow.expires:
            review.error(
                "timeout-after-expiry",
                timeout.line or state,
                f"State {state.name}: the timeout after {in_words(timeout.after)} never comes: an idle run ends "
                f"after {in_words(flow.expires)}.",
                f"Make it shorter than {written(flow.expires)}, or expires longer.",
            )
            continue
        late = [reminder for reminder in flow.reminders if reminder >= timeout.after]
        if late:
            review.warning(
                "reminder-after-timeout",
                timeout.line or state,
                f"State {state.name} goes on after {in_words(timeout.after)}, before its reminder "
                f"after {in_words(late[0])} is sent.",
                "Make the timeout longer than the reminders if they should be sent.",
            )


def _twice(days: int) -> int:
    return max(2, days * 2)
