"""What real processes log while people are asked and answer: ids, never their numbers, names or words."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database
from tests.builders import a_participant, a_place, a_sender, an_invitation
from tests.end_to_end.running import town
from tests.providers.loopback import broken

PHONE, STRANGER = "+19025550151", "+19025550153"
FLOW = """\
flow: street
title: Street
languages: [en]
start: why
states:
  why: {ask: text, text: {en: Zebra question?}, next: done}
  done: {say: {en: Walrus thanks.}, end: completed}
"""
#: Parts of numbers, a name, what was asked, what was said.
SECRETS = ("555015", "Quincy", "Zebra", "Walrus", "snowdrift", "landlord", "bonjour")


async def test_no_number_name_or_word_of_anybody_is_logged(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as connection:
        town_hall = a_place(connection, FLOW)
        person = a_participant(connection, town_hall.community_id, f"sms:{PHONE}", name="Quincy")
        an_invitation(connection, town_hall.community_id, town_hall.campaign_id, person)
        a_sender(connection, town_hall.community_id, address="telegram:soundings_test_bot")
    sqlite_database.close()
    async with town(tmp_path) as place:
        place.environment["SOUNDINGS_LOG_LEVEL"] = "debug"
        await place.start()
        await place.hears(PHONE, "Zebra")
        await place.insist(PHONE, "the snowdrift, says my landlord")
        await place.hears(PHONE, "Walrus")
        # What goes wrong is logged more fully.
        place.twilio.script(broken(500), to=STRANGER)
        await place.insist(STRANGER, "bonjour from a stranger")
        await place.insist(PHONE, "STOP")
        await place.until(lambda: len(place.heard(PHONE)) >= 3)
        await place.until(lambda: place.twilio.requests >= 4)
        place.stop()
        log = (tmp_path / "log").read_text("utf-8")
    assert "outbox.recorded" in log
    assert [line for line in log.splitlines() if any(secret in line for secret in SECRETS)] == []
