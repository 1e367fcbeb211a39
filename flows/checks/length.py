"""Checks of length: prompts that take more than one message, with the letters that make them so expensive."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from flows.checks.review import Review
from flows.definition import State
from flows.engine.prompts import option_lines
from flows.engine.speech import label_of, phrase
from flows.patterns import Placeholder
from flows.segments import ONE_MESSAGE, Encoding, fits_one_message, lighten, segment
from flows.texts import nearest, sample

#: What stands in for a value whose length nobody knows yet, by the name of its placeholder.
_SAMPLES = {"community": "Shore Road Neighbours", "campaign": "spring survey", "name": "Marie-Claire"}
_ANY = "neighbourhood"
#: The longest text that Twilio takes (error 21617), after which nothing is sent at all.
LONGEST = 1_600


@dataclass(frozen=True, slots=True)
class _Long:
    """A state whose message does not fit: `units` characters as they are charged, in `segments`."""

    state: State
    language: str
    units: int
    segments: int
    culprits: tuple[str, ...]


def look(review: Review) -> None:
    """Notes what is too long for one message, language by language."""
    states = review.flow.states.values()
    long = [
        found for state in states for language in review.flow.languages if (found := _measure(review, state, language))
    ]
    foreign = [found for found in long if found.culprits and not _few(found.culprits)]
    for found in long:
        if found not in foreign:
            _tell(review, found)
    _tell_of_scripts(review, foreign)
    for said in review.texts:
        for language, pattern in said.text.items():
            if len(pattern) > LONGEST:
                review.error(
                    "text-too-long",
                    said,
                    f"{said.what} in {language} has {len(pattern):,} characters; {LONGEST:,} is the most that can be sent.",
                    "Cut it, or say it in several messages.",
                )


def _measure(review: Review, state: State, language: str) -> _Long | None:
    """The message that a state sends on entry, counted as it leaves: in light letters, with sample values."""
    if not any(text is not None and language in text for text in (state.say, state.ask.text if state.ask else None)):
        return None
    message = lighten(spoken(review, state, language))
    if fits_one_message(message):
        return None
    counted = segment(message)
    units = counted.characters if counted.encoding == "GSM-7" else len(message.encode("utf-16-le", "replace")) // 2
    return _Long(state, language, units, counted.segments, counted.culprits)


def _tell(review: Review, found: _Long) -> None:
    """A message in the letters of SMS, or nearly."""
    encoding: Encoding = "UCS-2" if found.culprits else "GSM-7"
    letters = _letters(found.culprits)
    told = f"State {found.state.name}: its message in {found.language} has {found.units} characters; "
    told += f"{ONE_MESSAGE[encoding]} fit in one" + (f" with {letters} in it" if letters else "")
    paid = f" It is paid as {found.segments}." if found.segments > 1 else ""
    fix = "Cut it."
    if letters:
        enough = found.units <= ONE_MESSAGE["GSM-7"]
        fix = f"Write it without {letters}" + (f": then {ONE_MESSAGE['GSM-7']} fit." if enough else ", and cut it.")
    review.warning("long-prompt", _at(found.state), f"{told}.{paid}", fix)


def _tell_of_scripts(review: Review, long: list[_Long]) -> None:
    """One warning for all messages in scripts that SMS has no alphabet for: there, little can be done by choosing letters."""
    if not long:
        return
    languages = list(dict.fromkeys(found.language for found in long))
    states = list(dict.fromkeys(found.state.name for found in long))
    worst = max(long, key=lambda found: found.units)
    review.warning(
        "long-prompt",
        _at(long[0].state),
        f"In {' and '.join([', '.join(languages[:-1]), languages[-1]] if len(languages) > 1 else languages)}, "
        f"{ONE_MESSAGE['UCS-2']} characters fit in one message. {_counted(states)} "
        f"(the longest is {worst.state.name} in {worst.language}, {worst.units} characters, paid as {worst.segments}).",
        "Cut them where you can; in these scripts a message costs twice as soon.",
    )


def _counted(states: list[str]) -> str:
    named = ", ".join(states[:8]) + (", …" if len(states) > 8 else "")
    return f"The state {named} has more" if len(states) == 1 else f"{len(states)} states have more: {named}"


def _at(state: State) -> str:
    return f"{state.name}:text" if state.ask is not None else f"{state.name}:say"


def spoken(review: Review, state: State, language: str) -> str:
    """What a state says on entry, its question and options with it, values replaced by samples."""
    fallback = review.flow.languages[0]
    parts = [sample(state.say, language, fallback=fallback, words=_words)] if state.say is not None else []
    question = state.ask
    if question is not None:
        lines = "\n".join(option_lines(question, language, review.phrases, fallback))
        text = sample(
            question.text,
            language,
            fallback=fallback,
            words=lambda found: lines if found.name == "options" else _words(found),
        )
        shown = "{options" not in question.text[nearest(question.text, language, fallback) or fallback]
        if question.kind == "scale":
            text = f"{text} {_scale(review, state, language)}".strip()
        elif lines and shown:
            text = f"{text}\n{lines}"
        parts.append(text)
    return "\n".join(parts)


def _scale(review: Review, state: State, language: str) -> str:
    """What the engine adds to a scale that does not name its two ends itself."""
    question = state.ask
    if question is None or question.minimum is None or question.maximum is None:
        return ""
    low, high = int(float(question.minimum)), int(float(question.maximum))
    fallback = review.flow.languages[0]
    text = question.text[nearest(question.text, language, fallback) or fallback]
    if str(low) in text and str(high) in text:
        return ""
    if low in question.labels and high in question.labels:
        words = [label_of(question.labels[point], language, fallback) for point in (low, high)]
        ends = {"low": str(low), "low_label": words[0], "high": str(high), "high_label": words[1]}
        return phrase(review.phrases, language, "scale_ends", ends)
    return phrase(review.phrases, language, "scale_range", {"low": str(low), "high": str(high)})


def _words(found: Placeholder) -> str:
    return _SAMPLES.get(found.name.partition(".")[0], _ANY)


def _few(culprits: tuple[str, ...]) -> bool:
    """Whether a handful of letters is to blame, and not a script that SMS has no alphabet for."""
    return len(culprits) <= 6 and all(_latin_or_sign(letter) for letter in culprits)


def _latin_or_sign(cluster: str) -> bool:
    letter = cluster[0]
    return not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN")


def _letters(culprits: tuple[str, ...]) -> str:
    shown = [one if one.isprintable() and not one.isspace() else f"U+{ord(one[0]):04X}" for one in culprits]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
