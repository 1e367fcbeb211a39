"""What the engine may know besides the run: the participant, their community, the campaign, the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from flows.definition import Text

_NOTHING: Mapping[str, object] = MappingProxyType({})
_NO_PHRASES: Mapping[str, Text] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may know. Values are plain JSON; expressions and texts read them as `participant.X` and so on.

    `participant`: the attributes, plus `name`, `language`, `tags`. `community`: `name`, `contact` and its other public
    fields. `campaign`: `name`, `answered` (how many completed it so far) and its other public fields.
    `zone`: IANA name of the participant's time zone, in which the `d` of time spans counts days.
    `channel`: "sms", "telegram" or "simulator"; `buttons`: it shows buttons. `region`: for telephone numbers.
    `phrases`: key of `flows.phrases.PHRASES` -> language -> pattern; what is missing is said in English.
    `reminders`: replace the flow's, where a campaign has its own; None leaves the flow's.
    `back_by`: by when a person answers, in the participant's language ("tomorrow noon"); None where nobody has said.
    """

    participant: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    community: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    campaign: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    zone: str = "America/Halifax"
    channel: str = "sms"
    region: str = "CA"
    buttons: bool = False
    phrases: Mapping[str, Text] = field(default_factory=lambda: _NO_PHRASES)
    reminders: tuple[timedelta, ...] | None = None
    back_by: str | None = None
