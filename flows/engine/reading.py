"""Reading what the resident sent, as `flows.replies` understands it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from flows.definition import Option, Question, State
from flows.engine.timers import zone_of
from flows.engine.walk import Walk
from flows.events import Replied
from flows.replies import read_command, understand
from flows.replies.reading import Reading, ReplyContext

#: Kinds whose readings depend on nothing but the words: thousands text the same "1" or "yes", which is read once.
_TIMELESS: Final = frozenset({"choice", "yesno", "number", "scale", "text"})
_SHORT: Final = 24
_MOST_READINGS: Final = 4096
_readings: dict[tuple[int, str, str, str], tuple[Question, tuple[str, ...], Reading]] = {}

_YES_OR_NO = Question("yesno", {})
_WORDS = Question("text", {}, optional=True)


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
    if event.button or event.media or event.location or question.kind not in _TIMELESS or len(walk.raw) > _SHORT:
        return understand(
            question, walk.raw, _context(walk), button=event.button, media=event.media, location=event.location
        )
    key = (id(question), walk.raw, walk.language, walk.context.region)
    known = _readings.get(key)
    if known is None or known[0] is not question or known[1] != walk.root.languages:
        known = (question, walk.root.languages, understand(question, walk.raw, _context(walk)))
        _kept(_readings, key, known, _MOST_READINGS)
    return known[2]


def read_yes_or_no(walk: Walk, event: Replied) -> Reading:
    """The reply as a yes or a no to what we have just asked back."""
    return understand(_YES_OR_NO, walk.raw, _context(walk), button=event.button)


def read_words(walk: Walk) -> Reading:
    """The reply as words of the resident's own, or as a command."""
    return understand(_WORDS, walk.raw, _context(walk))


def read_pick(walk: Walk, options: tuple[Option, ...], event: Replied) -> Reading:
    """The reply as a pick among a few options that we have just named."""
    return understand(_pick_of(options), walk.raw, _context(walk), button=event.button)


def passes(walk: Walk, state: State) -> bool:
    """Whether the reply would pass the question if the question could be passed."""
    question = state.ask
    if question is None or question.optional:
        return False
    return understand(_optional(question), walk.raw, _context(walk)).outcome == "skipped"


def read_whole_command(walk: Walk) -> Reading:
    """The reply as a command, whatever question is open."""
    return read_command(walk.raw, walk.root.languages)


def _pick_of(options: tuple[Option, ...]) -> Question:
    """The question that picks among these; the same one for the same options, since its reader prepares each once."""
    key = tuple((option.key, id(option.label)) for option in options)
    found = _picks.get(key)
    if found is None or found.options != options:
        found = _kept(_picks, key, Question("choice", {}, options=options))
    return found


def _optional(question: Question) -> Question:
    """The question as one that may be passed."""
    found = _twins.get(id(question))
    if found is None or found[0] is not question:
        found = _kept(_twins, id(question), (question, replace(question, optional=True)))
    return found[1]


_K = TypeVar("_K")
_V = TypeVar("_V")


def _kept(kept: dict[_K, _V], key: _K, value: _V, most: int = 256) -> _V:
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
    return value


_picks: dict[tuple[tuple[str, int], ...], Question] = {}
_twins: dict[int, tuple[Question, Question]] = {}


def _context(walk: Walk) -> ReplyContext:
    local = walk.now.astimezone(zone_of(walk.context.zone))
    return ReplyContext(walk.language, walk.root.languages, local, walk.context.region)
