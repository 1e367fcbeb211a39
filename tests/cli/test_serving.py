"""How processes are started and how they end: as the Procfile says, and with an error where a part of them failed."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import open_installation
from bot.cli.serving import run_server
from bot.config import load_settings
from bot.delivery.dispatcher import Dispatcher
from bot.errors import NotReady
from bot.process import Roles

ROOT = Path(__file__).parents[2]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())


def test_the_procfile_has_each_process() -> None:
    assert list(PROCFILE) == ["release", "web", "worker", "scheduler"]


@pytest.mark.parametrize("line", PROCFILE.values(), ids=PROCFILE)
def test_a_line_of_the_procfile_starts_from_the_clone_alone(line: str) -> None:
    python, *words = shlex.split(line.replace("$PORT", "8000"))
    assert python == "python"
    asked = subprocess.run([sys.executable, *words, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith("Usage: ")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_part_that_fails_ends_the_process_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Dispatcher) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Dispatcher, "run", fail)
    with pytest.raises(NotReady, match="dispatcher: RuntimeError"):
        run_server(open_installation(load_settings()), Roles(), "127.0.0.1", 0)


def test_a_process_that_is_told_to_stop_ends_in_good_order(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", "--port", str(_free_port())]
    with subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    ) as it:
        assert it.stderr is not None
        log = []
        while b"process.started" not in (line := it.stderr.readline()):
            assert line, log
            log.append(line)
        it.send_signal(signal.SIGTERM)
        _, rest = it.communicate(timeout=60)
    assert it.returncode == 0, rest
    assert b"process.stopped" in rest


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
