"""Which keys stand where in a flow file; the schema for editors lists the same, and a test holds the two together."""

from __future__ import annotations

from typing import Final, get_args

from flows.definition import Outcome, QuestionKind, Scope

KINDS: Final[tuple[str, ...]] = get_args(QuestionKind)
OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)
SCOPES: Final[tuple[str, ...]] = get_args(Scope)

FLOW: Final = ("flow", "title", "languages", "expires", "reminders", "start", "states")
STATE: Final = (
    "say",
    "otherwise",
    "with",
    "set",
    "tags",
    "subscribe",
    "unsubscribe",
    "notify",
    "hand_over",
    "ask",
    "call",
    "split",
    "next",
    "end",
)
QUESTION: Final = ("text", "save", "optional", "tries", "invalid", "sensitive", "confirm", "skip_if", "on")
OF_KIND: Final = {
    "choice": ("options", "other"),
    "choices": ("options", "other", "min", "max"),
    "number": ("range", "integer", "unit"),
    "scale": ("range", "labels"),
    "date": ("range",),
    "text": ("max_length",),
}
OPTION: Final = ("label", "accept")
RULE: Final = ("when", "go")
TAGS: Final = ("add", "remove")
ON: Final = ("give_up", "timeout")
GIVE_UP: Final = ("go",)
TIMEOUT: Final = ("after", "go")

#: Every key that flows have, wherever it stands.
ALL: Final = frozenset(
    (
        *FLOW,
        *STATE,
        *QUESTION,
        *OPTION,
        *RULE,
        *TAGS,
        *ON,
        *GIVE_UP,
        *TIMEOUT,
        *(key for of in OF_KIND.values() for key in of),
    )
)

#: What else people write for a kind of question, and what it is called here.
KIND_ALIASES: Final = {
    "yes_no": "yesno",
    "boolean": "yesno",
    "bool": "yesno",
    "multiple_choice": "choice",
    "select": "choice",
    "select_one": "choice",
    "single_choice": "choice",
    "select_multiple": "choices",
    "checkbox": "choices",
    "checkboxes": "choices",
    "multi": "choices",
    "integer": "number",
    "int": "number",
    "decimal": "number",
    "float": "number",
    "rating": "scale",
    "likert": "scale",
    "stars": "scale",
    "open": "text",
    "string": "text",
    "words": "text",
    "free_text": "text",
    "tel": "phone",
    "telephone": "phone",
    "postcode": "postal_code",
    "postal": "postal_code",
    "zip": "postal_code",
    "mail": "email",
    "image": "photo",
    "picture": "photo",
    "media": "photo",
    "gps": "location",
    "geopoint": "location",
    "place": "location",
    "day": "date",
    "hour": "time",
}


def of_state(kind: str | None) -> tuple[str, ...]:
    """The keys that a state may have: with a question of `kind`, or (None) without one."""
    return STATE if kind is None else (*STATE, *QUESTION, *OF_KIND.get(kind, ()))


def kinds_with(key: str) -> tuple[str, ...]:
    """The kinds of question that have a key: `range` -> number, scale, date."""
    return tuple(kind for kind, keys in OF_KIND.items() if key in keys)
