"""The whole loop over real HTTP: import, launch, answers by SMS through every fault, kills, results, the update."""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.end_to_end.running import ANN, EVE, LUC, MAY, SAM, Town
from tests.providers.loopback import broken, hangs, too_many
from tests.providers.twilio_forms import new_sid
from tests.providers.twilio_server import SILENT, Callbacks

#: Every wait has an end of its own; on a busy machine one process after the other takes its time to start.
pytestmark = pytest.mark.timeout(300)


async def _launch(place: Town) -> None:
    launched = await place.command(
        "campaign", "launch", "street", "--community", "north-end", "--name", "spring", "--tag", "street", "--json"
    )
    assert launched["campaign"] == "spring"


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
    await place.settled()

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
    # The second of two texts at once is an answer, or, where its writer had not seen the question, that is asked: again,
    # or for the first time if it had not left yet.
    assert place.heard(LUC)[1] == "Pourquoi?"
    then = place.heard(LUC)[2:]
    assert then in ([], ["Pourquoi?"]) or then[0].startswith("Vous sentez-vous")
    assert place.twilio.problems == []
    await place.until(lambda: all(status == 200 for *_, status in place.twilio.callback_answers[-3:]))
    await place.audited()


async def test_what_may_have_gone_is_unknown_and_never_sent_again(place: Town) -> None:
    place.twilio.script(broken(500, records=True), to=ANN)
    place.twilio.script(broken(500), to=LUC)
    place.twilio.script(hangs(records=True), to=SAM)
    place.twilio.callbacks_to |= {ANN: SILENT, SAM: SILENT}  # a receipt would settle it
    await place.start()
    await _launch(place)
    await place.hears(MAY, "2 Food")
    await place.settled(unknown=3)
    place.kill()
    await place.start()
    # It went to Ann and Sam all the same, and they answer; to Luc it did not. Nobody gets it twice.
    for phone in (ANN, SAM):
        await place.insist(phone, "1")
        await place.hears(phone, "Why that?")
        assert len(place.heard(phone)) == 2
    assert place.heard(LUC) == []
    await place.audited(unknown=3)


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


async def test_an_update_reaches_those_who_spoke_once_over_a_kill(place: Town) -> None:
    await place.start()
    await _launch(place)
    for phone in (ANN, MAY, SAM):
        await place.hears(phone, "2 Food")
        await place.insist(phone, "food")
        await place.hears(phone, "Why that?")
    await place.settled()
    place.kill()
    at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    await place.command(
        *("update", "schedule", "--campaign", "spring", "--community", "north-end", "--at", at),
        *("--text", "{results.n} of you answered", "--otherwise", "Thank you, neighbours"),
    )
    await place.start()
    for phone in (ANN, MAY, SAM):
        # Three people are fewer than may be counted in public: the other text goes.
        await place.hears(phone, "Thank you, neighbours")
    await place.settled()
    place.kill()
    await place.start()
    await place.insist(ANN, "because")
    await place.hears(ANN, "How safe")
    assert place.heard(LUC)[-1].startswith("Par quoi")  # did not answer, hears nothing
    assert sum("neighbours" in text.body for text in place.twilio.sent) == 3
    await place.audited()


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
    await place.audited()
