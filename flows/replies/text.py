"""Reading an open answer: the reply itself, as it was written."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.reading import Reading


def read_text(question: Question, text: str) -> Reading:
    """The words of the reply. Signs alone ("?", "...") say nothing; an emoji does."""
    words = text.strip()
    if question.max_length is not None and len(words) > question.max_length:
        return Reading("unclear", reason="too_long")
    if not any(char.isalnum() or ord(char) > 0x2190 for char in words):
        return Reading("unclear")
    return Reading("answered", value=words)
