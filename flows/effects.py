"""What a step wants done or has found out: facts in the past tense and wishes, all frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: An answer's value: option key(s), a number, a truth, an ISO date or time, text, a [latitude, longitude], or None (skipped).
Value = str | int | float | bool | list[str] | list[float] | None


@dataclass(frozen=True, slots=True)
class Button:
    """A tap instead of typing, on channels that have buttons. `key` comes back in `Replied.button`."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Say:
    """Text to send to the resident, already in their language: `Say("Thank you.", kind="say")`.

    `visit` numbers the question that is open after it (0: none), so that a button of an old prompt can be told apart.
    """

    text: str
    kind: Literal["say", "prompt", "reprompt", "reminder"] = "say"
    buttons: tuple[Button, ...] = ()
    visit: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question was answered or skipped (`value` None). `question` is the save name, `about.age` inside a subflow.

    `other` has the words given for "something else"; `raw` what the resident sent, to the letter; `also` the options
    named together with this one where one was asked for. A later one for the same question replaces it: the
    resident went BACK, or went on with an open answer.
    """

    question: str
    value: Value
    raw: str
    state: str
    other: str | None = None
    sensitive: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A reply that was not understood; `tried` counts this visit's tries, this one included."""

    question: str
    raw: str
    tried: int


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The last try of a question failed; a coordinator should see `raw`."""

    question: str
    raw: str


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """A participant's attribute got a value: `AttributeSet("area", "north end")`."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class TagAdded:
    """The participant got a tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class TagRemoved:
    """The participant lost a tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The participant agreed to a scope of consent, with the wording that they answered to."""

    scope: Literal["surveys", "updates"]
    wording: str
    raw: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The participant withdrew one scope of consent."""

    scope: Literal["surveys", "updates"]
    raw: str


@dataclass(frozen=True, slots=True)
class LanguageChanged:
    """The participant asked for another language, a tag of the flow's: `LanguageChanged("fr")`."""

    language: str


@dataclass(frozen=True, slots=True)
class Notified:
    """Coordinators are to be told `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """From here on a person answers; the run waits for `Resumed`."""


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """The resident gave a command that the conversation, not the flow, carries out. `raw` is their message.

    `stop` ends the run (a `RunEnded("stopped")` follows), and the one confirmation is the conversation's to send.
    `person` is followed by the `Say` that promises one and by `HandedOver`. After `help` and `start`, whose texts are
    the conversation's too, the prompt is repeated by a `Say` that follows.
    """

    command: Literal["stop", "start", "help", "person"]
    raw: str


@dataclass(frozen=True, slots=True)
class MayWantToStop:
    """What the resident sent may be a wish to be left alone, and may be an answer: a person is to look.

    The run is handed over (a `HandedOver` follows) and says nothing until `Resumed`; an answer in it is kept till then.
    """

    raw: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over. Its answers stay."""

    outcome: Literal["completed", "screened_out", "declined", "stopped", "expired", "cancelled", "failed"]


Effect = (
    Say
    | Answered
    | Misunderstood
    | GaveUp
    | AttributeSet
    | TagAdded
    | TagRemoved
    | Subscribed
    | Unsubscribed
    | LanguageChanged
    | Notified
    | HandedOver
    | CommandGiven
    | MayWantToStop
    | RunEnded
)
