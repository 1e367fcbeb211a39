"""Serves an ASGI application over real HTTP on loopback, on the loop of the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application


@asynccontextmanager
async def served(application: ASGI3Application) -> AsyncIterator[str]:
    """The origin (`http://127.0.0.1:PORT`) where the application answers until the block ends.

    uvicorn's own loop would wait a tenth of a second at each turn; its parts are started and stopped by hand here.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application, lifespan="off", log_level="warning", access_log=False)
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup([listening])
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            await _stop(server)


async def _stop(server: uvicorn.Server) -> None:
    for listener in server.servers:
        listener.close()
    for task in server.server_state.tasks:
        task.cancel()
    async with asyncio.timeout(5):
        while server.server_state.tasks or server.server_state.connections:
            for connection in list(server.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(0)
