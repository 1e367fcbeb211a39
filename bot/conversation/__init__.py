"""The conversation: inbound texts in, answers, runs and the outbox out, a batch in one transaction."""

from bot.conversation.by_hand import release_hold, reply_as_person, resume_run, stop_for, take_over
from bot.conversation.house import House
from bot.conversation.joining import new_public_id
from bot.conversation.raw import keep_raw
from bot.conversation.receiving import MOST, Received, receive
from bot.conversation.running import (
    RunStart,
    StartedRuns,
    cancel_runs,
    due_runs,
    reach_times,
    start_runs,
    take_back_runs,
)
from bot.conversation.unplaced import take_in_unplaced
from bot.conversation.warming import warm_up

__all__ = [
    "MOST",
    "House",
    "Received",
    "RunStart",
    "StartedRuns",
    "cancel_runs",
    "due_runs",
    "keep_raw",
    "new_public_id",
    "reach_times",
    "receive",
    "release_hold",
    "reply_as_person",
    "resume_run",
    "start_runs",
    "stop_for",
    "take_back_runs",
    "take_in_unplaced",
    "take_over",
    "warm_up",
]
