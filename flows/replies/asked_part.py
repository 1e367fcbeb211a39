"""Which part of the day a question for a time asks about, by its words in any language: "in the evening", "lunch", "close"."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.lexicon import Lexicon, read
from flows.replies.normal import key
from flows.replies.patterns import asked_parts
from flows.replies.words import nearest_language


def asked_part(question: Question, words: Lexicon) -> str:
    """The one part of the day that the question names in the reader's language, or else that what it asks about has in
    any language of it (breakfast, supper, the hour of closing); "" where there is none or several."""
    named = {part for tag, text in question.text.items() for part in _named(tag, text, words)}
    if len(named) == 1:
        return named.pop()
    hinted = {part for tag, text in question.text.items() for part in _hinted(tag, text)}
    return hinted.pop() if len(hinted) == 1 and not named else ""


def _named(tag: str, text: str, words: Lexicon) -> set[str]:
    if nearest_language(tag) != words.languages[0]:
        return set()
    return {str(piece.senses["daypart"]) for piece in read(text, words).pieces if "daypart" in piece.senses}


def _hinted(tag: str, text: str) -> set[str]:
    language = nearest_language(tag)
    if language is None:
        return set()
    said = f" {key(text)} "
    return {part for part, hints in asked_parts(language).items() if any(f" {hint} " in said for hint in hints)}
