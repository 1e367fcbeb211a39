"""The options of a question, prepared for reading: every phrase, word and stem that can name one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.definition import Question
from flows.replies.lexicon import Lexicon, Vocabulary
from flows.replies.normal import key
from flows.replies.stems import stem

#: Senses that make a word of a label too common to name the option by itself.
_COMMON = frozenset(
    {
        "small",
        "and",
        "or",
        "not",
        "but",
        "because",
        "polite",
        "intro",
        "number",
        "ordinal",
        "multiplier",
        "people",
        "about",
        "more_than",
        "less_than",
        "to",
        "unit",
        "currency",
        "degrees",
        "all",
        "both",
        "none",
        "other",
        "except",
        "out_of",
        "position",
        "vague",
        "hedge",
        "dont_know",
        "from",
        "after",
        "before",
        "last",
    }
)
#: Senses that stand for a whole option: "none of the above", "I don't know", "all of them".
CONCEPTS = ("none", "all", "both", "dont_know", "other", "refuse", "not_applicable", "undecided", "yes", "no")


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """The options in the flow's order, "other" last where the question takes other words.

    `vocabulary`: full names and single words -> options. `full`: the names among them. `parts`: stem -> options.
    `concepts`: sense -> the one option that says it. `squashed`: names without spaces. `ranges`: option -> numbers it spans.
    """

    keys: tuple[str, ...]
    other: int | None
    vocabulary: Vocabulary
    full: Mapping[str, tuple[int, ...]]
    parts: Mapping[str, tuple[int, ...]]
    concepts: Mapping[str, int]
    squashed: Mapping[str, tuple[int, ...]]
    words: tuple[str, ...]


def _names(question: Question) -> Iterator[tuple[int, str]]:
    for number, option in enumerate(question.options):
        yield number, option.key.replace("_", " ")
        for text in option.label.values():
            yield number, text
            yield from ((number, part) for part in _halves(text))
        for accepted in option.accept.values():
            yield from ((number, text) for text in accepted)


def _halves(label: str) -> list[str]:
    """ "Jobs / employment" and "Jobs (work)" have two names each."""
    parts = [part.strip(" )") for part in label.replace("(", "/").split("/")]
    return [part for part in parts if len(part) > 2] if len(parts) > 1 else []


def _add(table: dict[str, tuple[int, ...]], name: str, number: int) -> None:
    known = table.get(name, ())
    if name and number not in known:
        table[name] = (*known, number)


def prepare(question: Question, lexicon: Lexicon) -> Options:
    """The options of `question` as a reader with `lexicon` may name them."""
    full: dict[str, tuple[int, ...]] = {}
    single: dict[str, tuple[int, ...]] = {}
    parts: dict[str, tuple[int, ...]] = {}
    squashed: dict[str, tuple[int, ...]] = {}
    concepts: dict[str, list[int]] = {}
    for number, text in _names(question):
        name = key(text)
        _add(full, name, number)
        _add(squashed, name.replace(" ", ""), number)
        for sense in CONCEPTS:
            if sense in lexicon.entries.get(name, {}) and number not in concepts.setdefault(sense, []):
                concepts[sense].append(number)
        for word in name.split(" "):
            if len(word) > 1 and not word[0].isdigit() and not _COMMON & lexicon.entries.get(word, {}).keys():
                _add(single, word, number)
                _add(parts, stem(word), number)
    keys = [option.key for option in question.options]
    other = len(keys) if question.other else None
    if question.other:
        keys.append("other")
    return Options(
        keys=tuple(keys),
        other=other,
        vocabulary=Vocabulary({**single, **full}),
        full=full,
        parts=parts,
        concepts={sense: numbers[0] for sense, numbers in concepts.items() if len(numbers) == 1},
        squashed=squashed,
        words=tuple(single),
    )
