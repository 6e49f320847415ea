"""How long the pages of coordinators take, and the picture of Monday, with a year of a large town in the database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from time import perf_counter, process_time

import httpx
import psutil
from sqlalchemy import select, text
from starlette.routing import compile_path

from actions import monday, pictures, roles, sign_in
from benchmarks.figures import Figure, Times, at_most
from benchmarks.house import counting
from bot.start import read_content
from bot.words import Words
from dashboard.app import read_ahead, web_app
from dashboard.pages import PAGES
from dashboard.site import Site, make_site
from dashboard.visit import Page
from store.clock import Clock
from store.database import Database
from store.settings import Settings
from store.states import Role
from store.tables import Member

LOOKS, PICTURES = 30, 5
PICTURE_LIMIT = 5_000
LINK = re.compile(r'<a [^>]*href="(/[^"#]+)')
NEXT = re.compile(r'rel="next" href="([^"#]+)')


class Still(Clock):
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at


@dataclass(frozen=True)
class Looked:
    """One address, often looked at: how long it took, and what it asked and gave."""

    address: str
    times: Times
    processor_ms: float
    """Of this process and of the database's server, for one look: what it would take on a machine with nothing else."""
    statements: int
    size: int

    def figure(self, database: str, limit: float, *, is_file: bool) -> Figure:
        """A file need not be there as soon as a page."""
        what = f"{self.address}, {database}, p95 of {LOOKS}"
        about = (
            f"p50 {self.times.p50:.0f} ms, of processors {self.processor_ms:.0f} ms; "
            f"{self.statements} statements, {self.size / 1000:.0f} kB"
        )
        if is_file:
            return Figure(what, f"{self.times.p95:.1f} ms", "", about)
        return at_most(what, self.times.p95, limit, "ms", about)


def site_of(database: Database) -> Site:
    """The web page of an installation with this database and the usual content."""
    settings = Settings(_env_file=None, database_url=database.url)  # type: ignore[call-arg]
    return make_site(settings, database)


async def pages(database: Database, name: str, limit: float, now: datetime, year: str) -> list[Figure]:
    """Each page of the menu, with what lies below it and the files it gives; the figures also over a `year`."""
    site = replace(site_of(database), clock=Still(now))
    read_ahead(site)
    asked_too = {"cijfers": (year,), "aanvragen": ("stand=gesloten",)}
    figures = []
    for page in PAGES:
        async with _signed_in(site, page) as browser:
            found = [await _look(browser, database, page.address)]
            for query in asked_too.get(page.key, ()):
                found.append(await _look(browser, database, f"{page.address}?{query}"))
            shown = await browser.get(found[-1].address)
            found += [await _look(browser, database, link) for link in linked(page, shown.text)]
        figures += [one.figure(name, limit, is_file=_is_file(page, one.address)) for one in found]
    return figures


def monday_picture(database: Database, name: str, now: datetime) -> Figure:
    """From the database to the picture as PNG, with its words."""
    site = site_of(database)
    words = Words(read_content(site.settings.flows, site.organisation), site.organisation.wijk_names())
    times = Times([_draw(database, words, now) for _ in range(PICTURES)])
    what = f"the picture of Monday with its words, {name}, longest of {PICTURES}"
    return at_most(what, times.longest, PICTURE_LIMIT, "ms", f"p50 {times.p50:.0f} ms")


def _draw(database: Database, words: Words, now: datetime) -> float:
    begun = perf_counter()
    with database.transaction() as session:
        said = [words.render(message) for message in monday.messages(session, now)]
    for picture in (one.picture for one in said if one.picture):
        pictures.drawn(picture)
    return perf_counter() - begun


async def _look(browser: httpx.AsyncClient, database: Database, address: str) -> Looked:
    """The first look is not counted: templates are read then."""
    with counting(database) as statements:
        answer = await browser.get(address)
    assert answer.status_code == 200, f"{address} answers {answer.status_code}"
    seconds, begun = [], process_time() + _server_seconds(database)
    for _ in range(LOOKS):
        before = perf_counter()
        await browser.get(address)
        seconds.append(perf_counter() - before)
    used = process_time() + _server_seconds(database) - begun
    return Looked(address, Times(seconds), used / LOOKS * 1000, len(statements), len(answer.content))


def _server_seconds(database: Database) -> float:
    """Processor time of the database's server for those who are connected; SQLite has none."""
    if database.on_sqlite:
        return 0.0
    with database.reading() as session:
        numbers = session.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).all()
    return sum(sum(psutil.Process(number).cpu_times()[:2]) for number in numbers)


def _is_file(page: Page, address: str) -> bool:
    return any(compile_path(pattern)[0].match(address.partition("?")[0]) for pattern in page.files)


def linked(page: Page, html: str) -> Iterator[str]:
    """Of each address below a page and each file the first link to it, and the next page of a list."""
    links = [unescape(link) for link in LINK.findall(html)]
    for pattern in (*page.below, *page.files):
        path = compile_path(pattern)[0]
        yield from [link for link in links if path.match(link.partition("?")[0])][:1]
    yield from (unescape(link) for link in NEXT.findall(html))


@asynccontextmanager
async def _signed_in(site: Site, page: Page) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of a coordinator, or of whoever may see the page."""
    role = min(roles.PAGES[page.key].sees, key=lambda one: (one is not Role.COORDINATOR, one.value))
    with site.database.transaction() as session:
        member = session.scalars(select(Member).where(Member.role == role).order_by(Member.id)).first()
        assert member is not None, f"there is no {role.value}"
        secret = sign_in.new_link(session, site.clock.now(), member)
    transport = httpx.ASGITransport(web_app(site))
    async with httpx.AsyncClient(transport=transport, base_url=site.address) as browser:
        await browser.post(f"/aanmelden/{secret}", data={}, headers={"Sec-Fetch-Site": "same-origin"})
        yield browser
