"""From a reading to an answer: accepted, said back first, passed, tried again, or put before a person."""

from __future__ import annotations

from dataclasses import dataclass

from flows.definition import State
from flows.effects import Answered, Button, GaveUp, MayWantToStop, Misunderstood, Value
from flows.engine import commands
from flows.engine.hints import hint, no_skipping
from flows.engine.prompts import buttons_of, numbered, option_keys
from flows.engine.reading import passes
from flows.engine.speech import in_words, say, speak
from flows.engine.states import enter, go_on, hand_over
from flows.engine.walk import Walk
from flows.replies.reading import Reading

_YES, _NO = "yes", "no"
#: Answers that are not said back: a picture cannot be, and a place means nothing in numbers.
_NOT_SAID_BACK = ("photo", "location")


#: Kinds of question that one reply may seem to answer twice.
_ONE_OF_SEVERAL = ("choice", "date", "time", "phone", "postal_code", "email")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on its way: what was understood, and the message that it came from."""

    value: Value
    raw: str
    other: str | None = None
    also: tuple[str, ...] = ()

    def waiting(self, kind: str) -> dict[str, Value]:
        """It as the `pending` of a run."""
        return {"kind": kind, "value": self.value, "raw": self.raw, "other": self.other, "also": list(self.also)}

    @staticmethod
    def waited(pending: dict[str, Value]) -> Answer:
        """The answer that `waiting` has put away."""
        raw, other, also = pending.get("raw"), pending.get("other"), pending.get("also")
        named = tuple(str(key) for key in also) if isinstance(also, list) else ()
        return Answer(pending.get("value"), str(raw or ""), other if isinstance(other, str) else None, named)


def take(walk: Walk, state: State, reading: Reading, *, media: bool = False) -> None:
    """Does what a reading of the open question asks for."""
    match reading.outcome:
        case "command":
            commands.give(walk, reading)
        case "skipped":
            skip(walk, state)
        case "unclear" if passes(walk, state):
            try_again(walk, state, no_skipping(walk, state))
        case "answered" if reading.unsure_stop:
            _put_before_a_person(walk, Answer(reading.value, walk.raw, reading.other))
        case "answered":
            consider(walk, state, Answer(reading.value, walk.raw, reading.other))
        case _ if reading.unsure_stop:
            _put_before_a_person(walk, None)
        case _ if len(reading.between) > 1 and state.ask is not None and state.ask.kind in _ONE_OF_SEVERAL:
            ask_which(walk, state, reading.between)
        case _ if reading.suggestion is not None and state.ask is not None and state.ask.kind != "yesno":
            ask_whether(walk, state, reading.suggestion)
        case _:
            try_again(walk, state, hint(walk, state, reading.reason, words_only=media and reading.value is None))


def consider(walk: Walk, state: State, answer: Answer) -> None:
    """Accepts an answer, after what it still lacks: the words behind "something else", a yes to what was understood."""
    if _lacks_words(state, answer):
        walk.pending = answer.waiting("other")
        return say(walk, speak(walk, "other_words"), "reprompt")
    return settle(walk, state, answer)


def settle(walk: Walk, state: State, answer: Answer) -> None:
    """Accepts a whole answer, after a yes to what was understood where the question wants one."""
    if state.ask is not None and state.ask.confirm and state.ask.kind not in _NOT_SAID_BACK:
        return confirm(walk, state, answer)
    return accept(walk, state, answer)


def _lacks_words(state: State, answer: Answer) -> bool:
    """Whether "something else" was picked without saying what, and the flow does not ask that itself."""
    if state.ask is None or not state.ask.other or answer.other:
        return False
    picked = answer.value if isinstance(answer.value, list) else [answer.value]
    asked_by_flow = any(rule.when is not None and "other" in rule.when.source for rule in state.next)
    return "other" in picked and not asked_by_flow


def confirm(walk: Walk, state: State, answer: Answer, key: str = "confirm") -> None:
    """Says back what was understood and asks whether it is right."""
    if state.ask is None:
        return
    walk.pending = answer.waiting("confirm")
    words = in_words(walk, state.ask, answer.value, answer.other)
    say(walk, speak(walk, key, value=words), "reprompt", yes_or_no(walk))


def accept(walk: Walk, state: State, answer: Answer) -> None:
    """Keeps the answer and goes on."""
    question = state.ask
    if question is None:
        return
    key = walk.question_key(state)
    walk.answers[key] = answer.value
    walk.answers.pop(f"{key}_other", None)
    walk.answers.pop(f"{key}_also", None)
    if answer.other:
        walk.answers[f"{key}_other"] = answer.other
    if answer.also:
        walk.answers[f"{key}_also"] = list(answer.also)
    where = walk.path(state.name)
    walk.effects.append(Answered(key, answer.value, answer.raw, where, answer.other, question.sensitive, answer.also))
    _close(walk)
    go_on(walk)


def skip(walk: Walk, state: State) -> None:
    """The resident passes the question: it goes on where the flow lets it."""
    if state.ask is not None and state.ask.optional:
        accept(walk, state, Answer(None, walk.raw))
    else:
        try_again(walk, state, no_skipping(walk, state))


def try_again(
    walk: Walk,
    state: State,
    text: str,
    buttons: tuple[Button, ...] | None = None,
    pending: dict[str, Value] | None = None,
) -> None:
    """Says the re-prompt, unless this was the last try of the question."""
    question = state.ask
    if question is None:
        return None
    key = walk.question_key(state)
    walk.tried += 1
    walk.effects.append(Misunderstood(key, walk.raw, walk.tried))
    if walk.tried >= question.tries:
        return _give_up(walk, state, key)
    walk.pending = pending
    if buttons is None:
        buttons = buttons_of(walk, question) if walk.context.buttons else ()
    return say(walk, text, "reprompt", buttons)


def _give_up(walk: Walk, state: State, key: str) -> None:
    """Lets the question go: an answer that it had before BACK stays; a coordinator sees what was sent."""
    walk.effects.append(GaveUp(key, walk.raw))
    walk.answers.setdefault(key, None)
    _close(walk)
    if state.give_up is not None:
        return enter(walk, state.give_up)
    say(walk, speak(walk, "gave_up"))
    return go_on(walk)


def ask_whether(walk: Walk, state: State, suggestion: Value) -> None:
    """Asks whether the likely answer is meant."""
    if state.ask is None:
        return
    words = in_words(walk, state.ask, suggestion)
    answer = Answer(suggestion, walk.raw)
    try_again(walk, state, speak(walk, "did_you_mean", value=words), yes_or_no(walk), answer.waiting("suggest"))


def ask_which(walk: Walk, state: State, named: tuple[str, ...]) -> None:
    """One reply named several options, or could be several days: asks which."""
    question = state.ask
    if question is None:
        return None
    walk.pending = {"kind": "between", "options": list(named), "raw": walk.raw}
    lines = which_lines(walk, state, named)
    buttons = which_buttons(walk, state, named)
    if len(lines) > 2:
        key = "which_first_of" if question.kind == "choice" else "which_again"
        return say(walk, speak(walk, key, options="\n".join(lines)), "reprompt", buttons)
    if question.kind == "date":
        return say(walk, speak(walk, "which_day", first=named[0], second=named[-1]), "reprompt", buttons)
    key = "which_first" if question.kind == "choice" else "which_one"
    return say(walk, speak(walk, key, first=lines[0], second=lines[-1]), "reprompt", buttons)


def which_lines(walk: Walk, state: State, named: tuple[str, ...]) -> list[str]:
    """What was named, in words: options under the numbers that the question gave them."""
    question = state.ask
    if question is None:
        return []
    if question.kind != "choice":
        return [in_words(walk, question, value) for value in named]
    numbers = {key: number for number, key in enumerate(option_keys(question), 1)}
    phrases, language = walk.context.phrases, walk.language
    return [numbered(numbers.get(key, 0), in_words(walk, question, key), language, phrases) for key in named]


def which_buttons(walk: Walk, state: State, named: tuple[str, ...]) -> tuple[Button, ...]:
    """A button for each of them."""
    if state.ask is None or not walk.context.buttons:
        return ()
    return tuple(Button(key, in_words(walk, state.ask, key)) for key in named)


def yes_or_no(walk: Walk) -> tuple[Button, ...]:
    """The buttons of a question that we ask back."""
    if not walk.context.buttons:
        return ()
    return Button(_YES, speak(walk, _YES)), Button(_NO, speak(walk, _NO))


def _put_before_a_person(walk: Walk, answer: Answer | None) -> None:
    """Says nothing more until a person has looked; an answer is kept for then."""
    walk.pending = answer.waiting("held") if answer is not None else None
    walk.effects.append(MayWantToStop(walk.raw))
    hand_over(walk)


def _close(walk: Walk) -> None:
    walk.prompted_at = None
    walk.pending = None
    walk.tried = 0
    walk.reminded = 0
