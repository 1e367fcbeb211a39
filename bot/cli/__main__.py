"""`python -m bot.cli`: the command `soundings` from a folder where it was not installed, as platforms with a Procfile start it."""

from __future__ import annotations

from bot.cli import main

main()
