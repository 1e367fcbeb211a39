"""Checks of replies: options that one reply could mean both of, and words that already mean something else."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from flows.checks.review import Review
from flows.definition import Option, Question, State

#: Words that a provider or a carrier acts on by itself wherever they are texted alone (FACTS §1 and §4).
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"})
PROVIDER_WORDS = STOPS | {"start", "yes", "unstop", "help", "info", "aide"}
_REPLY_WITH = re.compile(
    r"\b(?:reply|text|send|say|answer|write|répondez|écrivez|textez|envoyez)\s+(?:back\s+)?[\"'«]?\s*"
    r"(YES|END|INFO|CANCEL|QUIT|REVOKE|START|UNSTOP)\b"
)


def look(review: Review) -> None:
    """Notes options that cannot be told apart, or whose words already mean something else."""
    for state in review.flow.questions:
        if state.ask is None:
            continue
        if state.ask.options:
            _shared_words(review, state, state.ask)
            _taken_words(review, state, state.ask)
        _asked_for(review, state, state.ask)


def plain(words: str) -> str:
    """Words as they are compared: small letters without accents, punctuation or double spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]|_", " ", bare).split())


def _words_of(option: Option, languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(language, word) pairs by which a resident can name an option."""
    for language in languages:
        if language in option.label:
            yield language, option.label[language]
        for word in option.accept.get(language, ()):
            yield language, word


def _shared_words(review: Review, state: State, question: Question) -> None:
    by_word: dict[tuple[str, str], list[str]] = defaultdict(list)
    shown: dict[tuple[str, str], str] = {}
    for option in question.options:
        for language, word in _words_of(option, review.flow.languages):
            key = (language, plain(word) or word)
            shown.setdefault(key, word)
            if option.key not in by_word[key]:
                by_word[key].append(option.key)
    for key, names in by_word.items():
        if len(names) > 1:
            review.error(
                "ambiguous-options",
                f"{state.name}:options.{names[1]}",
                f'State {state.name}: "{shown[key]}" ({key[0]}) could mean {" or ".join(names)}.',
                "Give one of them other words.",
            )
    count = len(question.options) + question.other
    for number, option in enumerate(question.options, 1):
        for language, word in _words_of(option, review.flow.languages):
            if word.strip().isdigit() and 1 <= int(word) <= count and int(word) != number:
                review.error(
                    "ambiguous-options",
                    f"{state.name}:options.{option.key}",
                    f'State {state.name}: "{word}" ({language}) names option {number}, and is the number of another.',
                    "Write it in words, or put the options in the order of their numbers.",
                )


def _taken_words(review: Review, state: State, question: Question) -> None:
    for option in question.options:
        for language, word in _words_of(option, review.flow.languages):
            bare = plain(word).replace(" ", "")
            at = f"{state.name}:options.{option.key}"
            if bare in STOPS:
                review.error(
                    "stop-word-option",
                    at,
                    f'State {state.name}: "{word}" ({language}) is an option, and whoever texts it is taken off the list.',
                    "Use another word: nobody can choose this one.",
                )
            elif bare in PROVIDER_WORDS and word == option.label.get(language):
                review.warning(
                    "provider-word",
                    at,
                    f'State {state.name}: "{word}" ({language}) is an option; where Twilio handles opt-out it acts on it as well.',
                    "Use another word, or a sender with --opt-out ours.",
                )


def _asked_for(review: Review, state: State, question: Question) -> None:
    for language, pattern in question.text.items():
        found = _REPLY_WITH.search(pattern)
        if found:
            review.warning(
                "provider-word",
                f"{state.name}:text",
                f"State {state.name}: the question ({language}) asks for the word {found[1]}, which Twilio acts on by itself "
                "where it handles opt-out.",
                "Ask for a number or another word, or use a sender with --opt-out ours.",
            )
