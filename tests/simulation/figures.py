"""What became of the requests of a simulated month, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.request_states import Change
from actions.working_time import OFFICE, between
from store.states import RequestState, Rule, Urgency
from store.tables import Member, Promise, Request, RequestChange

HOUR = timedelta(hours=1)
STILL_WAITING = "still waiting"
HEAD_TIMES = ("urgency", "requests", "heard from a person", "half of them within", "9 of 10 within")
HEAD_COUNTS = ("what", "at the end of the month", "when no promise is open any more")
CHANGES = {
    "taken by somebody": Change.CLAIMED,
    "spoken with": Change.CONTACTED,
    "given back": Change.RELEASED,
    "taken back after silence": Change.EXPIRED,
    "too heavy for somebody": Change.TOO_HEAVY,
    "brought to the coordinator": Change.ESCALATED,
    "opened again": Change.REOPENED,
}


@dataclass(frozen=True)
class Waits:
    """Working hours until the first contact of each request of an urgency; None while nobody has made contact."""

    urgency: Urgency
    hours: Sequence[float | None]

    def within(self, share: float) -> str:
        """In how many working hours so many have heard from a person; those who wait count as waiting still."""
        place = max(1, ceil(share * len(self.hours)))
        return f"{self.heard[place - 1]:.1f} hours" if place <= len(self.heard) else STILL_WAITING

    @property
    def heard(self) -> Sequence[float]:
        """The times of those who have heard from a person, the shortest first."""
        return sorted(hours for hours in self.hours if hours is not None)

    @property
    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        times = (self.within(0.5), self.within(0.9))
        return (self.urgency.value, str(len(self.hours)), str(len(self.heard)), *times)


def waits(session: Session) -> list[Waits]:
    """The times to the first contact, by urgency."""
    contact = (RequestChange.request_id == Request.id) & (RequestChange.change == Change.CONTACTED)
    first = select(func.min(RequestChange.at)).where(contact).scalar_subquery()
    found: dict[Urgency, list[float | None]] = {urgency: [] for urgency in Urgency}
    for urgency, requested_at, contacted_at in session.execute(select(Request.urgency, Request.requested_at, first)):
        waited = between(OFFICE, requested_at, contacted_at) / HOUR if contacted_at else None
        found[urgency].append(waited)
    return [Waits(urgency, hours) for urgency, hours in found.items() if hours]


def counts(session: Session) -> Mapping[str, int]:
    """How many requests met with what, and how the promises stand."""
    rows = session.execute(
        select(RequestChange.change, func.count(RequestChange.request_id.distinct())).group_by("change")
    )
    met = dict(rows.all())
    states = Counter(session.scalars(select(Request.state)))
    promises = Counter(session.scalars(select(Promise.state)))
    found = {"requests": states.total()}
    found |= {what: met.get(change, 0) for what, change in CHANGES.items()}
    found |= {f"state: {state.value}": states[state] for state in RequestState if states[state]}
    found |= {f"promise: {state.value}": count for state, count in sorted(promises.items())}
    return found


def still_with(session: Session) -> Mapping[str, int]:
    """With whom the requests are that are not closed."""
    query = select(Member.name, Request.rule).select_from(Request).outerjoin(Member, Member.id == Request.claimed_by_id)
    found = session.execute(query.where(Request.state != RequestState.CLOSED)).all()
    return Counter(name or ("the coordinator" if rule is Rule.COORDINATOR else "the pool") for name, rule in found)


def times_table(found: Sequence[Waits]) -> str:
    """Time to the first contact."""
    return _table(HEAD_TIMES, [one.row for one in found])


def counts_table(month: Mapping[str, int], later: Mapping[str, int]) -> str:
    """What happened, at both moments."""
    names = dict.fromkeys((*month, *later))
    return _table(HEAD_COUNTS, [(name, str(month.get(name, 0)), str(later.get(name, 0))) for name in names])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(_lines(head, rows, widths))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in (head, ["-" * width for width in widths], *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
