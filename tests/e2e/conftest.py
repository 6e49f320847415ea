"""The demo as `make demo` shows it, and a browser before it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.demo_page import DESKTOP, Demo
from tests.e2e.programs import DASHBOARD_ABOVE, RASA_ABOVE, free_port, running
from tools.chromium import find_chromium

PATIENCE_MS = 20_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENT = {"RASA_TIMEOUT": "10"}  # seconds; a busy machine may need them
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`wijkwijzer demo`, in a folder of its own, so that a demo of somebody else can run beside it.

    Each module gets one of its own: an empty wijk, and a clock that nobody else moves.
    """
    folder = tmp_path_factory.mktemp("demo")
    port = free_port(RASA_ABOVE, DASHBOARD_ABOVE)
    command = [str(Path(sys.executable).with_name("wijkwijzer")), "demo", "--port", str(port)]
    with running([*command, "--folder", str(folder / "a demo")], folder / "printed", PATIENT) as program:
        address = f"http://127.0.0.1:{port}"
        program.wait_until_printed(f"Open {address}")
        yield Demo(program, address)
    assert "Traceback" not in program.printed()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The page with the phones; a complaint in its console fails the test."""
    page = browser.new_page(viewport=DESKTOP, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(demo.address)
    page.wait_for_selector("body[data-ready]")
    yield page
    page.close()
    assert complaints == []
