"""Joining by a word on a poster or a link, with consent in the resident's own act; and what strangers hear."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from bot.channels.base import ButtonPress, IncomingMedium
from bot.conversation import take_in_unplaced
from bot.conversation.written import read_inbound, write_inbound
from flows.segments import segment
from storage.database import Database
from storage.models import Address, Consent, Flow, InboxItem, Invitation, Message, Participant, Run, UnplacedText
from tests.builders import (
    NOON,
    a_campaign,
    a_community,
    a_coordinator,
    a_keyword,
    a_participant,
    a_place,
    a_revision,
    a_sender,
    an_inbound,
)
from tests.conversation.talk import Phone, one, read

ASKED = (
    "Shore Road Neighbours here. We text 3-5 short questions a season and what came of them. "
    "Reply YES to join. STOP ends it any time."
)
#: The first text to somebody whose language is only guessed.
FIRST_TEXT = f"{ASKED}\nOr text FRANÇAIS."
FIRST_QUESTION = "What should we fix first?\n1 Street lights\n2 Snow on sidewalks\n3 Speeding cars"


def posters(database: Database) -> Phone:
    """A campaign that FUNDY joins, and a phone that nobody knows."""
    with database.write() as connection:
        place = a_place(connection)
        a_keyword(connection, place.community_id, "fundy", place.campaign_id)
    return Phone(database, address="sms:+19025550142")


@pytest.mark.parametrize("words", ["FUNDY", "fundy", " Fundy! ", "join fundy", "Text FUNDY", "F u n d y"])
def test_a_word_on_a_poster(database: Database, words: str) -> None:
    phone = posters(database)
    assert phone.text(words) == [FIRST_TEXT]
    assert one(database, select(Participant.surveys)) == "none"
    (welcome,) = phone.text("ya ok")
    assert welcome == f"You're in, thanks. First question soon. HELP for who we are.\n{FIRST_QUESTION}"
    ledger = read(database, select(Consent.__table__).order_by(Consent.id))
    assert [(row.scope, row.state, row.wording, row.channel) for row in ledger] == [
        ("surveys", "granted", ASKED, "sms"),
        ("updates", "granted", ASKED, "sms"),
    ]
    assert one(database, select(Message.text).where(Message.id == ledger[0].message_id)) == "ya ok"
    assert phone.text("2") == ["Where is it worst?"]
    assert one(database, select(Invitation.status)) == "started"


@pytest.mark.parametrize("words", ["FRANÇAIS", "francais svp", "French", "الفرنسية"])
def test_the_first_text_offers_the_other_languages(database: Database, words: str) -> None:
    phone = posters(database)
    assert phone.text("FUNDY") == [FIRST_TEXT]
    (asked,) = phone.text(words)
    assert "Répondez OUI pour participer" in asked
    assert one(database, select(Participant.language)) == "fr"
    (welcome, *_) = phone.text("oui")
    assert welcome.startswith("C'est fait, merci.")
    assert one(database, select(Consent.wording).where(Consent.scope == "surveys")).startswith("Ici Shore Road")


def test_a_stranger_may_name_a_language_on_the_day_that_they_were_told(database: Database) -> None:
    phone = posters(database)
    (told,) = phone.text("hi who is this number")
    assert told.endswith("Or text FRANÇAIS.")
    (again,) = phone.text("français")
    assert "Nous" in again
    assert "FRANÇAIS" not in again


def test_the_language_that_a_stranger_asked_for_holds_when_they_join(database: Database) -> None:
    phone = posters(database)
    phone.text("hi who is this number")
    phone.text("français")
    (asked,) = phone.text("FUNDY")
    assert "Répondez OUI pour participer" in asked
    assert "ENGLISH" not in asked
    assert one(database, select(Participant.language)) == "fr"


def test_a_language_asked_for_holds_in_another_community_of_the_number(database: Database) -> None:
    with database.write() as connection:
        first = a_community(connection, "first", name="First")
        second = a_community(connection, "second", name="Second", settings={"keyword": "SECOND"})
        a_sender(connection, first, second)
    phone = Phone(database)
    phone.text("français")
    (asked,) = phone.text("second")
    assert asked.startswith("Ici Second.")


@pytest.mark.parametrize(
    ("languages", "offered"),
    [
        (["en", "fr", "ar", "uk", "zh", "es", "tl"], "Or text FRANÇAIS, ARABIC, UKRAINIAN, CHINESE, ESPAÑOL, TAGALOG."),
        (["en", "gd", "mic"], "Or text SCOTTISH GAELIC, MI'KMAQ."),
        (["fr", "ar"], "Ou textez ARABE."),
        (["es", "ar", "fr"], "O mande العربية, FRANÇAIS."),
        (["uk", "ar", "en"], "Або надішліть العربية, ENGLISH."),
    ],
)
def test_the_offer_of_languages_leaves_a_plain_text_plain(
    database: Database, languages: list[str], offered: str
) -> None:
    """A name in letters that are not plain SMS would make three messages of one; each word is read as its language."""
    with database.write() as connection:
        a_sender(connection, a_community(connection, languages=languages))
    (told,) = Phone(database).text("0")
    assert told.splitlines()[-1] == offered
    assert (segment(told).encoding == "GSM-7") == (languages[0] not in ("es", "uk"))


def test_the_offer_on_a_screen_names_each_language_as_its_speakers_do(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection, "shore-road", languages=["en", "ar", "uk"])
        a_sender(connection, community_id, address="telegram:soundings_test_bot")
    told = Phone(database, address="telegram:77", sender="telegram:soundings_test_bot").text("0")
    assert told[-1].endswith("Or text العربية, УКРАЇНСЬКА.")


def test_no_word_is_offered_that_would_not_be_read(database: Database) -> None:
    with database.write() as connection:
        a_sender(connection, a_community(connection, languages=["en", "xx"]))
    (told,) = Phone(database).text("0")
    assert "Or text" not in told


def test_who_says_no_is_not_asked_again(database: Database) -> None:
    phone = posters(database)
    phone.text("FUNDY")
    (declined,) = phone.text("no thanks")
    assert declined.startswith("That's fine")
    assert one(database, select(Participant.surveys)) == "none"
    assert one(database, select(Run.outcome)) == "declined"
    assert phone.wait(timedelta(days=10)) == []


def test_the_communitys_own_word_joins_the_community(database: Database) -> None:
    with database.write() as connection:
        a_place(connection)
    phone = Phone(database)
    assert phone.text("join") == [FIRST_TEXT]
    assert phone.text("yes") == ["You're in, thanks. First question soon. HELP for who we are."]
    assert phone.text("JOIN") == [
        "You're in already, thank you. We text you when there is something new. STOP ends it any time."
    ]
    assert one(database, select(Flow.name).where(Flow.name == "welcome")) == "welcome"


def test_a_communitys_own_welcome_is_used_where_it_has_one(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_revision(
            connection,
            place.community_id,
            "flow: welcome\ntitle: Welcome\nlanguages: [en]\nstart: ask\nstates:\n"
            "  ask: {ask: yesno, text: Can we text you?, next: yes}\n"
            "  yes: {subscribe: surveys, say: Lovely., end: completed}\n",
        )
    phone = Phone(database)
    assert phone.text("JOIN") == ["Can we text you?\nOr text FRANÇAIS."]
    assert phone.text("yes") == ["Lovely."]
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.surveys, participant.updates) == ("granted", "none")


def test_who_is_known_and_agreed_goes_straight_to_the_campaign_and_through_it_once(database: Database) -> None:
    phone = posters(database)
    with database.write() as connection:
        a_participant(connection, one(database, select(Flow.community_id)), phone.address)
    assert phone.text("fundy") == [FIRST_QUESTION]
    for words in ("2", "by the school", "3"):
        phone.text(words)
    assert phone.text("fundy") == ["You answered this one already, thank you. We will text you what comes of it."]
    assert one(database, select(Invitation.status)) == "ended"


def test_the_word_of_a_campaign_that_is_over(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        over = a_campaign(connection, place.community_id, place.revision_id, "winter", status="closed")
        a_keyword(connection, place.community_id, "winter", over)
        a_participant(connection, place.community_id)
    assert Phone(database).text("winter") == [
        "That one is over, thank you for asking. We text you when there is a next one."
    ]


def test_an_answer_that_is_a_keyword_too_is_an_answer(database: Database) -> None:
    """Only where the question cannot take the word does it mean the campaign."""
    with database.write() as connection:
        place = a_place(connection)
        winter = a_campaign(connection, place.community_id, place.revision_id, "winter")
        a_keyword(connection, place.community_id, "snow", winter)
        a_keyword(connection, place.community_id, "fundy", place.campaign_id)
        a_participant(connection, place.community_id)
    phone = Phone(database)
    assert phone.text("fundy") == [FIRST_QUESTION]
    assert phone.text("snow") == ["Where is it worst?"]
    phone.text("snow")
    assert [row.status for row in read(database, select(Invitation.status))] == ["started"]


def test_a_link_on_telegram(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection, "shore-road")
        a_sender(connection, community_id, a_community(connection, "other"), address="telegram:soundings_test_bot")
    phone = Phone(database, address="telegram:77", sender="telegram:soundings_test_bot")
    assert phone.text("start", start="") == [
        "Hello. To begin, open the link or scan the code that your community gave you."
    ]
    # One message, though its last line comes after the question: the buttons are shown beneath it all.
    (asks,) = phone.text("start", start="shore-road", profile_name="Sam", language="fr-CA")
    assert asks.endswith("\n\nOu textez ENGLISH.")
    (participant,) = read(database, select(Participant.__table__))
    assert (participant.community_id, participant.name, participant.language) == (community_id, "Sam", "fr")
    (asked,) = read(database, select(Message.__table__).where(Message.kind == "prompt"))
    assert [button["key"] for button in asked.buttons] == ["yes", "no"]
    assert phone.tap(asked.run_id, asked.visit, "yes")
    assert one(database, select(Participant.surveys)) == "granted"


def test_a_word_joins_the_community_that_it_belongs_to(database: Database) -> None:
    with database.write() as connection:
        first = a_community(connection, "first", name="First")
        second = a_community(connection, "second", name="Second", settings={"keyword": "SECOND"})
        a_sender(connection, first, second)
    phone = Phone(database)
    (asked,) = phone.text("second")
    assert asked.startswith("Second here.")
    assert one(database, select(Participant.community_id)) == second
    assert phone.text("YES")
    asked_again = phone.text("JOIN FIRST")
    assert one(database, select(Message.community_id).where(Message.text == "JOIN FIRST")) == second
    assert asked_again[0].startswith("Thanks for your text.")
    assert phone.text("join")[0].startswith("First here.")
    assert {row.community_id for row in read(database, select(Participant.community_id))} == {first, second}


def test_a_text_goes_to_the_open_run_and_else_to_the_community_joined_last(database: Database) -> None:
    with database.write() as connection:
        first = a_community(connection, "first", name="First")
        second = a_community(connection, "second", name="Second", settings={"keyword": "SECOND"})
        a_sender(connection, first, second)
        revision_id = a_revision(connection, first)
        campaign_id = a_campaign(connection, first, revision_id)
        a_keyword(connection, first, "fundy", campaign_id)
        a_participant(connection, first)
        a_participant(connection, second, joined_at=Phone(database).now + timedelta(days=1))
    phone = Phone(database)
    assert phone.text("is anybody there?") == [
        "Thanks for your text. Nothing is open right now, so a person at Second will read it."
    ]
    assert phone.text("fundy") == [FIRST_QUESTION]
    assert phone.text("2") == ["Where is it worst?"]


def test_a_stranger_is_told_once_a_day_how_to_join(database: Database) -> None:
    with database.write() as connection:
        a_place(connection)
    phone = Phone(database, address="sms:+19025550142")
    told = "This is Shore Road Neighbours. We don't know this number yet. To take part, text JOIN. We ask you first."
    assert phone.text("hi who is this number") == [f"{told}\nOr text FRANÇAIS."]
    assert phone.text("hello?") == []
    phone.now += timedelta(days=1)
    assert phone.text("hello?") == [f"{told}\nOr text FRANÇAIS."]
    assert {row.status for row in read(database, select(Message.status).where(Message.direction == "in"))} == {"kept"}
    assert read(database, select(Participant.id)) == []


def test_a_stranger_who_writes_french_is_told_in_french(database: Database) -> None:
    with database.write() as connection:
        a_place(connection)
    Phone(database, address="sms:+19025550142").text("bonjour, qui est-ce?")
    assert one(database, select(Message.language).where(Message.direction == "out")) == "fr"


@pytest.mark.parametrize("address", ["sms:72345", "sms:AMAZON", "sms:+4915112345678", "sms:+999123", "sms:", "sms:+1"])
def test_short_codes_and_other_countries_are_never_answered(database: Database, address: str) -> None:
    with database.write() as connection:
        a_place(connection)
    phone = Phone(database, address=address)
    for words in ("hello", "HELP", "JOIN"):
        assert phone.text(words) == []
    assert len(read(database, select(Message.id))) == 3


def test_only_so_many_strangers_a_day_are_answered(database: Database) -> None:
    with database.write() as connection:
        a_place(connection, strangers_per_day=2)
    answered = [Phone(database, address=f"sms:+1902555012{n}").text("hello") for n in range(4)]
    assert [len(replies) for replies in answered] == [1, 1, 0, 0]


def test_a_coordinators_own_text_is_kept_in_silence(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
        a_coordinator(connection, place.community_id)
    assert Phone(database, address="sms:+19025550199").text("on my way") == []
    assert one(database, select(Message.text)) == "on my way"


def test_a_text_to_a_number_that_nobody_registered_waits_until_somebody_does(database: Database) -> None:
    phone = Phone(database, sender="sms:+19025550111")
    text = an_inbound("HELP", address=phone.address, sender=phone.sender, at=phone.now)
    assert phone.hand_in(text) == []
    assert phone.hand_in(text) == []
    assert phone.last is not None
    assert phone.last.status == "unknown_sender"
    assert read(database, select(Address.id)) == []
    assert read(database, select(InboxItem.id)) == []
    with database.write() as connection:
        assert take_in_unplaced(connection, phone.now, phone.house) == 0
        a_sender(connection, a_community(connection), address=phone.sender)
        assert take_in_unplaced(connection, phone.now, phone.house) == 1
        assert take_in_unplaced(connection, phone.now, phone.house) == 0
    assert phone.new()[0].startswith("Shore Road Neighbours asks")
    assert phone.hand_in(text) == []
    assert (phone.last.status, phone.last.message_id is None) == ("duplicate", False)


def test_what_waits_for_a_number_is_forgotten_after_a_month(database: Database) -> None:
    phone = Phone(database, sender="sms:+19025550111")
    phone.text("hello")
    with database.write() as connection:
        take_in_unplaced(connection, phone.now + timedelta(days=31), phone.house)
    assert read(database, select(UnplacedText.id)) == []


def test_everything_about_a_text_survives_the_wait() -> None:
    text = an_inbound(
        "hi",
        kind="button",
        button=ButtonPress(1, 2, "yes"),
        media=(IncomingMedium("photo", "ref", "image/jpeg"),),
        location=(44.6, -63.5),
        start="fundy",
        extra={"messaging_service": "sms:MG1"},
        sent_at=NOON,
    )
    assert read_inbound(orjson.loads(orjson.dumps(write_inbound(text)))) == text


def test_a_text_to_a_number_of_a_registered_service_belongs_to_the_service(database: Database) -> None:
    service = "sms:MG" + "0" * 32
    with database.write() as connection:
        a_sender(connection, a_community(connection), address=service)
    phone = Phone(database)
    assert phone.text("HELP", extra={"messaging_service": service})


def test_a_keyword_that_is_a_moment_old_is_known(database: Database) -> None:
    with database.write() as connection:
        place = a_place(connection)
    phone = Phone(database, address="sms:+19025550188")
    phone.hand_in(an_inbound("hello", address=phone.address, at=phone.now))
    with database.write() as connection:
        a_keyword(connection, place.community_id, "tide", place.campaign_id)
    assert "YES" in phone.hand_in(an_inbound("tide", address=phone.address, at=phone.now))[0]
