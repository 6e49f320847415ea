"""Signing in and walking the pages in a real browser, at the sizes of a desk and of a phone, by day and by night."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Literal
from unittest import mock

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import select

from actions import weeks
from actions.mail import Mail
from bot import poster
from dashboard.app import web_app
from dashboard.pages import PAGES
from store.database import Database
from store.states import Role
from store.tables import Member, Request
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
        while not self.mailbox:  # it is sent after the answer
            await asyncio.sleep(0.01)
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
    house = house_of(shared_sqlite, Mail(lambda message: mailbox.append(message.get_content())), dashboard_url="")
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


async def _is_good_by_day_and_night(page: Page, name: str) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        await _is_good(page, f"{(page.viewport_size or DESK)['width']}-{scheme}-{name}")


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_every_page_can_be_used_by_everybody(office: Office, browser: Browser, size: dict[str, int]) -> None:
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"a script ran: {dialog.message}"))
    await page.goto(f"{office.address}/aanmelden")
    await _is_good_by_day_and_night(page, "aanmelden")
    await office.walks_in(page)
    for one in PAGES:
        await page.goto(f"{office.address}{one.address}")
        await _is_good_by_day_and_night(page, one.key)
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


async def test_the_menu_of_a_phone_is_opened_with_the_keyboard(office: Office, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    await office.walks_in(page)
    links = page.get_by_role("navigation", name="Pagina's").get_by_role("link")
    await expect(links).to_have_count(0)
    heading = await page.get_by_role("heading", level=1).bounding_box()
    assert heading is not None and heading["y"] < PHONE["height"] / 3, "the menu leaves room for the page"
    for _ in range(2):  # past the link to the content
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(links).to_have_count(len(PAGES))
    await _is_good(page, "390-light-menu")
    await page.keyboard.press("Tab")  # to the first page
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vandaag")
    await page.locator(".menu summary").press("Enter")
    await links.filter(has_text="Posters").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Posters")
    await page.close()


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_posters_are_made_and_fetched_while_the_page_says_how_far_it_is(
    office: Office, browser: Browser, size: dict[str, int]
) -> None:
    page, wait = await browser.new_page(viewport=size), Event()  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(f"{office.address}/posters")
    await page.get_by_label("Wijk").first.select_option("smitsveen")
    await page.get_by_label("Waar komen ze te hangen?").fill("hal\nlift")
    with mock.patch.object(poster, "drawn", side_effect=lambda sheet, kinds: wait.wait(60) and [b""] * len(kinds)):
        await page.get_by_role("button", name="Maak posters").click()
        await expect(page.get_by_role("progressbar")).to_have_accessible_name("0 van 2 posters")
        await page.get_by_role("link", name="Niet vanzelf verversen").click()
        await _is_good(page, f"{size['width']}-light-bezig")
        await page.get_by_role("link", name="Laat de pagina vanzelf verversen").click()
        wait.set()
        await expect(page.get_by_role("status")).to_have_text("2 van 2 posters klaar.")
    await _is_good(page, f"{size['width']}-light-klaar")
    async with page.expect_download() as found:
        await page.get_by_role("link", name="Download 2 posters").click()
    assert (await found.value).suggested_filename == "posters.zip"
    await page.close()


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_why_a_request_got_what_it_got_is_told_on_the_page_of_the_table(
    office: Office, browser: Browser, size: dict[str, int]
) -> None:
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(f"{office.address}/keuzetabel")
    drawn = await page.locator("main img").evaluate("one => one.complete && one.naturalWidth")
    assert drawn > 1000
    with office.house.looks() as session:
        number = session.scalars(select(Request.id)).first()
    await page.get_by_label("Nummer van de vraag").fill(str(number))
    await page.get_by_role("button", name="Toon waarom").click()
    await expect(page.get_by_role("status")).to_contain_text(f"Vraag {number}")
    await _is_good(page, f"{size['width']}-light-waarom")
    await page.close()


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_a_record_of_the_directory_can_be_changed_by_everybody(
    office: Office, browser: Browser, size: dict[str, int]
) -> None:
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    await office.walks_in(page)
    await page.goto(f"{office.address}/gids/geldfit")
    await _is_good(page, f"{size['width']}-light-gids-een")
    await page.get_by_label("Naam", exact=True).fill("")
    await page.get_by_label("Wanneer het open is").fill("ma 9-25")
    await page.get_by_role("button", name="Bewaar").click()
    await expect(page.get_by_label("Naam", exact=True)).to_have_accessible_description("Vul een naam in.")
    await _is_good(page, f"{size['width']}-light-gids-fout")
    await page.get_by_label("Naam", exact=True).fill("Geldhulp")
    await page.get_by_label("Wanneer het open is").fill("ma-vr 9-12")
    await page.get_by_role("button", name="Bewaar").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Geldhulp")
    await page.get_by_role("button", name="Zet de laatste wijziging terug").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Geldfit")
    await _is_good(page, f"{size['width']}-light-gids-terug")
    await page.close()
