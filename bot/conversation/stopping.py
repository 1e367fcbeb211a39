"""STOP and what undoes it: for everything that a sender serves, on the spot, with one confirmation."""

from __future__ import annotations

from bot import consent, i18n
from bot.conversation import alarms, opting, saying, stepping
from bot.conversation.desk import Desk
from bot.conversation.turn import Turn
from storage.addresses import AddressRow
from storage.consents import standing_at
from storage.inbox import InboxRow, close_inbox_items
from storage.participants import ParticipantRow

_BETWEEN = {"fr": " et ", "es": " y ", "uk": " і ", "ar": " و", "zh": "、", "tl": " at "}


def everywhere(turn: Turn) -> list[AddressRow]:
    """The rows of the turn's address in all the communities that its sender serves, its own first."""
    rows = [
        row
        for row in turn.desk.addresses.values()
        if row.address == turn.address.address and row.community_id in turn.sender.communities
    ]
    return sorted(rows, key=lambda row: (row is not turn.address, turn.sender.communities.index(row.community_id)))


def stop(turn: Turn, *, source: str = "text") -> None:
    """Carry out a wish to stop, and confirm it unless the provider has done so or it had been said before."""
    words = turn.words
    rows = everywhere(turn)
    people = [turn.desk.participants[row.participant_id] for row in rows if row.participant_id is not None]
    stopped = [one for one in people if one.opted_out_at is None]
    turn.lines = []
    for one in stopped:
        _stop_one(turn, one, source, words)
    for row in rows:
        if row.coordinator_id is not None:
            row.status = "closed"
            turn.desk.address_changed(row)
    _suppress(turn)
    if alarms.in_distress(turn):
        alarms.tell_of_distress(turn)
    if source == "text" and not _answered_by_provider(turn):
        _confirm(turn, stopped, known=bool(people))


def _stop_one(turn: Turn, participant: ParticipantRow, source: str, words: str) -> None:
    message_id = turn.message.id if turn.message else None
    stop_participant(
        turn.desk, participant, source=source, words=words, channel=turn.sender.channel, message_id=message_id
    )
    if turn.run is not None and not turn.run.is_open:
        turn.run = None


def stop_participant(
    desk: Desk,
    participant: ParticipantRow,
    *,
    source: str,
    words: str,
    channel: str | None = None,
    message_id: int | None = None,
) -> None:
    """Opt one participant out: their open run ends, what waits to be sent is taken back, every scope is withdrawn."""
    run = desk.runs.get(participant.id)
    if run is not None:
        stepping.cancel(desk, run, "stopped")
    desk.silence(participant, "stopped")
    participant.opted_out_at = participant.opted_out_at or desk.now
    if participant.held_at is not None:
        participant.held_at = None
        close_inbox_items(desk.connection, participant.id, "unsure_stop", desk.now)
    for scope in consent.SCOPES:
        if getattr(participant, scope) != "withdrawn":
            desk.consents.append(
                consent.line(
                    participant,
                    scope,
                    "withdrawn",
                    source=source,
                    channel=channel,
                    wording=words,
                    at=desk.now,
                    message_id=message_id,
                )
            )
    desk.participant_changed(participant)


def _suppress(turn: Turn) -> None:
    hashed = consent.address_hash(turn.address.address, turn.desk.house.settings.secret_keys[0])
    turn.desk.suppressions += [(community_id, hashed, "stop") for community_id in turn.sender.communities]


def _answered_by_provider(turn: Turn) -> bool:
    return turn.inbound is not None and turn.inbound.opt_out is not None


def _confirm(turn: Turn, stopped: list[ParticipantRow], *, known: bool) -> None:
    """One confirmation, and no other message after it: a second STOP is met with silence, but on short codes, where the
    carriers want it answered (FACTS §4)."""
    language = saying.keyword_language(turn)
    if stopped:
        names = [turn.desk.community(one.community_id).name for one in stopped]
        between = _BETWEEN.get(language.split("_")[0], " and ")
        turn.say("stopped", "confirmation", language=language, community=between.join(names))
    elif not known or _is_short_code(turn.sender.address):
        turn.say("already_stopped", "confirmation", language=language, community=turn.community.name)


def _is_short_code(sender: str) -> bool:
    channel, _, number = sender.partition(":")
    return channel == "sms" and number.isdigit() and len(number) <= 6


def may_return(turn: Turn) -> bool:
    """Whether words of ours lift this participant's opt-out: not where the provider blocks them, whom only START frees."""
    return turn.sender.opt_out == "ours"


def restart(turn: Turn, community_id: int | None = None) -> bool:
    """Undo STOP everywhere that the sender serves, or in the one community whose keyword was texted; whether anybody was texted surveys or updates before, and is again.

    Scopes that were agreed to when STOP came are agreed to again; one that was withdrawn by itself before stays so. Who agreed to
    none is asked first: that is the caller's.
    """
    back = False
    wording = _last_wording(turn)
    for row in everywhere(turn):
        if community_id not in (None, row.community_id):
            continue
        if row.status == "blocked" or (row.status == "closed" and row.coordinator_id is not None):
            row.status = "open"
            turn.desk.address_changed(row)
        if row.participant_id is None:
            continue
        participant = turn.desk.participants[row.participant_id]
        if participant.opted_out_at is None:
            continue
        back = _restart_one(turn, participant, wording) or back
    lift(turn, community_id)
    return back


def _restart_one(turn: Turn, participant: ParticipantRow, wording: str) -> bool:
    stopped_at = participant.opted_out_at or turn.now
    participant.opted_out_at = None
    turn.desk.participant_changed(participant)
    whose, turn.participant = turn.participant, participant
    stood = standing_at(turn.desk.connection, participant.id, stopped_at)
    stood |= {
        one.scope: one.state
        for one in turn.desk.consents
        if one.participant_id == participant.id and (one.state == "granted" or one.given_at != stopped_at)
    }
    scopes = {scope for scope, state in stood.items() if state == "granted"}
    for scope in consent.SCOPES:
        if scope in scopes:
            opting.grant(turn, scope, wording)
    turn.participant = whose
    return bool(scopes)


def lift(turn: Turn, community_id: int | None = None) -> None:
    """Forget the hashes that keep the turn's address from being texted, in all that the sender serves or in one community."""
    keys = turn.desk.house.settings.secret_keys
    where = turn.sender.communities if community_id is None else (community_id,)
    consent.lift(turn.desk.connection, where, turn.address.address, keys)
    hashed = consent.address_hash(turn.address.address, keys[0])
    turn.desk.suppressions = [one for one in turn.desk.suppressions if one[1] != hashed or one[0] not in where]


def _last_wording(turn: Turn) -> str:
    """What START answers: the confirmation of STOP, which offered it."""
    return i18n.text("stopped", turn.language, community=turn.community.name)


def close_address(turn: Turn) -> None:
    """The number is somebody else's, in every community that the sender serves: nothing more goes there, and whoever holds it
    next must agree anew. Said once; whoever was left in peace already hears nothing."""
    told = False
    for row in everywhere(turn):
        if row.status == "closed" or row.participant_id is None:
            continue
        _close_one(turn, row, turn.desk.participants[row.participant_id])
        told = told or turn.desk.participants[row.participant_id].opted_out_at is None
    if turn.run is not None and not turn.run.is_open:
        turn.run = None
    if told and not _answered_by_provider(turn):
        turn.say("wrong_number", "confirmation", community=turn.community.name)
    else:
        turn.kept()


def _close_one(turn: Turn, row: AddressRow, participant: ParticipantRow) -> None:
    desk = turn.desk
    run = desk.runs.get(participant.id)
    if run is not None:
        stepping.cancel(desk, run, "cancelled")
    desk.silence(participant, "wrong number")
    desk.inbox.append(
        InboxRow(
            community_id=row.community_id,
            participant_id=participant.id,
            kind="wrong_number",
            text=turn.words[:2_000],
            created_at=turn.now,
            run_id=run.id if run is not None else None,
            message_id=turn.message.id if turn.message else None,
        )
    )
    row.status = "closed"
    desk.address_changed(row)
