"""Checks of length: prompts that take more than one message, with the letters that make them so expensive."""

from __future__ import annotations

import unicodedata

from flows.checks.review import Review
from flows.definition import State
from flows.engine.prompts import option_lines
from flows.engine.speech import label_of, phrase
from flows.patterns import Placeholder
from flows.segments import ONE_MESSAGE, fits_one_message, lighten, segment
from flows.texts import nearest, sample

#: What stands in for a value whose length nobody knows yet, by the name of its placeholder.
_SAMPLES = {"community": "Shore Road Neighbours", "campaign": "spring survey", "name": "Marie-Claire"}
_ANY = "neighbourhood"
#: The longest text that Twilio takes (error 21617), after which nothing is sent at all.
LONGEST = 1_600


def look(review: Review) -> None:
    """Notes what is too long for one message, language by language."""
    for state in review.flow.states.values():
        for language in review.flow.languages:
            _measure(review, state, language)
    for said in review.texts:
        for language, pattern in said.text.items():
            if len(pattern) > LONGEST:
                review.error(
                    "text-too-long",
                    said,
                    f"{said.what} in {language} has {len(pattern):,} characters; {LONGEST:,} is the most that can be sent.",
                    "Cut it, or say it in several messages.",
                )


def _measure(review: Review, state: State, language: str) -> None:
    """The message that a state sends on entry, counted as it leaves: in light letters, with sample values."""
    if not any(text is not None and language in text for text in (state.say, state.ask.text if state.ask else None)):
        return
    message = lighten(spoken(review, state, language))
    if fits_one_message(message):
        return
    counted = segment(message)
    at = f"{state.name}:text" if state.ask is not None else f"{state.name}:say"
    room = ONE_MESSAGE[counted.encoding]
    units = counted.characters if counted.encoding == "GSM-7" else len(message.encode("utf-16-le", "replace")) // 2
    told = f"State {state.name}: its message in {language} has {units} characters; {room} fit in one"
    if counted.encoding == "UCS-2":
        told += f" with {_letters(counted.culprits)} in it" if _few(counted.culprits) else " in this script"
    if counted.segments > 1:
        told += f". It is paid as {counted.segments}"
    fix = "Cut it"
    if counted.encoding == "UCS-2" and _few(counted.culprits):
        saved = ONE_MESSAGE["GSM-7"] if units <= ONE_MESSAGE["GSM-7"] else None
        fix = f"Write it without {_letters(counted.culprits)}" + (f": then {saved} fit" if saved else ", and cut it")
    review.warning("long-prompt", at, f"{told}.", f"{fix}.")


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
