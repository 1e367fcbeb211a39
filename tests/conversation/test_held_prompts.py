"""A prompt that is held back was not seen: a text before it answers nothing, lets it go, and its times wait for it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from bot.conversation import RunStart, due_runs, reach_times, receive, start_runs
from bot.delivery.audit import audit
from storage.database import Database
from storage.models import Answer, Message, Run
from storage.models.messages import PRIORITY_BULK, PRIORITY_REPLY
from tests.builders import CHECK_IN, a_participant, a_place, all_sent, an_inbound
from tests.conversation.talk import Phone, one, read

SOON = timedelta(hours=12)


REMINDING = CHECK_IN.replace("start: focus", "reminders: [24h]\nstart: focus")


def held_back(database: Database) -> Phone:
    """A resident whose first question waits for the morning."""
    phone = Phone(database)
    with database.write() as connection:
        place = a_place(connection, REMINDING)
        participant_id = a_participant(connection, place.community_id)
        start_runs(connection, [RunStart(participant_id, place.revision_id)], phone.now, phone.house)
        connection.execute(update(Message).values(due_at=phone.now + SOON))
    return phone


def test_a_text_before_the_first_question_answers_nothing_and_lets_it_go(database: Database) -> None:
    phone = held_back(database)
    later = phone.now + timedelta(minutes=5)
    with database.write() as connection:
        receive(connection, [an_inbound("2", at=later)], later, phone.house)
    assert read(database, select(Answer.id)) == []
    (waiting,) = read(database, select(Message.__table__).where(Message.direction == "out"))
    assert (waiting.status, waiting.priority, waiting.due_at) == ("queued", PRIORITY_REPLY, later)
    assert waiting.hours_exempt_until == later + timedelta(minutes=15)
    with database.read() as connection:
        # Nothing speaks of the text, and nothing is lost: it was early.
        assert audit(connection, later).ok
    assert one(database, select(Message.status).where(Message.direction == "in")) == "kept"


def test_an_early_command_says_nothing_but_the_prompt_that_waits(database: Database) -> None:
    phone = held_back(database)
    with database.write() as connection:
        receive(connection, [an_inbound("repeat", at=phone.now)], phone.now, phone.house)
    assert len(read(database, select(Message.id).where(Message.direction == "out"))) == 1
    with database.read() as connection:
        assert audit(connection, phone.now).ok


def test_once_it_has_left_the_same_text_is_an_answer(database: Database) -> None:
    phone = held_back(database)
    with database.write() as connection:
        all_sent(connection)
    phone.text("2")
    assert one(database, select(Answer.question)) == "focus"


def test_an_answer_to_a_question_that_is_just_being_asked_again_is_an_answer(database: Database) -> None:
    """On Telegram two messages to one chat are a second apart: the second prompt waits, the first has been read."""
    phone = held_back(database)
    with database.write() as connection:
        all_sent(connection)
    phone.text("purple")
    with database.write() as connection:
        again = select(func.max(Message.id)).where(Message.direction == "out").scalar_subquery()
        connection.execute(update(Message).where(Message.id == again).values(status="queued", due_at=phone.now + SOON))
    phone.text("2")
    assert one(database, select(Answer.question)) == "focus"


def test_time_that_comes_while_a_question_is_asked_again_does_not_make_its_answer_early(database: Database) -> None:
    """The second prompt waits for the provider, the answer to the first one for its commit, and a tick comes between."""
    phone = held_back(database)
    left = phone.now + timedelta(hours=1)
    with database.write() as connection:
        connection.execute(update(Message).values(status="sent", sent_at=left))
        receive(connection, [an_inbound("repeat", at=left)], left, phone.house)
    tick = left + timedelta(hours=25)
    with database.write() as connection:
        connection.execute(update(Run).values(due_at=tick))
        reach_times(connection, due_runs(connection, tick, 10), tick, phone.house)
        written = an_inbound("2", at=tick - timedelta(seconds=5))
        receive(connection, [written], tick + timedelta(seconds=5), phone.house)
    assert one(database, select(Answer.question)) == "focus"


def test_stop_counts_before_the_first_question_too(database: Database) -> None:
    phone = held_back(database)
    with database.write() as connection:
        receive(connection, [an_inbound("STOP", at=phone.now)], phone.now, phone.house)
    statuses = [row.status for row in read(database, select(Message.status).where(Message.priority == PRIORITY_BULK))]
    assert statuses == ["cancelled"]


def test_reminders_and_expiry_count_from_when_it_left(database: Database) -> None:
    phone = held_back(database)
    due = one(database, select(Run.due_at))
    with database.write() as connection:
        # It has not left when the first reminder would be due: nobody is reminded of what they never got.
        reach_times(connection, due_runs(connection, due, 10), due, phone.house)
    assert len(read(database, select(Message.id).where(Message.direction == "out"))) == 1
    again = one(database, select(Run.due_at))
    assert again - due >= timedelta(hours=23)
    left = due + timedelta(hours=2)
    with database.write() as connection:
        connection.execute(update(Message).values(status="sent", sent_at=left))
        reach_times(connection, due_runs(connection, again, 10), again, phone.house)
    assert len(read(database, select(Message.id).where(Message.direction == "out"))) == 1
    assert one(database, select(Run.due_at)) == left + timedelta(hours=24)
    with database.write() as connection:
        at = left + timedelta(hours=24)
        reach_times(connection, due_runs(connection, at, 10), at, phone.house)
    assert one(database, select(Message.kind).where(Message.status == "queued")) == "reminder"
