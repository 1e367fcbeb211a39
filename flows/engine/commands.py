"""The commands that a resident can give at any point of a run."""

from __future__ import annotations

from flows.effects import CommandGiven, LanguageChanged, RunEnded
from flows.engine.prompts import ask, prompt
from flows.engine.speech import in_words, language_name, language_names, say, side_by_side, speak
from flows.engine.states import hand_over
from flows.engine.walk import Walk
from flows.replies.reading import Reading


def give(walk: Walk, reading: Reading) -> None:
    """Carries out the command of a reading while a question is open."""
    match reading.command:
        case "stop":
            stop(walk)
        case "help" | "start" as command:
            walk.effects.append(CommandGiven(command, walk.raw))
            repeat(walk)
        case "person":
            walk.effects.append(CommandGiven("person", walk.raw))
            _promise_a_person(walk)
            hand_over(walk)
        case "back":
            _back(walk)
        case "language":
            _switch_language(walk, reading.value)
        case _:
            repeat(walk)


def give_handed_over(walk: Walk, reading: Reading) -> None:
    """While a person answers, only what must always work: STOP, HELP and START."""
    match reading.command:
        case "stop":
            stop(walk)
        case "help" | "start" as command:
            walk.effects.append(CommandGiven(command, walk.raw))
        case _:
            pass


def stop(walk: Walk) -> None:
    """The resident wants no more of this."""
    walk.effects.append(CommandGiven("stop", walk.raw))
    walk.end(RunEnded("stopped"))


def repeat(walk: Walk) -> None:
    """Says the open question again; what was half answered is asked from the start."""
    walk.pending = None
    ask(walk, walk.open_state)


def _promise_a_person(walk: Walk) -> None:
    named = walk.context.community.get("name")
    community = named if isinstance(named, str) and named else next(iter(walk.root.title.values()), walk.root.name)
    if walk.context.back_by:
        say(walk, speak(walk, "person_by", community=community, by=walk.context.back_by))
    else:
        say(walk, speak(walk, "person", community=community))


def _back(walk: Walk) -> None:
    """Asks the question before again, wherever in the calls it was asked; its next answer replaces the one it has."""
    before = walk.asked[:-1]
    if not before or not walk.stand_at(before[-1]):
        say(walk, speak(walk, "back_nothing"))
        return repeat(walk)
    walk.asked = before
    walk.visit += 1
    walk.tried = 0
    walk.reminded = 0
    walk.pending = None
    walk.prompted_at = walk.now
    state = walk.open_state
    text, buttons = prompt(walk, state)
    parts = [speak(walk, "back", question=text), _said_before(walk)]
    say(walk, "\n".join(parts) if "\n" in text else side_by_side(*parts), "prompt", buttons)
    return None


def _said_before(walk: Walk) -> str:
    state = walk.open_state
    key = walk.question_key(state)
    value = walk.answers.get(key)
    if value is None or state.ask is None or state.ask.kind == "photo":
        return speak(walk, "back_again" if value is not None else "back_skipped")
    other = walk.answers.get(f"{key}_other")
    return speak(walk, "back_said", said=in_words(walk, state.ask, value, other if isinstance(other, str) else None))


def _switch_language(walk: Walk, wanted: object) -> None:
    language = _of_flow(walk, wanted) if isinstance(wanted, str) else None
    if language is None:
        key = "language_missing" if wanted else "language_choices"
        walk.pending = {"kind": "language"}
        say(walk, speak(walk, key, languages=language_names(walk.root)), "reprompt")
        return
    if language != walk.language:
        walk.language = language
        walk.effects.append(LanguageChanged(language))
    say(walk, speak(walk, "language_changed", language=language_name(language)))
    repeat(walk)


def _of_flow(walk: Walk, wanted: str) -> str | None:
    """The language of the flow that was asked for: `fr` finds `fr_CA`, and the other way round."""
    if wanted in walk.root.languages:
        return wanted
    base = wanted.replace("-", "_").split("_")[0]
    return next((tag for tag in walk.root.languages if tag.split("_")[0] == base), None)
