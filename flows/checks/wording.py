"""Checks of texts in their languages: translations, placeholders, plurals, and values that may be missing."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from flows import patterns
from flows.checks.review import Review, Said
from flows.conditions import ConditionError, compiled
from flows.definition import State
from flows.loader.draft import nearest
from flows.texts import FALLBACKS, check_pattern, placeholders

#: What every participant and community has.
ALWAYS = frozenset({"community", "community.name", "participant.language", "participant.tags", "language", "visits"})
#: Names that a text may say by themselves, without `with`.
KNOWN = frozenset({"community", "campaign", "name", "language", "contact", "answered", "options"})
#: What is there whenever the flow is sent by a campaign, as it mostly is: nobody has to provide for its lack.
MOSTLY = frozenset({"campaign", "campaign.name", "campaign.answered"})


def look(review: Review) -> None:
    """Notes what is wrong with the flow's texts, language by language."""
    for said in review.texts:
        _translations(review, said)
        _same_placeholders(review, said)
        _plurals(review, said)
    _missing(review)
    for said in review.labels:
        if any(placeholders(pattern) for pattern in said.text.values()):
            review.error(
                "placeholder-in-label",
                said,
                f"{said.what} has a placeholder; labels and titles are said as they stand.",
                "Write it without, or put the placeholder in the question's text.",
            )
    for state in review.flow.states.values():
        _values(review, state, [said for said in review.texts if said.state is state])


def _translations(review: Review, said: Said) -> None:
    flow = review.flow
    first = flow.languages[0]
    for language in flow.languages[1:]:
        translated = review.catalogue(flow.name, said.context, said.text[first], language) if review.catalogue else None
        wrong = check_pattern(translated, language) if translated else None
        if wrong is not None:
            review.error(
                "bad-translation",
                said,
                f"{said.what}: its {language} translation cannot be used: {wrong}.",
                f"Mend it in the {language} catalogue.",
            )


def _missing(review: Review) -> None:
    """One warning a language, with the lines of the texts that it lacks. `notify` is read by coordinators."""
    wanted = [said for said in review.texts if said.kind not in ("title", "notify")]
    first = review.flow.languages[0]
    for language in review.flow.languages[1:]:
        lacking = [said for said in wanted if language not in said.text]
        if not lacking:
            continue
        stands_in = next(tag for tag in (*FALLBACKS.get(language, ()), first) if tag in lacking[0].text)
        if len(lacking) == 1:
            told = f"{lacking[0].what} has no {language}"
        elif len(lacking) == len(wanted):
            told = f"None of the {len(wanted)} texts is in {language}"
        else:
            lines = list(dict.fromkeys(str(review.place(said)[0]) for said in lacking))
            shown = ", ".join(lines[:12]) + (", …" if len(lines) > 12 else "")
            told = f"{len(lacking)} of {len(wanted)} texts have no {language} (lines {shown})"
        review.warning(
            "missing-translation",
            lacking[0],
            f"{told}: residents who read {language} get {stands_in} there.",
            f"Write them as {{{first}: …, {language}: …}}, translate them in the catalogue, or take {language} out of languages.",
        )


def _same_placeholders(review: Review, said: Said) -> None:
    first = review.flow.languages[0]
    wanted = placeholders(said.text[first])
    for language, pattern in said.text.items():
        found = placeholders(pattern)
        if found == wanted:
            continue
        surplus = ", ".join(f"{{{name}}}" for name in sorted(found - wanted))
        lacking = ", ".join(f"{{{name}}}" for name in sorted(wanted - found))
        told = " and ".join(
            part
            for part in (f"has {surplus}, which {first} has not" * bool(surplus), f"lacks {lacking}" * bool(lacking))
            if part
        )
        review.error(
            "placeholders-differ",
            said,
            f"{said.what}: the text in {language} {told}.",
            f"Use the same placeholders as in {first}, with the same names: they are not translated.",
        )


#: Languages whose "many" is for millions alone, where the words of "other" do.
_MILLIONS = frozenset({"ca", "es", "fr", "it", "lld", "pt", "scn", "vec"})
#: A branch for one number does for the category that has no other number.
_EXACT = {"=0": "zero", "=1": "one", "=2": "two"}


@lru_cache(maxsize=64)
def plural_categories(language: str) -> frozenset[str]:
    """The plural categories that CLDR has for whole numbers of a language; {"other"} for one that it does not know."""
    try:
        categories = frozenset(Locale.parse(language).plural_form.tags) | {"other"}
    except (UnknownLocaleError, ValueError):
        return frozenset({"other"})
    return categories - {"many"} if language.partition("_")[0] in _MILLIONS else categories


def _plurals(review: Review, said: Said) -> None:
    for language, pattern in said.text.items():
        for found in patterns.read(pattern):
            if found.kind != "plural":
                continue
            there = {*found.branches, *(_EXACT.get(branch, branch) for branch in found.branches)}
            missing = sorted(plural_categories(language) - there)
            if missing:
                review.warning(
                    "plural-branches",
                    said,
                    f"{said.what}: the plural {{{found.name}, …}} in {language} has no {' and no '.join(missing)}.",
                    f"Add {' '.join(f'{category} {{# …}}' for category in missing)}: {language} has a form of its own there.",
                )


def _values(review: Review, state: State, texts: list[Said]) -> None:
    """Each placeholder has a value that is always there, or the state has an `otherwise`."""
    used: set[str] = set()
    doubtful: dict[str, list[Said]] = defaultdict(list)
    sure = True
    for said in texts:
        names = frozenset[str]().union(*(placeholders(pattern) for pattern in said.text.values()))
        used |= names
        if said in review.labels:
            continue
        for name in sorted(names):
            certainty = _certainty(state, name, said)
            sure = sure and certainty == 2
            if certainty == 0:
                doubtful[name].append(said)
    for name, saids in doubtful.items():
        for said in saids:
            if said.kind == "otherwise":
                review.error(
                    "otherwise-needs-value",
                    said,
                    f"{said.what} is for when a value is missing, and needs {{{name}}} itself.",
                    f"Write it without {{{name}}}.",
                )
            elif state.otherwise is None:
                review.error("value-may-be-missing", said, *_missing_value(review, state, name, said))
    if state.otherwise is not None:
        _misspelt(review, state, texts)
    for name in state.with_values:
        if name not in used:
            review.warning(
                "unused-value",
                f"{state.name}:with",
                f"State {state.name}: with has {name}, and no text of the state says {{{name}}}.",
                _unused_fix(name, used),
            )
    if state.otherwise is not None and sure:
        review.warning(
            "unused-otherwise",
            f"{state.name}:otherwise",
            f"State {state.name}: otherwise is never used, because no value of its texts can be missing.",
            "Take it out.",
        )


def _misspelt(review: Review, state: State, texts: list[Said]) -> None:
    """A placeholder that is nearly a known one goes unnoticed where `otherwise` stands in for it."""
    first = review.flow.languages[0]
    known = {*state.with_values, *KNOWN}
    for said in texts:
        for name in sorted(placeholders(said.text[first]) - known):
            close = nearest(name, known, likeness=80)
            if close is not None:
                review.warning(
                    "misspelt-placeholder",
                    said,
                    f"{said.what} says {{{name}}}, which looks like a slip: otherwise would always be used.",
                    f"Did you mean {{{close}}}? If participants have such an attribute, write {{participant.{name}}}.",
                )


def _unused_fix(name: str, used: set[str]) -> str:
    close = nearest(name, used)
    return f"Did you mean it to be {{{close}}}?" if close else "Take it out, or say it."


def _certainty(state: State, name: str, said: Said) -> int:
    """How sure the value of a placeholder is: 2 always there, 1 mostly, 0 it may be missing."""
    if name == "options":
        return 2 if said.kind == "text" and state.ask is not None and state.ask.options else 0
    if name in state.with_values:
        return _certainty_of(state.with_values[name].source)
    return 2 if name in ALWAYS else int(name in MOSTLY)


def _certainty_of(source: str) -> int:
    """How sure an expression's value is. One that asks (`has(…)`, `!= null`) before it reads is taken at its word."""
    try:
        paths = compiled(source).paths
    except ConditionError:
        return 0
    if "has(" in source.replace(" ", "") or "!= null" in source:
        return 2
    if all(path in ALWAYS for path in paths):
        return 2
    return int(all(path in ALWAYS or path in MOSTLY for path in paths))


def _missing_value(review: Review, state: State, name: str, said: Said) -> tuple[str, str]:
    questions = {each.ask.save for each in review.flow.states.values() if each.ask is not None}
    if name == "options":
        return (
            f"{said.what} says {{options}}, which only the text of a choice has.",
            "Take it out; the options follow the question by themselves.",
        )
    if name in questions and name not in state.with_values:
        return (
            f"{said.what} says {{{name}}}, which is an answer; texts say answers by way of with.",
            f"Add with: {{{name}: answers.{name}}}, and otherwise: … for when it was skipped.",
        )
    close = nearest(name, [*state.with_values, "community", "campaign"])
    if close and name not in state.with_values and close != name:
        return (
            f"{said.what} says {{{name}}}, which may be missing.",
            f"Did you mean {{{close}}}? Or add otherwise: … without it.",
        )
    return (
        f"{said.what} says {{{name}}}, which not everybody has.",
        "Add otherwise: … to the state: the text to use when it is missing.",
    )
