"""Patterns of words: how a file of words says "stop|quit texting me" in one line, and how a reply is held against it.

A pattern is a row of slots with spaces between. A slot is a word, alternatives `a|b`, a group of the file `{cease}`
(whose entries may have several words), `(word)` for one that may be missing, or `~` for up to three words of any kind.
Patterns are separated by commas. They are held against the key of a reply: its tokens with one space between, so that
a Chinese pattern matches character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from flows.replies.normal import key
from flows.replies.words import WordsError, languages, phrases, words

_WORD = r"[^\s.,;:!?()]+"
_GAP = rf"(?:{_WORD} ){{0,3}}"
#: Where a clause may begin: at the start, or after a sign.
_CLAUSE = r"(?:^|(?<=[.,;:!?()\-] ))"
_SLOTS = re.compile(r"\{\w+\}(?:\|\S+)?|\S+")


def _alternatives(text: str, groups: dict[str, str]) -> list[str]:
    found: list[str] = []
    for part in text.split("|"):
        name = part.strip()
        found.extend(_alternatives(groups[name[1:-1]], groups) if name.startswith("{") else [key(name)])
    return [part for part in found if part]


def _slot(slot: str, groups: dict[str, str]) -> str:
    """One slot as an expression that ends in a space."""
    if slot == "~":
        return _GAP
    optional = slot.startswith("(")
    choices = sorted(set(_alternatives(slot.strip("()"), groups)), key=len, reverse=True)
    body = "(?:" + "|".join(re.escape(choice) for choice in choices) + ") "
    return f"(?:{body})?" if optional else body


@cache
def pattern(language: str, name: str) -> re.Pattern[str] | None:
    """The pattern `name` ("stop.strong") of a language, anchored where a clause begins; None if it has none.

    It is held against a reply's key and one more space. Its group `body` is what matched after the words that may lead
    up to it (the file's group `lead`, any number of them up to six). Raises `WordsError` for a pattern that matches any
    text.
    """
    own = words(language)
    groups = dict(own.groups)
    rows = phrases(own.patterns.get(name, "").replace("\n", " "))
    if not rows:
        return None
    lead = f"(?:{_slot('{lead}', groups)}){{0,6}}" if "lead" in groups else ""
    for row in rows:
        if all(slot == "~" or slot.startswith("(") for slot in _SLOTS.findall(row)):
            raise WordsError(f"{language}.yaml: {name}: `{row}` matches any text; leave one word outside ( )")
    rows.sort(key=lambda row: -len(_SLOTS.findall(row)))  # the longest that matches, so that it leaves fewer words over
    bodies = ["".join(_slot(slot, groups) for slot in _SLOTS.findall(row)) for row in rows]
    return re.compile(f"{_CLAUSE}{lead}(?P<body>{'|'.join(bodies)})")


@cache
def alarm(language: str, family: str) -> frozenset[str]:
    """Words of which any reply that a pattern of `family` ("stop") matches has one: a cheap first look."""
    return frozenset(_needed(language, family))


@cache
def _needed(language: str, family: str) -> dict[str, list[list[set[str]]]]:
    """Each word of `alarm`, with what else the patterns need that it stands for: the first words of every slot.

    Of each pattern that slot gives the alarm whose shortest word is longest, so that the words are rare ones.
    """
    own = words(language)
    groups = dict(own.groups)
    found: dict[str, list[list[set[str]]]] = {}
    for name, text in own.patterns.items():
        if not name.startswith(f"{family}."):
            continue
        for row in phrases(text.replace("\n", " ")):
            needed = [slot for slot in _SLOTS.findall(row) if slot != "~" and not slot.startswith("(")]
            firsts = [{choice.split(" ")[0] for choice in _alternatives(slot, groups)} for slot in needed]
            rarest = max(firsts, key=lambda choices: (min(map(len, choices)), -len(choices)), default=set())
            for word in rarest:
                found.setdefault(word, []).append([slot for slot in firsts if slot is not rarest])
    return found


def may_match(language: str, family: str, said: Sequence[str]) -> bool:
    """Whether a reply of these words has one for every slot of some pattern: without, none can match."""
    needed = _needed(language, family)
    for word in said:
        for slots in needed.get(word, ()):
            for slot in slots:
                if slot.isdisjoint(said):
                    break
            else:
                return True
    return False


def alarms(languages: Iterable[str], *families: str) -> frozenset[str]:
    """The words of `alarm` in any of `languages` and `families`: most replies have none."""
    return frozenset().union(*(alarm(language, family) for language in languages for family in families))


@cache
def stopping() -> dict[str, frozenset[str]]:
    """Words of which every reply has one that patterns of stopping match, or that has a word of stopping and one of
    texting, in any spelling: of each language."""
    found: dict[str, frozenset[str]] = {}
    for language in languages():
        needed = alarm(language, "stop") | pair_heads(language)[0]
        shorthand = {short for short, word in words(language).short.items() if word in needed}
        found[language] = needed | shorthand
    return found


@cache
def said_in_patterns(language: str) -> frozenset[str]:
    """Every word that the patterns of stopping of a language have."""
    own = words(language)
    groups = dict(own.groups)
    return frozenset(
        word
        for name, text in own.patterns.items()
        if name.startswith("stop.")
        for row in phrases(text.replace("\n", " "))
        for slot in _SLOTS.findall(row)
        if slot != "~"
        for choice in _alternatives(slot.strip("()"), groups)
        for word in choice.split(" ")
    )


@cache
def pair(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The groups `sign_stop` and `sign_texts` of a language: a short reply with one of each may be a wish to stop."""
    groups = dict(words(language).groups)
    first, second = (frozenset(_alternatives(groups.get(name, ""), groups)) for name in ("sign_stop", "sign_texts"))
    return first, second


@cache
def pair_heads(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The first words of both groups of `pair`."""
    first, second = (frozenset(sign.split(" ")[0] for sign in signs) for signs in pair(language))
    return first, second


@cache
def texts(language: str) -> tuple[str, ...]:
    """The group `texts`, each with a space after it: what we send."""
    groups = dict(words(language).groups)
    return tuple(f"{one} " for one in _alternatives(groups.get("texts", ""), groups))


@cache
def others(language: str) -> tuple[str, ...]:
    """The group `others`: who else may be asked to stop, right after a pattern: "que no me molesten los vecinos"."""
    groups = dict(words(language).groups)
    return tuple(f"{one} " for one in _alternatives(groups.get("others", ""), groups))


@cache
def habits(language: str) -> frozenset[str]:
    """The group `habits`: what people quit, beside a weak sign of stopping: "arrêter de fumer" is no wish to be left alone."""
    groups = dict(words(language).groups)
    return frozenset(_alternatives(groups.get("habits", ""), groups))


@cache
def mistakes(language: str) -> tuple[str, ...]:
    """The group `mistake`: words of a clause that tells of a wrong answer, beside the wish to go back."""
    groups = dict(words(language).groups)
    return tuple(_alternatives(groups.get("mistake", ""), groups))


#: Parts of the day that a group such as `asked_morning` hints at.
_ASKED_PARTS = ("morning", "noon", "afternoon", "evening")


@cache
def asked_parts(language: str) -> dict[str, tuple[str, ...]]:
    """The groups `asked_morning` … `asked_evening`: words of a question that say of which part of the day it asks."""
    groups = dict(words(language).groups)
    return {part: tuple(_alternatives(groups.get(f"asked_{part}", ""), groups)) for part in _ASKED_PARTS}


@cache
def contraries(language: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The groups `is_light` and `not_light` …: for each matter what says that it is so, and what says the contrary."""
    groups = dict(words(language).groups)
    return {
        name.removeprefix("is_"): (
            tuple(_alternatives(text, groups)),
            tuple(_alternatives(groups.get(f"not_{name.removeprefix('is_')}", ""), groups)),
        )
        for name, text in groups.items()
        if name.startswith("is_")
    }


@cache
def asked_matters(language: str) -> dict[str, tuple[str, ...]]:
    """The groups `asks_owned` …: words by which a question asks of a matter, and that answer nothing themselves: "the owner"."""
    groups = dict(words(language).groups)
    return {
        name.removeprefix("asks_"): tuple(_alternatives(text, groups))
        for name, text in groups.items()
        if name.startswith("asks_")
    }
