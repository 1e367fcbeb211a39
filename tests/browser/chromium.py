"""Where this machine's chromium is, and what to say where it has none."""

from __future__ import annotations

import os
import shutil

MISSING = "chromium is missing, so no page was tried in a browser. On Debian or Ubuntu: sudo make browser"


def chromium() -> str | None:
    """The path of the browser; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def is_required() -> bool:
    """Whether a missing browser is a failure: so it is where a change is judged (`.ci/run`), not on a newcomer's machine."""
    return bool(os.environ.get("REQUIRE_BROWSER"))
