"""How long coordinators wait: a million events of a year, a hundred thousand residents, and every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from actions import statistics, weeks
from actions.figures import Period
from benchmarks import residents
from benchmarks.figures import Figure, Times, at_most, known
from benchmarks.house import Rasa, own_databases
from benchmarks.pages import monday_picture, pages, site_of
from bot.dialogue.content import DUTCH
from bot.start import read_content
from store import encryption
from store.database import Database

START = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
YEAR = Period(date(2025, 11, 3), date(2026, 11, 2))
SECONDS = 365 * 24 * 3600
EVENTS = 1_000_000
LOOKS = 20
LAST = YEAR.until - timedelta(days=1)
LIMITS = {"SQLite": 800, "PostgreSQL": 300}
FLOWS, STEPS = 10, 4
OF_A_STEP = {"asked": 8_000, "answered": 6_500, "answered_again": 600}
OF_TALKS = {"talk_started": 60_000, "with_topic": 55_000, "passed_on": 15_000, "typed": 60_000, "unclear": 12_000}
OTHER = {"flow_started": 65_000, "not_understood": 18_000, "language": 5_000, "promise_kept": 16_000}
REQUESTS = {"crisis": 2_000, "soon": 6_000, "normal": 12_000}
APART = 1_000_000
"""Between the numbers of the requests of one urgency and those of the next."""
INSERT = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    INSERT INTO events (at, name, detail, wijk, flow, first, request_id)
    SELECT {moment}, :name, :detail,
        CASE n % 4 WHEN 0 THEN 'smitsveen' WHEN 1 THEN 'de_eng' WHEN 2 THEN 'soesterberg' END,
        :flow, :first, :base + n
    FROM numbers
"""
MOMENT = {
    "sqlite": "datetime('2025-11-03 09:00:00', '+' || (n * :seconds / :count + (n % 30) * :later) || ' seconds')"
    " || '.000000'",
    "postgresql": "timestamptz '2025-11-03 09:00:00+00'"
    " + (CAST(n AS bigint) * :seconds / :count + (n % 30) * :later) * interval '1 second'",
}


async def coordinators(_rasa: Rasa) -> list[Figure]:
    """Counting a year at once, all figures of it, every page and the picture of Monday, on both databases."""
    encryption.configure(encryption.new_key())
    return [figure for name, url in own_databases() for figure in await _measure(name, url)]


async def _measure(name: str, url: str) -> list[Figure]:
    database = Database(url)
    try:
        _fill(database)
        tables = _tables(database, name)
        shown = await pages(database, name, LIMITS[name], NOW, f"van={YEAR.first}&tot={LAST}")
        return [*tables, *shown, monday_picture(database, name, NOW)]
    finally:
        database.close()


def _fill(database: Database) -> None:
    database.upgrade()
    site = site_of(database)
    texts = read_content(site.settings.flows, site.organisation).texts[DUTCH]
    with database.transaction() as session:
        _events(session)
        residents.fill(session, NOW, site.directory(session).services, list(texts))
    if not database.on_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _tables(database: Database, name: str) -> list[Figure]:
    settling, counted = _settle(database)
    rows = [_look(database) for _ in range(LOOKS)]
    times, cells = Times([seconds for seconds, _ in rows]), rows[0][1]
    what = f"all figures over a year with {EVENTS:,} events, {name}, p50 of {LOOKS}"
    compared = (
        f"p95 {times.p95:.0f} ms; {cells} numbers; counting {counted} weeks at once, never again: {settling:.1f} s"
    )
    return [
        at_most(what, times.p50, LIMITS[name], "ms", compared),
        known(f"figures were found, {name}", [] if cells > FLOWS * STEPS else ["hardly any"], f"{cells} numbers"),
    ]


def _settle(database: Database) -> tuple[float, int]:
    begun = perf_counter()
    with database.transaction() as session:
        counted = weeks.settle(session, NOW)
    return perf_counter() - begun, counted


def _look(database: Database) -> tuple[float, int]:
    """Seconds for all tables, and how many numbers stand in them."""
    with database.reading() as session:
        begun = perf_counter()
        found = statistics.tables(session, NOW, YEAR)
        seconds = perf_counter() - begun
    return seconds, sum(isinstance(cell, int) for table in found for row in table.rows for cell in row)


def _events(session: Session) -> None:
    put = 0
    for count, name, detail, flow, base, later in _happenings():
        _insert(session, count, name, detail, flow, base, later)
        put += count
    _insert(session, EVENTS - put, "listened", "", "", 0, 0)


def _happenings() -> Iterator[tuple[int, str, str, str, int, int]]:
    """How often what happened; about requests also from which number on, and how many seconds spread."""
    for step in range(FLOWS * STEPS):
        for name, count in OF_A_STEP.items():
            yield count, name, f"step_{step % STEPS}", f"flow_{step // STEPS}", 0, 0
    for name, count in {**OF_TALKS, **OTHER}.items():
        yield count, name, "", "", 0, 0
    for number, (urgency, count) in enumerate(REQUESTS.items(), start=1):
        yield count, "requested", urgency, "", number * APART, 0
        yield count, "contacted", urgency, "", number * APART, int(timedelta(hours=2).total_seconds())
        yield count * 9 // 10, "closed", "solved", "", number * APART, int(timedelta(days=1).total_seconds())


def _insert(session: Session, count: int, name: str, detail: str, flow: str, base: int, later: int) -> None:
    statement = text(INSERT.format(moment=MOMENT[session.get_bind().dialect.name]))
    told = {"name": name, "detail": detail, "flow": flow, "first": True}
    session.execute(statement, {"count": count, "seconds": SECONDS, "base": base, "later": later, **told})
