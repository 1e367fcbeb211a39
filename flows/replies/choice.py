"""Reading an answer to a question with options of which one is wanted."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.commands import is_sign
from flows.replies.lexicon import Lexicon, Message
from flows.replies.mentions import Mention, mentions
from flows.replies.options import Options
from flows.replies.reading import Reading

UNCLEAR = Reading("unclear")


def exact(message_key: str, options: Options) -> Reading | None:
    """The option whose name the whole reply is. A name that is also another option's place is unclear."""
    named = options.full.get(message_key) or options.squashed.get(message_key.replace(" ", ""))
    if not named:
        return None
    if message_key.isdigit() and 1 <= int(message_key) <= len(options.keys) and int(message_key) - 1 not in named:
        named = (*named, int(message_key) - 1)
    return _answer(options, named)


def _answer(options: Options, numbers: tuple[int, ...], words: str | None = None) -> Reading:
    if len(numbers) == 1:
        return Reading("answered", value=options.keys[numbers[0]], other=words if numbers[0] == options.other else None)
    return Reading("unclear", between=tuple(options.keys[number] for number in numbers), reason="two_readings")


def read_choice(question: Question, message: Message, options: Options, lexicon: Lexicon) -> Reading:
    """The option that the reply names, and no other."""
    found = _relevant(mentions(message, options, lexicon), message)
    wanted: list[int] = []
    sets = [set(mention.options) for mention in found if not mention.refused]
    if sets:
        together = set.intersection(*sets)
        wanted = sorted(together or set.union(*sets))
    if len(wanted) == 1:
        return _chosen(wanted[0], message, found, options)
    if wanted:
        return _answer(options, tuple(wanted))
    concept = _concept(message, options)
    if concept is not None:
        return _answer(options, (concept,))
    if question.other and not found and _says_something(message):
        return Reading("answered", value="other", other=message.raw.strip())
    return UNCLEAR


def _chosen(number: int, message: Message, found: list[Mention], options: Options) -> Reading:
    if number != options.other:
        return _answer(options, (number,))
    words = _after(message, found)
    return _answer(options, (number,), words)


def _after(message: Message, found: list[Mention]) -> str | None:
    """The words that follow "4" or "other": what the something else is."""
    end = found[-1].end
    rest = [piece for piece in message.pieces[end:] if not is_sign(piece) and "polite" not in piece.senses]
    if not rest:
        return None
    return message.normal[rest[0].start :]


def _relevant(found: list[Mention], message: Message) -> list[Mention]:
    """Without what comes after "because", and, after a correction, only what comes after it."""
    pieces = message.pieces
    because = next((at for at, piece in enumerate(pieces) if at and "because" in piece.senses), None)
    if because is not None and any(mention.first < because and not mention.refused for mention in found):
        found = [mention for mention in found if mention.first < because]
    corrections = [at for at, piece in enumerate(pieces) if "correction" in piece.senses and at]
    if corrections and any(mention.first > corrections[-1] for mention in found):
        found = [mention for mention in found if mention.first > corrections[-1]]
    return found


def _concept(message: Message, options: Options) -> int | None:
    """ "idk" finds the option "Not sure", "neither" finds "None of these"."""
    content = [piece for piece in message.pieces if not is_sign(piece) and "polite" not in piece.senses]
    if len(content) != 1:
        return None
    for sense, number in options.concepts.items():
        if sense in content[0].senses:
            return number
    if "other" in content[0].senses and options.other is not None:
        return options.other
    return None


def _says_something(message: Message) -> bool:
    """Whether the reply has words of its own, beyond small ones, numbers, yes and no."""
    return any(not piece.senses and piece.text[0].isalpha() and len(piece.text) > 1 for piece in message.pieces)
