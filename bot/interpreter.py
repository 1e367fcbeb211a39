"""How Python itself is set for a process that runs for long: whose turn it is, and how often it looks for rubbish."""

from __future__ import annotations

import gc
import sys

#: Seconds that a thread may keep the interpreter while another waits for it. A thread that writes lets go of it at each statement, and
#: would wait Python's 5 ms for the loop to give it back.
SWITCH_INTERVAL = 0.001
#: When the collector looks for objects that hold each other: after so many new ones, and so many times before it looks at older
#: ones. Python's own 700 made it a third of all that a message cost: hundreds of messages are on their way at once, and it went
#: through them again and again.
COLLECT_AFTER = (10_000, 20, 20)


def set_up() -> None:
    """Before the process works."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*COLLECT_AFTER)


def settle() -> None:
    """Once what stays for good is there (programs, patterns, words): the collector never goes through it again."""
    gc.collect()
    gc.freeze()


__all__ = ["COLLECT_AFTER", "SWITCH_INTERVAL", "set_up", "settle"]
