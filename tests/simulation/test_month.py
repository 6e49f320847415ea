"""A month of requests, holidays and silence: always somebody answers, a clock runs, and promises are kept or told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from actions import clocks, handoffs, promises, quiet_hours, routing
from actions.routing import Route
from store.database import Database
from store.states import Rule
from store.tables import Member, Person, Request
from tests.simulation import month
from tests.simulation.invariants import Broken
from tests.store.shared import empty, shared_postgresql, shared_sqlite

__all__ = ["shared_postgresql", "shared_sqlite"]
FEW, MANY = 25, 100


@pytest.fixture
def database(shared_sqlite: Database) -> Database:
    empty(shared_sqlite)
    return shared_sqlite


def test_in_a_month_of_300_requests_somebody_always_answers_and_no_promise_is_forgotten(database: Database) -> None:
    simulated = month.simulate(database)
    print(f"\n{simulated}")
    later = simulated.later
    assert simulated.month["requests"] > 280, "a few residents have everything erased"
    assert later.get("promise: open", 0) == 0
    for what in (
        "promise: kept",
        "promise: escalated",
        "promise: replaced",
        "taken back after silence",
        "opened again",
    ):
        assert later[what] > 0, f"the month must hold this too: {what}"
    assert all(wait.heard for wait in simulated.waits)


@pytest.mark.postgresql
def test_it_holds_on_postgresql_too(shared_postgresql: Database) -> None:
    empty(shared_postgresql)
    simulated = month.simulate(shared_postgresql, requests=FEW)
    assert simulated.later.get("promise: open", 0) == 0


def test_the_same_seed_gives_the_same_month(database: Database) -> None:
    first = month.simulate(database, seed=5, requests=FEW)
    empty(database)
    assert str(month.simulate(database, seed=5, requests=FEW)) == str(first)


def _no_wind(session: Session, found: Request) -> None:
    """The clock of a request is never set."""


def _to_nobody(session: Session, now: datetime, wanted: Request, after: Rule | None = None) -> Route:
    """The ladder ends in nothing, and the coordinator is not asked either."""
    return Route(Rule.POOL, ())


def _no_escalation(session: Session, now: datetime, found: Request) -> None:
    """A broken promise is not told to anybody."""


def _no_settling(session: Session, now: datetime, found: Request, state: object) -> bool:
    return False


def _no_hand_over(session: Session, now: datetime, member: Member) -> int:
    return 0


def _stop_later(session: Session, person: Person) -> int:
    """What waits already is still sent."""
    person.messages_stopped = True
    return 0


def _awake(moment: datetime) -> datetime:
    return moment


def _room(member: Member, count: int) -> bool:
    return True


def _at_work(member: Member, day: object) -> bool:
    return False


@pytest.mark.parametrize(
    ("module", "name", "instead", "first", "broken"),
    [
        (clocks, "wind", _no_wind, (FEW, 1), "no clock runs"),
        (routing, "route", _to_nobody, (FEW, 1), "nobody answers for it"),
        (quiet_hours, "stop", _stop_later, (2 * FEW, 1), "somebody who stopped messages"),
        (promises, "escalate", _no_escalation, (FEW, 3), "does not come to rest"),
        (promises, "settle", _no_settling, (FEW, 1), "two promises are open"),
        (handoffs, "hand_over", _no_hand_over, (FEW, 1), "nobody answers for it"),
        (quiet_hours, "waking_time", _awake, (FEW, 1), "comes in quiet hours"),
        (routing, "has_room", _room, (MANY, 1), "shown to somebody who is full"),
        (routing, "is_away", _at_work, (FEW, 1), "shown to somebody who is away"),
    ],
)
def test_what_is_broken_on_purpose_is_found(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    instead: Callable[..., object],
    first: tuple[int, int],
    broken: str,
) -> None:
    """In a small month in which it happens now (so many requests, and the seed), or else in a large one."""
    monkeypatch.setattr(module, name, instead)
    with pytest.raises(Broken, match=broken):
        for requests, seed in (first, (MANY, 1)):
            empty(database)
            month.simulate(database, seed, requests)
