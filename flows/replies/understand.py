"""From a reply's text to a reading: commands, options and answers, in the order that DESIGN §10 decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.definition import Question
from flows.replies.choice import exact, read_choice
from flows.replies.commands import command, skips
from flows.replies.email import read_email
from flows.replies.lexicon import NO_VOCABULARY, Lexicon, Message, lexicon, read
from flows.replies.media import read_location, read_photo
from flows.replies.normal import LONGEST
from flows.replies.number import fitting, read_number
from flows.replies.numerals import tidy
from flows.replies.options import Options, prepare
from flows.replies.phone import read_phone
from flows.replies.postal_code import read_postal_code
from flows.replies.reading import Reading, ReplyContext
from flows.replies.stop import wish
from flows.replies.text import read_text
from flows.replies.yesno import read_yesno

UNCLEAR = Reading("unclear")
#: Kinds of question that any words at all may answer.
_OPEN = frozenset({"text", "location"})
_MOST_PREPARED = 1024


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What is worked out once for a question and the languages of a reader."""

    question: Question
    lexicon: Lexicon
    options: Options | None


_prepared: dict[tuple[int, str, tuple[str, ...]], _Prepared] = {}


def _prepare(question: Question, context: ReplyContext) -> _Prepared:
    """Prepared by identity: a question is frozen, and the reference kept here keeps its id from being used again."""
    name = (id(question), context.language, context.languages)
    found = _prepared.get(name)
    if found is not None and found.question is question:
        return found
    words = lexicon(context.language, context.languages)
    options = prepare(question, words) if question.options else None
    while len(_prepared) >= _MOST_PREPARED:
        _prepared.pop(next(iter(_prepared)), None)
    found = _prepared[name] = _Prepared(question, words, options)
    return found


def understand(
    question: Question,
    text: str,
    context: ReplyContext,
    *,
    button: str | None = None,
    media: Sequence[tuple[str, str]] = (),
    location: tuple[float, float] | None = None,
) -> Reading:
    """What a reply to `question` means.

    `button`: the key of a tapped button. `media`: (kind, reference) pairs. `location`: (latitude, longitude) in degrees.
    Never raises, whatever the text.
    """
    ready = _prepare(question, context)
    if button is not None:
        reading = _tapped(question, button)
        if reading is not None:
            return reading
    text = text.strip()
    is_open = question.kind in _OPEN
    if len(text) > LONGEST or not text:
        return _beyond_words(question, text, media, location)
    message = read(text, ready.lexicon, ready.options.vocabulary if ready.options else NO_VOCABULARY)
    if ready.lexicon.entries.get(message.whole, {}).get("stop") == "words":
        return Reading("command", command="stop")
    if ready.options is not None and question.kind == "choice":
        found = exact(message.whole, ready.options)
        if found is not None:
            return found
    doubt = wish(message, ready.lexicon, is_open)
    if doubt is not None and doubt.stop:
        return Reading("command", command="stop")
    order = command(message, ready.lexicon, is_open)
    if order is not None:
        return order
    reading = _beyond_words(question, text, media, location) if media or location else None
    if reading is None or reading.outcome == "unclear":
        reading = _answer(question, message, ready, text, context)
    passing = skips(message, ready.lexicon)
    if passing == "skip" or (reading.outcome == "unclear" and passing is not None):
        return Reading("skipped") if question.optional else UNCLEAR
    return replace(reading, unsure_stop=True) if doubt is not None else reading


def _tapped(question: Question, button: str) -> Reading | None:
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
        except ValueError:
            return None
        return Reading("answered", value=values[0]) if values else None
    return None


def _beyond_words(
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


def _answer(question: Question, message: Message, ready: _Prepared, text: str, context: ReplyContext) -> Reading:
    match question.kind:
        case "choice" if ready.options is not None:
            return read_choice(question, message, ready.options, ready.lexicon)
        case "yesno":
            return read_yesno(message)
        case "number" | "scale":
            return read_number(question, message, ready.lexicon)
        case "text":
            return read_text(question, text)
        case "location":
            return read_location(question, text, None)
        case "phone":
            return read_phone(text, context.region)
        case "email":
            return read_email(text)
        case "postal_code":
            return read_postal_code(text)
        case _:
            return UNCLEAR


def read_command(text: str, languages: Sequence[str]) -> Reading:
    """A text that came with no question open: a command, or unclear (`unsure_stop` where it may be a wish to be left
    alone). `languages`: the participant's or community's languages, the likeliest first."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return UNCLEAR
    words = lexicon(languages[0] if languages else "en", tuple(languages[1:]))
    message = read(text, words)
    doubt = wish(message, words, False)
    if doubt is not None and doubt.stop:
        return Reading("command", command="stop")
    order = command(message, words, False)
    if order is not None:
        return order
    return replace(UNCLEAR, unsure_stop=True) if doubt is not None else UNCLEAR
