"""From a reply's text to a reading: commands, options and answers, in the order that DESIGN §10 decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.definition import Question
from flows.replies.asides import is_aside, puts_off
from flows.replies.beyond_words import beyond_words, tapped
from flows.replies.choice import exact, read_choice
from flows.replies.choices import read_choices
from flows.replies.commands import clauses, command, skips
from flows.replies.dates import read_date
from flows.replies.echo import echoing
from flows.replies.email import read_email
from flows.replies.latin import Sounds, homophone, native
from flows.replies.lexicon import lexicon, read
from flows.replies.media import read_location
from flows.replies.normal import LONGEST
from flows.replies.number import read_number
from flows.replies.phone import read_phone
from flows.replies.pieces import NO_VOCABULARY, Message, Piece
from flows.replies.postal_code import read_postal_code
from flows.replies.prepared import Prepared, prepared
from flows.replies.reading import Reading, ReplyContext
from flows.replies.scale import read_scale
from flows.replies.stop import besides, wish
from flows.replies.text import read_text
from flows.replies.times import read_time
from flows.replies.tongues import is_about_languages, tells_of_a_language
from flows.replies.yesno import read_yesno

UNCLEAR = Reading("unclear")
STOP = Reading("command", command="stop")
#: Kinds of question that any words at all may answer.
_OPEN = frozenset({"text", "location"})
#: What may stand on both sides of a no that corrects: "2 no 3", "Friday no Saturday".
_ANSWERING = ("number", "ordinal", "am", "pm", "unit", "weekday", "month", "day", "daypart")
_SHORT_NO = 5
#: "Une personne" counts; "je veux parler à une personne" asks for somebody.
_FEW = 2
#: Kinds whose answers have a shape of their own, that no correction or negation is part of.
_SHAPED = frozenset({"phone", "email", "postal_code", "photo"})


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
    if button is not None and (answered := tapped(question, button)) is not None:
        return answered
    text = text.strip()
    if not text:
        return beyond_words(question, text, media, location)
    ready = prepared(question, context)
    if len(text) > LONGEST:
        told = beyond_words(question, text, media, location)
        begins = wish(read(text[:LONGEST], ready.lexicon, ready.vocabulary), ready.lexicon, True)
        return replace(told, unsure_stop=True) if begins is not None and told.outcome != "command" else told
    said = native(text, ready.lexicon, ready.vocabulary, ready.sounds) if ready.sounds is not None else text
    message = read(said, ready.lexicon, ready.vocabulary)
    if said is not text:
        message = replace(message, raw=text)
    if not message.pieces:
        return beyond_words(question, "", media, location)
    if ready.lexicon.entries.get(message.whole, {}).get("stop") == "words":
        return STOP
    if question.kind == "choice" and ready.options is not None:
        named = exact(message, ready.options)
        if named is not None:
            return named
    if media or location is not None:
        shown = beyond_words(question, text, media, location)
        if shown.outcome == "answered":
            return shown
    reading = _in_words(ready, message, text, context)
    is_unread = reading.outcome == "unclear" and not reading.between and reading.suggestion is None
    if (is_unread or reading.other is not None) and ready.sounds is not None and ready.options is not None:
        return _as_heard(ready, message, ready.sounds, context) or reading
    return reading


def _as_heard(ready: Prepared, message: Message, sounds: Sounds, context: ReplyContext) -> Reading | None:
    """The option that a slip of an input method sounds like; only suggested where other words may be meant."""
    meant = homophone(message.whole, sounds)
    if meant is None:
        return None
    found = _answer(ready, read(meant, ready.lexicon, ready.vocabulary), meant, context)
    if found.outcome != "answered" or found.other is not None:
        return None
    return _asked_again(found) if ready.question.other else found


def _in_words(ready: Prepared, message: Message, text: str, context: ReplyContext) -> Reading:
    question = ready.question
    is_open = question.kind in _OPEN
    asking = besides(message, ready.quitting) if ready.quitting else message
    wished = wish(asking, ready.lexicon, is_open, loose=question.other) if asking.pieces else None
    if wished == "stop" and not is_open and (corrected := _after_halt(ready, message, text, context)) is not None:
        return corrected
    if wished in ("stop", "pattern") and ready.about_contact and (way := _way_instead(ready, message, text, context)):
        return way
    if wished == "stop" or (wished == "pattern" and not ready.about_contact):
        return STOP
    if wished == "weak" and question.kind == "yesno" and echoing(message, ready.echoed):
        wished = "doubt"
    order = command(message, ready.lexicon, is_open)
    if is_open and order is not None:
        return order
    reading = _answer(ready, message, text, context)
    if wished == "doubt" and reading.other is not None and _is_half_a_wish(message, ready):
        reading = UNCLEAR
    named = reading.outcome == "answered" and reading.value != "other"
    if order is not None and order.command == "language" and is_about_languages(ready, message, named=named):
        return reading
    if order is not None and order.command == "language" and tells_of_a_language(ready, message, order):
        return Reading("answered", value="other", other=message.raw.strip())
    if wished in ("weak", "pattern"):
        slip = ready.options is not None and not any(_may_name(piece) for piece in message.pieces)
        return replace(reading, unsure_stop=True) if named and not slip else STOP
    if order is not None and not (named and _outweighs(ready, message, order)):
        return order
    passing = skips(message, ready.lexicon) or _has_none(ready, message, reading)
    if passing == "skip" or (passing is not None and (reading.outcome == "unclear" or passing == "refuse")):
        reading = Reading("skipped") if question.optional else UNCLEAR
    return replace(reading, unsure_stop=True) if wished == "doubt" else reading


def _may_name(piece: Piece) -> bool:
    """Whether a piece names an option as it stands: a wish to stop is no slip of one ("ayoko na" of "malayo")."""
    return bool(piece.options) or piece.is_digits or piece.has("number", "ordinal", "letter", "last")


def _is_half_a_wish(message: Message, ready: Prepared) -> bool:
    """Whether the whole reply is what may be a wish to stop, and so no other words for an answer: "dont bother"."""
    return any(ready.lexicon.entries.get(text, {}).get("stop") == "doubt" for text in (message.whole, message.bare))


def _way_instead(ready: Prepared, message: Message, text: str, context: ReplyContext) -> Reading | None:
    """The way to be reached that one clause asks for where another refuses one: "别打电话，发短信". A person looks."""
    parts = clauses(message)
    refused = [part for part in parts if any(piece.has("not", "no") for piece in part.pieces)]
    if len(parts) < 2 or not refused or len(refused) == len(parts):
        return None
    reading = _answer(ready, message, text, context)
    named = reading.outcome == "answered" and reading.other is None and reading.value != []
    return replace(reading, unsure_stop=True) if named else None


def _after_halt(ready: Prepared, message: Message, text: str, context: ReplyContext) -> Reading | None:
    """The answer of a reply that takes another back by a "stop": "stop, not Tuesday, Thursday at 10". A person looks."""
    pieces = message.pieces
    if len(pieces) < _SHORT_NO or "stop" not in pieces[0].senses or pieces[1].text != "," or not pieces[2].has("not"):
        return None
    reading = _answer(ready, message.cut(2), text, context)
    return replace(reading, unsure_stop=True) if reading.outcome == "answered" and reading.value != "other" else None


def _has_none(ready: Prepared, message: Message, reading: Reading) -> str | None:
    """ "Don't have one" where an e-mail or a telephone number is asked for."""
    if ready.question.kind not in _SHAPED or reading.outcome != "unclear":
        return None
    content = [piece for piece in message.content if not piece.has("self", "intro")]
    if not 0 < len(content) <= _SHORT_NO or any(piece.is_digits or piece.text == "@" for piece in message.pieces):
        return None
    return "not_applicable" if any(piece.has("no", "none", "not") for piece in content[:2]) else None


def _outweighs(ready: Prepared, message: Message, order: Reading) -> bool:
    """Whether an answer counts more than a command in the same words: "call me" where a call is an option, "une personne"
    where people are counted."""
    if ready.options is None and ready.question.kind != "number":
        return False
    few = ready.question.kind not in ("number", "scale") or len(message.tokens) <= _FEW
    return order.command != "language" and " " in message.whole and few


def _answer(ready: Prepared, message: Message, text: str, context: ReplyContext) -> Reading:
    """The answer in the reply; where it corrects itself ("2 sorry 3"), the one after the correction."""
    pieces = message.pieces
    if ready.question.kind == "location" and puts_off(message, ready.lexicon):
        return UNCLEAR
    if ready.question.kind in _OPEN or ready.question.kind in _SHAPED:
        return _by_kind(ready, message, text, context)
    if "correction" in message.senses and _breaks_off(message, ready):
        return UNCLEAR
    if is_aside(message, ready.lexicon, counts_time=ready.counts_time, has_options=ready.options is not None):
        return UNCLEAR
    if "reported" in message.senses:
        return _asked_again(_by_kind(ready, message, text, context))
    because = None
    if "because" in message.senses:
        because = next((at for at, piece in enumerate(pieces) if at and "because" in piece.senses), None)
    if because is not None and ready.question.kind != "choices":
        first = _by_kind(ready, message.cut(0, because), text, context)
        if first.outcome == "answered" and first.value != "other":
            return first
    may_correct = not message.senses.isdisjoint(("correction", "no"))
    for at in range(len(pieces) - 2 if may_correct else 0, 0, -1):
        if _corrects(pieces, at, ready):
            tail = _by_kind(ready, message.cut(at + 1), text, context)
            if tail.outcome == "answered" and tail.value != "other":
                return tail
    return _by_kind(ready, message, text, context)


def _asked_again(reading: Reading) -> Reading:
    """Unclear, with the answer as what it may have been: "my neighbour says the library"."""
    value = reading.value
    likely = value if reading.outcome == "answered" and value != "other" and not isinstance(value, list) else None
    return Reading("unclear", suggestion=likely)


def _breaks_off(message: Message, ready: Prepared) -> bool:
    """Whether the reply ends in a correction that says no: "2, no wait"."""
    content = message.said
    if len(content) < 2 or "correction" not in content[-1].senses:
        return False
    entries = ready.lexicon.entries
    return any(not {"no", "not"}.isdisjoint(entries.get(word, {})) for word in content[-1].text.split(" "))


def _corrects(pieces: list[Piece], at: int, ready: Prepared) -> bool:
    """Whether the piece at `at` takes back what stands before it: "no wait", or a bare no between two numbers."""
    piece = pieces[at]
    if "correction" in piece.senses:
        return True
    if piece.senses.get("no", "alone") == "alone" or ready.question.kind == "yesno":
        return False
    before = next((one for one in reversed(pieces[:at]) if not one.is_sign and "polite" not in one.senses), None)
    after = next((one for one in pieces[at + 1 :] if not one.is_sign and "polite" not in one.senses), None)
    return (
        before is not None
        and after is not None
        and (before.is_digits or before.has(*_ANSWERING))
        and (after.is_digits or after.has(*_ANSWERING))
    )


def _by_kind(ready: Prepared, message: Message, text: str, context: ReplyContext) -> Reading:
    question, options, words = ready.question, ready.options, ready.lexicon
    match question.kind:
        case "choice" if options is not None:
            return read_choice(question, message, options, words, ready.echoed)
        case "choices" if options is not None:
            return read_choices(question, message, options, words)
        case "yesno":
            return read_yesno(message, ready.echoed, ready.about, ready.told)
        case "number":
            return read_number(question, message, words, ready.asked, ready.counted, ready.counts)
        case "scale":
            return read_scale(question, message, options, words, ready.echoed)
        case "date":
            return read_date(question, message, words, context.now.date(), ready.starts)
        case "time":
            return read_time(message, words, ready.part)
        case "phone":
            return read_phone(text, context.region)
        case "email":
            return read_email(text)
        case "postal_code":
            return read_postal_code(text)
        case "location":
            return read_location(question, text, None)
        case "text":
            return read_text(question, text)
        case _:
            return UNCLEAR


def read_command(text: str, languages: Sequence[str]) -> Reading:
    """A text that came with no question open: a command, or unclear (`unsure_stop` where it may be a wish to be left
    alone). `languages`: the participant's or community's languages, the likeliest first."""
    text = text.strip()
    if not text:
        return UNCLEAR
    words = lexicon(languages[0] if languages else "en", tuple(languages[1:]))
    message = read(native(text[:LONGEST], words, NO_VOCABULARY, {}), words)
    wished = wish(message, words, False)
    if len(text) > LONGEST:
        return replace(UNCLEAR, unsure_stop=wished is not None)
    if wished in ("stop", "pattern", "weak"):
        return STOP
    order = command(message, words, False)
    if order is not None:
        return order
    return replace(UNCLEAR, unsure_stop=True) if wished == "doubt" else UNCLEAR
