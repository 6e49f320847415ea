"""The running demo and its page: sizes, pictures, and the clock that everything runs on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.programs import Program

DESKTOP = {"width": 1500, "height": 900}
SMALL = {"width": 390, "height": 800}


@dataclass(frozen=True)
class Demo:
    """The running demo."""

    program: Program
    address: str


def picture(page: Page, name: str, variable: str = "SANDBOX_SCREENSHOTS") -> None:
    """Keep a picture when a folder for them is given."""
    folder = os.environ.get(variable)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def next_tuesday() -> date:
    """A day on which people work."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7)


def sets_the_clock(page: Page, day: date, hour: int) -> None:
    """Choose a day and a whole hour, as it is in the Netherlands."""
    page.get_by_role("button", name="Naar datum…").click()
    page.get_by_label("Dag en tijd in Nederland").fill(f"{day}T{hour:02}:00")
    page.get_by_role("button", name="Zet de klok").click()
    expect(page.locator(".clock-time.moved")).to_contain_text(f"{hour:02}:0")
