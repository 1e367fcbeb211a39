"""`soundings serve`, `worker`, `scheduler`, `migrate`, `check`: the processes of an installation, and whether it is sound."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Annotated

import structlog
import typer
import uvicorn
import uvloop
from rich.text import Text

from bot import interpreter
from bot.app import Installation, open_patiently, opened
from bot.cli.output import Json, print_json, screen
from bot.config import load_settings
from bot.errors import NotReady, WrongUsage
from bot.logs import set_up_logs
from bot.process import Process, Roles
from bot.soundness import look_over
from storage.database import Database, UnusableDatabase
from storage.schema import SchemaMismatch, downgrade, known_revisions
from storage.schema import migrate as migrate_database

_log = structlog.get_logger(__name__)

#: Seconds that a connection may linger when the process ends.
GRACE = 30


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port; $PORT or 8000 if left out.", envvar="PORT", min=1, max=65535)
    ] = 8000,
    only: Annotated[
        str | None, typer.Option(help="Do one thing: web. On PostgreSQL, beside worker and scheduler.")
    ] = None,
) -> None:
    """Run it: web, delivery and scheduler in one process. Stop with Ctrl-C."""
    if only not in (None, "web"):
        raise WrongUsage(f"--only {only}: there is web. The others are: soundings worker, soundings scheduler.")
    installation = _opened()
    if only == "web" and installation.database.is_sqlite:
        raise WrongUsage("On SQLite one process does everything: run soundings serve without --only.")
    run_server(installation, Roles(worker=only is None, scheduler=only is None), host, port)


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; a phone that somebody looks at must not hold it up."""
        self.config.app.end_streams()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def run_server(installation: Installation, roles: Roles, host: str, port: int) -> None:
    """Serve until a signal says stop; raises `NotReady` where the port is taken."""
    from bot.web.asgi import Application

    interpreter.set_up()
    server: _Server | None = None

    def stop() -> None:
        if server is not None:
            server.should_exit = True

    process = Process(installation, roles, stop=stop, ready=interpreter.settle)
    server = _Server(
        uvicorn.Config(
            Application(process),
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_level="warning",
            lifespan="on",
            timeout_graceful_shutdown=GRACE,
            server_header=False,
        )
    )
    screen.print(f"Soundings listens on http://{host}:{port} (Ctrl-C stops it)")
    try:
        with _told_to_end(stop):
            server.run()
    except SystemExit:
        raise NotReady(
            f"Port {port} on {host} cannot be listened on: is another process there? Choose with --port."
        ) from None
    finally:
        installation.database.close()
    _tell_of_failure(process)


@contextlib.contextmanager
def _told_to_end(stop: Callable[[], None]) -> Iterator[None]:
    """Take SIGTERM for a word and no blow: uvicorn raises it once more after it has stopped in good order, and the process would
    end as if it had been killed."""
    before = signal.signal(signal.SIGTERM, lambda *_: stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


MetricsPort = Annotated[
    int | None, typer.Option(help="Answer /healthz, /readyz and /metrics of this process there.", min=1, max=65535)
]
MetricsHost = Annotated[str, typer.Option(help="The address to answer them on; 0.0.0.0 for every one.")]


def worker(metrics_port: MetricsPort = None, metrics_host: MetricsHost = "127.0.0.1") -> None:
    """Send messages; any number of these on PostgreSQL."""
    _run_alone(Roles(web=False, worker=True, scheduler=False), metrics_host, metrics_port)


def scheduler(metrics_port: MetricsPort = None, metrics_host: MetricsHost = "127.0.0.1") -> None:
    """Keep time: launches, reminders, timeouts, updates. A second one stands by."""
    _run_alone(Roles(web=False, worker=False, scheduler=True), metrics_host, metrics_port)


def migrate(
    back_to: Annotated[
        str | None,
        typer.Option(
            help="Go back to the schema of an older version, by its number, such as 0002, before you start that version."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Go back without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the database to the schema of this version."""
    if back_to is not None and back_to not in known_revisions():
        raise WrongUsage(f"There is no schema {back_to}. There are: {', '.join(known_revisions())}.")
    settings = load_settings()
    try:
        database = Database(settings.database_url)
        if back_to is None:
            migrate_database(database)
        else:
            if not yes and not typer.confirm("What only the newer schema can hold is lost. Go back?"):
                raise WrongUsage("Nothing was changed.")
            downgrade(database, back_to)
    except (UnusableDatabase, SchemaMismatch) as error:
        raise NotReady(str(error)) from error
    database.close()
    if as_json:
        print_json({"migrated": True})
    elif back_to is None:
        screen.print("The database is ready.")
    else:
        screen.print(f"The database is at schema {back_to}. Start the version that knows no newer one.")


def check(as_json: Json = False) -> None:
    """Is this installation sound? Ends with 1 where something is wrong."""
    with opened() as installation, installation.read() as connection:
        findings = look_over(installation.settings, installation.database, connection, installation.clock.now())
    if as_json:
        print_json([{"level": one.level, "what": one.what, "mend": one.mend} for one in findings])
    else:
        for one in findings:
            screen.print(Text(f"{one.level:<9}{one.what}"))
            if one.mend:
                screen.print(Text(f"{'':<9}{one.mend}", style="green"))
    if any(one.level == "wrong" for one in findings):
        raise typer.Exit(1)


def _opened() -> Installation:
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return open_patiently(settings, waiting=lambda seconds: _log.warning("database.away", again_in=seconds))


def _run_alone(roles: Roles, metrics_host: str, metrics_port: int | None) -> None:
    interpreter.set_up()
    installation = _opened()
    if installation.database.is_sqlite:
        raise WrongUsage(
            "SQLite's one file belongs to one process: run soundings serve, which does everything. "
            "For several processes set SOUNDINGS_DATABASE_URL=postgresql+psycopg://user:password@host/name"
        )
    uvloop.run(_until_told(installation, roles, metrics_host, metrics_port))


async def _until_told(installation: Installation, roles: Roles, metrics_host: str, metrics_port: int | None) -> None:
    from bot.web.watching import watched

    stopping = asyncio.Event()
    process = Process(installation, roles, stop=stopping.set, ready=interpreter.settle)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    async with watched(process, metrics_host, metrics_port):
        await process.start()
        await stopping.wait()
        await process.stop()
    installation.database.close()
    _tell_of_failure(process)


def _tell_of_failure(process: Process) -> None:
    """End with an exit code that whoever keeps the process running understands."""
    if process.failed is not None:
        raise NotReady(f"It ended, for a part of it failed: {process.failed}. The log says where.")
