"""STOP works: in any language we speak, at any point, on any channel, and nothing leaves after it but the one confirmation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.consent import address_hash, grant, is_suppressed, withdraw
from bot.conversation import RunStart, start_runs
from storage.database import Database
from storage.models import Address, Consent, InboxItem, Invitation, Message, Participant, Run, Sender, Suppression
from tests.builders import (
    RESIDENT,
    SENDER,
    Place,
    a_community,
    a_coordinator,
    a_house,
    a_participant,
    a_place,
    a_revision,
    a_sender,
    an_inbound,
    an_invitation,
)
from tests.conversation.talk import Phone, one, read

GOODBYE = "Done. You won't hear from Shore Road Neighbours again. START if you change your mind."


def begin(
    database: Database, *, opt_out: str = "ours", address: str = RESIDENT, sender: str = SENDER
) -> tuple[Phone, Place]:
    with database.write() as connection:
        place = a_place(connection)
        channel = sender.partition(":")[0]
        connection.execute(update(Sender).values(opt_out=opt_out, address=sender, channel=channel))
        participant_id = a_participant(connection, place.community_id, address)
        invitation_id = an_invitation(connection, place.community_id, place.campaign_id, participant_id)
    phone = Phone(database, address=address, sender=sender)
    assert phone.start(RunStart(participant_id, place.revision_id, place.campaign_id, invitation_id))
    return phone, place


@pytest.mark.parametrize(
    "words",
    ["STOP", "stop.", "Stop!!", "ARRET", "arrêt", "unsubscribe", "enough with the texts", "please stop texting me"],
)
def test_stop_in_the_middle_of_a_question(database: Database, words: str) -> None:
    phone, place = begin(database)
    phone.text("2")
    (goodbye,) = phone.text(words)
    assert "START" in goodbye or "REPRENDRE" in goodbye.upper()
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.opted_out_at, participant.surveys, participant.updates) == (phone.now, "withdrawn", "withdrawn")
    (run,) = read(database, select(Run.__table__))
    assert (run.status, run.outcome, run.due_at) == ("ended", "stopped", None)
    assert one(database, select(Invitation.status)) == "ended"
    ledger = read(database, select(Consent.scope, Consent.state, Consent.wording).where(Consent.state == "withdrawn"))
    assert sorted(ledger) == [("surveys", "withdrawn", words), ("updates", "withdrawn", words)]
    assert one(database, select(Suppression.address_hash)) == address_hash(RESIDENT, "simulator-only")
    assert phone.wait(timedelta(days=30)) == []
    assert place.community_id == participant.community_id


def test_after_stop_there_is_silence(database: Database) -> None:
    phone, _ = begin(database)
    assert phone.text("STOP") == [GOODBYE]
    assert phone.text("2") == []
    assert phone.text("hello?") == []
    assert phone.text("STOP") == []
    assert {row.status for row in read(database, select(Message.status).where(Message.text == "hello?"))} == {"kept"}


def test_stop_takes_back_what_waits_to_be_sent(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    with database.write() as connection:
        start_runs(connection, [RunStart(participant_id, place.revision_id)], phone.now, phone.house)
    assert phone.text("STOP") == [GOODBYE]
    (first,) = read(database, select(Message.__table__).where(Message.kind == "prompt"))
    assert (first.status, first.error) == ("cancelled", "stopped")


def test_a_reply_of_the_same_batch_is_taken_back_too(database: Database) -> None:
    phone, _ = begin(database)
    phone.now += timedelta(seconds=30)
    assert phone.hand_in(an_inbound("2", at=phone.now), an_inbound("STOP", at=phone.now)) == [GOODBYE]


def test_start_undoes_it(database: Database) -> None:
    phone, _ = begin(database)
    phone.text("STOP")
    assert phone.text("START") == [
        "Welcome back. Shore Road Neighbours will text you again. STOP ends it any time, HELP for who we are."
    ]
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.opted_out_at, participant.surveys, participant.updates) == (None, "granted", "granted")
    last = read(database, select(Consent.__table__).order_by(Consent.id))[-1]
    assert (last.state, last.source, last.wording) == ("granted", "text", GOODBYE)
    assert read(database, select(Suppression.__table__)) == []


@pytest.mark.parametrize("given_back", [False, True])
def test_start_does_not_give_back_what_was_withdrawn_by_itself_before(database: Database, given_back: bool) -> None:
    phone, _ = begin(database)
    (participant,) = read(database, select(Participant.__table__))
    with database.write() as connection:
        withdraw(connection, participant.id, "updates", source="text", wording="no updates", now=phone.now)
        if given_back:
            grant(connection, participant.id, "updates", source="text", wording="Updates?", now=phone.now)
    for _ in range(2):
        phone.text("STOP")
        phone.text("START")
        (participant,) = read(database, select(Participant.__table__))
        assert (participant.surveys, participant.updates) == ("granted", "granted" if given_back else "withdrawn")


def test_yes_is_no_start_where_stop_words_are_ours(database: Database) -> None:
    phone, _ = begin(database)
    phone.text("STOP")
    assert phone.text("yes") == []
    assert one(database, select(Participant.opted_out_at)) is not None


def test_help_is_answered_even_after_stop(database: Database) -> None:
    phone, _ = begin(database)
    phone.text("STOP")
    (help_text,) = phone.messages_after("HELP")
    assert help_text.kind == "help"
    assert "902-555-0199" in help_text.text


def test_the_provider_answered_stop_so_nothing_is_said(database: Database) -> None:
    phone, _ = begin(database, opt_out="provider")
    assert phone.text("STOP", opt_out="stop") == []
    assert one(database, select(Participant.opted_out_at)) == phone.now


@pytest.mark.parametrize("words", ["STOP", "Cancel", "END", "quit"])
def test_a_word_that_the_provider_answers_is_a_stop_even_where_its_webhook_does_not_say_so(
    database: Database, words: str
) -> None:
    phone, _ = begin(database, opt_out="provider")
    assert phone.text(words) == []
    assert one(database, select(Participant.opted_out_at)) == phone.now


def test_a_stop_that_the_provider_does_not_know_is_confirmed_by_us(database: Database) -> None:
    phone, _ = begin(database, opt_out="provider")
    assert phone.text("please stop texting me") == [GOODBYE]


def test_a_keyword_cannot_lift_the_providers_block_and_start_does(database: Database) -> None:
    phone, _ = begin(database, opt_out="provider")
    phone.text("STOP", opt_out="stop")
    assert phone.text("JOIN") == []
    assert one(database, select(Participant.opted_out_at)) is not None
    assert phone.text("START", opt_out="start") == []
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.opted_out_at, participant.surveys) == (None, "granted")


def test_yes_frees_only_who_was_blocked(database: Database) -> None:
    """To a provider YES is START. Where a question is open it is an answer."""
    with database.write() as connection:
        place = a_place(
            connection,
            "flow: one\ntitle: One\nlanguages: [en]\nstart: a\nstates:\n"
            "  a: {ask: yesno, text: Good?, next: b}\n  b: {say: Thanks., end: completed}\n",
        )
        connection.execute(update(Sender).values(opt_out="provider"))
        participant_id = a_participant(connection, place.community_id)
    phone = Phone(database)
    phone.start(RunStart(participant_id, place.revision_id))
    assert phone.text("YES", opt_out="start") == ["Thanks."]
    phone.text("STOP")
    assert phone.text("YES") == []
    assert one(database, select(Participant.opted_out_at)) is None


def test_stop_covers_every_community_that_the_sender_serves(database: Database) -> None:
    with database.write() as connection:
        first = a_community(connection, "first", name="First")
        second = a_community(connection, "second", name="Second")
        elsewhere = a_community(connection, "elsewhere", name="Elsewhere")
        a_sender(connection, first, second)
        a_sender(connection, elsewhere, address="sms:+19025550101")
        for community_id in (first, second, elsewhere):
            a_participant(connection, community_id)
    phone = Phone(database)
    (goodbye,) = phone.text("STOP")
    assert "First and Second" in goodbye or "Second and First" in goodbye
    stopped = {row.community_id: row.opted_out_at for row in read(database, select(Participant.__table__))}
    assert stopped == {first: phone.now, second: phone.now, elsewhere: None}


def test_a_block_on_telegram_is_an_opt_out_and_lifting_it_is_no_consent(database: Database) -> None:
    phone, _ = begin(database, address="telegram:77", sender="telegram:soundings_test_bot")
    assert phone.text("", kind="block") == []
    assert one(database, select(Participant.opted_out_at)) == phone.now
    assert one(database, select(Address.status)) == "blocked"
    assert phone.text("", kind="unblock") == []
    assert one(database, select(Participant.opted_out_at)) is not None
    assert phone.text("start", start="")[0].startswith("Welcome back.")


def test_what_may_be_a_wish_to_stop_is_held_for_a_person(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_coordinator(connection, place.community_id)
        participant_id = a_participant(connection, place.community_id)
    phone, office = Phone(database), Phone(database, address="sms:+19025550199")
    phone.start(RunStart(participant_id, place.revision_id))
    phone.text("2")
    assert phone.text("make it stop") == []
    assert one(database, select(Participant.held_at)) == phone.now
    (item,) = read(database, select(InboxItem.__table__))
    assert (item.kind, item.text, item.participant_id) == (
        "unsure_stop",
        "make it stop",
        participant_id,
    )
    (told,) = office.new()
    assert told.startswith("Shore Road Neighbours: does this mean stop?")
    assert phone.text("2") == []
    assert phone.wait(timedelta(days=2)) == []


def test_a_wrong_number_closes_the_address_and_its_next_holder_begins_anew(database: Database) -> None:
    phone, _ = begin(database)
    assert phone.text("sorry wrong number") == [
        "Sorry about that. This number is off our list. You won't hear from Shore Road Neighbours again."
    ]
    assert one(database, select(Address.status)) == "closed"
    assert one(database, select(Run.status)) == "ended"
    assert phone.text("ok thanks") == []
    (asked,) = phone.text("JOIN")
    assert "Reply YES to join" in asked
    people = read(database, select(Participant.__table__).order_by(Participant.id))
    assert [one_.surveys for one_ in people] == ["granted", "none"]
    assert one(database, select(Address.participant_id)) == people[1].id


@pytest.mark.parametrize("word", ["JOIN", "START"])
@pytest.mark.parametrize("before", [None, "STOP"])
def test_a_wrong_number_that_nothing_was_asked_of_is_no_stop_that_its_next_holder_could_lift(
    database: Database, word: str, before: str | None
) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_participant(connection, place.community_id)
    phone = Phone(database)
    if before is not None:
        phone.text(before)
    told = phone.text("you have the wrong number")
    assert [text[:16] for text in told] == ([] if before else ["Sorry about that"])
    assert one(database, select(Address.status)) == "closed"
    assert phone.text("wrong number!!") == []
    (asked,) = phone.text(word)
    assert "Reply YES to join" in asked
    phone.text("yes")
    people = read(database, select(Participant.__table__).order_by(Participant.id))
    assert [person.surveys for person in people] == ["withdrawn" if before else "granted", "granted"]
    assert one(database, select(Address.participant_id)) == people[1].id
    assert read(database, select(Suppression.__table__)) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_keyword_brings_back_to_its_own_community_alone(database: Database, known: bool) -> None:
    with database.write() as connection:
        first = a_community(connection, "first", name="First")
        second = a_community(connection, "second", name="Second", settings={"keyword": "hill"})
        a_sender(connection, first, second)
        for community_id in (first, second) if known else (first,):
            a_participant(connection, community_id)
    phone = Phone(database)
    phone.text("STOP")
    phone.text("hill")
    away = {row.community_id: row.opted_out_at is not None for row in read(database, select(Participant.__table__))}
    assert away == {first: True, second: False}
    assert [row.community_id for row in read(database, select(Suppression.community_id))] == [first]
    phone.text("START")
    phone.text("yes")
    phone.text("STOP")
    phone.text("START")
    away = {row.community_id: row.opted_out_at is not None for row in read(database, select(Participant.__table__))}
    assert away == {first: False, second: False}


def test_a_wrong_number_is_wrong_in_every_community_that_the_sender_serves(database: Database) -> None:
    with database.write() as connection:
        first, second = a_community(connection, "first"), a_community(connection, "second")
        a_sender(connection, first, second)
        for community_id in (first, second):
            a_participant(connection, community_id)
    phone = Phone(database)
    assert len(phone.text("wrong number")) == 1
    assert [row.status for row in read(database, select(Address.status))] == ["closed", "closed"]
    assert sorted(row.community_id for row in read(database, select(InboxItem.community_id))) == [first, second]


def test_a_strangers_stop_is_kept_as_a_hash_and_confirmed(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
    phone = Phone(database, address="sms:+19025550142")
    assert phone.text("STOP") == ["You get no texts from Shore Road Neighbours. START if you change your mind."]
    with database.read() as connection:
        assert is_suppressed(connection, [place.community_id], phone.address, ("new", "simulator-only"))
        assert not is_suppressed(connection, [place.community_id], phone.address, ("new",))


def test_a_stranger_who_said_stop_is_left_in_peace_until_they_come_back(database: Database) -> None:
    with database.write() as connection:
        a_place(connection)
    phone = Phone(database, address="sms:+19025550142")
    phone.text("STOP")
    phone.now += timedelta(days=2)
    assert phone.text("hello?") == []
    assert phone.text("HELP") != []
    (asked,) = phone.text("JOIN")
    assert "Reply YES to join" in asked
    assert read(database, select(Suppression.address_hash)) == []


def test_a_coordinator_who_stops_is_told_nothing_more_until_start(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_coordinator(connection, place.community_id)
        a_participant(connection, place.community_id)
    phone, office = Phone(database), Phone(database, address="sms:+19025550199")
    assert office.text("STOP") == ["You get no texts from Shore Road Neighbours. START if you change your mind."]
    phone.text("call me please")
    assert office.new() == []
    assert office.text("START")[0].startswith("Welcome back.")
    phone.text("can someone call me")
    assert len(office.new()) == 1


def test_start_from_a_wrong_number_asks_its_new_holder(database: Database) -> None:
    phone, _ = begin(database)
    phone.text("wrong number")
    (asked,) = phone.text("START")
    assert "Reply YES to join" in asked


def test_whoever_texts_us_is_not_dead(database: Database) -> None:
    phone, _ = begin(database)
    with database.write() as connection:
        connection.execute(update(Address).values(status="dead"))
    assert phone.text("2") == ["Where is it worst?"]
    assert one(database, select(Address.status)) == "open"


def test_distress_in_a_stop_reaches_a_person_and_nothing_more_is_said(database: Database) -> None:
    phone, _ = begin(database)
    phone.text("2")
    assert phone.text("stop texting me i want to die") == [GOODBYE]
    assert one(database, select(InboxItem.kind)) == "distress"


def test_french_goodbye_to_who_stops_in_french(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_participant(connection, place.community_id, language="fr")
        a_revision(connection, place.community_id)
    phone = Phone(database, house=a_house())
    assert phone.text("lâchez-moi")
    assert one(database, select(Message.language).where(Message.direction == "out")) == "fr"
