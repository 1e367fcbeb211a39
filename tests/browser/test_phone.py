"""The simulated phones as their holders see them, in a real browser: texts, answers as they come, buttons, scripts, keyboard."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.async_api import expect

from tests.browser.conftest import AMAL, ANN, NUMBER, PHONES, House

pytestmark = pytest.mark.browser

HOSTILE = """<img src=x onerror="alert(1)"><script>alert(2)</script>{{ 7 * 7 }} '; DROP TABLE messages; --"""


async def test_a_text_is_answered_on_the_page_without_a_reload(house: House) -> None:
    ann = await house.phone(ANN)
    await ann.text("fundy")
    await expect(ann.mine).to_have_text(["fundy"])
    await expect(ann.theirs).to_have_text(["What first?\n1 Housing\n2 Food"])
    await ann.text("fod pls")
    await expect(ann.theirs.last).to_have_text("Why that?")
    await ann.text("groceries are dear\nand far")
    await expect(ann.theirs.last).to_have_text("Thank you.")
    await expect(ann.page.get_by_label("Your text")).to_have_value("")
    await ann.page.reload()
    await expect(ann.mine).to_have_text(["fundy", "fod pls", "groceries are dear\nand far"])


async def test_a_choice_is_tapped(house: House) -> None:
    phone = await house.phone("sim:7", PHONES)
    await phone.text("fundy")
    await phone.page.get_by_role("button", name="Yes", exact=True).click()
    await phone.page.get_by_role("button", name="Food").click()
    await expect(phone.mine).to_have_text(["fundy", "Yes", "Food"])
    await expect(phone.theirs.last).to_have_text("Why that?")
    # A button of a question that is closed is no answer to the one that is open.
    await phone.page.get_by_role("button", name="Housing").click()
    await expect(phone.theirs.last).to_have_text(re.compile("question is closed"))


async def test_arabic_is_written_from_right_to_left_and_its_numbers_stand_first(house: House) -> None:
    amal = await house.phone(AMAL)
    await amal.text("fundy")
    await expect(amal.theirs).to_have_text(["بماذا نبدأ؟\n1 السكن\n2 الطعام"])
    await expect(amal.theirs.first).to_have_css("direction", "rtl")
    await amal.text("٢")
    await expect(amal.theirs.last).to_have_text("لماذا؟")
    await amal.text("ok")
    await expect(amal.mine.last).to_have_css("direction", "ltr")


async def test_hostile_text_is_shown_as_it_was_written(house: House) -> None:
    ann = await house.phone(ANN)
    await ann.text("fundy")
    await expect(ann.theirs).to_have_count(1)
    await ann.text("1")
    await expect(ann.theirs.last).to_have_text("Why that?")
    await ann.text(HOSTILE)
    await expect(ann.mine.last).to_have_text(HOSTILE)
    await ann.page.reload()
    await expect(ann.mine.last).to_have_text(HOSTILE)
    await expect(ann.page.locator("#thread img, #thread script")).to_have_count(0)
    # The address comes from the page's own address: it is no markup either.
    stranger = await house.phone('sms:"><script>alert(3)</script>')
    await expect(stranger.page.get_by_role("heading", level=1)).to_contain_text('"><script>alert(3)</script>')


async def test_two_phones_at_once_each_have_their_own_thread(house: House) -> None:
    ann, amal = await house.phone(ANN), await house.phone(AMAL)
    second = await house.phone(ANN)
    await ann.text("fundy")
    await amal.text("fundy")
    await expect(ann.theirs).to_have_text(["What first?\n1 Housing\n2 Food"])
    await expect(amal.theirs).to_have_text(["بماذا نبدأ؟\n1 السكن\n2 الطعام"])
    await expect(second.mine).to_have_text(["fundy"])
    await expect(second.theirs).to_have_count(1)


async def test_it_is_used_by_keyboard_and_says_what_everything_is(house: House) -> None:
    page = await house.page("/simulator")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.get_by_role("link", name="+19025550123").focus()
    await page.keyboard.press("Enter")
    box = page.get_by_label("Your text")
    await expect(box).to_be_focused()
    await page.keyboard.type("fundy")
    await page.keyboard.press("Shift+Enter")
    await expect(box).to_have_value("fundy\n")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Send")).to_be_focused()
    await page.keyboard.press("Enter")
    # Who said it is heard, too, not only seen.
    said = page.get_by_role("region", name="Thread").get_by_role("listitem")
    await expect(said).to_contain_text(["You: ", "Shore Road Neighbours: "])
    await expect(page.locator("#thread")).to_have_attribute("aria-live", "polite")


async def test_what_was_not_sent_is_said_and_stays_in_the_box(house: House) -> None:
    ann = await house.phone(ANN)
    await ann.text("x" * 9_999)
    await expect(ann.mine.last).to_have_text("x" * 9_999)
    await ann.page.context.set_offline(True)
    await ann.text("are you there")
    await expect(ann.page.get_by_role("alert")).to_contain_text("Not sent")
    await expect(ann.page.get_by_label("Your text")).to_have_value("are you there")
    await ann.page.context.set_offline(False)
    # The browser's own words on being offline are no complaint of the page.
    house.complaints[:] = [one for one in house.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


@pytest.mark.parametrize(
    "path", ["/", "/simulator", f"/simulator/phone?{urlencode({'sender': NUMBER, 'address': ANN})}"]
)
async def test_pages_fit_a_small_phone_and_the_dark(house: House, path: str) -> None:
    page = await house.page(path, viewport={"width": 320, "height": 568}, color_scheme="dark")
    wide = await page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    assert wide <= 0
    dark = await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", dark))) < 64
