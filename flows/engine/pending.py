"""The reply to what we asked back: a yes or a no, a pick among a few, the words behind "something else"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flows.definition import Option, Question, State
from flows.effects import Value
from flows.engine import commands
from flows.engine.answers import (
    Answer,
    accept,
    consider,
    settle,
    take,
    try_again,
    which_buttons,
    which_lines,
    yes_or_no,
)
from flows.engine.hints import hint
from flows.engine.prompts import ask, buttons_of
from flows.engine.reading import passes, read, read_pick, read_whole_command, read_words, read_yes_or_no
from flows.engine.speech import in_words, say, speak
from flows.engine.walk import Walk
from flows.events import Replied
from flows.replies.reading import Reading

Pending = dict[str, Value]


def resolve(walk: Walk, state: State, event: Replied, pending: Pending) -> None:
    """Takes the reply as the answer to what `pending` waits for, or as a new answer to the question itself."""
    resolver = _RESOLVERS.get(str(pending.get("kind")))
    if resolver is None:
        return take(walk, state, read(walk, _question(state), event), media=bool(event.media))
    return resolver(walk, state, event, pending)


def _yes_to_it(walk: Walk, state: State, event: Replied, pending: Pending) -> None:
    """ "… is that right?" and "Did you mean …?": a yes, a no, or another answer instead of either."""
    question = _question(state)
    waited = Answer.waited(pending)
    yes = read_yes_or_no(walk, event)
    own = yes if question.kind == "yesno" else read(walk, question, event)
    if yes.outcome == "command" or own.outcome == "command":
        return commands.give(walk, yes if yes.outcome == "command" else own)
    if yes.outcome == "answered":
        if yes.value is True:
            return accept(walk, state, waited)
        if _is_another(own, waited) and question.kind != "text" and own.value != "other":
            return take(walk, state, own)
        return _no_to_it(walk, state, pending)
    if own.outcome == "answered" and own.value == waited.value:
        return accept(walk, state, waited)
    if own.outcome != "unclear" or own.unsure_stop or own.between:
        return take(walk, state, own)
    if pending["kind"] == "suggest":
        return try_again(walk, state, hint(walk, state, own.reason))
    words = in_words(walk, question, waited.value, waited.other)
    return try_again(walk, state, speak(walk, "confirm_again", value=words), yes_or_no(walk), pending)


def _is_another(own: Reading, waited: Answer) -> bool:
    return own.outcome == "answered" and own.value != waited.value


def _no_to_it(walk: Walk, state: State, pending: Pending) -> None:
    walk.pending = None
    if pending["kind"] == "confirm":
        return ask(walk, state)
    buttons = buttons_of(walk, _question(state)) if walk.context.buttons else ()
    return say(walk, hint(walk, state), "reprompt", buttons)


def _pick(walk: Walk, state: State, event: Replied, pending: Pending) -> None:
    """ "Which one first: 1 Street lights or 2 Snow?": by the number it has in the question, by name, or "the second"."""
    question = _question(state)
    given = pending.get("options")
    named = tuple(str(key) for key in given) if isinstance(given, list) else ()
    own = read(walk, question, event)
    if own.outcome in ("command", "skipped"):
        return take(walk, state, own)
    picked = read_pick(walk, _as_options(walk, state, named), event)
    chosen = _chosen(own, picked, named)
    if chosen is None and (passes(walk, state) or (own.outcome == "answered" and picked.outcome != "answered")):
        return take(walk, state, own)
    if chosen is None:
        lines = "\n".join(which_lines(walk, state, named))
        again = speak(walk, "which_again", options=lines)
        return try_again(walk, state, again, which_buttons(walk, state, named), pending)
    also = tuple(key for key in named if key not in (chosen, "other")) if question.kind == "choice" else ()
    return consider(walk, state, Answer(chosen, f"{pending.get('raw', '')}\n{walk.raw}".strip(), own.other, also))


def _chosen(own: Reading, picked: Reading, named: tuple[str, ...]) -> str | None:
    """The option that the reply picks: read as an answer to the question, or else as one to the few just named.

    "the first" of 2 and 4 is 2 in the second way alone; where the first way finds an option that was not named,
    the two ways contradict each other, and it is asked again.
    """
    if own.outcome == "answered" and own.value in named:
        return str(own.value)
    if picked.outcome == "answered" and picked.value in named and own.outcome != "answered":
        return str(picked.value)
    return None


def _as_options(walk: Walk, state: State, named: tuple[str, ...]) -> tuple[Option, ...]:
    question = _question(state)
    own = {option.key: option for option in question.options}
    return tuple(own.get(key) or Option(key, {walk.language: in_words(walk, question, key)}) for key in named)


def _words(walk: Walk, state: State, event: Replied, pending: Pending) -> None:
    """The words behind "something else", or after all one of the options."""
    waited = Answer.waited(pending)
    if event.button is not None or walk.raw.strip().isdecimal():
        own = read(walk, _question(state), event)
        if own.outcome == "answered" and own.value != waited.value:
            return take(walk, state, own)
    words = read_words(walk)
    if words.outcome == "command" or words.unsure_stop:
        return take(walk, state, replace(words, value=waited.value, other=walk.raw))
    if words.outcome == "answered":
        return settle(walk, state, Answer(waited.value, f"{waited.raw}\n{walk.raw}", walk.raw.strip(), waited.also))
    if words.outcome == "skipped" or walk.tried + 1 >= _question(state).tries:
        return settle(walk, state, waited)
    return try_again(walk, state, speak(walk, "hint_text"), (), pending)


def _language(walk: Walk, state: State, event: Replied, pending: Pending) -> None:
    """The name of a language, or an answer to the question that was open all the while."""
    del pending
    walk.pending = None
    command = read_whole_command(walk)
    if command.outcome == "command":
        return commands.give(walk, command)
    return take(walk, state, read(walk, _question(state), event), media=bool(event.media))


def _question(state: State) -> Question:
    return state.ask or _NO_QUESTION


_NO_QUESTION = Question("text", {})
_RESOLVERS: dict[str, Callable[[Walk, State, Replied, Pending], None]] = {
    "confirm": _yes_to_it,
    "suggest": _yes_to_it,
    "between": _pick,
    "other": _words,
    "language": _language,
}
