"""A launch and an update that are killed again and again, at whatever point, end as if nobody had."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.updates.schedule import schedule_update
from storage.communities import community_by_id
from storage.database import Database
from storage.models import Answer, Invitation, Message, Run, Wave
from tests.builders import NOON
from tests.campaigns.hall import Hall

ROOT = Path(__file__).parents[2]
#: After so many slices of each process it is killed; the last one ends by itself.
KILLS = (2, 9, 4, 11)


@pytest.mark.parametrize("at_once", [False, True])
def test_killed_at_whatever_slice_everybody_is_asked_once_and_told_once(database: Database, at_once: bool) -> None:
    hall = Hall.built(database)
    people = hall.residents(60)
    hall.launch("before")
    hall.work()
    for one in people[:30]:
        hall.answer(one)
    with database.write() as connection:
        schedule_update(
            connection,
            community=community_by_id(connection, hall.community_id),
            campaign=hall.campaign("before"),
            texts={"en": "{results.n} of you answered."},
            otherwise=None,
            at=NOON,
            cron=None,
            subscribers=False,
            now=NOON,
        )
    hall.now = NOON
    hall.launch()
    url = database.url.render_as_string(hide_password=False)
    for slices in KILLS:
        _work(url, slices, at_once)
    _work(url, None, at_once)
    assert sorted(hall.invited()) == sorted(people)
    assert hall.one(select(func.count()).where(Wave.invited_at.is_(None)).select_from(Wave)) == 0
    started = select(Run.participant_id).where(Run.campaign_id == hall.campaign().id)
    # Thirty are in the conversation before it still, and wait.
    assert sorted(hall.all(started)) == sorted(people[:30])
    asked = select(Message.participant_id).where(Message.campaign_id == hall.campaign().id)
    assert Counter(hall.all(asked)) == Counter(people[:30])
    told = select(Message.participant_id, Message.text).where(Message.update_id.is_not(None))
    assert Counter(hall.all(told)) == Counter((one, "30 of you answered.") for one in people[:30])
    assert hall.one(select(func.count()).select_from(Answer)) == 90
    assert set(hall.all(select(Invitation.status))) == {"pending", "started", "ended"}


def _work(url: str, kill_after: int | None, at_once: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.campaigns.worker", url, *(["--at-once"] if at_once else [])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        if kill_after is None:
            process.stdout.read()
            assert process.wait() == 0
            return
        for _ in range(kill_after):
            process.stdout.readline()
        process.kill()
