"""What is wrong with translations: errors that keep one from being used, and what a careful reader would object to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from bot import i18n
from bot.catalogues import LIMIT, Translatable, part_of
from flows import patterns
from flows.checks.wording import plural_categories
from flows.errors import MissingValue
from flows.segments import fits_one_message, lighten, segment
from flows.texts import check_pattern, placeholders, render

#: Numbers enough to meet every plural category that a count of people or options may have.
_COUNTS = range(1, 31)
#: The line that tells a text of a catalogue from the others; obsolete ones begin with "#~".
_CONTEXT = re.compile(rb'msgctxt\s+"(.*)"\s*$')


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a translation, where, and how to mend it. Only an `error` keeps it from being used."""

    context: str
    message: str
    fix: str
    error: bool = True


def faults(catalogue: Catalog, language: str, texts: Mapping[str, Translatable]) -> Iterator[Fault]:
    """What is wrong with the translations of a catalogue, in its order. `texts`: context -> what there is to translate.

    Flows of which `texts` says nothing (a community's own) are held against the English that stands beside each translation.
    """
    own = {message.context: message for message in of_other_flows(catalogue, texts)}
    for message in catalogue:
        english, translated, context = message.id, message.string, message.context or ""
        if not english or not translated or not isinstance(english, str) or not isinstance(translated, str):
            continue
        wanted = texts.get(context) if context not in own else _as_it_stands(message)
        if message.fuzzy:
            yield Fault(
                context, "is marked fuzzy, so it is not used.", "Look it over and take the mark off.", error=False
            )
        elif wanted is None or wanted.english != english:
            named = context or f'"{english[:40]}"'
            yield Fault(named, "has no such text any more.", "Run: soundings locale update.", error=False)
        else:
            yield from _faults_of(wanted, translated, language)


def of_other_flows(catalogue: Catalog, texts: Mapping[str, Translatable]) -> Iterator[Message]:
    """The texts of a catalogue that belong to flows of which `texts` says nothing at all."""
    spoken_of = {context.rpartition(":")[0].partition(":")[0] for context in texts}
    for message in catalogue:
        if message.id and part_of(message) not in spoken_of:
            yield message


def _as_it_stands(message: Message) -> Translatable:
    told = " ".join(message.auto_comments)
    return Translatable(message.context or "", str(message.id), limited="At most" in told)


def doubled(path: Path) -> Iterator[Fault]:
    """The texts that stand in a catalogue more than once: of their translations one would be taken, and nobody knows which."""
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        found = _CONTEXT.match(line)
        if found is not None:
            lines.setdefault(found[1].decode("utf-8", "replace"), []).append(number)
    for context, stands in lines.items():
        if len(stands) > 1:
            at = " and ".join(map(str, stands))
            yield Fault(
                context, f"stands more than once in {path.name}, in lines {at}.", "Keep the right one.", error=False
            )


def _faults_of(wanted: Translatable, translated: str, language: str) -> Iterator[Fault]:
    context = wanted.context
    wrong = check_pattern(translated, language)
    if wrong is not None:
        yield Fault(context, f"cannot be used: {wrong}.", "Mend the translation.")
        return
    if not i18n.same_values(context, wanted.english, translated):
        shown = ", ".join(f"{{{name}}}" for name in sorted(placeholders(wanted.english))) or "none"
        yield Fault(context, "has other placeholders than the English.", f"Use these, as they are spelt: {shown}.")
        return
    for found in patterns.read(translated):
        if found.kind == "plural":
            yield from _plural_faults(context, translated, language, found)
    if translated.strip() != translated:
        yield Fault(context, "begins or ends with a space.", "Take it out.", error=False)
    if wanted.limited and _too_long(translated) and not _too_long(wanted.english):
        yield Fault(context, "is long for a text message.", f"Shorten it. {LIMIT}.", error=False)


def _plural_faults(context: str, pattern: str, language: str, found: patterns.Placeholder) -> Iterator[Fault]:
    missing = plural_categories(language) - {*found.branches, *_exact(found.branches)}
    if missing:
        names = " ".join(f"{category} {{…}}" for category in sorted(missing))
        yield Fault(context, f"lacks forms of the plural {{{found.name}}}.", f"Add {names}.", error=False)
    alike = _same_for(pattern, language, found.name)
    if alike is not None:
        yield Fault(
            context,
            f"says the same for {alike[0]} and for {alike[1]}: the form is for both numbers in this language.",
            f"Write # for the number, and =1 {{…}} where only {alike[0]} is meant.",
            error=False,
        )


def _same_for(pattern: str, language: str, name: str) -> tuple[int, int] | None:
    """Two counts for which a text with a plural says the very same; None where each is told apart."""
    values: dict[str, object] = {
        found.name: {"date": date(2026, 1, 5), "number": 1, "plural": 1}.get(found.kind, "x")
        for found in patterns.read(pattern)
    }
    said: dict[str, int] = {}
    for count in _COUNTS:
        with suppress(MissingValue):
            text = render({language: pattern}, language, {**values, name: count}, fallback=language)
            if said.setdefault(text, count) != count:
                return said[text], count
    return None


def _exact(branches: Iterable[str]) -> Iterator[str]:
    names = {"=0": "zero", "=1": "one", "=2": "two"}
    return (names[branch] for branch in branches if branch in names)


def _too_long(pattern: str) -> bool:
    """Whether a text goes beyond one message, or beyond two where its letters are not those of plain SMS.

    Placeholders count as long as their names; a text with plurals is not measured.
    """
    if any(found.branches for found in patterns.read(pattern)):
        return False
    counted = segment(lighten(pattern))
    return counted.segments > 2 if counted.encoding == "UCS-2" else not fits_one_message(lighten(pattern))
