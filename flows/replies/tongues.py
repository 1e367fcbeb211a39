"""Whether a language that a reply names is an answer to the question, or asks for that language."""

from __future__ import annotations

from flows.replies.pieces import Message
from flows.replies.prepared import Prepared
from flows.replies.reading import Reading


def is_about_languages(ready: Prepared, message: Message, *, named: bool) -> bool:
    """Whether a language's name answers a question about languages: "Spanish" does, "can we do this in Spanish" does not.
    Where it is asked what is wrong, an option that is `named` by "my English" or "不会英文" is the trouble."""
    if ready.options is not None and ready.options.troubled:
        if len(message.pieces) == 1 and "speak" not in message.senses:
            return named  # "мова", the language itself
        framed = any(
            "speak_frame" in piece.senses and not piece.has("small", "intro", "self") for piece in message.pieces
        )
        return named and not framed
    if ready.options is None or not ready.options.tongues:
        return False
    asks = [piece for piece in message.pieces if piece.has("speak_frame", "speak_not")]
    return all(piece.has("speak_tell", "small", "intro", "self", "only") for piece in asks)


def tells_of_a_language(ready: Prepared, message: Message, order: Reading) -> bool:
    """Whether words beside a language's name say what it is to somebody, where other words are kept: "mi inglés" where it is
    asked what is wrong, "no hablo inglés" of one who is asked in Spanish already. "Inglés por favor" asks for it."""
    if not ready.question.other or ready.options is None:
        return False
    is_own = order.value == ready.lexicon.languages[0]
    content = [piece for piece in message.pieces if not piece.is_sign]
    if not (ready.options.troubled or is_own) or all("speak" in piece.senses for piece in content):
        return False
    asks = ("speak_frame", "intro") if not is_own else ()
    telling = ("small", "self", "lacking", "speak_tell", "speak_not")
    return not any(piece.has("polite") or (piece.has(*asks) and not piece.has(*telling)) for piece in content)
