"""Reading what the resident sent, as `flows.replies` understands it."""

from __future__ import annotations

from flows.definition import Option, Question
from flows.engine.timers import zone_of
from flows.engine.walk import Walk
from flows.events import Replied
from flows.replies import read_command, understand
from flows.replies.reading import Reading, ReplyContext

_YES_OR_NO = Question("yesno", {})
_WORDS = Question("text", {}, max_length=None)


def clean(text: str) -> str:
    """The text without what no database and no JSON can hold: halves of characters, and NUL."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read(walk: Walk, question: Question, event: Replied) -> Reading:
    """The reply as an answer to the question, or as a command."""
    if event.button == "skip" and "skip" not in (option.key for option in question.options):
        return Reading("skipped")
    return understand(
        question, walk.raw, _context(walk), button=event.button, media=event.media, location=event.location
    )


def read_yes_or_no(walk: Walk, event: Replied) -> Reading:
    """The reply as a yes or a no to what we have just asked back."""
    return understand(_YES_OR_NO, walk.raw, _context(walk), button=event.button)


def read_words(walk: Walk) -> Reading:
    """The reply as words of the resident's own, or as a command."""
    return understand(_WORDS, walk.raw, _context(walk))


def read_pick(walk: Walk, options: tuple[Option, ...], event: Replied) -> Reading:
    """The reply as a pick among a few options that we have just named."""
    return understand(Question("choice", {}, options=options), walk.raw, _context(walk), button=event.button)


def read_whole_command(walk: Walk) -> Reading:
    """The reply as a command, whatever question is open."""
    return read_command(walk.raw, walk.root.languages)


def _context(walk: Walk) -> ReplyContext:
    local = walk.now.astimezone(zone_of(walk.context.zone))
    return ReplyContext(walk.language, walk.root.languages, local, walk.context.region)
