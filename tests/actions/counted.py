"""Worlds of events, for tests of figures: weeks from Monday 2 November 2026, seen on Thursday 3 December."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from actions import statistics, weeks
from actions.figures import Cell, Period, Table
from store.tables import Event
from tests.actions.people import moment

MONDAY = moment("2026-11-02 00:00")
NOW = moment("2026-12-03 12:00")
FOUR_WEEKS = Period(date(2026, 11, 2), date(2026, 11, 30))
NOON = timedelta(hours=12)
Rows = list[tuple[Cell, ...]]


def happen(session: Session, times: int, name: str, detail: str = "", **other: Any) -> None:
    """As many events, in Smitsveen at noon of the first Monday, unless said otherwise."""
    values = {"at": MONDAY + NOON, "wijk": "smitsveen", **other}
    session.add_all(Event(name=name, detail=detail, **values) for _ in range(times))


def request(session: Session, number: int, at: datetime, contacted: datetime | None = None, **other: Any) -> None:
    """A request that was sent, and contacted."""
    happen(session, 1, "requested", other.pop("urgency", "normal"), at=at, request_id=number, **other)
    if contacted is not None:
        happen(session, 1, "contacted", "normal", at=contacted, request_id=number, **other)


def table(
    session: Session, key: str, period: Period = FOUR_WEEKS, wijk: str | None = None, now: datetime = NOW
) -> Table:
    """One figure, after counting what may be told."""
    session.flush()
    weeks.settle(session, now)
    return next(one for one in statistics.tables(session, now, period, wijk) if one.key == key)


def rows(session: Session, key: str, **other: Any) -> Rows:
    """The rows of one figure."""
    return list(table(session, key, **other).rows)
