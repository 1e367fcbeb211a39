"""What a coordinator reads of updates: when they go out, and why one did not."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.app import opened
from bot.cli import app
from bot.updates.send import send_due

TOWN = ("--community", "north-end")
ALL = (*TOWN, "--subscribers", "--text", "We meet Thursday.")


def told(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(autouse=True)
def _town() -> None:
    told("community", "add", "north-end", "--name", "North End")
    told("sender", "add", "sms:+19025550100", *TOWN, "--opt-out", "ours")


def test_what_is_past_or_has_no_time_goes_out_now() -> None:
    now = "Update 1 goes out now, within the community's hours.\n"
    assert told("update", "send", *ALL) == now
    past = told("update", "schedule", *ALL, "--at", "2020-01-02T10:00Z")
    assert past == "2020-01-02 10:00 UTC is past. " + now.replace("1", "2")
    assert "goes out at 2099-01-02 10:00 UTC" in told("update", "schedule", *ALL, "--at", "2099-01-02T10:00Z")


def test_why_an_update_was_not_sent_stands_below_the_list() -> None:
    told("flow", "publish", "neighbourhood-check-in", *TOWN)
    told("campaign", "launch", "neighbourhood-check-in", *TOWN, "--name", "spring", "--keyword", "fundy")
    told("update", "send", *TOWN, "--campaign", "spring", "--text", "{results.focus.top} came first.")
    with opened() as installation, installation.write() as connection:
        send_due(connection, installation.clock.now())
    head, row, why = told("update", "list", *TOWN).splitlines()
    assert head.split() == ["update", "campaign", "status", "next", "(UTC)", "messages", "text"]
    assert row.split()[:4] == ["1", "spring", "withheld", "0"]
    assert why.startswith("Update 1 was not sent: {results.focus.top} has no figure")
