"""What is to be mailed: taken by one process, put off by being taken, and too late when the week is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from actions import figure_mails, monday
from actions.figure_mails import LONGEST_PAUSE
from store.database import Database
from store.figure_tables import FigureMail
from store.tables import Member
from tests.actions.people import Wijk
from tests.actions.test_monday import NINE, WEEK

MINUTE = timedelta(minutes=1)


@pytest.fixture
def waiting(wijk: Wijk) -> int:
    """One mail to Coby, due at nine; gives its number."""
    wijk.coordinator(email="coby@example.org", figures_by_mail=True)
    assert monday.send(wijk.session, NINE, mail=True) == 1
    wijk.session.flush()
    return wijk.session.scalars(select(FigureMail.id)).one()


def _due(wijk: Wijk, at: datetime) -> bool:
    return list(figure_mails.due(wijk.session, at)) != []


def test_a_mail_has_the_figures_of_the_week_that_it_was_made_for(wijk: Wijk, waiting: int) -> None:
    taken = figure_mails.take(wijk.session, NINE + timedelta(days=4), waiting)
    assert taken is not None and (taken.number, taken.to) == (waiting, "coby@example.org")
    assert taken.figures.values["week"] == WEEK.isoformat() and taken.figures.picture
    assert taken.attention.key == "team_figures_attention"


def test_what_was_sent_is_not_due(wijk: Wijk, waiting: int) -> None:
    assert not _due(wijk, NINE - MINUTE) and _due(wijk, NINE)
    figure_mails.sent(wijk.session, NINE, waiting)
    assert not _due(wijk, NINE + timedelta(days=1))
    assert figure_mails.take(wijk.session, NINE, waiting) is None


def test_each_time_it_waits_longer_until_the_week_is_over(wijk: Wijk, waiting: int) -> None:
    at, pauses = NINE, []
    while figure_mails.take(wijk.session, at, waiting) is not None:
        wijk.session.flush()
        row = wijk.session.get_one(FigureMail, waiting)
        pauses.append((row.due_at - at) // MINUTE)
        assert not _due(wijk, row.due_at - MINUTE)
        at = row.due_at
        if not _due(wijk, at):
            break
    assert pauses[:4] == [10, 20, 40, 80] and max(pauses) == LONGEST_PAUSE // MINUTE
    assert NINE + timedelta(days=5) < at < NINE + timedelta(days=8)
    assert wijk.session.get_one(FigureMail, waiting).tries == len(pauses)


def test_who_takes_it_a_second_time_at_the_same_moment_gets_nothing(wijk: Wijk, waiting: int) -> None:
    assert figure_mails.take(wijk.session, NINE, waiting) is not None
    assert figure_mails.take(wijk.session, NINE, waiting) is None
    assert figure_mails.take(wijk.session, NINE, waiting + 1) is None


CHANGED: dict[str, dict[str, Any]] = {
    "left": {"active": False},
    "wants none": {"monday_figures": False},
    "wants Telegram": {"figures_by_mail": False},
    "has no address": {"email": None},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_who_wants_it_no_more_gets_nothing(wijk: Wijk, waiting: int, change: dict[str, Any]) -> None:
    coby = wijk.session.scalars(select(Member)).one()
    for name, value in change.items():
        setattr(coby, name, value)
    assert figure_mails.take(wijk.session, NINE, waiting) is None
    assert not _due(wijk, NINE)


def test_a_new_address_is_used(wijk: Wijk, waiting: int) -> None:
    wijk.session.scalars(select(Member)).one().email = "nieuw@example.org"
    taken = figure_mails.take(wijk.session, NINE, waiting)
    assert taken is not None and taken.to == "nieuw@example.org"


def test_of_many_processes_one_takes_it(database: Database) -> None:
    with database.transaction() as session:
        Wijk(session).coordinator(email="coby@example.org", figures_by_mail=True)
        monday.send(session, NINE, mail=True)
        number = session.scalars(select(FigureMail.id)).one()
    start = Barrier(4)

    def take() -> bool:
        start.wait(10)
        with database.transaction() as session:
            return figure_mails.take(session, NINE, number) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sum(one.result(30) for one in [threads.submit(take) for _ in range(4)]) == 1
