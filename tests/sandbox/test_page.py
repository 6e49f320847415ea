"""The page of phones in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from sandbox.clock import Clock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import World
from tests.sandbox.conftest import TOKEN
from tests.sandbox.echo_bot import EchoBot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RESIDENT = 5000001
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, or playwright's own."""
    async with async_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> World:
    """The example people, with a clock that can be moved."""
    return World(read_settings(token=TOKEN), Clock(tmp_path / "clock"))


@pytest_asyncio.fixture
async def address(world: World) -> AsyncIterator[str]:
    """A sandbox with a tiny bot."""
    async with running(world) as address:
        bot = asyncio.create_task(EchoBot(address).run())
        yield address
        bot.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await bot


async def opened(browser: Browser, address: str, size: dict[str, int]) -> tuple[Page, list[str]]:
    """Open the page; returns it with the list of what its console complains about."""
    page = await browser.new_page(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    await page.wait_for_selector("body[data-ready]")
    return page, complaints


def phone(page: Page, chat: int = RESIDENT) -> Locator:
    """Return one phone of the page."""
    return page.locator(f"[data-chat='{chat}']")


async def picture(page: Page, name: str) -> None:
    """Keep a screenshot when a folder for them is given."""
    folder = os.environ.get("SANDBOX_SCREENSHOTS")
    if folder:
        await page.screenshot(path=f"{folder}/sandbox-{name}.png")


async def talk(page: Page, mine: Locator, size: str) -> None:
    """Start, press a button, type, edit, and send a voice note, all through the page."""
    await mine.get_by_role("button", name="Start", exact=True).click()
    await expect(mine.get_by_role("button", name="Ik wil een mens")).to_be_visible()
    await picture(page, f"{size}-question")
    await mine.get_by_role("button", name="Ja, het tocht").click()
    await expect(mine.locator("[aria-busy]")).to_have_text("Ja, het tocht")
    await expect(mine.locator(".toast")).to_have_text("Gekozen: yes")
    await expect(mine.get_by_text("Waar voelt u de kou?")).to_be_visible()
    await expect(mine.locator(".message", has_text="Uw antwoord: yes").get_by_text("bewerkt")).to_be_visible()
    await mine.get_by_role("textbox").fill("Bij de <b>balkondeur</b>")
    await mine.get_by_role("textbox").press("Enter")
    await expect(mine.get_by_text("U zei: Bij de <b>balkondeur</b>")).to_be_visible()
    await mine.get_by_role("button", name="Iets meesturen").click()
    await page.get_by_role("menuitem", name="Spraakbericht").click()
    await expect(mine.get_by_text("Ik hoorde 3 seconden.")).to_be_visible()


async def test_a_file_from_the_bot_is_seen_and_can_be_kept(browser: Browser, address: str) -> None:
    page, complaints = await opened(browser, address, DESKTOP)
    mine = phone(page)
    await mine.get_by_role("button", name="Start", exact=True).click()
    await expect(mine.get_by_role("button", name="Ik wil een mens")).to_be_visible()
    said, file = {"chat_id": str(RESIDENT), "caption": "Voor uw agenda."}, ("afspraak.ics", b"BEGIN:VCALENDAR")
    async with httpx.AsyncClient(trust_env=False) as bot:
        await bot.post(f"{address}/bot{TOKEN}/sendDocument", data=said, files={"document": file})
    message = mine.locator(".message", has_text="Voor uw agenda.")
    async with page.expect_download() as kept:
        await message.get_by_role("link", name="afspraak.ics").click()
    download = await kept.value
    assert download.suggested_filename == "afspraak.ics"
    assert (await download.path()).read_bytes() == b"BEGIN:VCALENDAR"
    await page.close()
    assert complaints == []


@pytest.mark.parametrize("size", [{"width": 1900, "height": 1000}, DESKTOP, PHONE], ids=["wide", "desktop", "phone"])
async def test_a_short_answer_to_a_long_message_stays_within_its_message(
    browser: Browser, address: str, size: dict[str, int]
) -> None:
    page, complaints = await opened(browser, address, size)
    mine = phone(page)
    await mine.get_by_role("button", name="Start", exact=True).click()
    async with httpx.AsyncClient(trust_env=False) as bot:
        long = {"chat_id": str(RESIDENT), "text": "Hier staat een lang bericht. " * 5}
        await bot.post(f"{address}/bot{TOKEN}/sendMessage", data=long)
    theirs = mine.locator(".message", has_text="lang bericht")
    await theirs.hover()
    await theirs.get_by_role("button", name="Meer met dit bericht").click()
    await page.get_by_role("menuitem", name="Antwoord hierop").click()
    await mine.get_by_role("textbox").fill("Ja")
    await mine.get_by_role("textbox").press("Enter")
    own = mine.locator(".message.own:has(.quote)").first
    await expect(own).to_be_visible()
    around, bubble = await own.bounding_box(), await own.locator(".bubble").bounding_box()
    assert around and bubble
    assert bubble["x"] >= around["x"] and bubble["width"] <= around["width"]
    await page.close()
    assert complaints == []


async def test_a_resident_talks_at_a_desk(browser: Browser, address: str, world: World) -> None:
    """Four phones side by side; typing, pressing, a voice note, an edit, a reply, the clock and a fault."""
    page, complaints = await opened(browser, address, DESKTOP)
    await expect(page.locator(".phone:visible")).to_have_count(6)
    await picture(page, "desktop-start")
    mine = phone(page)
    await talk(page, mine, "desktop")
    own = mine.locator(".message.own", has_text="balkondeur").first
    await own.hover()
    await own.get_by_role("button", name="Meer met dit bericht").click()
    await page.get_by_role("menuitem", name="Bewerk").click()
    await mine.get_by_role("textbox").fill("Bij het raam")
    await mine.get_by_role("textbox").press("Enter")
    await expect(mine.get_by_text("U heeft veranderd: Bij het raam")).to_be_visible()
    await picture(page, "desktop-talk")

    before = world.clock.now()
    await page.get_by_role("button", name="+1 dag").click()
    await expect(page.locator(".clock-time.moved")).to_be_visible()
    assert (world.clock.now() - before).total_seconds() > 86_000
    await page.get_by_role("button", name="Terug naar nu").click()
    await expect(page.locator(".clock-time.moved")).to_have_count(0)

    await page.get_by_role("button", name="Storingen").click()
    await page.get_by_label("Wat gaat er mis").select_option("server_error")
    await page.get_by_label("Waarbij").select_option("sendMessage")
    await page.get_by_role("button", name="Zet aan").click()
    await expect(page.locator("#fault-list li")).to_have_count(1)
    await picture(page, "desktop-faults")
    await page.get_by_role("button", name="Alles weer normaal").click()
    await page.get_by_role("button", name="Nieuwe bewoner").click()
    await expect(page.locator(".phone:visible")).to_have_count(7)
    assert complaints == []


async def test_a_resident_talks_on_a_small_screen(browser: Browser, address: str) -> None:
    """One phone at a time, with tabs."""
    page, complaints = await opened(browser, address, PHONE)
    await expect(page.locator(".phone:visible")).to_have_count(1)
    await picture(page, "phone-start")
    await talk(page, phone(page), "phone")
    await picture(page, "phone-talk")
    await page.get_by_role("tab", name="Fatma Voorbeeld").click()
    await expect(phone(page, 5000002)).to_be_visible()
    await expect(phone(page)).to_be_hidden()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert complaints == []


async def test_a_resident_talks_by_keyboard(browser: Browser, address: str) -> None:
    """Start and a button with Tab and Enter only; the focus stays near after the bot changed the message."""
    page, _ = await opened(browser, address, DESKTOP)
    mine = phone(page)
    await mine.locator(".messages").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(mine.get_by_role("button", name="Ja, het tocht")).to_be_visible()
    await mine.locator(".messages").focus()
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Ja, het tocht":
            break
    await page.keyboard.press("Enter")
    await expect(mine.get_by_text("Waar voelt u de kou?")).to_be_visible()
    assert await page.evaluate("document.activeElement.closest('.phone').dataset.chat") == str(RESIDENT)
