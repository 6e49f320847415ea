"""What figures may tell, week by week: counted once from the events and never changed afterwards.

Each part is a number of talks, requests or answers that is in no other part; totals are their sums. A part grows only
when enough came together (`actions.small_numbers`); until then what came waits, to be told with a later week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from actions import small_numbers
from actions.figures import Period
from actions.opening_hours import local_day
from actions.small_numbers import WEEK
from store.figure_tables import FigureWeek
from store.tables import Event

TALK, SOLVED, BOTH = "talk_started", "solved:", "both_say"
STEPS = ("asked", "answered", "answered_again")
OF_TALKS = ("topic", "typed", "unclear", "with_topic", "passed_on", "told")
OF_REQUESTS = ("requested", "closed", "promise_kept", "promise_escalated", "fitted")
OF_APPOINTMENTS = ("appointment_booked", "appointment_moved", "appointment_kept", "appointment_missed")
WITHOUT_DETAIL = ("promise_kept", "promise_escalated", "fitted", *OF_APPOINTMENTS[:3])
"""What is told without the urgency or the kind: the fewer parts, the more can be told."""
TOLD = ("useful:", "first_time:")
"""The answers of residents that are counted as they are."""
WHOLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "asked": ("left", ("answered", "answered_again")),
    "typed": ("understood", ("unclear",)),
    "with_topic": ("by_itself", ("passed_on",)),
}
"""What is counted as a whole, what is left of it, and the parts that are counted too, at the moment of the whole."""


class Part(NamedTuple):
    """What is counted apart; the wijk is empty when it is not known."""

    name: str
    flow: str
    detail: str
    wijk: str


@dataclass(frozen=True)
class Told:
    """What may be told of each part over a period."""

    counts: Mapping[Part, int]

    def of(self, name: str, detail: str | None = None) -> int:
        """Of one kind, with this detail or with any."""
        return sum(self.by(name, "detail").values()) if detail is None else self.by(name, "detail").get(detail, 0)

    def by(self, name: str, field: str) -> dict[str, int]:
        """Of one kind, per detail or wijk; most first, then by name."""
        found: Counter[str] = Counter()
        for part, count in self.counts.items():
            if part.name == name:
                found[getattr(part, field)] += count
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def settle(session: Session, now: datetime) -> int:
    """Count the weeks that may be told by now and were not counted yet; gives how many weeks there were."""
    week, last = _next_week(session), small_numbers.settled_until(now)
    rests = _rests(session) if week is not None and week < last else {}
    settled = 0
    while week is not None and week < last:
        _write(session, week, _counted(session, Period(week, week + WEEK)), rests)
        week, settled = week + WEEK, settled + 1
    return settled


def told(session: Session, period: Period, wijk: str | None = None) -> Told:
    """What may be told of whole weeks; of one wijk, or of all."""
    within = (FigureWeek.week >= period.first) & (FigureWeek.week < period.until) & (FigureWeek.told > 0)
    part = (FigureWeek.name, FigureWeek.flow, FigureWeek.detail, FigureWeek.wijk)
    query = select(*part, func.sum(FigureWeek.told)).where(within).group_by(*part)
    if wijk is not None:
        query = query.where(FigureWeek.wijk == wijk)
    return Told({Part(*row[:4]): int(row[4]) for row in session.execute(query)})


def _next_week(session: Session) -> date | None:
    """The Monday after the last week with something in it, else that of the first event; None without events."""
    last: date | None = session.scalar(select(func.max(FigureWeek.week)))
    if last is not None:
        return last + WEEK
    first = session.scalar(select(func.min(Event.at)))
    return None if first is None else _monday(first)


def _monday(moment: datetime) -> date:
    day = local_day(moment)
    return day - timedelta(days=day.weekday())


def _rests(session: Session) -> dict[Part, int]:
    """What waits of each part, as its latest week says."""
    part = (FigureWeek.name, FigureWeek.flow, FigureWeek.detail, FigureWeek.wijk)
    latest = select(*part, func.max(FigureWeek.week)).group_by(*part)
    rows = session.execute(select(*part, FigureWeek.rest).where(tuple_(*part, FigureWeek.week).in_(latest)))
    return {Part(*row[:4]): row[4] for row in rows}


def _write(session: Session, week: date, counted: Mapping[Part, int], rests: dict[Part, int]) -> None:
    """Another process may count the same week; it finds the same, so that what is there already stays."""
    rows = []
    for part, came in counted.items():
        told_now, rests[part] = small_numbers.released(rests.get(part, 0), came)
        rows.append({"week": week, **part._asdict(), "told": told_now, "rest": rests[part]})
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    if rows:
        session.execute(insert(FigureWeek).on_conflict_do_nothing(), rows)


def _counted(session: Session, week: Period) -> Mapping[Part, int]:
    """The parts of a week in which something came."""
    counts: Counter[Part] = Counter()
    for name, flow, detail, wijk, count in session.execute(_of_week(week)):
        counts[Part(name, flow, detail, wijk or "")] += count
    counts.update(_both_say(session, week))
    _take_apart(counts)
    kept = (one for one in counts.items() if one[0].name != "told" or one[0].detail.startswith(TOLD))
    return {part: count for part, count in kept if count > 0}


def _of_week(week: Period) -> Any:
    detail = case((Event.name == TALK, func.coalesce(Event.source, "")), else_=Event.detail)
    detail = case((Event.name.in_(WITHOUT_DETAIL), ""), else_=detail)
    flow = case((Event.name.in_(STEPS), Event.flow), else_="")
    names = (TALK, *STEPS, *OF_TALKS, *OF_REQUESTS, *OF_APPOINTMENTS)
    here = Event.name.in_(names) & (Event.at >= week.starts_at) & (Event.at < week.ends_at) & Event.first
    rows = select(Event.name, flow.label("in_flow"), detail.label("about"), Event.wijk).where(here).subquery()
    return select(*rows.c, func.count()).group_by(*rows.c)


def _take_apart(counts: Counter[Part]) -> None:
    """Put what is left of a whole in its place, so that no part holds another."""
    for whole, (left, parts) in WHOLES.items():
        for part in [one for one in counts if one.name == whole]:
            named = sum(counts[part._replace(name=name)] for name in parts)
            counts[part._replace(name=left)] = counts.pop(part) - named


def _both_say(session: Session, week: Period) -> Iterator[Part]:
    """Each answer of a resident whether it is solved, with the outcome that was written down before it."""
    mine = (Event.name == "told") & (Event.at >= week.starts_at) & (Event.at < week.ends_at) & Event.first
    answers = session.execute(
        select(Event.request_id, Event.at, Event.detail, Event.wijk).where(mine, Event.detail.startswith(SOLVED))
    ).all()
    numbers = {number for number, *_ in answers if number is not None}
    closed = (Event.name == "closed") & Event.request_id.in_(numbers)
    ended = session.execute(select(Event.request_id, Event.at, Event.detail).where(closed).order_by(Event.at)).all()
    for number, at, says, wijk in answers:
        outcomes = [outcome for other, closed_at, outcome in ended if other == number and closed_at <= at]
        yield Part(BOTH, outcomes[-1] if outcomes else "", says.removeprefix(SOLVED), wijk or "")
