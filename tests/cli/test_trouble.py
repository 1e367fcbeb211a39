"""What a command says of a database that cannot be used, and that a full disk beneath the log stops nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main

SPEAKS = """
from bot.logs import set_up_logs
set_up_logs("info", "console")
import logging, structlog
structlog.get_logger().error("said")
logging.getLogger("bot").error("said")
print("went on")
"""


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "writable for the user who runs this"), (b"no database at all" * 100, "soundings restore")],
)
def test_a_database_that_cannot_be_used_says_what_mends_it(
    content: bytes | None,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = tmp_path / "soundings.db"
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content)
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", f"sqlite:///{place}")
    monkeypatch.setattr(sys, "argv", ["soundings", "check"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert says in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        went = subprocess.run(
            [sys.executable, "-c", SPEAKS], stdout=subprocess.PIPE, stderr=full, text=True, timeout=60
        )
    assert (went.returncode, went.stdout) == (0, "went on\n")
