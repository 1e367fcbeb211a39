"""Abuse and loops: when we fall silent, and that a person sees why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.conversation import RunStart
from storage.database import Database
from storage.models import Answer, InboxItem, Message, Participant, Run
from tests.builders import a_participant, a_place, an_inbound
from tests.conversation.talk import Phone, one, read


def begin(database: Database, **settings: Any) -> Phone:
    with database.write() as connection:
        place = a_place(connection, **settings)
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id))
    return phone


def test_more_than_ten_texts_in_a_minute_are_met_with_silence_and_one_look(database: Database) -> None:
    phone = begin(database)
    phone.now += timedelta(seconds=30)
    replies = phone.hand_in(*(an_inbound("HELP", at=phone.now + timedelta(seconds=n)) for n in range(15)))
    assert len(replies) == 10
    assert [row.kind for row in read(database, select(InboxItem.kind).where(InboxItem.kind == "abuse"))] == ["abuse"]
    assert phone.hand_in(an_inbound("STOP", at=phone.now + timedelta(seconds=20)))[0].startswith("Done.")


def test_a_minute_later_we_answer_again(database: Database) -> None:
    phone = begin(database)
    phone.hand_in(*(an_inbound("2", at=phone.now + timedelta(seconds=n)) for n in range(15)))
    phone.now += timedelta(minutes=2)
    assert phone.text("help") != []


def test_forty_automatic_replies_a_day_the_last_of_which_says_so(database: Database) -> None:
    phone = begin(database, replies_per_day=5)
    replies = []
    for _ in range(8):
        replies += phone.text("HELP")
        phone.now += timedelta(minutes=2)
    assert len(replies) == 5
    assert replies[-1].startswith("That is a lot for one day.")
    assert one(database, select(func.count()).select_from(InboxItem).where(InboxItem.kind == "abuse")) == 1
    assert phone.text("STOP")[0].startswith("Done.")
    assert one(database, select(Participant.opted_out_at)) is not None


def test_tomorrow_is_another_day(database: Database) -> None:
    phone = begin(database, replies_per_day=2)
    assert len(phone.text("HELP") + phone.text("HELP") + phone.text("HELP")) == 2
    phone.now += timedelta(days=1)
    assert phone.text("HELP") != []


def test_the_same_words_after_the_last_try_are_a_machines(database: Database) -> None:
    phone = begin(database)
    away = "I am driving and will get back to you later"
    for _ in range(3):
        assert phone.text(away)
    assert phone.text(away) == []
    assert phone.text(away) == []
    kinds = [row.kind for row in read(database, select(InboxItem.kind).order_by(InboxItem.id))]
    assert kinds == ["give_up", "loop"]
    assert read(database, select(Answer.question).where(Answer.question == "where")) == []
    assert phone.text("by the school") == ["How safe do you feel here, 1 to 5?"]


def test_who_answers_one_to_three_questions_is_no_machine(database: Database) -> None:
    phone = begin(database)
    assert [phone.text("1") for _ in range(3)][-1] == ["Thank you."]
    assert one(database, select(Run.outcome)) == "completed"


def test_a_short_answer_that_was_no_answer_before_is_one_now(database: Database) -> None:
    phone = begin(database)
    for _ in range(3):
        phone.text("7")
    assert phone.text("7") == ["How safe do you feel here, 1 to 5?"]
    assert (
        one(database, select(Message.status).where(Message.text == "7").order_by(Message.id.desc()).limit(1))
        == "received"
    )
