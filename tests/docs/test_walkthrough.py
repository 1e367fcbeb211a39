"""The walk-through and the first page: every command runs as it stands, and prints what the page shows."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Pages whose commands are a session from the top to the bottom.
PAGES = [ROOT / "docs" / "walk-through.md", ROOT / "README.md"]
#: The ports that the page names, each of which becomes a free one.
PORTS = ("8000", "9001", "9002")
#: What makes the clone ready and goes into a folder of the walk's own: the test has done both already.
READY = re.compile(r"^make \w+", re.MULTILINE)
MARK = "=== block {} ==="
#: Seconds that a walk may take on a busy machine; on an idle one it takes a tenth of it.
PATIENCE = 280


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of the page and what it shows of their output, a line each; `line` is where they stand."""

    line: int
    commands: str
    shown: tuple[str, ...] = ()


def blocks_of(page: str) -> list[Block]:
    """The blocks of commands, each with the block of output that follows it."""
    found: list[Block] = []
    for match in re.finditer(r"^```(sh|text)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if match[1] == "sh":
            found.append(Block(page[: match.start()].count("\n") + 1, match[2]))
        elif found:
            shown = tuple(line for line in match[2].splitlines() if line.strip())
            found[-1] = Block(found[-1].line, found[-1].commands, shown)
    return [block for block in found if not READY.search(block.commands)]


def free_ports(count: int) -> list[str]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [str(one.getsockname()[1]) for one in sockets]


def walk(script: str, place: Path) -> str:
    """What a shell prints that runs the script; every process that it began has ended after it."""
    (place / "walk.sh").write_text(script, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }
    with (place / "printed").open("wb") as printed:
        shell = subprocess.Popen(
            ["bash", "-e", "walk.sh"],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            shell.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            pass  # what is missing then is told below, with all that was printed
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait(timeout=10)
    return (place / "printed").read_text("utf-8", "replace")


def fits(shown: str, printed: str) -> bool:
    """Whether a printed line has what the page shows; `…` stands for anything, and columns may be wider."""
    parts = [re.escape(" ".join(part.split())) for part in shown.split("…")]
    return re.search(r".*".join(parts), " ".join(printed.split())) is not None


def missing(block: Block, printed: str) -> str | None:
    """The first line that the page shows and that was not printed, in this order."""
    lines = iter(printed.splitlines())
    return next((shown for shown in block.shown if not any(fits(shown, line) for line in lines)), None)


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 20)
@pytest.mark.skipif(
    any(shutil.which(one) is None for one in ("bash", "curl", "openssl")), reason="needs bash, curl and openssl"
)
@pytest.mark.parametrize("walked", PAGES, ids=lambda walked: walked.stem)
def test_the_walk_goes_as_the_page_says(walked: Path, tmp_path: Path) -> None:
    page = walked.read_text("utf-8")
    for port, free in zip(PORTS, free_ports(len(PORTS)), strict=True):
        page = page.replace(port, free)
    blocks = blocks_of(page)
    marks = [MARK.format(number) for number in range(len(blocks))]
    script = "\n".join(f"echo '{mark}'\n{block.commands}" for mark, block in zip(marks, blocks, strict=True))
    printed = walk(script, tmp_path)
    for number, block in enumerate(blocks):
        _, found, rest = printed.partition(marks[number])
        assert found, f"The walk stopped before line {block.line} of the page:\n{printed}"
        said = rest.partition(MARK.format(number + 1))[0]
        absent = missing(block, said)
        assert absent is None, (
            f"Line {block.line} of the page shows {absent!r}, and there was:\n{said}\n{_log(tmp_path)}"
        )


def _log(place: Path) -> str:
    log = place / "serve.log"
    return log.read_text("utf-8", "replace")[-3_000:] if log.exists() else ""


def test_output_is_compared_in_order_and_to_the_letter() -> None:
    block = Block(1, "", ("one … three", "four"))
    assert missing(block, "one  two   three\nfour\n") is None
    assert missing(block, "four\none two three\n") == "four"
    assert missing(block, "one two thr\nfour\n") == "one … three"
