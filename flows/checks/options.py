"""Checks of replies: options that one reply could mean both of, and words that already mean something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.checks.review import Review
from flows.definition import Option, Question, State
from flows.replies import ReplyContext, read_command, understand

#: Words that a provider or a carrier acts on by itself wherever they are texted alone (FACTS §1 and §4).
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"})
PROVIDER_WORDS = STOPS | {"start", "yes", "unstop", "help", "info", "aide"}
_REPLY_WITH = re.compile(
    r"\b(?:reply|text|send|say|answer|write|répondez|écrivez|textez|envoyez)\s+(?:back\s+)?[\"'«]?\s*"
    r"(YES|END|INFO|CANCEL|QUIT|REVOKE|START|UNSTOP)\b",
    re.IGNORECASE,
)
#: Any moment does: no option is read by the clock.
_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("America/Halifax"))


def look(review: Review) -> None:
    """Notes options that cannot be told apart, or whose words already mean something else."""
    for state in review.flow.questions:
        if state.ask is None:
            continue
        if state.ask.options:
            _options(review, state, state.ask)
        _asked_for(review, state, state.ask)


def plain(words: str) -> str:
    """Words as they are compared: small letters without accents, punctuation or double spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]|_", " ", bare).split())


def _options(review: Review, state: State, question: Question) -> None:
    owners = _owners(review, question)
    for number, option in enumerate(question.options, 1):
        at = f"{state.name}:options.{option.key}"
        for language, word in _words_of(option, review.flow.languages):
            what = f'State {state.name}: "{word}" ({language})'
            if _taken(review, question, at, what, language, word, word == option.label.get(language)):
                continue
            others = [each for each in owners[language, plain(word) or word] if each.key != option.key]
            place = _number_of(word)
            if others:
                if _index(question, others[0]) > number:
                    continue
                review.error(
                    "ambiguous-options",
                    at,
                    f"{what} could mean {others[0].key} or {option.key}.",
                    "Give one of them other words.",
                )
            elif place is not None and place != number and 1 <= place <= len(question.options) + question.other:
                review.error(
                    "ambiguous-options",
                    at,
                    f"{what} is what option {number} is called, and the number of another.",
                    "Write it in words, or put the options in the order of their numbers.",
                )
            else:
                _read_back(review, at, what, question, option, language, word)


def _owners(review: Review, question: Question) -> dict[tuple[str, str], list[Option]]:
    """(language, plain word) -> the options that are called so, each once."""
    owners: dict[tuple[str, str], list[Option]] = {}
    for option in question.options:
        for language, word in _words_of(option, review.flow.languages):
            named = owners.setdefault((language, plain(word) or word), [])
            if option not in named:
                named.append(option)
    return owners


def _index(question: Question, option: Option) -> int:
    return question.options.index(option) + 1


def _number_of(word: str) -> int | None:
    bare = word.strip()
    return int(bare) if re.fullmatch(r"[0-9]{1,3}", bare) else None


def _words_of(option: Option, languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(language, word) pairs by which a resident can name an option."""
    for language in languages:
        if language in option.label:
            yield language, option.label[language]
        for word in option.accept.get(language, ()):
            yield language, word


def _taken(review: Review, question: Question, at: str, what: str, language: str, word: str, label: bool) -> bool:
    """Notes a word that is a command, or that a provider acts on; whether nobody can answer with it."""
    bare = plain(word).replace(" ", "")
    others = tuple(each for each in review.flow.languages if each != language)
    command = read_command(word, (language, *others)).command
    reading = understand(question, word, ReplyContext(language, review.flow.languages, _NOON))
    if bare in STOPS or reading.command == "stop" or reading.unsure_stop:
        review.error(
            "stop-word-option",
            at,
            f"{what} is an option, and whoever texts it is taken off the list.",
            "Use another word: nobody can choose this one.",
        )
        return True
    if bare in PROVIDER_WORDS and label:
        review.warning(
            "provider-word",
            at,
            f"{what} is an option; where Twilio handles opt-out it acts on it as well.",
            "Use another word, or a sender with --opt-out ours.",
        )
    elif command in ("help", "back", "repeat", "person"):
        review.warning(
            "command-word-option",
            at,
            f"{what} is an option, so whoever texts it to get {_GETS[command]} has answered instead.",
            "Use another word.",
        )
    return False


_GETS = {"help": "help", "back": "back to the question before", "repeat": "the question again", "person": "a person"}


def _read_back(
    review: Review, at: str, what: str, question: Question, option: Option, language: str, word: str
) -> None:
    """An option's own words, texted back, have to be read as that option."""
    context = ReplyContext(language, review.flow.languages, _NOON)
    reading = understand(question, word, context)
    if reading.outcome == "answered" and reading.value in (option.key, [option.key]):
        return
    if reading.outcome == "answered":
        found = "several options" if isinstance(reading.value, list) else f"the option {reading.value}"
    elif reading.between:
        found = " or ".join(reading.between)
    else:
        found = "none of them" if reading.outcome == "unclear" else f"the command {reading.command or 'skip'}"
    review.error(
        "ambiguous-options",
        at,
        f"{what} is what the option {option.key} is called, and a reply with these words is read as {found}.",
        "Use words that no other option has, and that mean one thing.",
    )


def _asked_for(review: Review, state: State, question: Question) -> None:
    for language, pattern in question.text.items():
        found = _REPLY_WITH.search(pattern)
        if found:
            review.warning(
                "provider-word",
                f"{state.name}:text",
                f"State {state.name}: the question ({language}) asks for the word {found[1].upper()}, which Twilio acts on "
                "by itself where it handles opt-out.",
                "Ask for a number or another word, or use a sender with --opt-out ours.",
            )
