"""Reading an answer to a question with options of which one is wanted."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.beside import (
    is_far_fetched,
    is_of_another_matter,
    names_another,
    of_another_sort,
    shares_too_little,
    without_akin,
)
from flows.replies.echo import echoing
from flows.replies.held import answer, held_by_amount
from flows.replies.lexicon import Lexicon
from flows.replies.likely import likely
from flows.replies.mentions import Mention, mentions
from flows.replies.numerals import amounts
from flows.replies.options import Options
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.slots import narrowed, said
from flows.replies.spelt import is_han
from flows.replies.stems import stem
from flows.replies.stress import mostly, without_had

UNCLEAR = Reading("unclear")
#: Keys of an option that stands for no amount at all, and how short a reply is that says so.
_NOTHINGS = ("never", "none", "no", "zero", "nothing")
_SHORT_NO = 4
#: What a reply may have that says that all is well, and in how many words.
_WELL = (
    "approval",
    "all",
    "small",
    "self",
    "hedge",
    "intro",
    "degrees",
    "strong_degrees",
    "none",
    "not_applicable",
    "lacks",
    "troubles",
    "now",
)
_ALL_IS_WELL = 6


def exact(message: Message, options: Options) -> Reading | None:
    """The option whose name the whole reply is. A name that is also another option's place is unclear."""
    name = message.whole.rstrip(" .!") or message.whole
    named = options.full.get(name) or options.squashed.get(name.replace(" ", "")) or _alone(message, options)
    if not named:
        return None
    if name.isdigit() and 1 <= int(name) <= len(options.keys) and int(name) - 1 not in named:
        named = (*named, int(name) - 1)
    return answer(options, named)


def _alone(message: Message, options: Options) -> tuple[int, ...]:
    """The options that the reply, courtesy aside, is a word for: "me" where "Alone" is one."""
    if not options.alone:
        return ()
    content = [piece.text for piece in message.content]
    return options.alone.get(" ".join(content), ()) or options.alone.get(message.whole, ())


def read_choice(
    question: Question, message: Message, options: Options, lexicon: Lexicon, echoed: frozenset[str]
) -> Reading:
    """The option that the reply names, and no other. `echoed`: the stems of the question's words."""
    if options.spans and (nothing := _nothing(message, options, lexicon)) is not None:
        return answer(options, (nothing,))
    if options.spans:
        held = held_by_amount(message, options, lexicon)
        if held is not None:
            return held
    if options.slots and (slot := _slot(message, options, lexicon)) is not None:
        return answer(options, (slot,))
    if names_no_place(message, options, lexicon) or _asks_what(message):
        return UNCLEAR
    found = _not_asked(head(mentions(message, options, lexicon), message), message, echoed)
    found = without_had(found, message, troubled=options.troubled, having=options.having)
    if options.akin and len(found) > 1:
        found = without_akin(found, message, options)
    found = mostly(found, message, troubled=options.troubled)
    wanted = wanted_of(found, options)
    if wanted and is_far_fetched(found, message, options, lexicon):
        return UNCLEAR
    if question.other and len(wanted) == 1 and shares_too_little(found, message):
        return Reading("unclear", suggestion=options.keys[wanted[0]])
    if len(wanted) > 1 and options.slots:
        wanted = narrowed(message, wanted, options.slots, lexicon)
    elif not found and options.slots and (slot := said(message, options.slots, lexicon)) is not None:
        return answer(options, (slot,))
    if len(wanted) == 1:
        if question.other and _says_other(message):
            return _others(message)
        if question.other and (strange := of_another_sort(found, message, options)) is not None:
            return UNCLEAR if strange.is_unknown else Reading("answered", value="other", other=message.raw.strip())
        if question.other and is_of_another_matter(found, message, options, lexicon):
            return asked_about(wanted, options)
        if _taken_back(wanted[0], found, message, options) or names_another(found, message, either=not question.other):
            return UNCLEAR
        words = words_after(message, found[-1].end) if wanted[0] == options.other else None
        return answer(options, (wanted[0],), words)
    if wanted and not (question.other and _only_shared(found) and _says_more(found, message, options)):
        return answer(options, tuple(wanted))
    none = options.concepts.get("none")
    if found and not wanted:
        said_first = none is not None and _only_shared(found) and _says_none_first(message)
        return answer(options, (none,)) if none is not None and said_first else UNCLEAR
    concept = concept_of(message, options)
    if concept is None and options.troubled and _says_all_is_well(message):
        concept = none
    if concept is None and not question.other:
        concept = _said_again(message, options, echoed)
    if concept is not None:
        return answer(options, (concept,))
    if question.other and not _says_all(message) and is_telling(message, options):
        if maybe := likely(message, options):
            return asked_about(maybe, options)
        return Reading("answered", value="other", other=message.raw.strip())
    return UNCLEAR


def asked_about(maybe: list[int], options: Options) -> Reading:
    """Unclear, with the options that may be meant."""
    keys = tuple(options.keys[number] for number in maybe)
    return (
        Reading("unclear", suggestion=keys[0])
        if len(keys) == 1
        else Reading("unclear", between=keys, reason="two_readings")
    )


def _said_again(message: Message, options: Options, echoed: frozenset[str]) -> int | None:
    """The option that agrees with a statement, or the one that does not, by the statement's own words: "не забороняйте"."""
    agreeing = [number for number in options.opposites if number not in options.denials]
    if len(agreeing) != 1 or not echoing(message, echoed, "not", "yes", "no"):
        return None
    denied = any(piece.has("not", "no") for piece in message.pieces)
    return options.opposites[agreeing[0]] if denied else agreeing[0]


def _says_all(message: Message) -> bool:
    """Whether the reply wants all of the options where one is asked for: "all of them honest"."""
    content = [piece for piece in message.content if not piece.has("hedge")]
    if not content or not content[0].has("all", "both"):
        return False
    whole = " " in content[0].text or (is_han(content[0].text) and len(content) <= _SHORT_NO)
    return whole and sum(piece.is_unknown for piece in content) <= 1


def _asks_what(message: Message) -> bool:
    """ "شو يعني ممر المشاة؟": what the words mean."""
    content = message.said
    asks = bool(content) and "question" in content[0].senses and not content[0].has("small", "intro", "polite", "hedge")
    return asks and len(content) > 1 and " " in content[0].text and message.normal.rstrip().endswith("?")


def _nothing(message: Message, options: Options, lexicon: Lexicon) -> int | None:
    """The one option without an amount, where the reply says nought or "none": "0" where "Never" stands beside "1 to 3"."""
    apart = [at for at, span in enumerate(options.spans) if span is None and at != options.other]
    values = [amount.value for amount in amounts(message, lexicon) if not amount.ordinal]
    content = message.content
    if len(apart) != 1 or options.keys[apart[0]] not in _NOTHINGS or not content or len(content) > _SHORT_NO:
        return None
    unsure = any(piece.has("dont_know", "undecided", "skip", "refuse") for piece in content)
    denied = not values and content[0].has("not", "none", "no") and not unsure
    if denied and len(content) > 1 and not content[0].has("not", "none"):
        return None  # "la verdad no sé"
    return apart[0] if denied or values == [0] else None


def _slot(message: Message, options: Options, lexicon: Lexicon) -> int | None:
    """The option whose hours the reply says, where it says no day: "1 to 4", "10 am"."""
    if any(piece.options or "weekday" in piece.senses for piece in message.pieces):
        return None
    values = [amount.value for amount in amounts(message, lexicon)]
    placed = [value for value in values if isinstance(value, int) and 1 <= value <= len(options.keys)]
    if len(values) != 2 and (placed or not values):
        return None
    held = narrowed(message, list(range(len(options.keys))), options.slots, lexicon)
    return held[0] if len(held) == 1 else None


def _says_other(message: Message) -> bool:
    """Whether the reply begins by saying that it is none of the options: "other: prayer meeting"."""
    content = [at for at, piece in enumerate(message.pieces) if not piece.is_sign and not piece.has("polite", "intro")]
    if not content or "other" not in message.pieces[content[0]].senses or message.pieces[content[0]].options:
        return False
    rest = message.pieces[content[0] + 1 :]
    return any(piece.is_unknown for piece in rest) and (rest[0].is_sign or "polite" in rest[0].senses)


def _others(message: Message) -> Reading:
    first = next(at for at, piece in enumerate(message.pieces) if "other" in piece.senses)
    return Reading("answered", value="other", other=words_after(message, first + 1) or message.raw.strip())


def names_no_place(message: Message, options: Options, lexicon: Lexicon) -> bool:
    """Whether the reply is a list of numbers of which one is no option's place: "1 and 9" of four."""
    content = message.said
    if len(content) < 2 or not all(
        piece.is_digits or piece.has("number", "and", "or", "to", "polite", "out_of") for piece in content
    ):
        return False
    values = [amount.value for amount in amounts(message, lexicon)]
    return len(values) > 1 and any(
        not isinstance(value, int) or not 1 <= value <= len(options.keys) for value in values
    )


def _not_asked(found: list[Mention], message: Message, echoed: frozenset[str]) -> list[Mention]:
    """Without words of the question that happen to name an option, where another is named: "work on housing first"."""
    if len(found) < 2:
        return found

    def is_echo(mention: Mention) -> bool:
        pieces = message.pieces[mention.first : mention.end]
        return mention.way != "place" and all(
            stem(word) in echoed for piece in pieces for word in piece.text.split(" ")
        )

    others = [mention for mention in found if not is_echo(mention)]
    return others or found


def _only_shared(found: list[Mention]) -> bool:
    """Whether the reply only has words that several options share: "the sidewalk on Robie Street" is none of them."""
    return all(len(mention.options) > 1 and mention.way == "part" for mention in found)


def _says_more(found: list[Mention], message: Message, options: Options) -> bool:
    """Whether the reply tells something besides what it names: not "fish", where two options are fish."""
    taken = {at for mention in found for at in range(mention.first, mention.end)}
    strange = any(piece.is_unknown for at, piece in enumerate(message.pieces) if at not in taken)
    return strange and is_telling(message, options)


def wanted_of(found: list[Mention], options: Options) -> list[int]:
    """The options that mentions agree on: common to all of them, or else every one named. Those refused are not wanted;
    a refused one stands for its opposite ("I don't agree" is "Disagree") where nothing else is named."""
    if any(mention.refused == "doubt" for mention in found) and not _leads_with_place(found):
        return []
    sets = [set(mention.options) for mention in found if not mention.refused]
    if sets:
        common = set.intersection(*sets)
        return sorted(common or set.union(*sets))
    denied = {number for mention in found for number in mention.options}
    if len(denied) == 1:
        opposite = options.opposites.get(denied.pop())
        return [] if opposite is None else [opposite]
    return []


def _leads_with_place(found: list[Mention]) -> bool:
    return found[0].way == "place" and not found[0].refused


def _taken_back(number: int, found: list[Mention], message: Message, options: Options) -> bool:
    """Whether the reply also says no to the option that it names: "parks? no"."""
    if any(mention.refused and number in mention.options for mention in found) and not _leads_with_place(found):
        return True
    if number in options.denials or "no" not in message.senses:
        return False  # "pas d'accord pantoute" says no once more
    content = [piece for piece in message.pieces[found[-1].end :] if not piece.is_sign and "polite" not in piece.senses]
    denies = any(piece.has("no", "not", "none") for piece in message.pieces[found[-1].first : found[-1].end])
    if len(content) != 1 or (options.troubled and _says_bad(content[0])):
        return False  # "роботи нема", "英语不行" where it is asked what is lacking
    if "lacks" in content[0].senses and "already" in message.senses:
        return False  # "документи вже є, лікаря нема"
    return "no" in content[0].senses and not denies


def _says_bad(piece: Piece) -> bool:
    """Whether a no after a thing says that it is bad or wanting, and does not refuse it."""
    bad = piece.senses.get("no") == "sentence" and "not" not in piece.senses
    return bad or ("lacks" in piece.senses and piece.text != "no")


def head(found: list[Mention], message: Message) -> list[Mention]:
    """The mentions without those of a reason ("food because jobs are gone")."""
    if "because" not in message.senses:
        return found
    because = next((at for at, piece in enumerate(message.pieces) if at and "because" in piece.senses), None)
    if because is not None and any(mention.first < because and not mention.refused for mention in found):
        return [mention for mention in found if mention.first < because]
    return found


def concept_of(message: Message, options: Options) -> int | None:
    """ "idk" finds the option "Not sure", "neither" finds "None of these", "something else" the open one."""
    content = [piece for piece in message.content if not piece.has("self", "hedge")]
    stressed = any(piece.senses.keys() <= {"strong_degrees", "small"} and piece.senses for piece in content)
    if stressed and len(content) == 2:
        content = [piece for piece in content if "strong_degrees" not in piece.senses]  # "muy desacuerdo"
    content = content or message.content
    if not content:
        return None
    if len(content) > 1 and content[0].has("both", "none"):
        content = [content[0], *(piece for piece in content[1:] if "approval" not in piece.senses)]  # "і той і той ок"
    if len(content) > 1 and content[0].has("dont_know", "none"):
        content = [content[0], *(piece for piece in content[1:] if not piece.has("small", "but"))]  # "jsp encore"
    if "other" in content[0].senses and options.other is not None:
        return options.other
    if _are_indifferent(content):
        return options.concepts.get("indifferent")
    if len(content) != 1 and not _is_said_first(message, content[0]):
        return None
    senses = set(content[0].senses)
    if "frequency" in senses:
        senses -= {"yes", "no"}  # "rarement" is no "Jamais"
    found = next((number for sense, number in options.concepts.items() if sense in senses), None)
    if found is None and "dont_know" in senses:
        found = options.concepts.get("undecided")  # "no idea" where "Not decided yet" is one
    if found is not None and (stressed or content[0].has("strong_degrees")):
        return options.stronger.get(found, found)
    return found


def _says_none_first(message: Message) -> bool:
    """Whether a reply begins by saying that it is none: "none, i work evenings"."""
    content = next((piece for piece in message.pieces if not piece.is_sign and "polite" not in piece.senses), None)
    return content is not None and "none" in content.senses


def _says_all_is_well(message: Message) -> bool:
    """Whether a reply to what is wrong says that nothing is: "all good thanks", "没啥问题"."""
    content = [piece for piece in message.pieces if not piece.is_sign and "polite" not in piece.senses]
    if not 0 < len(content) <= _ALL_IS_WELL or any(piece.options or not piece.has(*_WELL) for piece in content):
        return False
    if any("troubles" in piece.senses for piece in content):
        return content[0].has("none", "not_applicable", "lacks") or any(
            piece.has("none", "not_applicable", "lacks") for piece in content[1:-1]
        )
    return any("approval" in piece.senses for piece in content) and not any(
        "not" in piece.senses and "approval" not in piece.senses for piece in content
    )


def _are_indifferent(content: list[Piece]) -> bool:
    """Whether several words say that any will do: "da lo mismo, cuando sea"."""
    indifferent = ["indifferent" in piece.senses for piece in content]
    return (
        len(content) > 1
        and any(indifferent)
        and all(
            said or piece.senses.get("yes") == "weak" or "only" in piece.senses
            for said, piece in zip(indifferent, content, strict=True)
        )
    )


def _is_said_first(message: Message, piece: Piece) -> bool:
    """Whether a first clause says that it is none, and the next ones why: "nothing, times are hard"."""
    after = message.pieces.index(piece) + 1
    return piece.has("none", "dont_know") and after < len(message.pieces) and ends_clause(message.pieces[after])


def is_telling(message: Message, options: Options) -> bool:
    """Whether the reply has words of its own, and asks nothing back. Where it is about languages any name will do."""
    content = message.said
    if not content or "question" in content[0].senses or message.normal.endswith("?"):
        return False
    if content[0].has("skip", "dont_know", "indifferent", "refuse", "command", "command_closed") and len(content) <= 2:
        return False
    if options.tongues and len(content) <= 3 and not message.whole.isdigit():
        return True
    if options.troubled and len(content) > 1 and "speak" in message.senses:
        return True  # "mon anglais est pas fort"
    whole = {"stop", "command", "command_closed"}
    if len(content) > 1 and any(piece.senses and piece.senses.keys() <= whole for piece in content):
        return True
    return any(
        (piece.is_unknown and (len(piece.text) > 1 or not piece.text.isascii()))
        or (piece.senses.keys() == {"counting"} and piece.text.removeprefix("ال") in options.things)
        for piece in message.pieces
    )


def words_after(message: Message, end: int) -> str | None:
    """The words of the raw reply that follow its pieces before `end`: what the something else is."""
    rest = [piece for piece in message.pieces[end:] if not piece.is_sign and "polite" not in piece.senses]
    if not rest:
        return None
    start = rest[0].start
    raw = message.raw.strip()
    if len(raw) == len(message.normal):
        return raw[start:].strip()
    before = len(message.normal[:start].split())
    return " ".join(raw.split()[before:]) or message.normal[start:]
