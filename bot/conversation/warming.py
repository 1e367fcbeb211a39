"""Warming up: the words of the languages that are spoken here, and the flows in use, read before somebody waits for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.conversation.house import House
from flows.replies import ReplyContext, read_command, understand
from storage.models import Campaign, Community

#: Any sentence: reading it fetches all that reading takes.
SENTENCE = "the rent on our street is too high"


def warm_up(connection: Connection, now: datetime, house: House) -> None:
    """Read what the first text would have to wait for: a second or two of work, in a thread of its own."""
    for community_id in connection.execute(select(Community.id)).scalars().all():
        languages = house.community(connection, community_id, now).languages
        for language in languages:
            read_command(SENTENCE, (language, *languages))
    running = select(Campaign.revision_id).where(Campaign.status.in_(("launching", "running", "paused"))).distinct()
    for view in house.flows(connection, connection.execute(running).scalars().all()).values():
        for language in view.flow.languages:
            context = ReplyContext(language, view.flow.languages, now)
            for flow in (view.flow, *view.flow.calls.values()):
                for state in flow.questions:
                    if state.ask is not None:
                        understand(state.ask, SENTENCE, context)
