"""Understanding replies: `understand(question, text, context)` reads an answer, `read_command(text, ...)` a command."""

from flows.replies.reading import Command, Reading, ReplyContext
from flows.replies.understand import read_command, understand

__all__ = ["Command", "Reading", "ReplyContext", "read_command", "understand"]
