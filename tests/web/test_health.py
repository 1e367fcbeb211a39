"""/readyz and /metrics of a process at work: figures that fit what it did, and only for who may see them."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.app import Installation
from bot.clock import SetClock
from bot.config import Settings
from bot.errors import NotReady
from bot.process import Process, Roles
from bot.web import writability
from bot.web.health import HealthRoutes
from bot.web.watching import watched
from storage.database import Database
from storage.jobs import defer
from tests.builders import RESIDENT, a_community, a_participant, a_sender, an_inbound
from tests.read_only import take_all_again, take_nothing


async def ask(process: Process, path: str, token: str = "", *, routes: HealthRoutes | None = None) -> tuple[int, str]:
    """The status and the body of a GET."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    routes = routes or HealthRoutes(process)
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    assert routes.handles(scope)
    await routes(scope, send)
    return sent[0]["status"], sent[1]["body"].decode()


def figure(body: str, name: str) -> float:
    """A metric's value; 0 where it is not there yet."""
    return next((float(line.split()[-1]) for line in body.splitlines() if line.startswith(f"{name} ")), 0.0)


SENT = 'soundings_sends_total{channel="sms",code="",result="accepted"}'


async def test_the_figures_fit_what_a_process_did_and_name_nobody(database: Database, clock: SetClock) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id)
        a_participant(connection, community_id)
    process = Process(Installation(Settings(), database, clock), Roles(scheduler=False))
    before = (await ask(process, "/metrics"))[1]
    await process.start()
    try:
        await process.submit(an_inbound("HELP"))
        async with asyncio.timeout(30):
            while figure((await ask(process, "/metrics"))[1], SENT) == figure(before, SENT):
                await asyncio.sleep(0.02)
        status, body = await ask(process, "/metrics")
    finally:
        await process.stop()
    assert status == 200
    count = "soundings_inbound_seconds_count"
    assert figure(body, count) == figure(before, count) + 1
    assert figure(body, 'soundings_outbox_messages{status="queued"}') == 0
    assert RESIDENT.removeprefix("sms:+") not in body


async def test_jobs_and_workers_are_told_on_postgresql(postgres_database: Database, clock: SetClock) -> None:
    process = Process(Installation(Settings(), postgres_database, clock), Roles(web=False, worker=False))
    with postgres_database.write() as connection:
        defer(connection, "times")
        connection.execute(text("UPDATE procrastinate_events SET at = now() - interval '2 minutes'"))
        connection.execute(text("SELECT procrastinate_register_worker_v1()"))
    _, body = await ask(process, "/metrics")
    process.writer.close()
    assert figure(body, 'soundings_jobs{status="waiting"}') == 1
    assert figure(body, "soundings_jobs_oldest_seconds") >= 120
    assert figure(body, "soundings_workers") == 1


@pytest.mark.parametrize(("token", "status"), [("", 403), ("wrong", 403), ("seven-seas", 200)])
async def test_with_a_provider_figures_need_the_token(
    sqlite_database: Database, clock: SetClock, token: str, status: int
) -> None:
    settings = Settings(telegram_token="1:a", secret_key="k", metrics_token="seven-seas")
    process = Process(Installation(settings, sqlite_database, clock), Roles())
    assert (await ask(process, "/metrics", token))[0] == status
    process.writer.close()


async def test_a_process_without_its_tables_is_not_ready(postgres_database: Database, clock: SetClock) -> None:
    process = Process(Installation(Settings(), postgres_database, clock), Roles())
    assert await ask(process, "/readyz") == (200, "ready\n")
    with postgres_database.write() as connection:
        connection.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    status, body = await ask(process, "/readyz")
    process.writer.close()
    assert (status, "soundings migrate" in body) == (503, True)


async def _get(url: str, token: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_worker_tells_what_it_sent_on_a_port_of_its_own(database: Database, clock: SetClock) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id)
        a_participant(connection, community_id)
    process = Process(
        Installation(Settings(metrics_token="seven-seas"), database, clock), Roles(web=False, scheduler=False)
    )
    url = f"http://127.0.0.1:{(port := a_free_port())}"
    async with watched(process, "127.0.0.1", port):
        before = (await _get(f"{url}/metrics", "seven-seas"))[1]
        await process.start()
        await process.submit(an_inbound("HELP"))
        async with asyncio.timeout(30):
            while figure((await _get(f"{url}/metrics", "seven-seas"))[1], SENT) != figure(before, SENT) + 1:
                await asyncio.sleep(0.02)
        assert await _get(f"{url}/healthz") == (200, "ok\n")
        assert await _get(f"{url}/readyz") == (200, "ready\n")
        assert (await _get(f"{url}/metrics"))[0] == 403
        assert (await _get(f"{url}/webhooks/telegram"))[0] == 404
        # The figures that all processes share are told by one of them, or their sum would be too large.
        assert "soundings_outbox_messages" not in (await _get(f"{url}/metrics", "seven-seas"))[1]
        with pytest.raises(NotReady, match=f"Port {port} on 127.0.0.1 cannot be listened on"):
            async with watched(process, "127.0.0.1", port):
                raise AssertionError
        await process.stop()
    with pytest.raises(aiohttp.ClientError):
        await _get(f"{url}/healthz")


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_a_database_that_is_away_leaves_a_process_its_own_figures(clock: SetClock, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/never-migrated.db")
    status, body = await ask(Process(Installation(Settings(), away, clock), Roles()), "/metrics")
    assert status == 200
    assert figure(body, "soundings_database_answers") == 0
    assert "soundings_inbound_waiting 0.0" in body
    assert "soundings_outbox_oldest_seconds" not in body
    away.close()


async def test_a_database_that_answers_is_told(database: Database, clock: SetClock) -> None:
    _, body = await ask(Process(Installation(Settings(), database, clock), Roles()), "/metrics")
    assert figure(body, "soundings_database_answers") == 1


async def test_a_file_that_takes_nothing_is_told_until_it_does(
    sqlite_database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writability, "GOOD_FOR", 0.0)
    process = Process(Installation(Settings(), sqlite_database, clock), Roles())
    routes = HealthRoutes(process)
    try:
        take_nothing(sqlite_database)
        status, body = await ask(process, "/readyz", routes=routes)
        assert (status, "soundings check" in body) == (503, True)
        figures = (await ask(process, "/metrics", routes=routes))[1]
        assert figure(figures, "soundings_database_answers") == 1
        assert "soundings_database_writes 0.0" in figures
        assert figure(figures, "soundings_database_free_bytes") > 0
        take_all_again(sqlite_database)
        assert await ask(process, "/readyz", routes=routes) == (200, "ready\n")
        assert figure((await ask(process, "/metrics", routes=routes))[1], "soundings_database_writes") == 1
    finally:
        process.writer.close()


async def test_whoever_asks_often_does_not_make_the_disk_busy(sqlite_database: Database, clock: SetClock) -> None:
    process = Process(Installation(Settings(), sqlite_database, clock), Roles())
    routes = HealthRoutes(process)
    try:
        assert await ask(process, "/readyz", routes=routes) == (200, "ready\n")
        assert sqlite_database.file is not None
        log = sqlite_database.file.with_name(f"{sqlite_database.file.name}-wal")
        size = log.stat().st_size
        assert await ask(process, "/readyz", routes=routes) == (200, "ready\n")
        assert log.stat().st_size == size
    finally:
        process.writer.close()


async def test_a_process_that_is_busy_writing_is_ready_until_it_is_stuck(
    sqlite_database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writability, "PATIENCE", 0.01)
    process = Process(Installation(Settings(), sqlite_database, clock), Roles())
    routes, go_on = HealthRoutes(process), threading.Event()
    long = asyncio.create_task(process.writer.run(lambda _: go_on.wait(30)))
    try:
        assert (await ask(process, "/readyz", routes=routes))[0] == 200
        monkeypatch.setattr(writability, "STUCK_AFTER", 0.0)
        assert (await ask(process, "/readyz", routes=routes))[0] == 503
    finally:
        go_on.set()
        await long
        process.writer.close()
