"""Logs: structured events without numbers, texts or secrets, for a terminal or for a collector."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog


class Unfailing:
    """A stream that takes what it can: a disk that is full keeps a line of the log from being written, and nothing else from going on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        """Write, or lose it."""
        with suppress(OSError, ValueError):
            self._stream.write(words)
        return len(words)

    def flush(self) -> None:
        """Have it written now, or later."""
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _let_go(stream: TextIO) -> None:
    """Give up what still cannot be written as the process ends: the interpreter would try once more, and end with 120."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def set_up_logs(level_name: str, log_format: str) -> None:
    """Log events of a level (`info`) and above to standard error, as lines for a `console` or as `json`."""
    level = logging.getLevelNamesMapping()[level_name.upper()]
    stream = cast("TextIO", Unfailing(sys.stderr))
    atexit.register(_let_go, sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer()
            if log_format == "json"
            else structlog.dev.ConsoleRenderer(colors=stream.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=stream, format="%(levelname)s %(name)s %(message)s")
    # A tick that finds the one before it still at work has nothing to tell: the next one looks again.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # These write whole addresses with tokens and numbers in them.
    for chatty in ("httpx", "httpcore", "telegram", "twilio", "twilio.http_client", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
