"""Two demonstrations in one folder would share a database."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import NotReady


def test_a_second_demonstration_in_the_folder_leaves_the_first_ones_database_alone() -> None:
    database, lock = Path("var/demo.db"), Path("var/demo.db-lock")
    database.parent.mkdir()
    database.write_text("the first one's")
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(NotReady, match="another folder"):
            CliRunner().invoke(app, ["demo", "--no-serve", "--residents", "20"], catch_exceptions=False)
    assert database.read_text() == "the first one's"
