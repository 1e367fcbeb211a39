"""A process that has read the program's code once and forks each `soundings …` from there; it ends with whoever started it.

Orders come as lines of JSON on standard input, news go out on standard output. Every process that it forked dies with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

#: What a command would read at its start. A process that is forked here is the same as one that begins anew, but for that second.
CODE = (
    "alembic.config",
    "apscheduler.triggers.interval",
    "bot.cli",
    "bot.cli.audit",
    "bot.cli.campaign",
    "bot.cli.participant",
    "bot.cli.serving",
    "bot.cli.update",
    "bot.channels.telegram",
    "bot.channels.telegram_intake",
    "bot.channels.twilio",
    "bot.process",
    "bot.web.asgi",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)
#: prctl(2): the signal that a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1

Order = dict[str, Any]


class _Nursery:
    """The children that live, and the PostgreSQL servers that are to end with this process."""

    def __init__(self) -> None:
        self._children: set[int] = set()
        self._guarded: list[Path] = []
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def serve(self) -> Order | None:
        """Carry out orders until there are no more; in a forked child, what it is to become."""
        rest = b""
        while True:
            ready, _, _ = select.select([0, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if 0 in ready:
                piece = os.read(0, 65_536)
                if not piece:
                    return None
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    order = self._obey(json.loads(line))
                    if order is not None:
                        return order

    def _obey(self, order: Order) -> Order | None:
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                return order
            self._children.add(pid)
            _tell(started=pid)
        elif "signal" in order and order["pid"] in self._children:
            # Nobody else reaps them, so that the number is still theirs.
            os.kill(order["pid"], order["signal"])
        elif "guard" in order:
            self._guarded.append(Path(order["guard"]))
        return None

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.discard(pid)
                _tell(ended=pid, code=os.waitstatus_to_exitcode(status))

    def end(self) -> None:
        """Kill what lives."""
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
        for folder in self._guarded:
            # A server that was stopped in good order has taken its file away.
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(int((folder / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)


def _tell(**news: Any) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(1, json.dumps(news).encode() + b"\n")


def _become(order: Order, parent: int) -> None:
    """Turn this forked child into the command that was ordered."""
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.setpgid(0, 0)  # Ctrl-C is for the one who ordered it
    nothing = os.open(os.devnull, os.O_RDWR)
    output = order.get("output")
    os.dup2(nothing, 0)
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if output else nothing, 1)
    os.environ.update(order["environment"])
    for place, seconds in order["times"].items():
        _set_time(place, seconds)
    if order.get("file_limit") is not None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_limit"], most))
    sys.argv = ["soundings", *order["start"]]
    from bot.cli import main

    main()


def _set_time(place: str, seconds: float) -> None:
    """Set a constant such as `bot.schedule:LEASE_LENGTH`, of the kind that it is."""
    module_name, _, name = place.partition(":")
    module = importlib.import_module(module_name)
    kind = type(getattr(module, name))
    setattr(module, name, kind(seconds=seconds) if kind.__name__ == "timedelta" else kind(seconds))


def main() -> None:
    """Read the code, say so, and serve."""
    for name in CODE:
        importlib.import_module(name)
    from flows.replies import read_command

    read_command("the words of the language are read too", ("en",))
    gc.collect()
    gc.freeze()
    _tell(ready=True)
    parent = os.getpid()
    nursery = _Nursery()
    try:
        order = nursery.serve()
    except BaseException:
        nursery.end()
        raise
    if order is None:
        nursery.end()
    else:
        _become(order, parent)


if __name__ == "__main__":
    main()
