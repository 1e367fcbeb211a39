"""The ASGI application of a process: webhooks and the phones' live side on the loop, Flask's pages behind them."""

from __future__ import annotations

from typing import Any

import structlog
from a2wsgi import WSGIMiddleware

from bot.process import Process
from bot.web.health import HealthRoutes
from bot.web.pages import create_pages
from bot.web.simulator import Receive, Scope, Send, SimulatorRoutes
from bot.web.webhooks import Webhooks

_log = structlog.get_logger(__name__)

#: Threads that render pages; a page takes a few milliseconds.
PAGE_THREADS = 4


class Application:
    """Everything that this process answers over HTTP; starts and stops the process with the server's lifespan."""

    def __init__(self, process: Process) -> None:
        self._process = process
        installation = process.installation
        self._health = HealthRoutes(process)
        self._simulator = SimulatorRoutes(installation, process.submit) if installation.settings.has_simulator else None
        self._pages: Any = WSGIMiddleware(create_pages(installation).wsgi_app, workers=PAGE_THREADS)  # type: ignore[arg-type]
        self._webhooks = Webhooks(
            installation.settings,
            installation.clock,
            submit=process.submit,
            record=process.record,
            telegram_sender=process.telegram_sender,
            following=self._behind_webhooks,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._webhooks(scope, receive, send)  # type: ignore[arg-type]
        else:
            await send({"type": "websocket.close", "code": 1000})

    def end_streams(self) -> None:
        """End what is answered without an end, before the server waits for open connections."""
        if self._simulator is not None:
            self._simulator.end()

    async def _behind_webhooks(self, scope: Any, receive: Any, send: Any) -> None:
        if self._health.handles(scope):
            await self._health(scope, send)
        elif self._simulator is not None and self._simulator.handles(scope):
            await self._simulator(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            try:
                if message["type"] == "lifespan.startup":
                    await self._process.start()
                    await send({"type": "lifespan.startup.complete"})
                else:
                    await self._process.stop()
                    await send({"type": "lifespan.shutdown.complete"})
                    return
            except Exception as error:
                _log.exception("process.lifespan", error=type(error).__name__)
                phase = message["type"].removeprefix("lifespan.")
                await send({"type": f"lifespan.{phase}.failed", "message": str(error)})
                raise
