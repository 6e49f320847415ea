"""Every address of the web page with anything filled in, by everybody and by nobody: never a 500."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import sign_in
from dashboard.app import web_app
from dashboard.pages import PAGES, work
from store.database import Database
from store.states import Role
from tests.dashboard.busy import fill
from tests.dashboard.conftest import OWN, Browser, House, house_of
from tests.fuzz.cases import cases
from tests.fuzz.shapes import texts
from tests.store.shared import empty

EVERY = (*PAGES, work.PAGE)
SHOWN = sorted({at for page in EVERY for at in (page.address, *page.below, *page.files)} | {"/", "/aanmelden"})
DONE = sorted({at for page in PAGES for at in page.acts} | {"/afmelden", "/aanmelden"})
FIELD = re.compile(r"""(?:given(?:\.get)?[\[(]|given, )"([a-z_]+)\"""")
FIELDS = sorted({name for file in Path("dashboard").rglob("*.py") for name in FIELD.findall(file.read_text())})
PLACE = re.compile(r"{(\w+)(:int)?}")
OUTSIDE = None


class Street:
    """One house with people of each role signed in, and nobody at the door."""

    def __init__(self, database: Database) -> None:
        empty(database)
        self.loop = asyncio.new_event_loop()
        self.house: House = house_of(database)
        fill(self.house, requests=4)
        self.browsers = {role: self.loop.run_until_complete(self.house.signed_in(role)) for role in sign_in.ROLES}
        transport = httpx.ASGITransport(web_app(self.house.site), raise_app_exceptions=True)
        self.door = httpx.AsyncClient(transport=transport, base_url=self.house.site.address)

    def client(self, role: Role | None) -> httpx.AsyncClient:
        return self.browsers[role].client if role else self.door

    def opens(self, role: Role | None, address: str, query: dict[str, str]) -> int:
        return self._asks(self.client(role).get(address, params=query))

    def sends(self, role: Role | None, address: str, fields: dict[str, str], headers: dict[str, str]) -> int:
        return self._asks(self.client(role).post(address, data=fields, headers=headers))

    def token(self, role: Role | None) -> str:
        return Browser(self.client(role)).form_token() if role else ""

    def _asks(self, asking: Any) -> int:
        return self.loop.run_until_complete(asking).status_code

    def close(self) -> None:
        for client in (self.door, *(browser.client for browser in self.browsers.values())):
            self.loop.run_until_complete(client.aclose())
        self.loop.close()


@pytest.fixture(scope="module")
def street(shared_sqlite: Database) -> Iterator[Street]:
    street = Street(shared_sqlite)
    yield street
    street.close()


NUMBERS = ("0", "1", "2", "7", "99", "2147483647", "2147483648", "9" * 25)
KEYS = ("nibud", "afval", "tocht", "x", "..%2f..%2fetc", "utter_hello", "nl", "requests", "%00", "a" * 300, "%ff")
values = st.one_of(
    st.sampled_from(["", "1", "0", "-1", "9" * 12, "ja", "nl", "2026-11-24", "0001-01-01", "on", "mould"]),
    texts.map(lambda text: text.encode(errors="ignore").decode()[:2000]),
)
forms = st.dictionaries(st.sampled_from([*FIELDS, "onbekend"]), values, max_size=6)
roles = st.sampled_from([OUTSIDE, *sorted(sign_in.ROLES)])


@st.composite
def addresses(draw: st.DrawFn, known: list[str]) -> str:
    """One of the known addresses, with something in its places."""

    def filled(place: re.Match[str]) -> str:
        return draw(st.sampled_from(NUMBERS if place[2] else KEYS))

    return PLACE.sub(filled, draw(st.sampled_from(known)))


@cases("addresses of the web page, with any query", 200, "no 5xx; signed out nothing is shown")
@given(roles, addresses(SHOWN), forms)
def test_every_address_can_be_opened_with_anything(
    street: Street, role: Role | None, address: str, query: dict[str, str]
) -> None:
    status = street.opens(role, address, {name: value[:300] for name, value in query.items()})
    assert status < 500
    assert role is not OUTSIDE or status in (303, 404) or address == "/aanmelden"


@cases("forms of the web page, with any fields, as each role and signed out", 250, "no 5xx; signed out 303, 403 or 4xx")
@given(roles, addresses(DONE), forms, st.sampled_from([True, True, True, False]))
def test_every_form_can_be_sent_with_anything(
    street: Street, role: Role | None, address: str, fields: dict[str, str], own: bool
) -> None:
    if address in ("/afmelden", "/instellingen/afmelden"):
        role = OUTSIDE  # who signs out is out for all cases after this one
    given_token = street.token(role) if own else "0" * 64
    status = street.sends(role, address, {**fields, "form_token": given_token}, OWN if own else {})
    assert status < 500
    assert role is not OUTSIDE or address == "/aanmelden" or status in (303, 400, 403, 404, 405)
    assert own or address == "/aanmelden" or status in (303, 403, 404)


@cases("form bodies: bytes, files, wrong kinds and lengths", 100, "no 5xx, and nothing is taken as a file")
@given(
    addresses(DONE),
    st.one_of(st.binary(max_size=400), texts.map(lambda one: one.encode(errors="ignore")), st.just(b"a=1&" * 30_000)),
    st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-7",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=" + "y" * 300,
            "application/json",
            "text/plain; charset=no_such",
            "",
        ]
    ),
    st.sampled_from(["a.png", "../../x", "x" * 500, "\u202egnp.exe", "a\x00.jpg", ".env", ""]),
    st.booleans(),
)
def test_every_body_of_a_form_is_taken_or_refused(
    street: Street, address: str, body: bytes, kind: str, name: str, whole: bool
) -> None:
    if address == "/afmelden":
        address = "/aanmelden"
    if whole:
        head = f'--x\r\nContent-Disposition: form-data; name="bestand"; filename="{name}"\r\n\r\n'
        body, kind = head.encode() + body + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
    asking = street.client(Role.COORDINATOR).post(address, content=body, headers={**OWN, "Content-Type": kind})
    assert street._asks(asking) < 500


@cases("calendar addresses", 100, "404 unless it was given out")
@given(st.one_of(texts, st.text("ABCabc0123456789_-", max_size=80)))
def test_no_calendar_has_a_made_up_address(street: Street, token: str) -> None:
    written = "".join(f"%{byte:02x}" for byte in token.encode(errors="surrogatepass")[:200])
    assert street.opens(OUTSIDE, f"/agenda/{written}.ics", {}) in (404, 405, 307)
