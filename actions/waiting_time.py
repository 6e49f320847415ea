"""How long it takes now until somebody hears from us: reckoned from our own last requests, never promised.

A request that nobody has answered yet has waited at least so long. Leaving it out would make the time look
shorter than it is, so the times are weighed with the product-limit estimate (Kaplan and Meier, 1958). That takes each
to be like those who have waited for longer: of a request that was just sent it would make one of the slowest. So what
was sent less than a working day ago is left out, answered or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count, groupby
from operator import attrgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.opening_hours import local_day
from actions.request_states import Change
from actions.working_time import DAY, OFFICE, between, later
from store.states import RequestState, Urgency
from store.tables import Request, RequestChange

WINDOW = timedelta(days=60)
FEWEST = 5
"""With fewer requests than this nothing can be said."""
MOST = 100
"""The latest of so many: enough to tell, and quick to reckon while somebody waits for the answer."""
FAST, SLOW = Fraction(25, 100), Fraction(90, 100)
"""The ends of the range: so many of the people have heard from somebody by then."""


@dataclass(frozen=True)
class Waiting:
    """Whole working days from today until somebody contacts the resident; 0 is today, if that is a working day.

    `to_days` is None when too many are still waiting to say where it ends.
    """

    from_days: int
    to_days: int | None


@dataclass(frozen=True)
class Wait:
    """How long somebody waited, in working time; at least so long when nobody has contacted them."""

    lasted: timedelta
    contacted: bool


def expected(session: Session, now: datetime, urgency: Urgency, wijk: str | None = None) -> Waiting | None:
    """How long somebody who asks now waits, as far as the last 60 days tell; of one wijk, or of all.

    None when there were too few requests.
    """
    waits = _waits(session, now, urgency, wijk)
    if len(waits) < FEWEST:
        return None
    fast, slow = reached(waits, FAST), reached(waits, SLOW)
    longest = max(wait.lasted for wait in waits)
    return Waiting(
        from_days=_days_ahead(now, longest if fast is None else fast),
        to_days=None if slow is None else _days_ahead(now, slow),
    )


def _waits(session: Session, now: datetime, urgency: Urgency, wijk: str | None) -> list[Wait]:
    """The requests of the window, the latest day left out; one closed without contact counts as waiting until then.

    The first contact counts, which `contacted_at` forgets when a request is opened again.
    """
    contacts = (RequestChange.request_id == Request.id) & (RequestChange.change == Change.CONTACTED.value)
    first = func.coalesce(select(func.min(RequestChange.at)).where(contacts).scalar_subquery(), Request.contacted_at)
    query = select(Request.requested_at, first, Request.closed_at, Request.state).where(
        *(Request.requested_at > now - WINDOW, Request.requested_at <= _a_working_day_before(now)),
        *(Request.urgency == urgency, ~Request.practice),
    )
    if wijk is not None:
        query = query.where(Request.wijk == wijk)
    found = []
    for requested_at, contacted_at, closed_at, state in session.execute(query.order_by(Request.id.desc()).limit(MOST)):
        until = contacted_at or (closed_at if state is RequestState.CLOSED else None) or now
        found.append(Wait(between(OFFICE, requested_at, until), contacted_at is not None))
    return found


def _a_working_day_before(now: datetime) -> datetime:
    """This hour of the latest day with at least a whole day of work since."""
    before = (now - timedelta(days=back) for back in count(1))
    return next(moment for moment in before if between(OFFICE, moment, now) >= DAY)


def reached(waits: Sequence[Wait], share: Fraction) -> timedelta | None:
    """The time within which this share has been contacted; None when too few have been to say."""
    waiting, at_risk = Fraction(1), len(waits)
    for _, alike in groupby(sorted(waits, key=attrgetter("lasted")), key=attrgetter("lasted")):
        together = list(alike)
        waiting *= Fraction(at_risk - sum(wait.contacted for wait in together), at_risk)
        if 1 - waiting >= share:
            return together[0].lasted
        at_risk -= len(together)
    return None


def _days_ahead(now: datetime, worked: timedelta) -> int:
    """On which working day after today that much work will have been done."""
    today, last = local_day(now), local_day(later(OFFICE, now, worked))
    return sum(_is_working_day(today + timedelta(days=ahead)) for ahead in range(1, (last - today).days + 1))


def _is_working_day(day: date) -> bool:
    return any(rule.holds_on(day) for rule in OFFICE)
