"""An update tells those who spoke or subscribed what came of it, once, in their language, and hides small figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from bot.errors import NotFound, WrongUsage
from bot.updates.schedule import cancel_update, preview_update, schedule_update
from bot.updates.send import send_due
from storage import updates as rows
from storage.communities import community_by_id
from storage.database import Database
from storage.models import Campaign, InboxItem, Invitation, Message, Update
from tests.builders import NOON
from tests.campaigns.hall import Hall

CHOICES = ("snow",) * 6 + ("lights",) * 3 + ("cars",) * 3


@pytest.fixture
def hall(database: Database) -> Hall:
    """Twelve who answered, one who began, one who was silent, one who subscribed alone."""
    found = Hall.built(database, settings={"small_cell": 5})
    people = found.residents(9) + found.residents(5, language="fr")
    found.launch()
    found.work()
    for person, choice in zip(people, CHOICES, strict=False):
        found.answer(person, choice)
    found.send()
    found.resident(agreed=("updates",))
    found.now += timedelta(days=8)  # those who were silent are let go
    found.work()
    return found


def schedule(hall: Hall, text: str | Mapping[str, str], campaign: str | None = "spring", **given: Any) -> int:
    with hall.database.write() as connection:
        options: dict[str, Any] = {"otherwise": None, "at": None, "cron": None, "subscribers": False, **given}
        return schedule_update(
            connection,
            community=community_by_id(connection, hall.community_id),
            campaign=hall.campaign(campaign) if campaign else None,
            texts={"en": text} if isinstance(text, str) else text,
            now=hall.now,
            **options,
        )


def send(hall: Hall, slice_size: int = 4) -> None:
    while True:
        with hall.database.write() as connection:
            if not send_due(connection, hall.now, slice_size=slice_size):
                return


def told(hall: Hall, update_id: int) -> dict[int, list[str]]:
    """Who was told what by an update."""
    found: dict[int, list[str]] = {}
    for person, text in hall.all(
        select(Message.participant_id, Message.text).where(Message.update_id == update_id).order_by(Message.id)
    ):
        found.setdefault(person, []).append(text)
    return found


def row(hall: Hall, update_id: int) -> Row[Any]:
    with hall.database.read() as connection:
        found = rows.find_update(connection, update_id)
    assert found is not None
    return found


def an_invitation(hall: Hall, participant_id: int) -> Any:
    """A place in the campaign for somebody who came later."""
    place = {"community_id": hall.community_id, "campaign_id": hall.campaign().id, "participant_id": participant_id}
    return insert(Invitation).values(**place, status="pending", created_at=hall.now)


def test_those_who_took_part_are_told_the_results_in_their_language(hall: Hall) -> None:
    update = schedule(
        hall,
        {
            "fr": "{results.n} réponses: {results.focus.top} d'abord ({results.focus.top_percent, number, percent}).",
            "en": "{community}: {results.n} of you answered. {results.focus.top} came first.",
        },
    )
    send(hall)
    send(hall)
    found = told(hall, update)
    assert sorted(found) == hall.people[:12]
    assert set(map(tuple, found.values())) == {
        ("Shore Road Neighbours: 12 of you answered. Snow on sidewalks came first.",),
        ("12 réponses: Neige sur les trottoirs d'abord (50 %).",),
    }
    message = hall.all(
        select(Message.__table__.c["kind", "priority", "segments", "language", "campaign_id", "due_at"])
        .where(Message.update_id == update)
        .order_by(Message.id)
    )[0]
    assert message == ("update", 2, 1, "en", hall.campaign().id, hall.now)
    assert (row(hall, update).status, row(hall, update).occurrence) == ("sent", 1)


def test_subscribers_hear_news_without_a_campaign(hall: Hall) -> None:
    hall.change(hall.people[0], updates="withdrawn")
    update = schedule(hall, "The town clears Birch St by 7 am.", campaign=None, subscribers=True)
    send(hall)
    assert sorted(told(hall, update)) == hall.people[1:]


def test_both_those_who_took_part_and_subscribers_hear_once(hall: Hall) -> None:
    hall.change(hall.people[0], updates="none")
    hall.change(hall.people[1], updates="withdrawn")
    update = schedule(hall, "News.", subscribers=True)
    send(hall)
    assert Counter(map(len, told(hall, update).values())) == {1: 14}
    assert hall.people[1] not in told(hall, update)


def test_nobody_hears_who_stopped_is_held_or_is_out_of_reach(hall: Hall) -> None:
    hall.reply(hall.people[0], "STOP")
    hall.change(hall.people[1], held_at=hall.now)
    update = schedule(hall, "News.", tags=("answered",))
    send(hall)
    assert sorted(told(hall, update)) == hall.people[2:12]


def test_it_goes_out_at_its_hour_with_the_figures_of_that_hour(hall: Hall) -> None:
    update = schedule(hall, "{results.n} of you answered", at=hall.now + timedelta(hours=2))
    send(hall)
    assert told(hall, update) == {}
    late = hall.resident()
    with hall.database.write() as connection:
        connection.execute(Campaign.__table__.update().values(status="running", audience={}))
        connection.execute(an_invitation(hall, late))
    hall.work()
    hall.answer(late)
    hall.now += timedelta(hours=2)
    send(hall)
    assert set(map(tuple, told(hall, update).values())) == {("13 of you answered",)}


def test_everybody_reads_the_same_figures_though_answers_come_in_between(hall: Hall) -> None:
    update = schedule(hall, "{results.n} of you answered")
    with hall.database.write() as connection:
        send_due(connection, hall.now, slice_size=4)
    latecomer = hall.resident()
    hall.launch("again")
    hall.work()
    with hall.database.write() as connection:
        connection.execute(Update.__table__.update().values(campaign_id=hall.campaign().id))
    hall.answer(latecomer)
    send(hall)
    assert set(map(tuple, told(hall, update).values())) == {("12 of you answered",)}


def test_a_cron_goes_out_again_and_again_each_time_once(hall: Hall) -> None:
    # NOON is a Monday; eight days later it is Tuesday in Halifax, ten o'clock there is 14:00 UTC.
    update = schedule(hall, "Week's news.", cron="0 10 * * mon")
    assert row(hall, update).next_at == datetime(2026, 12, 7, 14, tzinfo=NOON.tzinfo)
    for weeks in (1, 2):
        hall.now = row(hall, update).next_at
        send(hall)
        send(hall)
        assert set(map(len, told(hall, update).values())) == {weeks}
    assert row(hall, update).next_at == datetime(2026, 12, 21, 14, tzinfo=NOON.tzinfo)
    with hall.database.write() as connection:
        cancel_update(connection, community_by_id(connection, hall.community_id), update, hall.now)
    hall.now += timedelta(days=30)
    send(hall)
    assert set(map(len, told(hall, update).values())) == {2}


def test_a_figure_under_the_small_cell_is_withheld_and_says_so(hall: Hall) -> None:
    update = schedule(hall, "Cars: {results.focus.cars.n}")
    send(hall)
    assert told(hall, update) == {}
    assert row(hall, update).status == "withheld"
    assert "fewer than 5 people" in row(hall, update).reason
    assert hall.all(select(InboxItem.kind, InboxItem.text))[-1] == (
        "failed",
        f"Update {update} was not sent. {row(hall, update).reason}",
    )


def test_otherwise_is_said_where_a_figure_is_too_small(hall: Hall) -> None:
    update = schedule(
        hall, "Cars: {results.focus.cars.n}", otherwise={"en": "Thank you, all {results.n}.", "fr": "Merci!"}
    )
    send(hall)
    assert set(map(tuple, told(hall, update).values())) == {("Thank you, all 12.",), ("Merci!",)}


def test_a_repeating_update_that_is_withheld_is_tried_again_the_next_time(hall: Hall) -> None:
    update = schedule(hall, "Cars: {results.focus.cars.n}", cron="0 10 * * *")
    hall.now = row(hall, update).next_at
    send(hall)
    assert (row(hall, update).status, told(hall, update)) == ("scheduled", {})
    assert row(hall, update).next_at == hall.now + timedelta(days=1)
    more = hall.residents(2)
    hall.launch("again")
    hall.work()
    for person in more:
        hall.answer(person, "cars")
    with hall.database.write() as connection:
        connection.execute(Update.__table__.update().values(texts={"en": "{results.n}"}))
    hall.now = row(hall, update).next_at
    send(hall)
    assert len(told(hall, update)) == 12


def test_a_cancelled_update_takes_back_what_has_not_left(hall: Hall) -> None:
    update = schedule(hall, "News.")
    with hall.database.write() as connection:
        send_due(connection, hall.now, slice_size=4)
    hall.send()
    with hall.database.write() as connection:
        send_due(connection, hall.now, slice_size=4)
    with hall.database.write() as connection:
        assert cancel_update(connection, community_by_id(connection, hall.community_id), update, hall.now) == 4
    send(hall)
    found = hall.all(select(Message.status).where(Message.update_id == update))
    assert Counter(found) == {"sent": 4, "cancelled": 4}
    with hall.database.write() as connection, pytest.raises(WrongUsage, match="cancelled already"):
        cancel_update(connection, community_by_id(connection, hall.community_id), update, hall.now)
    with hall.database.write() as connection, pytest.raises(NotFound, match="no update"):
        cancel_update(connection, community_by_id(connection, hall.community_id), 999, hall.now)


def test_readers_of_other_languages_get_the_community_s_first(hall: Hall) -> None:
    arab = hall.resident(language="ar", agreed=("updates",))
    acadian = hall.resident(language="fr_CA", agreed=("updates",))
    update = schedule(hall, {"fr": "Des nouvelles.", "en": "News."}, campaign=None, subscribers=True)
    send(hall)
    assert (told(hall, update)[arab], told(hall, update)[acadian]) == (["News."], ["Des nouvelles."])


def test_a_broken_update_does_not_hold_up_the_others(hall: Hall) -> None:
    broken, whole = schedule(hall, "News.", cron="0 10 * * *"), schedule(hall, "News.")
    with hall.database.write() as connection:
        connection.execute(Update.__table__.update().where(Update.id == broken).values(cron="never", next_at=hall.now))
    send(hall)
    assert (row(hall, broken).status, row(hall, whole).status) == ("withheld", "sent")
    assert told(hall, broken) == {}


@pytest.mark.parametrize(
    ("text", "given", "says"),
    [
        ("  ", {}, "has no text"),
        ("{results.n", {}, "cannot be used"),
        ("{weather}", {}, "nothing that an update knows"),
        ("{results.noise.top}", {}, "asks no such question. It asks: focus, safe, where"),
        ("x" * 1_601, {}, "1,601 characters"),
        ("{results.n}", {"campaign": None, "subscribers": True}, "needs a campaign"),
        ("News.", {"campaign": None}, "To whom"),
        ("News.", {"cron": "every day"}, "Five fields"),
        ("News.", {"cron": "0 10 * * *", "at": NOON}, "either --at"),
        ("News.", {"otherwise": {"en": "{weather}"}}, "nothing that an update knows"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(hall: Hall, text: str, given: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        schedule(hall, text, **given)


def test_a_preview_shows_what_would_be_said_now(hall: Hall) -> None:
    assert _preview(hall, {"en": "{results.n}", "fr": "{results.n} fois"}).texts == {"en": "12", "fr": "12 fois"}
    assert "fewer than 5" in (_preview(hall, {"en": "{results.focus.cars.n}"}).withheld or "")


def _preview(hall: Hall, texts: Mapping[str, str], languages: Sequence[str] = ()) -> Any:
    with hall.database.read() as connection:
        return preview_update(
            connection,
            community=community_by_id(connection, hall.community_id),
            campaign=hall.campaign(),
            texts=texts,
            otherwise=None,
        )
