"""What a coordinator types for what needs a person: a text that may mean stop, a wish for a person, and the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.app import Installation, open_installation
from bot.cli import app
from bot.config import load_settings
from bot.conversation import RunStart
from bot.errors import NotFound, WrongUsage
from bot.inbox import MEANING
from storage.models import Answer, Consent, Message, Participant
from storage.models.participants import INBOX_KINDS
from tests.builders import a_community, a_participant, a_place
from tests.conversation.talk import Phone, one

HERE = ("-c", "shore-road")


def run(*words: str) -> Any:
    """What a command prints as JSON."""
    done = CliRunner().invoke(app, [*words, *HERE, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def refused(*words: str) -> str:
    with pytest.raises(WrongUsage) as error:
        CliRunner().invoke(app, [*words, *HERE], catch_exceptions=False)
    return str(error.value)


@pytest.fixture
def installation() -> Iterator[Installation]:
    opened = open_installation(load_settings())
    yield opened
    opened.database.close()


@pytest.fixture
def phone(installation: Installation) -> Phone:
    """A resident in the middle of a conversation, at its open question."""
    with installation.write() as connection:
        place = a_place(connection)
        participant_id = a_participant(connection, place.community_id, name="Ann")
    found = Phone(installation.database)
    found.start(RunStart(participant_id, place.revision_id, place.campaign_id))
    found.text("2")
    return found


def test_what_may_mean_stop_is_released_and_counts_as_the_answer(phone: Phone, installation: Installation) -> None:
    assert phone.text("make it stop") == []
    (item,) = run("inbox", "list")
    assert (item["item"], item["kind"], item["words"], item["name"]) == (1, "unsure_stop", "make it stop", "Ann")
    assert item["held"]
    told = refused("inbox", "done", "1")
    assert "soundings inbox stop 1 -c shore-road" in told
    assert "soundings inbox release 1 -c shore-road" in told
    assert not run("inbox", "release", "1")["held"]
    assert phone.new() == ["How safe do you feel here, 1 to 5?"]
    assert one(installation.database, select(Answer.value).where(Answer.question == "where")) == "make it stop"
    assert run("inbox", "list") == []
    assert [one["item"] for one in run("inbox", "list", "--done")] == [1]
    assert "somebody decided" in refused("inbox", "release", "1")


def test_what_may_mean_stop_is_a_stop(phone: Phone, installation: Installation) -> None:
    phone.text("make it stop")
    assert run("inbox", "stop", "1")["done_at"] is not None
    database = installation.database
    assert one(database, select(Participant.opted_out_at)) is not None
    withdrawn = select(Consent.wording, Consent.source).where(Consent.state == "withdrawn", Consent.scope == "surveys")
    with installation.read() as connection:
        assert connection.execute(withdrawn).one() == ("make it stop", "coordinator")
    assert phone.new() == []
    assert "said STOP" in refused("inbox", "reply", "1", "Hello")


def test_a_doubt_stays_while_a_coordinator_asks(phone: Phone) -> None:
    phone.text("make it stop")
    run("inbox", "reply", "1", "Do you want us to stop texting?")
    assert phone.new() == ["Do you want us to stop texting?"]
    (item,) = run("inbox", "list", "--kind", "unsure_stop")
    assert item["held"]


def test_a_person_answers_and_hands_back(phone: Phone, installation: Installation) -> None:
    phone.text("can someone just call me")
    (item,) = run("inbox", "list")
    assert (item["kind"], item["flow_waits"]) == ("person", True)
    run("inbox", "reply", "1", "Hi, this is Jo.")
    assert phone.new() == ["Hi, this is Jo."]
    assert run("inbox", "list") == []
    phone.text("its about my neighbour")
    (item,) = run("inbox", "list")
    assert item["words"] == "its about my neighbour"
    run("inbox", "resume", str(item["item"]))
    assert phone.new() == ["Where is it worst?"]
    assert run("inbox", "list") == []
    assert "flow leads it already" in refused("inbox", "resume", str(item["item"]))
    assert one(installation.database, select(Message.kind).where(Message.kind == "manual")) == "manual"


def test_the_most_urgent_comes_first(phone: Phone) -> None:
    phone.text("STOP")
    phone.text("START")
    phone.text("when is the meeting?")
    phone.text("i want to die")
    assert [one["kind"] for one in run("inbox", "list")] == ["distress", "stray"]
    assert [one["kind"] for one in run("inbox", "list", "--kind", "stray")] == ["stray"]
    assert run("inbox", "done", "1", "2") == {"settled": 2}
    assert run("inbox", "done", "1", "2") == {"settled": 0}
    assert run("inbox", "list") == []


def test_what_there_is_not_is_said(phone: Phone, installation: Installation) -> None:
    with installation.write() as connection:
        a_community(connection, "elsewhere")
    phone.text("make it stop")
    assert "--kind is one of distress" in refused("inbox", "list", "--kind", "urgent")
    with pytest.raises(NotFound, match="item of this community's inbox called '7'"):
        run("inbox", "done", "7")
    with pytest.raises(NotFound):
        CliRunner().invoke(app, ["inbox", "stop", "1", "-c", "elsewhere"], catch_exceptions=False)


def test_every_kind_is_told_in_words(phone: Phone) -> None:
    assert set(MEANING) == set(INBOX_KINDS)
    phone.text("make it stop")
    shown = CliRunner().invoke(app, ["inbox", "list", *HERE]).output
    assert "may mean stop: nothing goes out to them" in shown
    assert "make it stop" in shown
    assert "+1902" not in shown


def test_who_asks_by_telephone_is_opted_out(phone: Phone, installation: Installation) -> None:
    run("participant", "stop", "902 555 0123", "--reason", "told Ana on the phone")
    wording = select(Consent.wording).where(Consent.state == "withdrawn", Consent.scope == "updates")
    assert one(installation.database, wording) == "told Ana on the phone"
    assert phone.new() == []
    assert phone.text("START") != []
