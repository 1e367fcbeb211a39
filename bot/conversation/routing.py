"""Which community and which participant a text belongs to, where a sender serves several."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.base import Inbound
from bot.conversation.desk import Desk
from bot.conversation.turn import Turn
from bot.conversation.words import fold
from storage.addresses import AddressRow
from storage.inbound import SenderRow
from storage.participants import ParticipantRow
from storage.runs import RunRow

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def route(desk: Desk, sender: SenderRow, inbound: Inbound, rows: list[AddressRow]) -> Turn:
    """The turn of an inbound text. `rows`: its address in the communities that the sender serves, at least one.

    It goes to the participant whose button was tapped; else to the one with an open run, the one last asked first; else to the
    community joined last, where they have not stopped; else, for a stranger, to the sender's first community.
    """
    row = rows[0] if len(rows) == 1 else max(rows, key=lambda one: _claim(desk, sender, inbound, one))
    participant = desk.participants.get(row.participant_id) if row.participant_id is not None else None
    return Turn(
        desk=desk,
        sender=sender,
        community=desk.community(row.community_id),
        address=row,
        participant=participant,
        run=_open_run(desk, participant),
        inbound=inbound,
        folded=fold(inbound.text),
    )


def _claim(
    desk: Desk, sender: SenderRow, inbound: Inbound, row: AddressRow
) -> tuple[bool, bool, datetime, bool, datetime, int]:
    participant = desk.participants.get(row.participant_id) if row.participant_id is not None else None
    run = _open_run(desk, participant)
    tapped = run is not None and inbound.button is not None and run.id == inbound.button.run_id
    asked = (run.run.prompted_at or run.started_at) if run is not None else _LONG_AGO
    present = participant is not None and participant.opted_out_at is None and row.status == "open"
    joined = participant.joined_at if participant is not None else _LONG_AGO
    return tapped, run is not None, asked, present, joined, -sender.communities.index(row.community_id)


def _open_run(desk: Desk, participant: ParticipantRow | None) -> RunRow | None:
    return desk.runs.get(participant.id) if participant is not None else None
