"""Somebody at the page of one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import httpx

from actions.directory import load_organisation
from actions.text_changes import Wording
from dashboard.reading import Reading
from dashboard.texts import Texts
from store.dashboard_tables import TextChange
from store.settings import ROOT
from store.states import Role
from tests.dashboard.conftest import Browser, House

ORGANISATION = load_organisation(ROOT / "directory", "soest")
TEXTS = Texts(Reading(ROOT / "flows", ORGANISATION), ROOT / "flows")
"""Read once, for all tests."""
PLACE = Wording("nl", "utter_ask_draught_place", 0)
THANKS = Wording("nl", "utter_thank", 0)
DANGER = Wording("nl", "utter_danger_gas_smell", 0)
ENGLISH = Wording("en", "utter_a_little", 0)
CARD = Wording("nl", "card_request", 0)
SCRIPT = "<script>alert('hallo')</script> \"'&"


def with_texts(house: House) -> House:
    """The same house, with the texts that were read already."""
    house.site = replace(house.site, texts=TEXTS)
    return house


def address(wording: Wording) -> str:
    return f"/teksten/{wording.language}/{wording.key}/{wording.variant}"


class Desk:
    """Somebody who looks at one text, and sends its form."""

    def __init__(self, house: House, browser: Browser, wording: Wording) -> None:
        self.house, self.browser, self.wording = house, browser, wording

    async def looks(self, query: str = "") -> httpx.Response:
        self.shown = await self.browser.opens(address(self.wording) + query)
        self.read()
        return self.shown

    def read(self) -> None:
        """The fields of the form that is on the page."""
        page = self.shown.text
        fields = dict(re.findall(r'<input type="hidden" name="(gezien|bestand)" value="(\w+)"', page))
        titles = re.findall(r'name="(knop_\d+)" value="([^"]*)"', page)
        text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
        self.fields = {**fields, **{name: unescape(title) for name, title in titles}}
        if text is not None:
            self.fields["tekst"] = unescape(text[1])

    async def does(self, what: str, **changed: str) -> httpx.Response:
        self.shown = await self.browser.acts(f"{address(self.wording)}/{what}", **{**self.fields, **changed})
        if self.shown.status_code != 303:
            self.read()
        return self.shown

    async def publishes(self, **changed: str) -> httpx.Response:
        return await self.does("publiceer", **changed)


async def desk(house: House, wording: Wording = THANKS, role: Role = Role.COORDINATOR) -> Desk:
    found = Desk(house, await house.signed_in(role), wording)
    await found.looks()
    return found


def rows(house: House) -> Sequence[tuple[str, int, str | None, list[str]]]:
    with house.looks() as session:
        found = session.query(TextChange).order_by(TextChange.id)
        return [(one.key, one.version, one.text, one.titles) for one in found]


def alert(answer: httpx.Response) -> str:
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return unescape(found[1]) if found else ""
