"""The options of a question, prepared for reading: every phrase, word and stem that can name one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.definition import Question
from flows.replies.lexicon import Lexicon, Vocabulary, read
from flows.replies.normal import key
from flows.replies.quantities import Span, spans_of
from flows.replies.stems import stem, variants

#: Senses that make a word of a label too common to name the option by itself.
_COMMON = frozenset(
    """small and or not but because polite intro counting number ordinal multiplier people about more_than less_than
    at_least at_most to unit currency degrees strong_degrees all both none other except out_of position vague hedge
    dont_know from after before last if only question self per""".split()  # noqa: SIM905
)
#: Senses that stand for a whole option: "none of the above", "I don't know", "all of them".
_CONCEPTS = ("none", "all", "both", "dont_know", "other", "refuse", "not_applicable", "undecided", "yes", "no")
#: What stands before a word to say the opposite of it.
_OPPOSITES = ("dis", "un", "in", "im", "non", "mis", "des", "de", "me", "не", "غير ")


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """The options in the flow's order, "other" last where the question takes other words.

    `vocabulary`: full names and single words -> options. `full`: the names among them. `parts`: stem -> options.
    `concepts`: sense -> the one option that says it. `squashed`: names without spaces. `words`: single words, for slips.
    `denying`: option -> the stems of a name of it that says no ("No family doctor"). `opposites`: option -> the one that denies it
    ("Agree" -> "Disagree"). `spans`: the amounts that the options stand for, if they all do. `tongues`: the question is
    about languages.
    """

    keys: tuple[str, ...]
    other: int | None
    vocabulary: Vocabulary
    full: Mapping[str, tuple[int, ...]]
    parts: Mapping[str, tuple[int, ...]]
    concepts: Mapping[str, int]
    squashed: Mapping[str, tuple[int, ...]]
    words: tuple[str, ...]
    denying: Mapping[int, frozenset[str]]
    opposites: Mapping[int, int]
    spans: tuple[Span, ...]
    tongues: bool


def _halves(label: str) -> list[str]:
    """ "Jobs / employment" and "Jobs (work)" have two names each."""
    parts = [part.strip(" )") for part in label.replace("(", "/").split("/")]
    return [part for part in parts if len(part) > 2] if len(parts) > 1 else []


def of_question(question: Question, lexicon: Lexicon) -> Options:
    """The options of a `choice` or `choices`, as a reader with `lexicon` may name them."""
    keys = [option.key for option in question.options]
    labels: list[list[str]] = []
    names: list[list[str]] = []
    for option in question.options:
        order = sorted(option.label, key=lambda tag: tag not in lexicon.languages)
        labels.append([option.label[tag] for tag in order])
        accepted = [text for texts in option.accept.values() for text in texts]
        names.append([option.key.replace("_", " "), *labels[-1], *accepted])
    return prepare(keys, labels, names, question.other, lexicon)


def of_scale(question: Question, lexicon: Lexicon) -> Options:
    """The labelled points of a `scale`; the keys are the points."""
    points = sorted(question.labels)
    labels = [list(question.labels[point].values()) for point in points]
    return prepare([str(point) for point in points], labels, labels, False, lexicon)


class _Names:
    """Gathers what names each option."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.full: dict[str, tuple[int, ...]] = {}
        self.single: dict[str, tuple[int, ...]] = {}
        self.parts: dict[str, tuple[int, ...]] = {}
        self.squashed: dict[str, tuple[int, ...]] = {}
        self.spellings: dict[str, tuple[str, ...]] = {}
        self.shorter: list[tuple[str, int]] = []
        for own in lexicon.all:
            for canonical, others in own.spellings.items():
                self.spellings[canonical] = (*self.spellings.get(canonical, ()), *others)

    @staticmethod
    def _add(table: dict[str, tuple[int, ...]], name: str, number: int) -> None:
        known = table.get(name, ())
        if name and number not in known:
            table[name] = (*known, number)

    def _common(self, word: str) -> bool:
        return not _COMMON.isdisjoint(self.lexicon.entries.get(word, ()))

    def denies(self, words: list[str]) -> bool:
        """Whether a name begins by saying no: "No family doctor", "Не згоден"."""
        return len(words) > 1 and "not" in self.lexicon.entries.get(words[0], {})

    def add(self, text: str, number: int) -> None:
        """A name with all its words."""
        name = key(text)
        words = name.split(" ")
        denies = self.denies(words)
        for spelling in (name, *self.spellings.get(name, ())):
            self._add(self.full, spelling, number)
            self._add(self.squashed, spelling.replace(" ", ""), number)
        if len(words) > 1 and len(name) > 4:
            self._add(self.full, name.replace(" ", ""), number)
        pieces = [piece.text for piece in read(text, self.lexicon).pieces if not piece.is_sign]
        content = [word for word in pieces if not self._common(word)]
        if denies:
            content = [word for word in content if word not in self.single and word not in self.lexicon.entries]
        else:
            self.shorter.extend(
                (shorter, number)
                for shorter in (" ".join(content) if len(content) < len(pieces) else "", self._trimmed(words))
            )
        for word in content:
            if len(word) > 1 and not word[0].isdigit():
                self._word(word, number)
        if not denies:
            self._han(words, number)

    def add_shorter(self) -> None:
        """The names without their common words, where that is no other option's whole name."""
        whole = dict(self.full)
        for name, number in self.shorter:
            if name and name not in whole:
                self._add(self.full, name, number)

    def _trimmed(self, words: list[str]) -> str:
        """A name without the small words at its ends: "matin" of "le matin"."""
        small = ["small" in self.lexicon.entries.get(word, {}) for word in words]
        kept = [at for at, is_small in enumerate(small) if not is_small]
        return " ".join(words[kept[0] : kept[-1] + 1]) if kept else ""

    def _word(self, word: str, number: int) -> None:
        for form in (word, *self.spellings.get(word, ())):
            self._add(self.single, form, number)
        self._add(self.parts, stem(word), number)

    def _han(self, characters: list[str], number: int) -> None:
        """Pairs of neighbours in a name written without spaces: 路灯 in 街上的路灯."""
        han = ["\u4e00" <= one[:1] <= "\u9fff" for one in characters]
        for at in range(len(characters) - 1):
            pair = f"{characters[at]} {characters[at + 1]}"
            if han[at] and han[at + 1] and not self._common(pair):
                self._add(self.single, pair, number)


def prepare(
    keys: list[str], labels: Sequence[list[str]], names: Sequence[list[str]], other: bool, lexicon: Lexicon
) -> Options:
    """Options from their keys, labels (the reader's language first) and everything that names them."""
    gathered = _Names(lexicon)
    every = [(number, part) for number, texts in enumerate(names) for text in texts for part in (text, *_halves(text))]
    for number, text in sorted(every, key=lambda one: gathered.denies(key(one[1]).split(" "))):
        gathered.add(text, number)
    gathered.add_shorter()
    single = _with_variants(gathered.single, gathered.full)
    concepts: dict[str, set[int]] = {}
    tongues = False
    for name, numbers in gathered.full.items():
        senses = lexicon.entries.get(name, {})
        tongues = tongues or "speak" in senses
        for sense in _CONCEPTS:
            if sense in senses:
                concepts.setdefault(sense, set()).update(numbers)
    spans = spans_of(list(labels), lexicon)
    return Options(
        keys=(*keys, "other") if other else tuple(keys),
        other=len(keys) if other else None,
        vocabulary=Vocabulary({**single, **gathered.full}, apart=not spans),
        full=gathered.full,
        parts=gathered.parts,
        concepts={sense: numbers.pop() for sense, numbers in concepts.items() if len(numbers) == 1},
        squashed=gathered.squashed,
        words=tuple(gathered.single),
        denying=_denying(gathered.full, lexicon),
        opposites=_opposites(gathered.full, lexicon),
        spans=spans,
        tongues=tongues,
    )


def _with_variants(single: dict[str, tuple[int, ...]], full: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Single words with their singular and plural, where that is no other option's word."""
    found = dict(single)
    for word, numbers in {**single, **full}.items():
        for form in variants(word):
            if form not in single and form not in full:
                found[form] = tuple(dict.fromkeys((*found.get(form, ()), *numbers)))
    return found


def _denying(full: Mapping[str, tuple[int, ...]], lexicon: Lexicon) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for name, numbers in full.items():
        words = name.split(" ")
        if len(words) > 1 and "not" in lexicon.entries.get(words[0], {}):
            for number in numbers:
                found[number] = found.get(number, frozenset()) | {stem(word) for word in words[1:] if word}
    return found


def _opposites(full: Mapping[str, tuple[int, ...]], lexicon: Lexicon) -> dict[int, int]:
    found: dict[int, set[int]] = {}
    for name, numbers in full.items():
        for denied in _denials(name, lexicon):
            for number in full.get(denied, ()):
                found.setdefault(number, set()).update(set(numbers) - {number})
    return {number: others.pop() for number, others in found.items() if len(others) == 1}


def _denials(name: str, lexicon: Lexicon) -> list[str]:
    """The names that `name` may deny: "not sure" denies "sure", "disagree" "agree", "en désaccord" "d'accord"."""
    words = name.split(" ")
    found = [
        name.removeprefix(prefix).strip()
        for prefix in _OPPOSITES
        if name.startswith(prefix) and len(name) > len(prefix) + 2
    ]
    if "not" in lexicon.entries.get(words[0], {}) and len(words) > 1:
        found.append(" ".join(words[1:]))
    last = words[-1]
    if len(words) > 1 and (
        found_last := [last.removeprefix(prefix) for prefix in ("des", "in", "un", "dis") if last.startswith(prefix)]
    ):
        found.extend(f"{word} {rest}" for rest in found_last for word in ("d", "de", words[0]))
    return found
