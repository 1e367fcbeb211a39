"""The `=` lines of a script: what is so after a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flows.effects import (
    CommandGiven,
    Effect,
    GaveUp,
    MayWantToStop,
    Notified,
    Subscribed,
    Unsubscribed,
    Value,
)
from flows.run import Run

_OUTCOMES: Final = ("completed", "screened_out", "declined", "stopped", "expired", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand after a step: the run, the participant, all effects of the case so far, what this step said."""

    run: Run
    participant: Mapping[str, object]
    effects: tuple[Effect, ...]
    said: str = ""


def unlike(written: str, standing: Standing) -> str | None:
    """None if `written` is so; otherwise what is so instead. `focus: housing` is an answer's value; the other facts:

    an outcome (`completed`), `active`, `handed over`, `unsure stop`, `silence` (this step said nothing), `state: focus`, `language: fr`, `tag: spring`,
    `no tag: new`, `attribute: area north end`, `notify` or `notify: words of it`, `command: stop`, `gave up: focus`,
    `subscribed: updates`, `unsubscribed: updates`.
    """
    name, colon, wanted = (part.strip() for part in written.partition(":"))
    run = standing.run
    if colon and name in run.answers:
        return _compare(f"{name} is", run.answers[name], wanted)
    if not colon and name in _OUTCOMES:
        return None if run.outcome == name else f"the run is {run.outcome or run.status}"
    fact = _FACTS.get(name)
    if fact is not None:
        return fact(standing, wanted)
    if colon:
        known = ", ".join(run.answers) or "none yet"
        return f"there is no answer {name} (there are: {known})"
    return f'"{name}" is no fact that a transcript knows'


def _compare(what: str, value: Value | object, wanted: str) -> str | None:
    written = _written(value)
    if wanted == written or (value is None and wanted in ("null", "skipped", "")):
        return None
    return f'{what} "{written}"'


def _written(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(_written(one) for one in value)
    return str(value)


def _status(standing: Standing, wanted: str) -> str | None:
    del wanted
    return None if standing.run.status == "active" else f"the run is {standing.run.outcome or standing.run.status}"


def _handed_over(standing: Standing, wanted: str) -> str | None:
    del wanted
    return None if standing.run.status == "handed_over" else f"the run is {standing.run.status}"


def _state(standing: Standing, wanted: str) -> str | None:
    path = ".".join([*(frame.state for frame in standing.run.stack), standing.run.state or ""])
    return None if wanted in (path, standing.run.state) else f"the run is at {path}"


def _language(standing: Standing, wanted: str) -> str | None:
    return _compare("the language is", standing.run.language, wanted)


def _tag(standing: Standing, wanted: str) -> str | None:
    tags = standing.participant.get("tags")
    return None if isinstance(tags, list) and wanted in tags else f"the tags are: {_written(tags) or 'none'}"


def _no_tag(standing: Standing, wanted: str) -> str | None:
    return None if _tag(standing, wanted) is not None else f"the participant has the tag {wanted}"


def _attribute(standing: Standing, wanted: str) -> str | None:
    name, _, value = wanted.partition(" ")
    name = name.rstrip(":")
    if name not in standing.participant:
        return f"there is no attribute {name}"
    return _compare(f"{name} is", standing.participant[name], value.strip())


def _among(found: list[str], wanted: str, nothing: str) -> str | None:
    if any(wanted == one for one in found):
        return None
    return f"there was: {'; '.join(found)}" if found else nothing


def _notify(standing: Standing, wanted: str) -> str | None:
    told = [effect.text for effect in standing.effects if isinstance(effect, Notified)]
    if any(wanted in text for text in told):
        return None
    return f"coordinators were told: {'; '.join(told)}" if told else "nobody was notified"


def _command(standing: Standing, wanted: str) -> str | None:
    given = [effect.command for effect in standing.effects if isinstance(effect, CommandGiven)]
    return _among(list(given), wanted, "no command was given")


def _gave_up(standing: Standing, wanted: str) -> str | None:
    let_go = [effect.question for effect in standing.effects if isinstance(effect, GaveUp)]
    return _among(let_go, wanted, "no question was given up")


def _subscribed(standing: Standing, wanted: str) -> str | None:
    scopes = [effect.scope for effect in standing.effects if isinstance(effect, Subscribed)]
    return _among(list(scopes), wanted, "nobody subscribed")


def _unsubscribed(standing: Standing, wanted: str) -> str | None:
    scopes = [effect.scope for effect in standing.effects if isinstance(effect, Unsubscribed)]
    return _among(list(scopes), wanted, "nobody unsubscribed")


def _silence(standing: Standing, wanted: str) -> str | None:
    del wanted
    return f'"{standing.said}" was said' if standing.said else None


def _unsure_stop(standing: Standing, wanted: str) -> str | None:
    del wanted
    unsure = any(isinstance(effect, MayWantToStop) for effect in standing.effects)
    return None if unsure else "no text was doubtful"


_FACTS: dict[str, Callable[[Standing, str], str | None]] = {
    "active": _status,
    "handed over": _handed_over,
    "handed_over": _handed_over,
    "unsure stop": _unsure_stop,
    "silence": _silence,
    "state": _state,
    "language": _language,
    "tag": _tag,
    "no tag": _no_tag,
    "attribute": _attribute,
    "notify": _notify,
    "command": _command,
    "gave up": _gave_up,
    "gave_up": _gave_up,
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
}
