"""Reading an answer to a question with options of which several may be wanted."""

from __future__ import annotations

import itertools

from flows.definition import Question
from flows.replies.beside import is_far_fetched
from flows.replies.choice import UNCLEAR, asked_about, concept_of, head, is_telling, names_no_place
from flows.replies.lexicon import Lexicon
from flows.replies.likely import likely
from flows.replies.mentions import Mention, mentions
from flows.replies.numerals import amounts
from flows.replies.options import Options
from flows.replies.pieces import Message
from flows.replies.reading import Reading
from flows.replies.stress import without_had, without_others


def read_choices(question: Question, message: Message, options: Options, lexicon: Lexicon) -> Reading:
    """Every option that the reply names, in the flow's order."""
    run = _run_of_digits(message, options)
    if run:
        return _answer(question, options, run)
    if names_no_place(message, options, lexicon):
        return UNCLEAR
    found = head(mentions(message, options, lexicon), message)
    found = without_had(found, message, troubled=options.troubled, having=options.having)
    found = without_others(found, message, troubled=options.troubled)
    ranked = _first_or_last(message, options, lexicon)
    if ranked:
        return _answer(question, options, ranked)
    if (ranged := _range(message, found)) is not None:
        return _answer(question, options, ranged)
    wanted, unsure = _wanted(found)
    wanted = _beside_none(wanted, found, options)
    every = _every(message, options, lexicon) or _rest(message, found, options)
    if every and all(mention.refused for mention in found if _rest_only(message)):
        excluded = {number for mention in found for number in mention.options}
        if not _excepts(message) and excluded and any(not mention.refused for mention in found):
            return UNCLEAR if excluded != every else _answer(question, options, every)
        if _excepts(message) and not excluded:
            return UNCLEAR
        return _answer(question, options, every - excluded)
    if unsure or _undecided(message, found):
        between = tuple(options.keys[number] for number in sorted(wanted)) if unsure else ()
        return Reading("unclear", between=between, reason="two_readings" if between else "")
    if wanted and is_far_fetched(found, message, options, lexicon):
        return UNCLEAR
    if wanted:
        return _with_words(question, message, found, wanted, options)
    if found:
        return UNCLEAR
    return _nothing_named(question, message, options)


def _nothing_named(question: Question, message: Message, options: Options) -> Reading:
    concept = concept_of(message, options)
    if concept is not None:
        return _answer(question, options, {concept})
    content = message.content
    if len(content) == 1 and "none" in content[0].senses:
        return Reading("answered", value=[]) if not question.least else Reading("unclear", reason="too_few")
    if question.other and is_telling(message, options):
        if maybe := likely(message, options):
            return asked_about(maybe, options)
        return Reading("answered", value=["other"], other=message.raw.strip())
    return UNCLEAR


def _answer(question: Question, options: Options, numbers: set[int], words: str | None = None) -> Reading:
    keys: list[str] = [options.keys[number] for number in sorted(numbers)]
    if question.most is not None and len(keys) > question.most:
        return Reading("unclear", between=tuple(keys), reason="too_many")
    if question.least is not None and len(keys) < question.least:
        return Reading("unclear", reason="too_few")
    return Reading("answered", value=keys, other=words)


def _run_of_digits(message: Message, options: Options) -> set[int]:
    """ "135" for 1, 3 and 5, where there are fewer than ten options and each stands once, in order."""
    digits = message.whole
    if not digits.isdigit() or len(digits) < 2 or len(options.keys) > 9 or int(digits) <= len(options.keys):
        return set()
    numbers = [int(digit) for digit in digits]
    rising = all(one < two for one, two in itertools.pairwise(numbers))
    return (
        {number - 1 for number in numbers} if rising and numbers[0] >= 1 and numbers[-1] <= len(options.keys) else set()
    )


def _wanted(found: list[Mention]) -> tuple[set[int], bool]:
    """The options named, and whether one mention could be of several. What a no with a word between is said to is not
    wanted where something else is: "chicken, i dont eat fish"."""
    wanted: set[int] = set()
    certain = {mention.options[0] for mention in found if len(mention.options) == 1 and not mention.refused}
    unsure = not certain and any(mention.refused == "doubt" for mention in found)
    for mention in found:
        if mention.refused:
            continue
        if len(mention.options) > 1 and not certain & set(mention.options):
            unsure = True
        wanted.update(mention.options if len(mention.options) == 1 else ())
    refused = {number for mention in found if mention.refused for number in mention.options}
    return wanted - refused, unsure


def _undecided(message: Message, found: list[Mention]) -> bool:
    """ "1 or 2": not a list."""
    for one, two in itertools.pairwise(found):
        between = message.pieces[one.end : two.first]
        if any("or" in piece.senses for piece in between) and not any("not" in piece.senses for piece in between):
            return not (one.refused and two.refused)
    return False


def _range(message: Message, found: list[Mention]) -> set[int] | None:
    """ "1-3", "1 to 3": every option between; None where the reply is no range."""
    if len(found) != 2 or any(mention.way != "place" or mention.refused for mention in found):
        return None
    between = message.pieces[found[0].end : found[1].first]
    joined = len(between) == 1 and (
        between[0].text == "-" or ("to" in between[0].senses and between[0].text[0].isalpha())
    )
    first, last = found[0].options[0], found[1].options[0]
    return set(range(first, last + 1)) if joined and first < last else None


def _rest_only(message: Message) -> bool:
    """Whether all is said of what is left: "i cant eat fish, everything else is fine"."""
    return any({"all", "except"} <= piece.senses.keys() for piece in message.pieces)


def _excepts(message: Message) -> bool:
    return any("except" in piece.senses for piece in message.pieces)


def _rest(message: Message, found: list[Mention], options: Options) -> set[int]:
    """All options but the open one, where the reply says no to those that it names and yes to the others: "skating no,
    others yes", "除了滑冰都行"; () where it does not."""
    if not found or not all(mention.refused for mention in found):
        return set()
    after = [piece for piece in message.pieces[found[-1].end :] if not piece.options]
    said = [
        at for at, piece in enumerate(after) if piece.has("other", "indifferent") and "dont_know" not in piece.senses
    ]
    agreed = said and any(piece.has("yes", "all", "indifferent", "approval") for piece in after[said[0] :])
    denied = said and any(piece.has("no", "not", "none") for piece in after[said[0] :])
    return _all_of(options) if agreed and not denied else set()


def _all_of(options: Options) -> set[int]:
    """What "all" means: every option but the open one and one that says "none of these"."""
    return set(range(len(options.keys) - (options.other is not None))) - {options.concepts.get("none")}


def _beside_none(wanted: set[int], found: list[Mention], options: Options) -> set[int]:
    """The options wanted without one that says none of them, where it was not picked by its number: "none, just the job club"."""
    none = options.concepts.get("none")
    picked = any(mention.way == "place" and none in mention.options for mention in found)
    return wanted if len(wanted) == 1 or picked else wanted - {none}


def _every(message: Message, options: Options, lexicon: Lexicon) -> set[int]:
    """All options but the open one, where the reply says "all"; two where it says "both" of two; () where it does not."""
    everything = _all_of(options)
    many = len(everything)
    for at, piece in enumerate(message.pieces):
        if piece.options:
            continue
        tokens = piece.text.split(" ")
        any_will_do = "indifferent" in piece.senses and _excepts(message)  # "除了鱼都行"
        if "all" in piece.senses or any_will_do or ("except" in piece.senses and _begins_with_all(tokens, lexicon)):
            beside = (at,) if "except" in piece.senses else (at, at + 1)  # "everything except 2" counts nothing
            counted = [amount.value for amount in amounts(message, lexicon) if amount.first in beside]
            spelt = [
                lexicon.entries.get(token, {}).get("number", int(token) if token.isdigit() else None)
                for token in tokens
            ]
            said = [value for value in (*counted, *spelt) if value is not None]
            strange = any(one.is_unknown or (one is not piece and "none" in one.senses) for one in message.pieces)
            if strange and "except" not in piece.senses and not _excepts(message):
                return set()
            return everything if not said or said[0] == many else set()
        if "both" in piece.senses and many == 2:
            return everything
    return set()


def _begins_with_all(tokens: list[str], lexicon: Lexicon) -> bool:
    """ "Tous sauf", "كل شي الا"."""
    return any("all" in lexicon.entries.get(" ".join(tokens[:size]), {}) for size in range(1, len(tokens)))


def _first_or_last(message: Message, options: Options, lexicon: Lexicon) -> set[int]:
    """ "The first two", "les deux derniers"."""
    content = [
        piece
        for piece in message.pieces
        if not piece.is_sign and ("ordinal" in piece.senses or not piece.has("polite", "intro", "hedge", "only"))
    ]
    if len(content) > 5 or any(piece.options or piece.is_unknown for piece in content):
        return set()
    first = any("ordinal" in piece.senses and piece.senses["ordinal"] == 1 for piece in content)
    last = any("last" in piece.senses for piece in content)
    counts = [amount.value for amount in amounts(message, lexicon) if not amount.ordinal]
    counts.extend(2 for piece in content if "both" in piece.senses)
    counts.extend(
        spelt
        for piece in content
        if "all" in piece.senses and " " in piece.text
        for token in piece.text.split(" ")
        if isinstance(spelt := lexicon.entries.get(token, {}).get("number"), int)
    )
    if first == last or len(counts) != 1 or not isinstance(counts[0], int) or counts[0] < 2:
        return set()
    many = len(options.keys) - (options.other is not None)
    if counts[0] > many:
        return set()
    return set(range(counts[0])) if first else set(range(many - counts[0], many))


def _next(message: Message, at: int) -> int:
    """The place after `at`, past one small word."""
    return at + 2 if at + 2 < len(message.pieces) and "small" in message.pieces[at + 1].senses else at + 1


def _with_words(
    question: Question, message: Message, found: list[Mention], wanted: set[int], options: Options
) -> Reading:
    """The options named; a further thing that is none of them ("snow and walking my dog") is asked about."""
    if options.other is not None and options.other in wanted:
        last = max(mention.end for mention in found if options.other in mention.options)
        rest = [piece.text for piece in message.pieces[last:] if not piece.is_sign]
        return _answer(question, options, wanted, " ".join(rest) or None)
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    strange = [piece.is_unknown and at not in taken for at, piece in enumerate(message.pieces)]
    for at, piece in enumerate(message.pieces[:-1]):
        if "and" in piece.senses and "small" not in piece.senses and at and strange[at - 1] and at < found[0].first:
            return Reading("unclear", between=tuple(options.keys[number] for number in sorted(wanted)))
        if ("and" in piece.senses or piece.text == ",") and strange[_next(message, at)] and at + 1 >= found[0].end:
            later = any(mention.first > at for mention in found)
            if "and" in piece.senses or later or options.other is None:
                return Reading("unclear", between=tuple(options.keys[number] for number in sorted(wanted)))
    return _answer(question, options, wanted)
