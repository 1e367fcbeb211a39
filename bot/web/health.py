"""Readiness and metrics: whether this process can do its work, and figures for those who watch it."""

from __future__ import annotations

import asyncio
import hmac
import shutil
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from bot.counts import COUNTED
from bot.process import Process
from bot.web.simulator import Scope, Send
from bot.web.writability import Writability
from storage.database import Database
from storage.figures import outbox_figures
from storage.jobs import job_figures
from storage.schema import SchemaMismatch, require_current


class HealthRoutes:
    """`GET /readyz` (the database answers, takes what is written, and its schema is ours) and `GET /metrics` (for Prometheus).

    `shared`: the figures of the whole installation too, read from the database. One process tells them, so that sums over all
    processes count them once.
    """

    def __init__(self, process: Process, *, shared: bool = True) -> None:
        self._process, self._shared = process, shared
        self._writability = Writability(process.writer)

    def handles(self, scope: Scope) -> bool:
        """Whether this request is for here."""
        return scope["method"] == "GET" and scope["path"] in ("/readyz", "/metrics")

    async def __call__(self, scope: Scope, send: Send) -> None:
        if scope["path"] == "/readyz":
            status, body, kind = await asyncio.to_thread(self._ready)
            if status == 200 and not await self._writability.holds():
                status, body = 503, b"The database takes nothing that is written. Run: soundings check\n"
        elif self._may_see(scope):
            writes = self._shared and await self._writability.holds()
            status, body, kind = await asyncio.to_thread(self._metrics, writes)
        else:
            status, body, kind = 403, b"Send Authorization: Bearer and SOUNDINGS_METRICS_TOKEN.\n", "text/plain"
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _ready(self) -> tuple[int, bytes, str]:
        try:
            require_current(self._process.installation.database)
        except SchemaMismatch as error:
            return 503, f"{error}\n".encode(), "text/plain; charset=utf-8"
        except SQLAlchemyError:
            return 503, b"The database does not answer.\n", "text/plain; charset=utf-8"
        return 200, b"ready\n", "text/plain; charset=utf-8"

    def _may_see(self, scope: Scope) -> bool:
        settings = self._process.installation.settings
        token = settings.metrics_token.get_secret_value()
        if not token:
            return not settings.has_provider
        given = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(given, f"Bearer {token}".encode())

    def _metrics(self, takes_writes: bool) -> tuple[int, bytes, str]:
        if not self._shared:
            return 200, generate_latest(COUNTED), CONTENT_TYPE_LATEST
        registry = CollectorRegistry()
        depth = Gauge("soundings_outbox_messages", "Outgoing messages by status", ["status"], registry=registry)
        oldest = Gauge("soundings_outbox_oldest_seconds", "Age of the oldest message that is due", registry=registry)
        waiting = Gauge("soundings_inbound_waiting", "Inbound texts that wait for their commit", registry=registry)
        answers = Gauge("soundings_database_answers", "1 while the database answers, else 0", registry=registry)
        waiting.set(self._process.committer.waiting)
        _tell_disk(registry, self._process.installation.database, takes_writes)
        now = self._process.installation.clock.now()
        try:
            with self._process.installation.read() as connection:
                counts, oldest_due = outbox_figures(connection, now)
                if not self._process.installation.database.is_sqlite:
                    _tell_jobs(registry, job_figures(connection))
        except SQLAlchemyError:
            # What this process has counted is told all the same: it is wanted most when something is wrong.
            for figure in (depth, oldest):
                registry.unregister(figure)
            return 200, generate_latest(registry) + generate_latest(COUNTED), CONTENT_TYPE_LATEST
        answers.set(1)
        for status, number in counts.items():
            depth.labels(status).set(number)
        oldest.set((now - oldest_due).total_seconds() if oldest_due else 0.0)
        return 200, generate_latest(registry) + generate_latest(COUNTED), CONTENT_TYPE_LATEST


def _tell_disk(registry: CollectorRegistry, database: Database, takes_writes: bool) -> None:
    if (folder := database.folder) is None:
        return
    writes = Gauge("soundings_database_writes", "1 while SQLite takes what is written, else 0", registry=registry)
    free = Gauge("soundings_database_free_bytes", "Free space where SQLite's file is", registry=registry)
    writes.set(takes_writes)
    free.set(shutil.disk_usage(folder).free)


def _tell_jobs(registry: CollectorRegistry, figures: Row[Any]) -> None:
    depth = Gauge("soundings_jobs", "Jobs of coarse work by status", ["status"], registry=registry)
    oldest = Gauge("soundings_jobs_oldest_seconds", "Age of the oldest job that waits", registry=registry)
    workers = Gauge("soundings_workers", "Workers that gave a sign of life", registry=registry)
    depth.labels("waiting").set(figures.waiting)
    depth.labels("working").set(figures.working)
    oldest.set(figures.oldest_seconds)
    workers.set(figures.workers)
