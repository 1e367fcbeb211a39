"""What one participant agrees to and withdraws within a turn, and the hold on texts that may be a wish to stop."""

from __future__ import annotations

from bot import consent
from bot.conversation import alarms
from bot.conversation.turn import Turn


def grant(turn: Turn, scope: consent.Scope, wording: str, *, source: str = "text") -> None:
    """The participant agreed to a scope, in answer to `wording`."""
    _record(turn, scope, "granted", wording, source)


def withdraw(turn: Turn, scope: consent.Scope, words: str, *, source: str = "text") -> None:
    """The participant withdrew a scope, in their own `words`."""
    _record(turn, scope, "withdrawn", words, source)


def _record(turn: Turn, scope: consent.Scope, state: str, wording: str, source: str) -> None:
    participant = turn.resident
    turn.desk.consents.append(
        consent.line(
            participant,
            scope,
            "granted" if state == "granted" else "withdrawn",
            source=source,
            channel=turn.sender.channel,
            wording=wording,
            at=turn.now,
            message_id=turn.message.id if turn.message else None,
        )
    )
    turn.desk.participant_changed(participant)


def hold(turn: Turn, words: str) -> None:
    """What was written may be a wish to be left alone: nothing more leaves until a coordinator has looked."""
    participant = turn.participant
    if participant is None or participant.held_at is not None:
        return
    participant.held_at = turn.now
    turn.desk.participant_changed(participant)
    turn.needs_person("unsure_stop", words)
    alarms.tell(turn, "tell_unsure_stop", words=words)
