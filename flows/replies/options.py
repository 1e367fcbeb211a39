"""The options of a question, prepared for reading: every phrase, word and stem that can name one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flows.definition import Question
from flows.replies.alike import characters, relate_synonyms, things
from flows.replies.concepts import concepts
from flows.replies.families import relate_families, relate_free
from flows.replies.lexicon import Lexicon, read_name, senses_of
from flows.replies.matters import Named, relate
from flows.replies.names import Names
from flows.replies.normal import key
from flows.replies.pieces import NO_VOCABULARY, Vocabulary
from flows.replies.quantities import MINUTES, Span, counted_unit, spans_of
from flows.replies.slots import Slot, slot_of
from flows.replies.stems import stem, variants
from flows.replies.words import Value, nearest_language

#: The language of options' keys.
_KEYS = "en"
#: Senses by which a word of any language finds an option: "lundi" the option "Monday".
_MEANINGS = ("frequency", "daypart", "weekday", "month", "rate", "day", "holiday", "speak")
#: Letters of a participle's ending that its verb has not, and how long a root is that may lose them.
_ENDING, _LONG_ROOT = 2, 6
#: What stands before a word to say the opposite of it.
_OPPOSITES = ("dis", "un", "in", "im", "non", "mis", "des", "de", "me", "не", "غير ")
#: Something that names an option, its language, and whether slips of it are looked for.
_Name: TypeAlias = tuple[str, str, bool]


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """The options in the flow's order, "other" last where the question takes other words.

    `vocabulary`: full names and single words -> options. `full`: the names among them. `parts`: stem -> options.
    `concepts`: sense -> the one option that says it. `squashed`: names without spaces. `words`: single words of which slips are looked for.
    `denying`: option -> the stems of a name of it that says no ("No family doctor"). `opposites`: option -> the one that
    denies it ("Agree" -> "Disagree"). `meanings`: (sense, value) -> the one option that says just that ("Monday").
    `spans`: the amounts that the options stand for, if most do; None for one that has none ("Rather not say"). `tongues`: the question is about languages. `denials`: the options that say no ("Disagree").
    `stronger`: option -> the one that says the same with a strong degree ("Agree" -> "Strongly agree"). `bound`: words
    that name something only with another beside them, and their stems ("heaters" of "Electric heaters"). `slots`: the day's hours of each option ("Tuesday 10 to 12"), if several have some.
    `akin`: words that belong to the matter of an option and stand in no name of it, and their stems ("driving" where "Speeding cars" is one). `troubled`: the question asks what
    is wrong or missing ("What keeps you from coming?"). `factor`: minutes in the unit that the options count, where only the question names it.
    `kin`: words of an option's family ("my wife" of "Family"), akin too. `alone`: those that name it only as the whole reply.
    `about`: option -> the matters that it is about; `afar`: words of those that are only part of one, and their stems.
    `characters`: character -> the one option whose Chinese names have it. `things`: words that name a thing, whatever else they mean.
    `language`: the reader's.
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
    meanings: Mapping[tuple[str, Value], int]
    spans: tuple[Span | None, ...]
    factor: float | None
    tongues: bool
    denials: frozenset[int]
    stronger: Mapping[int, int]
    bound: frozenset[str]
    slots: tuple[Slot | None, ...]
    akin: frozenset[str]
    troubled: bool
    having: bool
    kin: frozenset[str]
    alone: Mapping[str, tuple[int, ...]]
    about: Mapping[int, set[str]]
    afar: frozenset[str]
    characters: Mapping[str, int]
    things: frozenset[str]
    language: str


def _halves(label: str) -> list[str]:
    """ "Jobs / employment" and "Jobs (work)" have two names each."""
    parts = [part.strip(" )") for part in label.replace("(", "/").split("/")]
    return [part for part in parts if len(part) > 2] if len(parts) > 1 else []


def of_question(question: Question, lexicon: Lexicon) -> Options:
    """The options of a `choice` or `choices`, as a reader with `lexicon` may name them."""
    labels: list[list[str]] = []
    names: list[list[_Name]] = []
    for option in question.options:
        order = sorted(option.label, key=lambda tag: _rank(tag, lexicon))
        labels.append([option.label[tag] for tag in order])
        tagged = [*option.label.items(), *((tag, text) for tag, texts in option.accept.items() for text in texts)]
        own = (option.key.replace("_", " "), _KEYS, True)
        names.append([own, *((text, tag, _is_near(tag, lexicon)) for tag, text in tagged)])
    factor = MINUTES.get(counted_unit(question, lexicon) or "")
    keys = [option.key for option in question.options]
    asked = senses_of(question.text, lexicon)
    troubled, having = "troubles" in asked, "having" in asked
    return prepare(keys, labels, names, question.other, lexicon, factor=factor, troubled=troubled, having=having)


def _rank(tag: str, lexicon: Lexicon) -> int:
    """The place of a label's language among the reader's."""
    language = nearest_language(tag)
    return lexicon.languages.index(language) if language in lexicon.languages else len(lexicon.languages)


def of_scale(question: Question, lexicon: Lexicon) -> Options:
    """The labelled points of a `scale`; the keys are the points."""
    points = sorted(question.labels)
    labels = [list(question.labels[point].values()) for point in points]
    names = [[(text, tag, _is_near(tag, lexicon)) for tag, text in question.labels[point].items()] for point in points]
    return prepare([str(point) for point in points], labels, names, False, lexicon)


def _is_near(tag: str, lexicon: Lexicon) -> bool:
    """Whether slips are looked for in a language's names: the participant's own, and English."""
    return nearest_language(tag) in (lexicon.languages[0], "en")


def prepare(
    keys: list[str],
    labels: Sequence[list[str]],
    names: Sequence[list[_Name]],
    other: bool,
    lexicon: Lexicon,
    *,
    factor: float | None = None,
    troubled: bool = False,
    having: bool = False,
) -> Options:
    """Options from their keys, labels (the reader's language first) and everything that names them."""
    slots = _slots(labels, lexicon)
    spans = () if slots else spans_of(list(labels), lexicon)
    if factor is not None and not any(span.timed for span in spans if span is not None):
        spans = tuple(span and span.times(factor) for span in spans)
    gathered = Names(lexicon)
    every = [
        (Named(number, part, nearest_language(tag)), likely)
        for number, texts in enumerate(names)
        for text, tag, likely in texts
        for part in (text, *_halves(text))
    ]
    for named, likely in sorted(every, key=lambda one: bool(gathered.denied(one[0].text))):
        gathered.add(named.text, named.number, likely=likely)
    told = [(named.number, named.text) for named, _ in every]
    if not spans:
        gathered.add_shorter()
        relate_synonyms(gathered, told)
        relate_families(gathered, told)
        relate(gathered, [named for named, _ in every], having=having, other=other)
    else:
        relate_free(gathered, [(number, text) for number, text in told if spans[number] is None])
    stronger = _stronger(labels, gathered, lexicon)
    denying, opposites = _denying(gathered), _opposites(gathered, stronger)
    denials = frozenset(denying) | frozenset(opposites.values())
    meanings = _meanings(labels, lexicon)
    _give_back(gathered, meanings, {key(text) for texts in labels for text in texts}, lexicon)
    single = _with_variants(gathered.single, gathered.full)
    titles = {key(text) for texts in labels for text in texts}
    return Options(
        keys=(*keys, "other") if other else tuple(keys),
        other=len(keys) if other else None,
        vocabulary=_beside_amounts(spans, single, gathered.full)
        if spans
        else Vocabulary({**gathered.meant, **single, **gathered.full}, apart=True),
        full=gathered.full,
        parts=_of_no_amount(spans, gathered.parts) if spans else gathered.parts,
        concepts=concepts(gathered.full, titles, lexicon),
        squashed=gathered.squashed,
        words=tuple(_of_no_amount(spans, {word: single.get(word, ()) for word in gathered.likely}))
        if spans
        else tuple(gathered.likely),
        denying=denying,
        opposites=opposites,
        denials=denials | {stronger[one] for one in denials if one in stronger},
        meanings=meanings,
        spans=spans,
        factor=factor,
        stronger=stronger,
        slots=slots,
        akin=frozenset(gathered.akin),
        kin=frozenset(gathered.kin),
        alone=gathered.alone,
        about=gathered.about,
        afar=frozenset(gathered.afar),
        characters={} if spans else characters(gathered, told),
        things=things(lexicon),
        bound=frozenset(gathered.bound | {stem(word) for word in gathered.bound}),
        troubled=troubled,
        having=having,
        language=lexicon.languages[0],
        tongues=any("speak" in lexicon.entries.get(name, {}) for name in gathered.full),
    )


def _beside_amounts(
    spans: Sequence[Span | None], single: Mapping[str, tuple[int, ...]], full: Mapping[str, tuple[int, ...]]
) -> Vocabulary:
    """The names of the options that are no amounts, where the others are."""
    named = _of_no_amount(spans, {**single, **full})
    return Vocabulary(named) if named else NO_VOCABULARY


def _of_no_amount(spans: Sequence[Span | None], names: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {name: numbers for name, numbers in names.items() if numbers and all(spans[one] is None for one in numbers)}


def _give_back(gathered: Names, meanings: Mapping[tuple[str, Value], int], titles: set[str], lexicon: Lexicon) -> None:
    """Let a word that another option means name that one: "بالليل" is no evening where there is a night."""
    for table in (gathered.single, gathered.full) if meanings else ():
        for name, numbers in table.items():
            meant = {meanings[one] for one in lexicon.entries.get(name, {}).items() if one in meanings}
            if len(meant) == 1 and name not in titles and meant.isdisjoint(numbers):
                table[name] = tuple(meant)


def _meanings(labels: Sequence[list[str]], lexicon: Lexicon) -> dict[tuple[str, Value], int]:
    found: dict[tuple[str, Value], set[int]] = {}
    for number, texts in enumerate(labels):
        for text in texts:
            content = read_name(text, lexicon).said
            if len(content) == 1:
                for sense in _MEANINGS:
                    if sense in content[0].senses:
                        found.setdefault((sense, content[0].senses[sense]), set()).add(number)
    return {meaning: numbers.pop() for meaning, numbers in found.items() if len(numbers) == 1}


def _with_variants(single: dict[str, tuple[int, ...]], full: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Single words with their singular and plural, where that is no other option's word."""
    found = dict(single)
    for word, numbers in {**single, **full}.items():
        for form in variants(word):
            if form not in single and form not in full:
                found[form] = tuple(dict.fromkeys((*found.get(form, ()), *numbers)))
    return found


def _denying(gathered: Names) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for name, numbers in gathered.full.items():
        words = gathered.denied(name)
        forms = {form for word in words for form in (word, *gathered.spellings.get(word, ()))}
        roots = {stem(form) for form in forms if form} or _denied_amid(name, gathered.lexicon)
        if roots:
            for number in numbers:
                found[number] = found.get(number, frozenset()) | roots
    return found


def _denied_amid(name: str, lexicon: Lexicon) -> set[str]:
    """The beginnings of the words that a name says no to after others: "recogni" of "Diploma not recognized"."""
    pieces = read_name(name, lexicon).pieces
    at = next((at for at, piece in enumerate(pieces) if at and "not" in piece.senses), len(pieces))
    roots = [stem(word) for piece in pieces[at + 1 :] if piece.is_unknown for word in piece.text.split(" ")]
    return {root[:-_ENDING] if len(root) > _LONG_ROOT else root for root in roots}


def _opposites(gathered: Names, stronger: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, set[int]] = {}
    for name, numbers in gathered.full.items():
        for denied in (" ".join(gathered.denied(name)), *_denials(name)):
            for number in gathered.full.get(denied, ()):
                found.setdefault(number, set()).update(set(numbers) - {number})
    mild = {number: others - {stronger.get(other) for other in others} for number, others in found.items()}
    return {number: others.pop() for number, others in mild.items() if len(others) == 1}


def _slots(labels: Sequence[list[str]], lexicon: Lexicon) -> tuple[Slot | None, ...]:
    found = [
        next((slot for text in texts if (slot := slot_of(read_name(text, lexicon), lexicon))), None) for texts in labels
    ]
    return (*found, None) if sum(slot is not None for slot in found) > 1 else ()


def _stronger(labels: Sequence[list[str]], gathered: Names, lexicon: Lexicon) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, texts in enumerate(labels):
        for text in texts:
            pieces = read_name(text, lexicon).said
            weaker = " ".join(piece.text for piece in pieces if "strong_degrees" not in piece.senses)
            if len(pieces) > 1 and weaker and weaker != key(text):
                found.update({other: number for other in gathered.full.get(weaker, ()) if other != number})
    return found


def _denials(name: str) -> list[str]:
    """The names that `name` may deny by its first syllable: "disagree" denies "agree", "en désaccord" "d'accord"."""
    found = [
        name.removeprefix(prefix).strip()
        for prefix in _OPPOSITES
        if name.startswith(prefix) and len(name) > len(prefix) + 2
    ]
    first, *rest = name.split(" ")
    for prefix in _OPPOSITES:
        if rest and rest[-1].startswith(prefix):
            found.extend(f"{word} {rest[-1].removeprefix(prefix)}" for word in ("d", "de", first))
    return found
