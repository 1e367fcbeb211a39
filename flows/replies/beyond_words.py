"""Replies that are no words: a tapped button, a photo, a voice note, a pin, or more than is read word by word."""

from __future__ import annotations

from collections.abc import Sequence

from flows.definition import Question
from flows.replies.counting import fitting
from flows.replies.media import read_location, read_photo
from flows.replies.reading import Reading
from flows.replies.spelt import tidy
from flows.replies.text import read_text

UNCLEAR = Reading("unclear")


def tapped(question: Question, button: str) -> Reading | None:
    """The answer that a tapped button gives; None for a key that this question has no button for."""
    if button == "skip":
        return Reading("skipped") if question.optional else UNCLEAR
    if question.kind in ("choice", "choices"):
        keys = [option.key for option in question.options] + (["other"] if question.other else [])
        if button in keys:
            return Reading("answered", value=[button] if question.kind == "choices" else button)
    if question.kind == "yesno" and button in ("yes", "no"):
        return Reading("answered", value=button == "yes")
    if question.kind in ("scale", "number"):
        try:
            values = fitting(question, (tidy(float(button)),))
        except (ValueError, OverflowError):
            return None
        return Reading("answered", value=values[0]) if values else None
    return None


def beyond_words(
    question: Question, text: str, media: Sequence[tuple[str, str]], location: tuple[float, float] | None
) -> Reading:
    """A reply without words to read: too long for a closed question, or a photo, a voice note, a pin."""
    if question.kind == "photo":
        return read_photo(media)
    if question.kind == "location" and (location is not None or text):
        return read_location(question, text, location)
    if text and question.kind == "text":
        return read_text(question, text)
    return Reading("unclear", reason="not_a_word_question" if (media or location) and not text else "")
