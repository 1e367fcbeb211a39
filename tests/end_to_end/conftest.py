"""The town of the end-to-end tests: its people, its flow, and the fixture that sets it up by commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.end_to_end.running import ANN, Town, town

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
