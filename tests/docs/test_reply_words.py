"""Every section that a file of words may have is explained to whoever corrects a language."""

from __future__ import annotations

import re
from pathlib import Path

from flows.replies.words import SECTIONS

PAGE = Path(__file__).parents[2] / "docs" / "reply-words.md"


def test_the_page_explains_every_section_and_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == SECTIONS
