"""Words beside a named option that make it another thing, or no option at all: "kerosene heater", "potholes and trees"."""

from __future__ import annotations

from flows.replies.lexicon import Lexicon, Message
from flows.replies.mentions import Mention
from flows.replies.options import Options
from flows.replies.stems import stem, stems

#: So many words at most may be one thing with what it is like: "kerosene heater".
_SHORT_REPLY = 4
#: Words of an option's matter name it beside fewer other words than this.
_AKIN_WORDS = 5
#: Fewer still where one of them is a word that nobody knows: "اكل للقطة", food for the cat.
_FEW_WORDS = 2


def is_of_another_sort(found: list[Mention], message: Message, options: Options) -> bool:
    """Whether a strange word makes a part of a name another thing: "kerosene heater" where "Electric heaters" is one."""
    if any(mention.way != "part" or mention.refused for mention in found) or len(found) > 1:
        return False
    first, end = found[0].first, found[0].end
    content = [at for at, piece in enumerate(message.pieces) if not piece.is_sign and "polite" not in piece.senses]
    word = message.pieces[first].text
    if len(content) > _SHORT_REPLY or (word not in options.bound and stem(word) not in options.bound):
        return False
    before = message.pieces[first - 1] if first else None
    after = message.pieces[end] if end < len(message.pieces) else None
    return any(beside is not None and beside.is_unknown and len(beside.text) > 2 for beside in (before, after))


def is_far_fetched(found: list[Mention], message: Message, options: Options, lexicon: Lexicon) -> bool:
    """Whether only words of an option's matter name it, amid others: "I am driving and will get back to you later"."""
    pieces = message.pieces

    def is_akin(mention: Mention) -> bool:
        word = pieces[mention.first].text
        return mention.way == "part" and (word in options.akin or not options.akin.isdisjoint(stems(word)))

    if not options.akin or not all(mention.refused or is_akin(mention) for mention in found):
        return False
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    content = {
        at
        for at, piece in enumerate(pieces)
        if not (
            piece.is_sign
            or piece.is_digits
            or piece.text in lexicon.clitics
            or piece.has("polite", "small", "intro", "self")
        )
    }
    beside = content - taken
    strange = any(pieces[at].is_unknown for at in beside)
    return len(beside) >= (_FEW_WORDS if strange else _AKIN_WORDS)


def names_another(found: list[Mention], message: Message, *, either: bool = False) -> bool:
    """Whether something that is no option is named beside one: "potholes and trees", "the shelter or whatsit". `either`:
    only by an "or"."""
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    for at, piece in enumerate(message.pieces):
        joins = not either and "and" in piece.senses and not piece.has("small", "or")
        if not (joins or "or" in piece.senses) or not 0 < at < len(message.pieces) - 1:
            continue
        before, after = message.pieces[at - 1], message.pieces[at + 1]
        if "small" in after.senses and at + 2 < len(message.pieces):
            after, later = message.pieces[at + 2], at + 2
        else:
            later = at + 1
        if (before.is_unknown and later in taken) or (at - 1 in taken and after.is_unknown):
            return True
    return False
