"""Statements of retention: where a pass stands, and dropping what is too old from a stretch of one table's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from storage.models import (
    Address,
    Answer,
    Base,
    Community,
    Consent,
    InboxItem,
    Invitation,
    Medium,
    Message,
    Participant,
    RetentionPass,
    Run,
    Update,
)
from storage.models.flows import OPEN_RUN

#: Messages of which nothing is still to be done. What is unknown waits for a person, who may have it sent again.
DONE_WITH = ("received", "kept", "sent", "delivered", "undelivered", "failed", "cancelled", "dropped")
EVERY = timedelta(days=1)

#: Community id -> the moment before which something is too old there; communities that keep it for good are left out.
Cutoffs = Mapping[int, datetime]
#: Community id -> how many.
Counts = Counter[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one table, by id: after `after`, up to `upto`."""

    after: int
    upto: int

    def of(self, model: Any) -> ColumnElement[bool]:
        """The condition that a row is among them."""
        return and_(model.id > self.after, model.id <= self.upto)


# -- the pass


def open_pass(connection: Connection) -> Row[Any] | None:
    """The pass under way, locked; None where there is none."""
    statement = select(RetentionPass.__table__).where(text("retention_passes.ended_at IS NULL"))
    return connection.execute(statement.order_by(RetentionPass.id).limit(1).with_for_update()).first()


def one_pass(connection: Connection, pass_id: int) -> Row[Any]:
    """A pass by its id."""
    return connection.execute(select(RetentionPass.__table__).where(RetentionPass.id == pass_id)).one()


def begin_pass(connection: Connection, stage: str, now: datetime) -> Row[Any]:
    """Begin a pass at the first row of `stage`."""
    values = {"begun_at": now, "stage": stage, "cursor": 0, "counts": {}}
    return connection.execute(insert(RetentionPass).values(values).returning(*RetentionPass.__table__.c)).one()


def move_pass(connection: Connection, pass_id: int, **changes: Any) -> None:
    """Note where a pass stands."""
    connection.execute(update(RetentionPass).where(RetentionPass.id == pass_id).values(changes))


def retention_is_due(connection: Connection, now: datetime) -> bool:
    """Whether a pass is under way, or some community drops things and the last pass began a day ago."""
    under_way = exists().where(text("retention_passes.ended_at IS NULL"), RetentionPass.id.is_not(None))
    lately = exists().where(RetentionPass.begun_at > now - EVERY)
    kept = [Community.settings[name].as_integer() > 0 for name in ("keep_texts_days", "keep_people_days")]
    wanted = exists().where(or_(*kept))
    return bool(connection.execute(select(or_(under_way, and_(wanted, ~lately)))).scalar_one())


def every_community(connection: Connection) -> Sequence[Row[Any]]:
    """Each community with its own settings: id, slug, settings."""
    statement: Select[Any] = select(Community.id, Community.slug, Community.settings).order_by(Community.id)
    return connection.execute(statement).all()


def next_stretch(connection: Connection, table: str, after: int, rows: int) -> Stretch | None:
    """The next rows of a table after an id; None where there are no more."""
    column = Base.metadata.tables[table].c.id
    stretch = select(column).where(column > after).order_by(column).limit(rows).subquery()
    upto = connection.execute(select(func.max(stretch.c.id))).scalar_one()
    return None if upto is None else Stretch(after, int(upto))


# -- what is too old


def _before(community_id: Any, moment: Any, cutoffs: Cutoffs) -> ColumnElement[bool]:
    by_moment: dict[datetime, list[int]] = {}
    for community, cutoff in cutoffs.items():
        by_moment.setdefault(cutoff, []).append(community)
    old = [and_(community_id.in_(those), moment < cutoff) for cutoff, those in by_moment.items()]
    return or_(false(), *old)


def _of_open_run(participant_id: Any, run_id: Any, created_at: Any) -> ColumnElement[bool]:
    """Whether a row belongs to a conversation that is open, or came while it was."""
    return exists().where(
        Run.participant_id == participant_id,
        Run.status.in_(OPEN_RUN),
        or_(Run.id == run_id, Run.started_at <= created_at),
    )


def drop_texts(connection: Connection, rows: Stretch, texts: Cutoffs, people: Cutoffs) -> Counts:
    """Drop the words of messages, and of those with nobody who takes part when numbers are dropped, if that is sooner."""
    nobody = Message.participant_id.is_(None)
    old = or_(
        _before(Message.community_id, Message.created_at, texts),
        and_(nobody, _before(Message.community_id, Message.created_at, people)),
    )
    where = (
        rows.of(Message),
        old,
        Message.status.in_(DONE_WITH),
        ~_of_open_run(Message.participant_id, Message.run_id, Message.created_at),
    )
    # What was sent by Telegram is numbered within the chat, whose number is somebody's.
    connection.execute(
        update(Message)
        .where(*where, nobody, Message.direction == "out", Message.provider_id.is_not(None))
        .values(provider_id=None)
    )
    said = or_(Message.text != "", *(it.is_not(None) for it in (Message.buttons, Message.media, Message.error)))
    dropped = update(Message).where(*where, said).values(text="", buttons=None, media=None, error=None)
    return Counter(connection.execute(dropped.returning(Message.community_id)).scalars())


_ANSWER = [Answer.__table__.c[name] for name in ("id", "community_id", "revision_id", "question", "sensitive")]


def old_answers(connection: Connection, rows: Stretch, texts: Cutoffs) -> Sequence[Row[Any]]:
    """Answers that still hold words and are too old for them: id, community_id, revision_id, question, sensitive."""
    statement = select(*_ANSWER).where(
        rows.of(Answer),
        _before(Answer.community_id, Answer.answered_at, texts),
        or_(Answer.raw != "", and_(Answer.sensitive, Answer.other.is_not(None))),
        ~exists().where(Run.id == Answer.run_id, Run.status.in_(OPEN_RUN)),
    )
    return connection.execute(statement).all()


def answers_of(connection: Connection, participant_id: int) -> Sequence[Row[Any]]:
    """The answers of one person: id, community_id, revision_id, question, sensitive."""
    statement = select(*_ANSWER)
    return connection.execute(statement.where(Answer.participant_id == participant_id)).all()


def drop_raw(connection: Connection, ids: Sequence[int], *, other: bool) -> None:
    """Drop the replies to the letter, and with `other` the words behind "something else"."""
    if ids:
        changes: dict[str, Any] = {"raw": "", "other": None} if other else {"raw": ""}
        connection.execute(update(Answer).where(Answer.id.in_(ids)).values(changes))


def drop_words(connection: Connection, ids: Sequence[int]) -> None:
    """Drop all of what was said, but that something was: a question that was skipped stays skipped."""
    drop_raw(connection, ids, other=True)
    if ids:
        connection.execute(update(Answer).where(Answer.id.in_(ids), Answer.value.is_not(None)).values(value=""))


def delete_answers(connection: Connection, ids: Sequence[int]) -> None:
    """Delete answers by id."""
    if ids:
        connection.execute(delete(Answer).where(Answer.id.in_(ids)))


def drop_states(connection: Connection, rows: Stretch, texts: Cutoffs) -> Counts:
    """Drop what conversations that are over remember."""
    where = (
        rows.of(Run),
        Run.status == "ended",
        _before(Run.community_id, Run.ended_at, texts),
        cast(Run.state, Text) != "{}",
    )
    dropped = update(Run).where(*where).values(state={}).returning(Run.community_id)
    return Counter(connection.execute(dropped).scalars())


def drop_media(connection: Connection, rows: Stretch, texts: Cutoffs) -> Counts:
    """Delete photos and voice notes, but for those still to be fetched."""
    where = (
        rows.of(Medium),
        _before(Medium.community_id, Medium.created_at, texts),
        Medium.status != "waiting",
        ~_of_open_run(Medium.participant_id, -1, Medium.created_at),
    )
    return Counter(connection.execute(delete(Medium).where(*where).returning(Medium.community_id)).scalars())


def drop_inbox_texts(connection: Connection, rows: Stretch, texts: Cutoffs) -> Counts:
    """Drop the words of what needed a person and was taken care of."""
    where = (
        rows.of(InboxItem),
        _before(InboxItem.community_id, InboxItem.created_at, texts),
        InboxItem.done_at.is_not(None),
        InboxItem.text != "",
        ~_of_open_run(InboxItem.participant_id, InboxItem.run_id, InboxItem.created_at),
    )
    dropped = update(InboxItem).where(*where).values(text="").returning(InboxItem.community_id)
    return Counter(connection.execute(dropped).scalars())


# -- people


def lock_quiet_people(
    connection: Connection, rows: Stretch, people: Cutoffs, most: int
) -> tuple[Sequence[Row[Any]], int]:
    """The first people of a stretch from whom and to whom nothing came for too long, locked: all columns; up to which id.

    Whoever somebody else writes about just now is passed over: the next pass finds them again.
    """
    quiet = (rows.of(Participant), *_quiet(people))
    found = (
        select(Participant.id)
        .where(*quiet)
        .order_by(Participant.id)
        .limit(most)
        .with_for_update(of=Participant, skip_locked=True)
    )
    ids = list(connection.execute(found).scalars())
    # Looked at once more under the lock: what came in between the look and the lock counts.
    statement = select(Participant.__table__).where(Participant.id.in_(ids), *_quiet(people))
    # Where as many were found as may be, there may be more behind the last.
    upto = ids[-1] if len(ids) == most else rows.upto
    return connection.execute(statement.order_by(Participant.id)).all(), upto


def _quiet(people: Cutoffs) -> tuple[ColumnElement[bool], ...]:
    mine = Participant.id
    place = Participant.community_id
    live = and_(Update.status.in_(("scheduled", "sending")), Update.campaign_id == Invitation.campaign_id)
    return (
        Participant.erased_at.is_(None),
        _before(place, Participant.joined_at, people),
        or_(Participant.last_inbound_at.is_(None), _before(place, Participant.last_inbound_at, people)),
        # Nothing either way, for as long; nothing that is still to go or that a person has the word on.
        ~exists().where(
            Message.participant_id == mine,
            or_(
                ~_before(place, Message.created_at, people),
                Message.status.not_in(DONE_WITH),
                and_(Message.sent_at.is_not(None), ~_before(place, Message.sent_at, people)),
            ),
        ),
        ~exists().where(Consent.participant_id == mine, ~_before(place, Consent.recorded_at, people)),
        ~exists().where(Run.participant_id == mine, Run.status.in_(OPEN_RUN)),
        ~exists().where(Run.participant_id == mine, Run.ended_at.is_not(None), ~_before(place, Run.ended_at, people)),
        ~exists().where(Invitation.participant_id == mine, Invitation.status.in_(("pending", "started"))),
        # Whoever took part is told what came of it first.
        ~exists().where(Invitation.participant_id == mine, exists().where(live)),
        ~exists().where(InboxItem.participant_id == mine, InboxItem.done_at.is_(None)),
        ~exists().where(Medium.participant_id == mine, Medium.status == "waiting"),
    )


def drop_strangers(connection: Connection, rows: Stretch, people: Cutoffs) -> Counts:
    """Drop the numbers of strangers, and of coordinators' former phones, that have been silent for too long."""
    place = Address.community_id
    greeted: dict[int, date] = {community: cutoff.date() for community, cutoff in people.items()}
    waiting = exists().where(
        Message.address_id == Address.id,
        text("messages.direction = 'out' AND messages.status IN ('queued', 'sending')"),
    )
    where = (
        rows.of(Address),
        Address.participant_id.is_(None),
        Address.coordinator_id.is_(None),
        Address.address.not_like("erased:%"),
        _before(place, Address.created_at, people),
        or_(Address.minute_at.is_(None), _before(place, Address.minute_at, people)),
        or_(Address.replies_on.is_(None), _before(place, Address.replies_on, greeted)),  # type: ignore[arg-type]
        ~waiting,
    )
    dropped = (
        update(Address).where(*where).values(address=text("'erased:' || id"), status="closed", last_text=None)
    ).returning(Address.community_id)
    return Counter(connection.execute(dropped).scalars())


def drop_last_texts(connection: Connection, rows: Stretch, texts: Cutoffs) -> None:
    """Drop the last words that came from an address, by which a loop is told."""
    last = func.coalesce(Address.minute_at, Address.created_at)
    connection.execute(
        update(Address)
        .where(rows.of(Address), Address.last_text.is_not(None), _before(Address.community_id, last, texts))
        .values(last_text=None)
    )
