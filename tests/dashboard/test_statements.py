"""What a page asks the database: not much, and no more for a wijk in which more happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import insert

from actions import weeks
from benchmarks import residents
from benchmarks.house import counting
from benchmarks.pages import linked
from dashboard.pages import PAGES
from store.dashboard_tables import TextChange
from store.database import Database
from store.states import Role
from store.tables import Poster
from tests.dashboard.busy import fill
from tests.dashboard.conftest import Browser, House, house_of

MOST = 15
"""Statements; signing in and the log take a few of them."""
FEW = 2
SAID = ["utter_welcome", "utter_consent_yes"]


async def test_a_page_asks_as_much_of_a_large_wijk_as_of_a_small_one(database: Database) -> None:
    house = house_of(database, telegram_bot_name="")  # without links to posters, whose drawing takes long
    _fill(house, slice(FEW))
    browser = await house.signed_in(Role.ADMINISTRATOR)
    small = await _statements(house, browser, await _addresses(browser))
    _fill(house, slice(FEW, None))
    await _addresses(browser)  # what somebody wrote anew is read once
    assert await _statements(house, browser, small) == small
    assert {address: count for address, count in small.items() if count > MOST} == {}


def _fill(house: House, those: slice) -> None:
    """Another wijk full of people, with `those` of the posters and changed texts."""
    fill(house, requests=12)
    with house.wijk() as wijk:
        changed = residents.written(house.clock.at, SAID, wijk.coordinator().id)
        wijk.session.execute(insert(TextChange), list(changed)[those])
        wijk.session.execute(insert(Poster), list(residents.posters(house.clock.at))[those])
        weeks.settle(wijk.session, house.clock.at)


async def _addresses(browser: Browser) -> list[str]:
    """Each page, and what lies below it as far as it has a link to it."""
    shown = [(page, (await browser.opens(page.address)).text) for page in PAGES]
    return [address for page, html in shown for address in (page.address, *linked(page, html))]


async def _statements(house: House, browser: Browser, addresses: Iterable[str]) -> Mapping[str, int]:
    """How many statements each address takes."""
    counts = {}
    for address in addresses:
        with counting(house.database) as sent:
            assert (await browser.opens(address)).status_code == 200, address
        counts[address] = len(sent)
    return counts
