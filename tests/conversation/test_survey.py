"""A survey by text: questions, answers, and what stands in the database at its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.conversation import RunStart, warm_up
from storage.database import Database
from storage.models import Answer, Invitation, Message, Participant, ParticipantTag, Run
from tests.builders import NOON, Place, a_house, a_participant, a_place, all_sent, an_inbound, an_invitation
from tests.conversation.talk import Phone, one, read


def begin(database: Database, **settings: Any) -> tuple[Phone, Place, int]:
    """A participant invited to the check-in, with its first question on their phone."""
    with database.write() as connection:
        place = a_place(connection, **settings)
        participant_id = a_participant(connection, place.community_id)
        invitation_id = an_invitation(connection, place.community_id, place.campaign_id, participant_id)
    phone = Phone(database)
    first = phone.start(RunStart(participant_id, place.revision_id, place.campaign_id, invitation_id))
    assert first == ["What should we fix first?\n1 Street lights\n2 Snow on sidewalks\n3 Speeding cars"]
    return phone, place, participant_id


def test_a_whole_survey(database: Database) -> None:
    phone, _place, participant_id = begin(database)
    assert phone.text("snow pls") == ["Where is it worst?"]
    assert phone.text("by the school and on Birch, my mom fell there last yr") == ["How safe do you feel here, 1 to 5?"]
    assert phone.text("purple")[0].startswith("I need a number from 1 to 5 here.")
    assert phone.text("mabye a 2") == ["Thank you."]

    answers = {row.question: (row.value, row.raw) for row in read(database, select(Answer.__table__))}
    assert answers == {
        "focus": ("snow", "snow pls"),
        "where": ("by the school and on Birch, my mom fell there last yr",) * 2,
        "safe": (2, "mabye a 2"),
    }
    (run,) = read(database, select(Run.__table__))
    assert (run.status, run.outcome, run.due_at) == ("ended", "completed", None)
    assert one(database, select(Invitation.status)) == "ended"
    (participant,) = read(database, select(Participant.__table__))
    assert participant.attributes == {"safety": 2}
    assert phone.now - participant.last_inbound_at < timedelta(minutes=5)
    assert read(database, select(ParticipantTag.participant_id, ParticipantTag.tag)) == [(participant_id, "answered")]


def test_every_answer_points_at_its_text_and_every_reply_at_what_it_replies_to(database: Database) -> None:
    phone, place, _ = begin(database)
    phone.text("2")
    inbound, reply = read(database, select(Message.__table__).order_by(Message.id))[-2:]
    assert (inbound.direction, inbound.status, inbound.text) == ("in", "received", "2")
    assert (reply.direction, reply.reply_to, reply.kind, reply.visit) == ("out", inbound.id, "prompt", 2)
    assert (reply.priority, reply.campaign_id) == (0, place.campaign_id)
    assert reply.hours_exempt_until is not None
    assert (reply.hours_exempt_until - inbound.created_at).total_seconds() == 900
    assert one(database, select(Answer.message_id)) == inbound.id


def test_the_same_text_handed_in_again_changes_nothing(database: Database) -> None:
    phone, _, _ = begin(database)
    text = an_inbound("2", at=phone.now)
    assert phone.hand_in(text) == ["Where is it worst?"]
    before = read(database, select(Message.__table__))
    assert phone.hand_in(text, text) == []
    assert phone.last is not None
    assert phone.last.status == "duplicate"
    assert phone.last.message_id == max(row.id for row in before if row.direction == "in")
    assert read(database, select(Message.__table__)) == before


def test_the_same_text_twice_in_one_batch_counts_once(database: Database) -> None:
    phone, _, _ = begin(database)
    text = an_inbound("2", at=phone.now)
    assert phone.hand_in(text, text) == ["Where is it worst?"]
    assert len(read(database, select(Message.id).where(Message.direction == "in"))) == 1


def test_two_texts_at_once_are_answered_in_order(database: Database) -> None:
    """The second was written before its writer saw the next question: it is kept, and that question is asked again."""
    phone, _, _ = begin(database)
    phone.text("2")
    phone.now += timedelta(seconds=20)
    replies = phone.hand_in(
        an_inbound("by the school", at=phone.now - timedelta(seconds=2)),
        an_inbound("and on Birch", at=phone.now - timedelta(seconds=1)),
    )
    assert replies == ["How safe do you feel here, 1 to 5?"]
    assert one(database, select(Answer.value).where(Answer.question == "where")) == "by the school\nand on Birch"


def test_three_hundred_people_in_two_batches(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        ids = [a_participant(connection, place.community_id, f"sms:+1902555{n:04}") for n in range(300)]
    phone = Phone(database)
    phone.start(*(RunStart(one_id, place.revision_id, place.campaign_id) for one_id in ids))
    with database.write() as connection:
        all_sent(connection)
    texts = [an_inbound("2", address=f"sms:+1902555{n:04}", at=phone.now) for n in range(300)]
    phone.hand_in(*texts[:256])
    phone.hand_in(*texts[256:])
    assert len(read(database, select(Answer.id))) == 300
    assert {row.visit for row in read(database, select(Run.visit))} == {2}
    assert phone.now > NOON


def test_a_house_is_warm_before_anybody_texts(database: Database) -> None:
    """The flow in use and the words of the community's languages are read; nothing is written."""
    phone, place, _ = begin(database)
    house = a_house()
    with database.read() as connection:
        warm_up(connection, phone.now, house)
        assert place.revision_id in house._kept.flows
