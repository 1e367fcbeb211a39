"""The flows that residents go through: every prompt carries its number, so that who hears it knows where they are."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

#: Flow -> its title, by which its prompts begin.
FLOWS = {"pulse": "Pulse", "street": "Street", "harbour": "Harbour"}
#: Those of the storm, and the one of the rolling restart.
STORM, ROLLING = ("pulse", "street"), "harbour"
#: Questions of each flow.
LENGTH = 10
#: After these the flow says something, and then asks on: two messages of one step on Telegram.
NOTED = (3, 7)
#: How long an unanswered prompt waits for its reminder.
REMINDER_SECONDS = 60

_KINDS = ("choice", "text", "scale", "yesno", "number", "text", "choice", "text", "scale", "text")
_OPTIONS = ("housing", "food", "jobs")
_PROMPT = re.compile(rf"\b({'|'.join(FLOWS.values())}) (\d+)/{LENGTH}:")
_NOTE = re.compile(rf"\b({'|'.join(FLOWS.values())}): (\d+) of {LENGTH} are done\.")
_THANKS = re.compile(rf"Thank you for ({'|'.join(FLOWS.values())})\.")
_NAMES = {title: name for name, title in FLOWS.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a flow, by its number from 1 on."""

    flow: str
    number: int

    @property
    def name(self) -> str:
        """What its answer is saved as."""
        return f"q{self.number}"

    @property
    def kind(self) -> str:
        """Which kind of question it is."""
        return _KINDS[self.number - 1]

    def reply(self, chance: random.Random) -> tuple[str, object]:
        """What a resident texts, and the answer that it is."""
        match self.kind:
            case "choice":
                at = chance.randrange(len(_OPTIONS))
                return chance.choice((str(at + 1), _OPTIONS[at].capitalize())), _OPTIONS[at]
            case "scale":
                number = chance.randint(1, 5)
                return str(number), number
            case "number":
                number = chance.randint(0, 40)
                return str(number), number
            case "yesno":
                yes = chance.random() < 0.5
                return ("yes" if yes else "no"), yes
        words = f"by the corner of {chance.choice(('Birch', 'Elm', 'Oak'))} and {chance.randrange(10**6):06}"
        return words, words


def heard(text: str) -> Question | str | None:
    """The question that a message asks, the flow that it thanks for, or None."""
    asked = _PROMPT.search(text)
    if asked is not None:
        return Question(_NAMES[asked[1]], int(asked[2]))
    thanked = _THANKS.search(text)
    return _NAMES[thanked[1]] if thanked is not None else None


def noted(text: str) -> Question | None:
    """The question after which a message says how far one is, where it says that."""
    found = _NOTE.search(text)
    return Question(_NAMES[found[1]], int(found[2])) if found is not None else None


def written(flow: str) -> str:
    """The flow as a file."""
    title = FLOWS[flow]
    lines = [
        f"flow: {flow}",
        f"title: {title}",
        "languages: [en]",
        f"reminders: [{REMINDER_SECONDS // 60}m]",
        "start: q1",
        "states:",
    ]
    for number, kind in enumerate(_KINDS, start=1):
        following = f"q{number + 1}" if number < LENGTH else "done"
        lines += [f"  q{number}:", f"    ask: {kind}", f'    text: "{title} {number}/{LENGTH}: {_WORDS[kind]}"']
        lines += _MORE.get(kind, [])
        if number in NOTED:
            lines += [f"    next: noted_{number}", f"  noted_{number}:"]
            lines += [f'    say: "{title}: {number} of {LENGTH} are done."']
        lines += [f"    next: {following}"]
    lines += ["  done:", f'    say: "Thank you for {title}."', "    end: completed", ""]
    return "\n".join(lines)


_WORDS = {
    "choice": "What should we work on first?",
    "text": "Where is it worst?",
    "scale": "How safe do you feel there, 1 to 5?",
    "yesno": "Would you come to a meeting?",
    "number": "How many years have you lived here?",
}
_MORE = {
    "choice": ["    options:", *(f"      {name}: {name.capitalize()}" for name in _OPTIONS)],
    "scale": ["    range: [1, 5]"],
    "number": ["    range: [0, 99]"],
}
