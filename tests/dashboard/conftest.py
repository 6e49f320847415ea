"""The real web page on a port of this machine, on either database; and in memory, with a clock moved by hand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.orm import Session

from actions import sign_in
from actions.directory import load_organisation
from actions.mail import Mail
from dashboard.__main__ import server
from dashboard.app import web_app
from dashboard.limits import Limit
from dashboard.reading import Reading
from dashboard.site import Site, make_site
from dashboard.texts import Texts
from dashboard.works import Works
from store.dashboard_tables import AuditEntry
from store.database import Database
from store.settings import Settings
from store.states import Role
from store.tables import Member
from tests.actions.people import Wijk, moment
from tests.store.shared import database, shared_postgresql, shared_sqlite

__all__ = ["database", "shared_postgresql", "shared_sqlite"]

NOW = moment("2026-11-24T10:00")
BOT_NAME = "wijkwijzer_bot"
HTTPS = "https://wijk.example.org"
OWN = {"Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


def settings_of(database: Database, **given: str) -> Settings:
    fixed = {"database_url": database.url, "dashboard_listen": "127.0.0.1:0", "telegram_bot_name": BOT_NAME, **given}
    return Settings(_env_file=None, **fixed)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def web(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's calendar program, and the page that it reads."""
    found = server(make_site(settings_of(database), database))
    serving = asyncio.create_task(found._serve())
    while not found.started:
        await asyncio.sleep(0.01)
    host, port = found.servers[0].sockets[0].getsockname()
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False) as client:
        yield client
    found.should_exit = True
    await serving


@dataclass
class GivenClock:
    """The clock of the page, moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


class Browser:
    """A browser that keeps its cookies, and says where a form comes from unless told otherwise."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def opens(self, address: str, **headers: str) -> httpx.Response:
        return await self.client.get(address, headers=headers)

    async def sends(
        self, address: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.client.post(address, data=fields, headers=OWN if headers is None else headers)

    async def acts(self, address: str, **fields: str) -> httpx.Response:
        """Send a form of a page, with the token that stands in it."""
        return await self.sends(address, {**fields, "form_token": self.form_token()})

    def form_token(self) -> str:
        return sign_in.form_token(next(iter(self.client.cookies.jar)).value or "")


@dataclass
class House:
    """A web page in memory, and who works there."""

    database: Database
    site: Site
    clock: GivenClock

    @contextmanager
    def wijk(self) -> Iterator[Wijk]:
        with self.database.transaction() as session:
            found = Wijk(session, self.clock.at)
            found.chats = self.chats = getattr(self, "chats", 0) + 100
            yield found

    def member(self, role: Role = Role.COORDINATOR, name: str = "Coby", **settings: object) -> int:
        """Somebody new; gives the number."""
        with self.wijk() as wijk:
            return wijk.member(name, None, role, **settings).id

    def link(self, number: int) -> str:
        """Where a new link leads somebody."""
        with self.database.transaction() as session:
            return f"/aanmelden/{sign_in.new_link(session, self.clock.at, session.get_one(Member, number))}"

    @contextmanager
    def looks(self) -> Iterator[Session]:
        with self.database.reading() as session:
            yield session

    def log(self) -> list[tuple[int | None, str, str]]:
        with self.looks() as session:
            return [(one.member_id, one.act, one.about) for one in session.query(AuditEntry).order_by(AuditEntry.id)]

    def browser(self) -> Browser:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(web_app(self.site)), base_url=self.site.address)
        return Browser(client)

    async def signed_in(self, role: Role = Role.COORDINATOR) -> Browser:
        return await self.signs_in(self.member(role))

    async def signs_in(self, number: int) -> Browser:
        browser = self.browser()
        answer = await browser.sends(self.link(number), {})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        return browser

    def later(self, **passed: float) -> None:
        self.clock.at += timedelta(**passed)


@lru_cache(maxsize=1)
def _read_once() -> Site:
    """What every page reads from files: it takes a second or two, and is the same for all databases."""
    nowhere = Database("sqlite://")
    site = make_site(settings_of(nowhere), nowhere)
    site.texts.book()
    return site


def _site(settings: Settings, database: Database) -> Site:
    """As `make_site` makes it, of files that were read already."""
    if {"flows", "directory"} & settings.model_fields_set:
        return make_site(settings, database)
    read = _read_once()
    reading = copy(read.reading)
    reading._laid_over = None
    texts = Texts(reading, settings.flows)
    texts._book = read.texts.book()
    own: dict[str, Any] = {"mail": Mail.of(settings), "works": Works(), "asked": Limit(), "tried": Limit()}
    return replace(read, settings=settings, database=database, reading=reading, texts=texts, **own)


def house_of(database: Database, mail: Mail | None = None, **given: str) -> House:
    clock = GivenClock()
    made = _site(settings_of(database, **{"dashboard_url": HTTPS, **given}), database)
    return House(database, replace(made, clock=clock, mail=mail or made.mail), clock)  # type: ignore[arg-type]


@pytest.fixture
def house(database: Database) -> House:
    return house_of(database)


@pytest.fixture(scope="module")
def reading() -> Reading:
    """The flows and texts, read once for tests that change none."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return Reading(settings.flows, load_organisation(settings.directory, settings.organisation))
