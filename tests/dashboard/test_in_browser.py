"""Signing in and walking the pages in a real browser, at the sizes of a desk and of a phone, by day and by night."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from actions import weeks
from dashboard.app import web_app
from dashboard.mail import Mail
from dashboard.pages import PAGES
from store.database import Database
from store.tables import Member, Role
from tests.dashboard.busy import EMAIL, QUOTED, fill
from tests.dashboard.conftest import House, house_of
from tests.store.shared import empty
from tools.chromium import find_chromium

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
Scheme = Literal["light", "dark"]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Office:
    """The running page, and the mailbox of who works there."""

    house: House
    address: str
    mailbox: list[str]

    async def walks_in(self, page: Page) -> None:
        """Ask for a link by e-mail, open it, press the button."""
        await page.goto(self.address)
        await page.get_by_label("Uw e-mailadres").fill(EMAIL.upper())
        await page.get_by_role("button", name="Stuur mij een link").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw e-mail")
        link = re.search(r"https?://\S+", self.mailbox[-1])
        assert link is not None
        await page.goto(link[0])
        await page.get_by_role("button", name="Aanmelden").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vandaag")


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[str]:
    """The page of a house on a port of this machine; gives its address."""
    config = uvicorn.Config(web_app(house.site), port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest_asyncio.fixture
async def office(shared_sqlite: Database) -> AsyncIterator[Office]:
    empty(shared_sqlite)
    mailbox: list[str] = []
    house = house_of(shared_sqlite, Mail(lambda to, text: mailbox.append(text)), dashboard_url="")
    coby = fill(house)
    with house.database.transaction() as session:
        session.get_one(Member, coby).role = Role.ADMINISTRATOR
        weeks.settle(session, house.clock.at)
    async with serving(house) as address:
        settings = house.site.settings.model_copy(update={"dashboard_url": address})
        object.__setattr__(house.site, "settings", settings)
        yield Office(replace(house), address, mailbox)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield found
        await found.close()


async def picture(page: Page, name: str) -> None:
    """Keep a picture when a folder for them is given."""
    if folder := os.environ.get("DASHBOARD_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def _is_good(page: Page, name: str) -> None:
    """Nothing for axe to complain about, nothing to scroll sideways, one heading of the first level."""
    found = await Axe().run(page, options=AXE)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide}"
    assert await page.get_by_role("heading", level=1).count() == 1
    await picture(page, name)


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "light"), (DESK, "dark"), (PHONE, "dark")])
async def test_every_page_can_be_used_by_everybody(
    office: Office, browser: Browser, size: dict[str, int], scheme: Scheme
) -> None:
    page = await browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"a script ran: {dialog.message}"))
    named = f"{size['width']}-{scheme}"
    await page.goto(f"{office.address}/aanmelden")
    await _is_good(page, f"{named}-aanmelden")
    await office.walks_in(page)
    for one in PAGES:
        await page.goto(f"{office.address}{one.address}")
        await _is_good(page, f"{named}-{one.key}")
    assert await page.locator("h1").inner_text() and complaints == []
    await page.close()


async def test_somebody_is_put_on_holiday_with_the_keyboard_only(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(f"{office.address}/team")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    await page.keyboard.press("Enter")
    summary = page.locator("summary", has_text=QUOTED)
    await expect(page.get_by_role("heading", name=QUOTED, exact=True)).to_be_visible()
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await summary.evaluate("one => one === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    for _ in range(6):  # day, month and year, the button of the date, the button of the form
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("krijgt nu geen nieuwe kaarten")
    await page.close()


async def test_an_old_link_says_so_and_leads_to_a_new_one(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(re.findall(r"https?://\S+", office.mailbox[-1])[0])
    await expect(page.get_by_role("heading", level=1)).to_have_text("Deze link werkt niet")
    await _is_good(page, "390-light-oude-link")
    await page.get_by_role("link", name="Vraag een nieuwe link").click()
    await expect(page.get_by_label("Uw e-mailadres")).to_be_visible()
    await page.close()
