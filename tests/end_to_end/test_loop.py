"""The whole loop over real HTTP: import, launch, answers by SMS and Telegram through every fault, kills, results, the update."""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from tests.end_to_end.running import Town, town
from tests.providers import telegram_updates as updates
from tests.providers.loopback import broken, too_many
from tests.providers.twilio_forms import new_sid
from tests.providers.twilio_server import Callbacks

ANN, LUC, MAY, SAM, EVE = (f"+1902555013{number}" for number in range(5))
CHAT = 555_0141
FLOW = """\
flow: street
title: Your street
languages: [en, fr]
start: focus
states:
  focus:
    ask: choice
    text: {en: What should we work on first?, fr: Par quoi commencer?}
    options:
      housing: {en: Housing, fr: Logement}
      food: {en: Food, fr: Nourriture}
    next: why
  why:
    ask: text
    text: {en: Why that?, fr: Pourquoi?}
    next: safety
  safety:
    ask: scale
    text: {en: How safe do you feel?, fr: Vous sentez-vous en sécurité?}
    range: [1, 5]
    next: done
  done:
    say: {en: Thank you., fr: Merci.}
    end: completed
"""
PEOPLE = f"""\
phone,language,name,tags
{ANN},en,Ann,street
902-555-0131,fr,Luc,street
(902) 555 0132,en,May,street
1 902 555 0133,en,Sam,street
+1.902.555.0134,en,Eve,other
"""


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """An installation with a community, its senders, its people and a published flow, by the commands of the design."""
    url = None
    if request.param == "postgres":
        database: Database = request.getfixturevalue("postgres_database")
        url = database.url.render_as_string(hide_password=False)
    async with town(tmp_path, url) as found:
        (tmp_path / "people.csv").write_text(PEOPLE)
        (tmp_path / "street.yaml").write_text(FLOW)
        for line in (
            "community add north-end --name North-End --languages en,fr --timezone America/Halifax --hours 00:00-24:00",
            "sender add sms:+19025550100 --community north-end --opt-out ours --pace 100",
            "sender add telegram:soundings_test_bot --community north-end",
            "flow publish street.yaml --community north-end",
        ):
            found.run(*line.split())
        consent = [
            "--consent-source",
            "fair",
            "--consent-date",
            "2026-07-01",
            "--consent-wording",
            "I agree to be texted",
        ]
        report = found.run("participant", "import", "people.csv", "--community", "north-end", *consent, "--json")
        assert (report["imported"], report["rejected"]) == (5, [])
        yield found


async def _launch(place: Town) -> None:
    launched = await place.command(
        "campaign", "launch", "street", "--community", "north-end", "--name", "spring", "--tag", "street", "--json"
    )
    assert launched["campaign"] == "spring"


async def _audit(place: Town, *, unknown: int = 0) -> None:
    found = await place.command("audit", "--json")
    assert found["ok"], found
    assert found["unknown"] == unknown


async def test_a_survey_by_sms_through_every_fault_of_the_provider(place: Town) -> None:
    place.twilio.script(too_many(1), too_many(1), to=ANN)  # 429 with a wait, twice, then taken
    place.twilio.callbacks_to[LUC] = Callbacks(early=True, twice=True, backwards=True)
    await place.start()
    await _launch(place)
    await place.hears(ANN, "2 Food")
    await place.hears(LUC, "2 Nourriture")
    assert place.heard(EVE) == []  # has not the tag

    sid = new_sid()
    await asyncio.gather(*(place.insist(ANN, "food", sid=sid) for _ in range(3)))  # the same webhook, three times
    await place.hears(ANN, "Why that?")
    # Two texts at once: both count, in order.
    await asyncio.gather(place.insist(LUC, "logment"), place.insist(LUC, "le loyer monte"))
    await place.hears(LUC, "Pourquoi?")
    # What leaves as its worker is killed would be unknown, and rightly not be sent again: another test's matter.
    await place.until(lambda: len(place.heard(LUC)) == 3)

    place.kill()
    assert await place.text(ANN, "it is dear") == 0
    await place.start()
    await place.insist(ANN, "it is dear; ' OR 1=1 -- <b>=cmd()</b> \u202e\U0001f600")
    await place.hears(ANN, "How safe")
    await place.insist(ANN, "purple")
    await place.hears(ANN, "from 1 to 5")
    await place.insist(ANN, "4 out of 5")
    await place.hears(ANN, "Thank you.")

    await place.hears(SAM, "2 Food")
    await place.insist(SAM, "please stop texting me")
    await place.hears(SAM, "Done. You won't hear")
    await place.insist(SAM, "hello?")

    results = await place.command("results", "show", "spring", "--community", "north-end", "--json")
    focus = next(one for one in results["questions"] if one["question"] == "focus")
    assert {cell["value"]: cell["n"] for cell in focus["counts"]} == {"housing": 1, "food": 1}
    table = await place.command("results", "export", "spring", "--community", "north-end", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert sorted(row["outcome"] for row in rows) == ["active", "active", "completed", "stopped"]
    why = next(row["why"] for row in rows if row["outcome"] == "completed")
    assert why == "it is dear; ' OR 1=1 -- <b>=cmd()</b> \u202e\U0001f600"

    assert Counter(place.heard(SAM))["Done. You won't hear from North-End again. START if you change your mind."] == 1
    for phone in (ANN, SAM):
        assert max(Counter(place.heard(phone)).values()) == 1, place.heard(phone)
    # The second of two texts at once is an answer, or, where its writer had not seen the question, that is asked again.
    assert place.heard(LUC)[1] == "Pourquoi?"
    assert place.heard(LUC)[2:] == ["Pourquoi?"] or place.heard(LUC)[2:][0].startswith("Vous sentez-vous")
    assert place.twilio.problems == []
    await place.until(lambda: all(status == 200 for *_, status in place.twilio.callback_answers[-3:]))
    await _audit(place)


async def test_what_may_have_gone_is_unknown_and_never_sent_again(place: Town) -> None:
    place.twilio.script(broken(500, records=True), to=ANN)
    place.twilio.script(broken(500), to=LUC)
    place.twilio.callbacks_to[ANN] = Callbacks(())
    await place.start()
    await _launch(place)
    await place.hears(MAY, "2 Food")
    await place.until(lambda: place.twilio.requests >= 4)

    async def both_unknown() -> bool:
        return bool((await place.command("audit", "--json"))["unknown"] == 2)

    await place.until(both_unknown)
    place.kill()
    await place.start()
    # It went to Ann all the same, and she answers; to Luc it did not. Neither gets it twice.
    await place.insist(ANN, "1")
    await place.hears(ANN, "Why that?")
    assert len(place.heard(ANN)) == 2
    assert place.heard(LUC) == []
    await _audit(place, unknown=2)


async def test_a_block_at_the_provider_is_an_opt_out(place: Town) -> None:
    place.twilio.opted_out.add(ANN)
    await place.start()
    await _launch(place)
    await place.hears(MAY, "2 Food")

    async def stopped() -> bool:
        status = await place.command("campaign", "status", "spring", "--community", "north-end", "--json")
        return bool(status["stopped"] == 1)

    await place.until(stopped)
    shown = await place.command("participant", "show", ANN, "--community", "north-end", "--json")
    assert (shown["participant"]["surveys"], shown["participant"]["updates"]) == ("withdrawn", "withdrawn")


async def test_telegram_goes_the_same_way_with_buttons(place: Town) -> None:
    await place.start()
    await _launch_with_keyword(place)
    await place.until(lambda: bool(place.telegram.webhook))
    place.telegram.start_chat(CHAT)
    began = updates.text(CHAT, "/start fundy")
    await place.telegram.deliver(began)
    await place.sees(CHAT, "OUI")
    assert (await place.telegram.post(began)).status == 200  # the same update again
    await place.telegram.deliver(updates.text(CHAT, "oui"))
    # The profile says French, and so does the question.
    asked = await place.sees(CHAT, "Par quoi")
    carried = asked.buttons()["Nourriture"]
    await place.settled()  # what leaves as its worker is killed holds up the rest for a minute and a half
    place.kill()
    await place.start()
    await place.telegram.deliver(updates.tap(CHAT, carried))
    await place.sees(CHAT, "Pourquoi?")
    await place.telegram.deliver(updates.tap(CHAT, carried))  # a button of a question that is closed
    await place.telegram.deliver(updates.text(CHAT, "é" * 4_000))
    await place.sees(CHAT, "sécurité")
    await place.telegram.deliver(updates.photo(CHAT, "large"))
    await place.sees(CHAT, "1")
    await place.telegram.deliver(updates.text(CHAT, "٣"))
    await place.sees(CHAT, "Merci.")
    await place.telegram.deliver(updates.membership(CHAT, "kicked"))
    shown = await place.command("participant", "show", f"telegram:{CHAT}", "--community", "north-end", "--json")
    assert {one["question"]: one["value"] for one in shown["answers"]}["safety"] == 3
    assert shown["participant"]["surveys"] == "withdrawn"
    assert place.telegram.problems == []
    await _audit(place)


async def _launch_with_keyword(place: Town) -> None:
    words = ("campaign", "launch", "street", "--community", "north-end", "--name", "spring", "--tag", "nobody")
    await place.command(*words, "--keyword", "fundy", "--json")


async def test_an_update_reaches_those_who_spoke_once_over_a_kill(place: Town) -> None:
    await place.start()
    await _launch(place)
    for phone in (ANN, MAY, SAM):
        await place.hears(phone, "2 Food")
        await place.insist(phone, "food")
        await place.hears(phone, "Why that?")
    at = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    await place.command(
        *("update", "schedule", "--campaign", "spring", "--community", "north-end", "--at", at),
        *("--text", "{results.n} of you answered", "--otherwise", "Thank you, neighbours"),
    )
    place.kill()
    await place.start()
    for phone in (ANN, MAY, SAM):
        # Three people are fewer than may be counted in public: the other text goes.
        await place.hears(phone, "Thank you, neighbours")
    place.kill()
    await place.start()
    await place.insist(ANN, "because")
    await place.hears(ANN, "How safe")
    assert place.heard(LUC)[-1].startswith("Par quoi")  # did not answer, hears nothing
    assert sum("neighbours" in text.body for text in place.twilio.sent) == 3
    await _audit(place)


async def test_a_graceful_stop_loses_nothing(place: Town) -> None:
    await place.start()
    await _launch(place)
    await place.hears(ANN, "2 Food")
    texts = [asyncio.create_task(place.insist(phone, "food")) for phone in (ANN, LUC, MAY, SAM)]
    await texts[0]
    await asyncio.to_thread(place.stop)
    await place.start()
    await asyncio.gather(*texts)
    for phone, words in ((ANN, "Why that?"), (LUC, "Pourquoi?"), (MAY, "Why that?"), (SAM, "Why that?")):
        await place.hears(phone, words)
    await _audit(place)
