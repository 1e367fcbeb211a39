"""Words beside a named option that make it another thing, or no option at all: "kerosene heater", "potholes and trees"."""

from __future__ import annotations

from flows.replies.lexicon import Lexicon
from flows.replies.mentions import Mention
from flows.replies.options import Options
from flows.replies.pieces import Message, Piece
from flows.replies.stems import stem, stems
from flows.replies.thesaurus import Thesaurus, thesaurus

#: So many words at most may be one thing with what it is like: "kerosene heater".
_SHORT_REPLY = 4
#: Words of an option's matter name it beside fewer other words than this.
_AKIN_WORDS = 5
#: Fewer still where one of them is a word that nobody knows: "اكل للقطة", food for the cat.
_FEW_WORDS = 3
#: A family's word is surer, since the options are all of its group: "جارتي ام احمد بتسقيها", my neighbour waters it; so is
#: a phrase of so many words or Chinese characters.
_SURE_WORDS = 4
_PHRASE, _HAN_PHRASE = 2, 3


def of_another_sort(found: list[Mention], message: Message, options: Options) -> Piece | None:
    """The strange word that makes a part of a name another thing: "kerosene heater" where "Electric heaters" is one."""
    if any(mention.way != "part" or mention.refused for mention in found) or len(found) > 1:
        return None
    first, end = found[0].first, found[0].end
    content = [at for at, piece in enumerate(message.pieces) if not piece.is_sign and "polite" not in piece.senses]
    word = message.pieces[first].text
    bound = word in options.bound or stem(word) in options.bound
    if len(content) > _SHORT_REPLY or not (bound or is_akin(found[0], message, options)):
        return None
    before = message.pieces[first - 1 : first]
    after = [piece for piece in message.pieces[end : end + 2] if not piece.has("small", "of")]
    strange = (one for one in (*before, *after[:1]) if (bound and one.is_unknown) or _is_language(one))
    return next((one for one in strange if len(one.text) > 2), None)


def _is_language(piece: Piece) -> bool:
    """Whether a piece is a language that is no option: "clases de inglés" where "Clases de música" is one."""
    return piece.senses.keys() == {"speak"} and not piece.options


def without_akin(found: list[Mention], message: Message, options: Options) -> list[Mention]:
    """Without options that only a word of their matter names, where another is named itself: "el alquiler está carísimo"."""
    between = message.pieces[found[0].end : found[-1].first]
    if any(piece.has("and", "or", "but") for piece in between):
        return found
    named = [mention for mention in found if not is_akin(mention, message, options)]
    if all(mention.way == "part" and message.pieces[mention.first].text in options.bound for mention in named):
        return found  # "swimming lessons", where "Music lessons" and "Sports" are
    return named if any(not mention.refused for mention in named) else found


def is_akin(mention: Mention, message: Message, options: Options) -> bool:
    """Whether only a word of an option's matter names it."""
    word = message.pieces[mention.first].text
    return mention.way == "part" and (word in options.akin or not options.akin.isdisjoint(stems(word)))


def is_far_fetched(found: list[Mention], message: Message, options: Options, lexicon: Lexicon) -> bool:
    """Whether only words of an option's matter name it, amid others: "I am driving and will get back to you later"."""
    pieces = message.pieces
    meant = [mention for mention in found if not mention.refused]
    if not options.akin or not meant or not all(is_akin(mention, message, options) for mention in meant):
        return False
    sure = any(_is_sure(pieces[mention.first].text, options) for mention in meant)
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    beside = _content(message, lexicon) - taken
    strange = any(pieces[at].is_unknown for at in beside)
    few = _SURE_WORDS if sure else _FEW_WORDS
    characters = sum(_is_han(pieces[at]) for at in beside)
    return len(beside) - characters / 2 >= (few if strange else _AKIN_WORDS)


def is_of_another_matter(found: list[Mention], message: Message, options: Options, lexicon: Lexicon) -> bool:
    """Whether the words of its matter that name an option are what authors call another matter, and more is said: "the teachers
    don't care" where "Bullying at school" is one, "the door at the back" where "Windows" is."""
    meant = [mention for mention in found if not mention.refused]
    if not options.akin or not meant or not all(is_akin(mention, message, options) for mention in meant):
        return False
    known = thesaurus(lexicon)
    return all(_is_strange(mention, message, options, known) for mention in meant) and _says_more(
        found, message, lexicon
    )


def _is_strange(mention: Mention, message: Message, options: Options, known: Thesaurus) -> bool:
    text = message.pieces[mention.first].text
    if text in options.kin:
        return False
    if text in options.afar or not options.afar.isdisjoint(stems(text)):
        return True
    named = known.named(text)
    return bool(named) and not any(options.about.get(number, set()) & named for number in mention.options)


def _says_more(found: list[Mention], message: Message, lexicon: Lexicon) -> bool:
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    return bool(_content(message, lexicon) - taken)


def _content(message: Message, lexicon: Lexicon) -> set[int]:
    """The places of the pieces that say something."""
    return {
        at
        for at, piece in enumerate(message.pieces)
        if not (
            piece.is_sign
            or piece.is_digits
            or piece.text in lexicon.clitics
            or piece.has("polite", "small", "intro", "self")
        )
    }


def _is_sure(text: str, options: Options) -> bool:
    """Whether a word of an option's family names it, or a phrase of its matter."""
    return text in options.kin or text.count(" ") >= (_HAN_PHRASE if _begins_han(text) else _PHRASE) - 1


def _is_han(piece: Piece) -> bool:
    """Whether a piece is one Chinese character: about half a word."""
    return len(piece.text) == 1 and _begins_han(piece.text)


def _begins_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def shares_too_little(found: list[Mention], message: Message) -> bool:
    """Whether a long reply has only a character of an option's name, where it may be about something else."""
    if any(mention.way != "character" for mention in found):
        return False
    said = [piece for piece in message.content if not piece.has("small", "intro", "self")]
    return len(said) > _SHORT_REPLY


def names_another(found: list[Mention], message: Message, *, either: bool = False) -> bool:
    """Whether something that is no option is named beside one: "potholes and trees", "the shelter or whatsit". `either`:
    only by an "or"."""
    if message.senses.isdisjoint(("and", "or")):
        return False
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
        if at - 1 in taken and before.is_digits and after.is_digits and "or" in piece.senses:
            return True  # "1或者3都行"
    return False
