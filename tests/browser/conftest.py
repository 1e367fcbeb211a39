"""A real chromium before a real installation on loopback: its pages, its conversations, its simulated phones.

Playwright's asynchronous side is used, on the loop of each test: its synchronous side keeps a loop of its own running from the
first test to the last, in which no other asynchronous test of the same process could run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright

from bot.app import open_installation
from bot.clock import SystemClock
from bot.config import load_settings
from bot.process import Process, Roles
from bot.web.asgi import Application
from tests.browser.chromium import MISSING, chromium, is_required
from tests.builders import a_campaign, a_community, a_keyword, a_participant, a_revision, a_sender
from tests.providers.asgi import served

NUMBER, PHONES = "sms:+19025550100", "sim:1"
ANN, AMAL = "sms:+19025550123", "sms:+19025550125"
STREET = """
flow: street
title: Your street
languages: [en, fr, ar]
start: focus
states:
  focus:
    ask: choice
    text: {en: What first?, fr: Par quoi commencer?, ar: "بماذا نبدأ؟"}
    options:
      housing: {label: {en: Housing, fr: Logement, ar: السكن}}
      food: {label: {en: Food, fr: Nourriture, ar: الطعام}}
    next: why
  why:
    ask: text
    text: {en: Why that?, fr: Pourquoi?, ar: "لماذا؟"}
    next: done
  done:
    say: {en: Thank you., fr: Merci., ar: "شكرا لك."}
    end: completed
"""


@dataclass(frozen=True, slots=True)
class Phone:
    """One simulated phone in a page of its own."""

    page: Page

    async def text(self, words: str) -> None:
        """Type a text and press Enter."""
        await self.page.get_by_label("Your text").fill(words)
        await self.page.keyboard.press("Enter")

    @property
    def theirs(self) -> Locator:
        """What we said."""
        return self.page.locator(".theirs p")

    @property
    def mine(self) -> Locator:
        """What the resident said."""
        return self.page.locator(".mine p")


@dataclass(slots=True)
class House:
    """The installation's origin, the browser, and whatever a page complained of."""

    url: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def page(self, path: str, **options: Any) -> Page:
        """A page in a context of its own, as on another machine; `options` are the context's."""
        context = await self.browser.new_context(base_url=self.url, **options)
        page = await context.new_page()
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        await page.goto(path)
        return page

    async def phone(self, address: str, sender: str = NUMBER, **options: Any) -> Phone:
        """A phone, picked up."""
        query = urlencode({"sender": sender, "address": address})
        return Phone(await self.page(f"/simulator/phone?{query}", **options))


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """An installation with people who agreed, a campaign that FUNDY joins, and a browser; no page may have complained at the end."""
    path = chromium()
    if path is None:
        pytest.fail(MISSING) if is_required() else pytest.skip(MISSING)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(_installation())
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=path)
        stack.push_async_callback(browser.close)
        found = House(url, browser)
        yield found
        assert found.complaints == []


@asynccontextmanager
async def _installation() -> AsyncIterator[str]:
    installation = open_installation(load_settings(log_level="error"), SystemClock())
    with installation.write() as connection:
        place = a_community(connection, languages=["en", "fr", "ar"])
        a_sender(connection, place, address=NUMBER)
        a_sender(connection, place, address=PHONES)
        a_participant(connection, place, ANN, name="Ann")
        a_participant(connection, place, AMAL, name="Amal", language="ar")
        a_keyword(connection, place, "fundy", a_campaign(connection, place, a_revision(connection, place, STREET)))
    process = Process(installation, Roles())
    application = Application(process)
    await process.start()
    try:
        async with served(application) as url:  # type: ignore[arg-type]
            yield url
            application.end_streams()
    finally:
        await process.stop()
        installation.database.close()
