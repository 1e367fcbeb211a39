"""What is worked out once for a question and the languages of its reader, and kept while the question lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flows.definition import Question
from flows.replies.asked_part import asked_part
from flows.replies.counting import Counted, units, whom
from flows.replies.echo import echoes
from flows.replies.facts import NOTHING, About, about, contrary
from flows.replies.latin import Sounds, sounds_of
from flows.replies.lexicon import Lexicon, lexicon, read_name, senses_of
from flows.replies.options import Options, of_question, of_scale
from flows.replies.pieces import NO_VOCABULARY, Vocabulary
from flows.replies.quantities import counted_unit
from flows.replies.reading import ReplyContext
from flows.replies.stop import wish

_MOST = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question as a reader of some languages sees it.

    `options`: of a choice, or the labelled points of a scale. `asked`: the units of time that a number question speaks
    of. `echoed`: the stems of the question's words. `about_contact`: the options are ways to be reached, so that
    "don't text me" chooses among them. `counted`: whom a number question counts. `counts`: the unit of time that it counts,
    "" where it counts other things. `sounds`: the options' names as they sound, where the
    reader's script is not Latin. `about`: what a yes-or-no question asks about, `told`: words that answer it. `part`: the part of the day that a question
    for a time asks about. `starts`: a question for a day asks from which. `counts_time`: an amount of time
    answers. `quitting`: options' names that sound like a wish to stop ("Quit smoking").
    """

    question: Question
    lexicon: Lexicon
    options: Options | None
    vocabulary: Vocabulary
    asked: frozenset[str]
    echoed: frozenset[str]
    about_contact: bool
    counted: Counted | None
    counts: str | None
    sounds: Sounds | None
    about: About
    told: Mapping[str, bool]
    part: str
    starts: bool
    counts_time: bool
    quitting: frozenset[str]


_kept: dict[tuple[int, str, tuple[str, ...]], Prepared] = {}


def prepared(question: Question, context: ReplyContext) -> Prepared:
    """By identity: a question is frozen but cannot be hashed, and the reference kept here keeps its id from being reused."""
    name = (id(question), context.language, context.languages)
    found = _kept.get(name)
    if found is not None and found.question is question:
        return found
    found = _prepare(question, context)
    while len(_kept) >= _MOST:
        _kept.pop(next(iter(_kept)), None)
    _kept[name] = found
    return found


def _prepare(question: Question, context: ReplyContext) -> Prepared:
    words = lexicon(context.language, context.languages)
    options: Options | None = None
    if question.options:
        options = of_question(question, words)
    elif question.kind == "scale" and question.labels:
        options = of_scale(question, words)
    vocabulary = options.vocabulary if options is not None else NO_VOCABULARY
    counts = counted_unit(question, words) if question.kind == "number" else None
    return Prepared(
        question=question,
        lexicon=words,
        options=options,
        vocabulary=vocabulary,
        asked=units(question, words) if question.kind == "number" else frozenset(),
        echoed=echoes(question) if question.kind in ("yesno", "scale", "choice") else frozenset(),
        starts=question.kind == "date" and not senses_of(question.text, words).isdisjoint(("from", "begins")),
        part=asked_part(question, words) if question.kind == "time" else "",
        about=about(question, words) if question.kind == "yesno" else NOTHING,
        told=contrary(question, words) if question.kind == "yesno" else {},
        counted=whom(question, words) if question.kind == "number" else None,
        sounds=sounds_of(vocabulary, words.languages[0]),
        counts=counts,
        quitting=_quitting(options, words) if options is not None else frozenset(),
        counts_time=bool(counts) or (options is not None and any(span and span.timed for span in options.spans)),
        about_contact=question.kind in ("choice", "choices") and _about_contact(vocabulary, words),
    )


def _about_contact(vocabulary: Vocabulary, words: Lexicon) -> bool:
    """Whether at least two options are ways to reach somebody: "Text message", "Phone call"."""
    return len({number for name in _ways(words) & vocabulary.phrases.keys() for number in vocabulary.phrases[name]}) > 1


@lru_cache(maxsize=64)
def _ways(words: Lexicon) -> frozenset[str]:
    """Every way to reach somebody, by phone or otherwise, that a lexicon has a word for."""
    return frozenset(phrase for phrase, senses in words.entries.items() if "contact" in senses)


def _quitting(options: Options, words: Lexicon) -> frozenset[str]:
    """Names of several words that sound like a wish to stop and are none by themselves, as "stop texting me" is."""
    return frozenset(
        name
        for name in options.full
        if " " in name
        and words.entries.get(name, {}).get("stop") not in ("words", "clear")
        and wish(read_name(name, words), words, False) in ("weak", "doubt", "stop")
    )
