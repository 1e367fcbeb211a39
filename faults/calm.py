"""After the storm: everybody gets their word, and everything that waits in the program comes to its end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from faults.installation import Installed
from storage.models import Address, Flow, Message, Revision, Run

#: Seconds between two words of encouragement to those who heard nothing.
ENCOURAGE_EVERY = 6.0
#: Texts a second of all who have something to say: more would be a test of load, in which everybody waits for everybody.
TEXTS_A_SECOND = 40.0
#: What is due later than this waits for a reason, such as a phone that is off.
SOON = timedelta(seconds=90)


async def calm_down(here: Installed) -> bool:
    """Wait until every resident has said all that they had to say and nothing is under way; False where time ran out."""
    until = time.monotonic() + here.plan.settling
    encouraged = time.monotonic()
    while time.monotonic() < until:
        here.pace.suit(sum(not resident.done for resident in here.residents), TEXTS_A_SECOND, 0.1)
        await asyncio.sleep(0.3)
        if time.monotonic() - encouraged > ENCOURAGE_EVERY:
            encouraged = time.monotonic()
            await asyncio.to_thread(_tell_of_ends, here)
            for resident in here.residents:
                if resident.waits:
                    resident.encourage()
        all_said = all(resident.done and resident.waits for resident in here.residents) and not here.mail.later
        if all_said and await asyncio.to_thread(under_way, here) == 0:
            return True
    return False


def _tell_of_ends(here: Installed) -> None:
    """Spare residents to ask for ever after a conversation whose last word was lost on its way."""
    people = {resident.address: resident for resident in here.residents}
    statement = (
        select(Address.address, Flow.name)
        .join(Run, Run.address_id == Address.id)
        .join(Revision, Revision.id == Run.revision_id)
        .join(Flow, Flow.id == Revision.flow_id)
        .where(Run.status == "ended")
    )
    with contextlib.suppress(SQLAlchemyError), here.own.read() as connection:
        rows: Iterable[Any] = connection.execute(statement)
        for address, flow in rows:
            people[address].finished.add(flow)


def under_way(here: Installed) -> int:
    """Messages that are about to leave or on their way; -1 where the database does not answer."""
    soon = datetime.now(UTC) + SOON
    waiting = or_(Message.status == "sending", (Message.status == "queued") & (Message.due_at <= soon))
    try:
        with here.own.read() as connection:
            return int(connection.execute(select(func.count()).where(waiting)).scalar_one())
    except SQLAlchemyError:
        return -1
