"""`soundings demo`: a whole campaign with simulated residents, days in seconds; then the phones in the browser."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.app import Installation, open_installation
from bot.campaigns.status import CampaignStatus
from bot.cli.campaign import show_status
from bot.cli.output import Json, print_json, screen
from bot.cli.results import show_results
from bot.cli.serving import run_server
from bot.clock import SetClock, SystemClock
from bot.config import load_settings
from bot.demo.play import COMMUNITY, Demonstration, Summary
from bot.demo.residents import Resident
from bot.errors import NotReady, WrongUsage
from bot.process import Roles

#: Where the demonstration keeps its own database, made anew each time.
PLACE = Path("var") / "demo.db"
#: How often the live view is drawn anew, in steps of the stage.
EVERY = 8


def demo(
    residents: Annotated[int, typer.Option(help="How many simulated residents, 20 to 800.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed plays the same residents.")] = 7,
    do_serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the phones afterwards, until Ctrl-C.")
    ] = True,
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    as_json: Json = False,
) -> None:
    """Play a whole campaign with simulated residents, days in seconds; then serve their phones."""
    if not 20 <= residents <= 800:
        raise WrongUsage("--residents is a number from 20 to 800.")
    with _alone(PLACE):
        _demonstrate(residents, seed, as_json)
        if do_serve:
            _serve(port)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the folder against a second demonstration, which would make the database anew under this one. Raises `NotReady`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}-lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotReady(
                "A demonstration runs in this folder already. End it (Ctrl-C), or start this one in another folder."
            ) from None
        yield


def _demonstrate(residents: int, seed: int, as_json: bool) -> None:
    installation = _fresh(PLACE)
    demonstration = Demonstration(installation, residents, seed)
    try:
        summary = asyncio.run(_play(demonstration, live=not as_json))
        if as_json:
            print_json(summary.as_dict())
        else:
            _tell(demonstration, summary)
    finally:
        installation.database.close()
    if summary.lost or summary.duplicated:
        raise typer.Exit(1)


def _fresh(place: Path) -> Installation:
    """An installation of its own: an empty database, the simulator, and a clock that starts last week."""
    for leftover in (place, place.with_name(f"{place.name}-wal"), place.with_name(f"{place.name}-shm")):
        leftover.unlink(missing_ok=True)
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Halifax"))
    # A Monday morning, with all the days that it takes behind us.
    monday = today - timedelta(days=today.weekday() + 7)
    return open_installation(_settings(place), SetClock(monday.replace(hour=10, minute=0, second=0, microsecond=0)))


def _settings(place: Path) -> Any:
    return load_settings(
        _env_file=None,
        database_url=f"sqlite:///{place}",
        twilio_account_sid="",
        twilio_auth_token="",
        telegram_token="",
        simulator=True,
        log_level="error",
    )


async def _play(demonstration: Demonstration, *, live: bool) -> Summary:
    if not live:
        return await demonstration.play()
    steps = 0
    with Live(console=screen, refresh_per_second=8, transient=True) as view:

        def seen() -> None:
            nonlocal steps
            steps += 1
            if steps % EVERY == 0:
                view.update(_scene(demonstration))

        demonstration.seen = seen
        return await demonstration.play()


def _scene(demonstration: Demonstration) -> RenderableType:
    """What a coordinator would see: how far it is, and a few phones."""
    status = demonstration.status()
    now = demonstration.stage.now.astimezone(ZoneInfo("America/Halifax"))
    head = Text(f"{now:%A %H:%M}   ", style="bold")
    head.append(_figures(status), style="dim")
    phones = Table.grid(expand=True, padding=(0, 1))
    latest = demonstration.latest_phones(3)
    for _ in latest:
        phones.add_column(ratio=1)
    phones.add_row(*(_phone(resident) for resident in latest))
    return Group(head, ProgressBar(total=1.0, completed=status.progress, width=60), phones)


def _figures(status: CampaignStatus) -> str:
    return (
        f"{status.invited} asked, {status.answered} answered, {status.completed} finished, {status.stopped} said STOP"
    )


def _phone(resident: Resident) -> Panel:
    lines = Text()
    for _, mine, words in resident.thread()[-6:]:
        lines.append("> " if mine else "< ", style="bold green" if mine else "bold blue")
        lines.append(f"{words}\n")
    return Panel(
        lines,
        title=resident.address.partition(":")[2],
        subtitle=f"{resident.temperament}, {resident.language}",
        height=14,
    )


def _tell(demonstration: Demonstration, summary: Summary) -> None:
    screen.rule("The campaign")
    show_status(demonstration.status())
    screen.rule("What people said")
    show_results(demonstration.campaign, demonstration.results())
    screen.rule("The update that went back")
    for language, words in demonstration.update_texts().items():
        screen.print(Text(f"{language}: {words}"))
    screen.rule("One resident's whole thread")
    resident = demonstration.one_thread()
    for at, mine, words in resident.thread():
        local = at.astimezone(ZoneInfo("America/Halifax"))
        screen.print(Text(f"{local:%a %H:%M} {'>' if mine else '<'} " + words.replace("\n", "\n" + " " * 12)))
    screen.rule()
    found = summary.as_dict()
    screen.print(Text(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items())))


def _serve(port: int) -> None:
    installation = open_installation(_settings(PLACE), SystemClock())
    screen.print(
        Text(
            f"\nTheir phones are at http://127.0.0.1:{port}/simulator: pick up a new one and text JOIN to {COMMUNITY['name']}."
        )
    )
    run_server(installation, Roles(), "127.0.0.1", port)
