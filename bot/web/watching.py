"""What a worker or a scheduler answers on a port of its own: that it lives, that it is ready, and what it has counted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from bot.errors import NotReady
from bot.process import Process
from bot.web.health import HealthRoutes
from bot.web.simulator import Receive, Scope, Send


class Watching:
    """`GET /healthz`, `/readyz` and `/metrics` of a process that answers nothing else."""

    def __init__(self, process: Process) -> None:
        self._health = HealthRoutes(process, shared=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - a GET has no body
        if self._health.handles(scope):
            return await self._health(scope, send)
        lives = scope["method"] in ("GET", "HEAD") and scope["path"] == "/healthz"
        status, body = (200, b"ok\n") if lives else (404, b"There is /healthz, /readyz and /metrics.\n")
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})
        return None


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Signals are the process's own: it ends this server, not the other way round."""
        yield


@contextlib.asynccontextmanager
async def watched(process: Process, host: str, port: int | None) -> AsyncIterator[None]:
    """Answer on `port` while the block runs; nothing where it is None. Raises `NotReady` where the port is taken."""
    if port is None:
        yield
        return
    config = uvicorn.Config(
        Watching(process),
        host=host,
        port=port,
        access_log=False,
        log_level="critical",
        lifespan="off",
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(_serve(server, host, port))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if serving.done():
        await serving
    try:
        yield
    finally:
        server.should_exit = True
        await serving


async def _serve(server: uvicorn.Server, host: str, port: int) -> None:
    try:
        await server.serve()
    except SystemExit:
        raise NotReady(
            f"Port {port} on {host} cannot be listened on: is another process there? Choose with --metrics-port."
        ) from None
