"""Zinnen with the keyboard: one press for what is likely, two for the rest, and on with the next sentence."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.dashboard.test_in_browser import DESK, Office, browser, office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]
__all__ = ["browser", "office"]


async def _first_heading(page: Page) -> str:
    return await page.get_by_role("heading", level=3).first.inner_text()


async def test_two_presses_say_what_a_sentence_means_and_one_takes_it_back(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(f"{office.address}/zinnen")
    before = await _first_heading(page)
    rows = page.get_by_role("article")
    first, second = [(await rows.nth(place).get_attribute("id") or "").removeprefix("zin-") for place in (0, 1)]
    await page.get_by_text("Iets anders", exact=True).first.press("Enter")
    await page.get_by_role("article").first.get_by_role("button", name="De verhuurder").press("Enter")
    await expect(page.get_by_role("status")).to_have_text(f"Zin {first}: De verhuurder")
    assert await page.evaluate("document.activeElement.id") == "laatste"
    assert await _first_heading(page) != before
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('article').id") == f"zin-{second}"
    await page.get_by_role("button", name=f"Draai zin {first} terug").first.press("Enter")
    await expect(page.get_by_role("status")).to_have_text(f"Zin {first} staat weer in de lijst.")
    assert await _first_heading(page) == before
    await page.close()
