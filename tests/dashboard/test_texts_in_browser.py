"""Writing a text in a real browser: check and preview follow what is typed; without the script a button does."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.dashboard.test_in_browser import DESK, PHONE, Office, _is_good, browser, office
from tests.dashboard.text_desk import SCRIPT, THANKS, address

__all__ = ["browser", "office"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio]


async def writes(office: Office, page: Page, at: str) -> None:
    await office.walks_in(page)
    await page.goto(f"{office.address}{at}")


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_rules_and_preview_follow_what_is_typed(office: Office, browser: Browser, size: dict[str, int]) -> None:
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: complaints.append(f"a script ran: {dialog.message}"))
    await writes(office, page, "/teksten?groep=draught")
    await _is_good(page, f"{size['width']}-teksten")
    await page.get_by_role("link", name="Waar voelt u de tocht?").click()
    await _is_good(page, f"{size['width']}-tekst")
    told, phone = page.locator("#nakijken"), page.locator("#telefoon")
    await expect(told).to_have_attribute("aria-live", "polite")
    await page.get_by_label("Tekst", exact=True).fill(f"Heeft u een schuld?\n{SCRIPT}")
    await page.get_by_label("Knop 1", exact=True).fill("Bij een raam")
    await expect(told).to_contain_text("Beter: geldzorgen")
    await expect(phone).to_contain_text("Heeft u een schuld?")
    await expect(phone).to_contain_text(SCRIPT)
    await expect(phone.locator(".key").first).to_have_text("Bij een raam")
    await _is_good(page, f"{size['width']}-tekst-fout")
    await page.get_by_label("Tekst", exact=True).fill("Waar voelt u tocht?\nKies de plek waar het ergst is.")
    await expect(told).to_contain_text("Dit mag zo")
    await page.get_by_role("button", name="Publiceer").click()
    await expect(page.get_by_role("status").first).to_contain_text("Gepubliceerd.")
    await _is_good(page, f"{size['width']}-tekst-gepubliceerd")
    await page.get_by_role("button", name="Maak de laatste verandering ongedaan").click()
    await expect(page.get_by_role("status").first).to_contain_text("Teruggezet.")
    assert complaints == []
    await page.close()


async def test_when_the_check_does_not_answer_the_page_says_so(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    await writes(office, page, address(THANKS))

    async def away(route: Route) -> None:
        await route.abort()

    await page.route(re.compile(r"/proef$"), away)
    await page.get_by_label("Tekst", exact=True).fill("Heel graag gedaan.")
    await expect(page.locator("#nakijken")).to_have_text("Meekijken lukt nu niet. Kies Controleer.")
    await page.close()


async def test_without_the_script_the_button_checks(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    await writes(office, page, address(THANKS))
    await page.get_by_label("Tekst", exact=True).fill("Dat is uw schuld.")
    await page.get_by_role("button", name="Controleer").click()
    await expect(page.locator("#nakijken")).to_contain_text("Beter: geldzorgen")
    await expect(page.get_by_label("Tekst", exact=True)).to_have_value("Dat is uw schuld.")
    await page.close()
