"""A town of long ago for the tests of retention: people who answered then, and what is left of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.retention import retain_due
from storage.database import Database
from storage.models import (
    Address,
    Answer,
    Base,
    Consent,
    InboxItem,
    Medium,
    Message,
    RetentionPass,
    Run,
)
from storage.retention import open_pass
from tests.builders import (
    NOON,
    Place,
    a_house,
    a_participant,
    a_place,
)

FLOW = """
flow: street
title: {en: Street}
languages: [en]
start: focus
states:
  focus:
    ask: choice
    text: {en: What first?}
    other: true
    options: {housing: {en: Housing}, food: {en: Food}}
    next: why
  why: {ask: text, text: {en: Why?}, next: health}
  health: {ask: text, text: {en: How are you?}, sensitive: true, next: done}
  done: {end: completed}
"""
SETTINGS = {"keep_texts_days": 30, "keep_people_days": 365}
NOW = NOON + timedelta(days=1000)
LONG_AGO, LATELY, JUST_NOW = NOW - timedelta(days=400), NOW - timedelta(days=100), NOW - timedelta(days=2)


def a_person(
    connection: Connection, place: Place, number: str, at: datetime, *, run: str = "ended", **changes: Any
) -> int:
    """Somebody who joined and answered three questions at `at`, sent a photo, and asked for a person, who took care of it."""
    address = f"sms:+1902555{number}"
    person = a_participant(connection, place.community_id, address, joined_at=at, name=f"Name{number}", **changes)
    address_id = connection.execute(select(Address.id).where(Address.participant_id == person)).scalar_one()
    connection.execute(update(Consent).where(Consent.participant_id == person).values(given_at=at, recorded_at=at))
    connection.execute(update(Address).where(Address.id == address_id).values(created_at=at, last_text=f"last{number}"))
    common = {"community_id": place.community_id, "participant_id": person}
    both = common | {"address_id": address_id, "sender_id": place.sender_id, "campaign_id": place.campaign_id}
    run_id = connection.execute(
        insert(Run)
        .values(
            **both, revision_id=place.revision_id, status=run, outcome="completed" if run == "ended" else None,
            current_state=None if run == "ended" else "why", visit=1, state={"heard": f"state{number}"}, started_at=at,
            ended_at=at if run == "ended" else None,
        )
        .returning(Run.id)
    ).scalar_one()  # fmt: skip
    message_id = a_message(connection, both | {"run_id": run_id}, f"words{number}", at)
    a_message(connection, both | {"run_id": run_id, "visit": 1}, f"ours{number}", at, direction="out", status="sent")
    for question, value, other in (("focus", "other", f"else{number}"), ("why", f"open{number}", None), ("health", f"ill{number}", None)):  # fmt: skip
        connection.execute(
            insert(Answer).values(
                **common, campaign_id=place.campaign_id, run_id=run_id, revision_id=place.revision_id,
                message_id=message_id, question=question, state=question, value=value, other=other,
                raw=f"open{number}" if question == "why" else f"raw{number}", language="en",
                sensitive=question == "health", answered_at=at,
            )
        )  # fmt: skip
    connection.execute(
        insert(Medium).values(
            **common, message_id=message_id, kind="photo", reference=f"photo{number}", status="kept", due_at=at,
            content=b"x", created_at=at,
        )
    )  # fmt: skip
    connection.execute(
        insert(InboxItem).values(
            **common, message_id=message_id, kind="person", text=f"item{number}", created_at=at, done_at=at
        )
    )
    return person


def a_message(connection: Connection, common: Mapping[str, Any], words: str, at: datetime, **changes: Any) -> int:
    values = {**common, "direction": "in", "kind": "text", "text": words, "status": "received", "created_at": at}
    return int(connection.execute(insert(Message).values(values | changes).returning(Message.id)).scalar_one())


def more_of(connection: Connection, person: int) -> dict[str, Any]:
    """What a further message of somebody's needs."""
    names = ("community_id", "participant_id", "address_id", "sender_id")
    columns = [Message.__table__.c[name] for name in names]
    return dict(connection.execute(select(*columns).where(Message.participant_id == person)).first()._mapping)  # type: ignore[union-attr]


def retain(database: Database, now: datetime = NOW) -> dict[str, dict[str, int]]:
    """A whole pass, as the tasks do it."""
    for _ in range(500):
        with database.write() as connection:
            if not retain_due(connection, now, a_house()):
                break
    with database.read() as connection:
        assert open_pass(connection) is None
        last = select(RetentionPass.counts).order_by(RetentionPass.id.desc()).limit(1)
        return {
            key: {k: n for k, n in value.items() if n} for key, value in connection.execute(last).scalar_one().items()
        }


def rows_of(connection: Connection) -> dict[str, set[str]]:
    """Every row of every table but the passes themselves, as text."""
    return {
        table.name: {repr(tuple(row)) for row in connection.execute(select(table))}
        for table in Base.metadata.sorted_tables
        if table.name != "retention_passes"
    }


def everything(connection: Connection) -> str:
    return "\n".join(row for rows in rows_of(connection).values() for row in sorted(rows))


def a_town(connection: Connection, **settings: int) -> Place:
    return a_place(connection, FLOW, **settings)
