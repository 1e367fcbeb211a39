"""HELP, a person, another language, thanks, and what is written while nothing is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.base import IncomingMedium
from bot.conversation import RunStart, release_hold, reply_as_person, resume_run, stop_for, take_over
from bot.errors import NotFound, WrongUsage
from storage.database import Database
from storage.models import Answer, InboxItem, Medium, Message, Participant, Run
from tests.builders import Place, a_coordinator, a_participant, a_place, an_inbound
from tests.conversation.talk import Phone, one, read

QUESTION = "What should we fix first?\n1 Street lights\n2 Snow on sidewalks\n3 Speeding cars"


def begin(database: Database, **settings: Any) -> tuple[Phone, Place, int]:
    with database.write() as connection:
        place = a_place(connection, **settings)
        a_coordinator(connection, place.community_id)
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id, place.campaign_id))
    return phone, place, participant_id


def test_help_says_who_we_are_and_the_question_again(database: Database) -> None:
    phone, _, _ = begin(database)
    assert phone.text("HELP") == [
        "Shore Road Neighbours asks a few short questions and texts you what came of them. Ask us: 902-555-0199. "
        f"STOP ends it.\n{QUESTION}"
    ]


def test_aide_is_answered_in_french(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_participant(connection, place.community_id)
    phone = Phone(database)
    (message,) = phone.messages_after("AIDE")
    assert (message.kind, message.language) == ("help", "fr")


def test_somebody_asks_for_a_person(database: Database) -> None:
    phone, _, participant_id = begin(database)
    office = Phone(database, address="sms:+19025550199")
    (promise,) = phone.text("can someone just call me")
    assert promise.startswith("Yes. Someone from Shore Road Neighbours will get back to you by tonight.")
    (item,) = read(database, select(InboxItem.__table__))
    assert (item.kind, item.text, item.participant_id) == ("person", "can someone just call me", participant_id)
    assert office.new() == ["Shore Road Neighbours: somebody asks for a person. They wrote: can someone just call me"]
    assert one(database, select(Run.status)) == "handed_over"
    assert phone.text("its about my neighbour") == []
    assert len(read(database, select(InboxItem.id))) == 1


def test_a_coordinator_answers_and_hands_back(database: Database) -> None:
    phone, _, participant_id = begin(database)
    with database.write() as connection:
        assert take_over(connection, participant_id, phone.now, phone.house)
        assert not take_over(connection, participant_id, phone.now, phone.house)
        reply_as_person(connection, participant_id, " Hi, this is Jo. ", phone.now, phone.house)
    (message,) = phone.messages()
    assert (message.text, message.kind, message.priority) == ("Hi, this is Jo.", "manual", 0)
    assert phone.text("thanks Jo") == []
    with database.write() as connection:
        run_id = one(database, select(Run.id))
        resume_run(connection, run_id, phone.now, phone.house)
    assert phone.new() == [QUESTION]
    with pytest.raises(WrongUsage, match="leads it already"), database.write() as connection:
        resume_run(connection, run_id, phone.now, phone.house)
    assert phone.text("2") == ["Where is it worst?"]


def test_nothing_is_sent_by_hand_to_who_said_stop(database: Database) -> None:
    phone, _, participant_id = begin(database)
    phone.text("STOP")
    with pytest.raises(WrongUsage, match="said STOP"), database.write() as connection:
        reply_as_person(connection, participant_id, "Hello", phone.now, phone.house)
    with pytest.raises(NotFound), database.write() as connection:
        reply_as_person(connection, 999, "Hello", phone.now, phone.house)


def test_a_doubtful_stop_that_was_none_counts_as_the_answer_it_was(database: Database) -> None:
    phone, _, participant_id = begin(database)
    phone.text("2")
    assert phone.text("make it stop") == []
    with database.write() as connection:
        assert release_hold(connection, participant_id, phone.now, phone.house)
    assert phone.new() == ["How safe do you feel here, 1 to 5?"]
    assert one(database, select(Answer.value).where(Answer.question == "where")) == "make it stop"
    assert one(database, select(InboxItem.done_at).where(InboxItem.kind == "unsure_stop")) == phone.now


def test_a_doubtful_stop_that_was_one(database: Database) -> None:
    phone, _, participant_id = begin(database)
    phone.text("2")
    phone.text("make it stop")
    with database.write() as connection:
        stop_for(connection, participant_id, phone.now, phone.house, source="coordinator", words="make it stop")
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.opted_out_at, participant.held_at, participant.surveys) == (phone.now, None, "withdrawn")
    assert phone.new() == []


def test_start_lifts_the_hold(database: Database) -> None:
    phone, _, _ = begin(database)
    phone.text("2")
    phone.text("make it stop")
    assert phone.text("START") == ["How safe do you feel here, 1 to 5?"]


def test_another_language_in_the_middle(database: Database) -> None:
    phone, _, _ = begin(database)
    (reply,) = phone.text("français")
    assert reply.endswith("Par quoi commencer?\n1 Éclairage\n2 Neige sur les trottoirs\n3 Excès de vitesse")
    assert one(database, select(Participant.language)) == "fr"
    assert phone.text("neige") == ["Où est-ce le pire?"]


def test_what_is_written_while_nothing_is_asked(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_participant(connection, place.community_id)
    phone = Phone(database)
    assert phone.text("thanks!") == []
    assert phone.text("\U0001f44d") == []
    assert read(database, select(InboxItem.id)) == []
    assert phone.text("when is the meeting?") == [
        "Thanks for your text. Nothing is open right now, so a person at Shore Road Neighbours will read it."
    ]
    assert phone.text("on Monday?") == []
    assert [row.kind for row in read(database, select(InboxItem.kind))] == ["stray", "stray"]
    assert phone.text("français")
    assert one(database, select(Participant.language)) == "fr"


def test_an_answer_that_comes_after_the_run_expired(database: Database) -> None:
    phone, _, _ = begin(database)
    phone.wait(timedelta(days=8))
    assert one(database, select(Run.outcome)) == "expired"
    assert phone.text("snow") == [
        "That question is closed now. We keep what you told us, thank you. HELP for who we are."
    ]


def test_words_of_distress_get_their_signpost_at_once(database: Database) -> None:
    phone, _, _ = begin(database)
    office = Phone(database, address="sms:+19025550199")
    (signpost,) = phone.text("honestly i want to die")
    assert signpost.startswith("You are not alone. Call or text 9-8-8")
    assert office.new()[0].startswith("Shore Road Neighbours: please look now")
    assert [row.kind for row in read(database, select(InboxItem.kind))] == ["distress"]
    phone.text("2")
    (both,) = phone.text("my husband, he hits me")
    assert both.startswith("You are not alone.")
    assert both.endswith("How safe do you feel here, 1 to 5?")
    assert one(database, select(Answer.value).where(Answer.question == "where")) == "my husband, he hits me"


def test_a_communitys_own_words_of_distress(database: Database) -> None:
    phone, _, _ = begin(database, distress={"en": {"words": ["no heat tonight"], "text": "Warm room: 902-555-0177."}})
    assert phone.text("theres no heat tonight!!") == ["Warm room: 902-555-0177."]
    assert phone.text("i want to die")[0].startswith("I need one of these numbers")


def test_an_idea_about_a_hard_subject_is_no_alarm(database: Database) -> None:
    phone, _, _ = begin(database)
    phone.text("2")
    assert phone.text("more youth suicide prevention at the school") == ["How safe do you feel here, 1 to 5?"]


def test_a_photo_where_words_are_expected(database: Database) -> None:
    phone, _, participant_id = begin(database)
    (reply,) = phone.text("", kind="media", media=(IncomingMedium("photo", "https://example.org/1", "image/jpeg"),))
    assert reply.startswith("Thanks, but I can only read words here.")
    (medium,) = read(database, select(Medium.__table__))
    assert (medium.status, medium.reference, medium.participant_id) == (
        "waiting",
        "https://example.org/1",
        participant_id,
    )
    assert one(database, select(Message.media).where(Message.direction == "in")) == [{"id": medium.id, "kind": "photo"}]


def test_a_photo_that_is_the_answer_is_referred_to_by_our_own_id(database: Database) -> None:
    with database.write() as connection:
        place = a_place(
            connection,
            "flow: look\ntitle: Look\nlanguages: [en]\nstart: a\nstates:\n"
            "  a: {ask: photo, text: Send a photo., next: b}\n  b: {say: Thanks., end: completed}\n",
        )
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id))
    assert phone.text("", kind="media", media=(IncomingMedium("photo", "ref", "image/jpeg"),)) == ["Thanks."]
    assert one(database, select(Answer.value)) == f"media:{one(database, select(Medium.id))}"


def test_an_edit_is_kept_and_not_stepped(database: Database) -> None:
    phone, _, _ = begin(database)
    assert phone.text("3", kind="edited") == []
    assert one(database, select(Message.status).where(Message.kind == "edited")) == "kept"
    assert one(database, select(Run.visit)) == 1


def test_a_button_of_an_old_prompt(database: Database) -> None:
    phone, _, _ = begin(database)
    run_id = one(database, select(Run.id))
    assert phone.tap(run_id, 1, "snow", "2 Snow on sidewalks") == ["Where is it worst?"]
    (closed,) = phone.tap(run_id, 1, "cars")
    assert closed.startswith("That question is closed.")
    assert closed.endswith("Where is it worst?")
    (other_run,) = phone.tap(run_id + 5, 2, "cars")
    assert other_run.startswith("That question is closed.")
    (unknown,) = phone.text("Cars", kind="button")
    assert unknown.startswith("That question is closed.")
    phone.text("STOP")
    phone.text("START")
    assert phone.tap(run_id, 2, "cars") == ["That question is closed."]


@pytest.mark.parametrize(
    "words",
    [
        "a\u2400b",
        "\ufffd",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u202eabc",
        "'; DROP TABLE messages; --",
        "<script>alert(1)</script>",
        '=HYPERLINK("http://example.org")',
        "x" * 10_000,
        "\u0661 \u6f22\u5b57 \u200f\u0645\u0631\u062d\u0628\u0627",
    ],
)
def test_whatever_people_text_is_kept_to_the_letter(database: Database, words: str) -> None:
    phone, _, _ = begin(database)
    phone.text("2")
    phone.text(words)
    assert one(database, select(Answer.raw).where(Answer.question == "where")) == words


def test_a_number_beyond_all_bounds(database: Database) -> None:
    with database.write() as connection:
        place = a_place(
            connection,
            "flow: n\ntitle: N\nlanguages: [en]\nstart: a\nstates:\n"
            "  a: {ask: number, text: How many?, next: b}\n  b: {say: Thanks., end: completed}\n",
        )
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id))
    phone.text("9" * 40)
    assert phone.last is not None
    assert phone.last.status == "received"


def test_a_long_text_is_cut_at_what_the_provider_takes(database: Database) -> None:
    with database.write() as connection:
        place = a_place(
            connection,
            "flow: l\ntitle: L\nlanguages: [en]\nstart: a\nstates:\n  a: {ask: text, text: Say., next: b}\n"
            f"  b: {{say: '{'word ' * 500}', end: completed}}\n",
        )
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id))
    parts = phone.hand_in(an_inbound("x", at=phone.now + timedelta(seconds=5)))
    assert [len(part) <= 1_600 for part in parts] == [True, True]
    assert " ".join(parts).split() == ["word"] * 500
