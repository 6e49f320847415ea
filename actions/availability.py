"""When somebody of the team can have appointments, and which times of those are still free.

Who gives which kind of appointment follows from the role (`KINDS`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session, joinedload

from actions.opening_hours import Opening, local_day, periods
from actions.team_settings import is_away
from actions.working_time import OFFICE, later
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Availability
from store.states import Role
from store.tables import Member

KINDS: Mapping[AppointmentKind, tuple[Role, ...]] = {
    AppointmentKind.TALK: (Role.WIJKVERBINDER, Role.PROFESSIONAL, Role.COORDINATOR),
    AppointmentKind.COACH: (Role.ENERGY_COACH,),
    AppointmentKind.FITTING: (Role.VOLUNTEER,),
}
"""Who has appointments of a kind."""
NOTICE = timedelta(hours=3)
"""In working time: no appointment begins sooner, so that whoever comes has seen it."""
AHEAD = timedelta(weeks=6)
"""No time is offered later than this."""
QUARTER = timedelta(minutes=15)
WEEK = timedelta(weeks=1)

TAKEN = (
    select(
        Appointment.starts_at,
        Appointment.ends_at,
        func.aggregate_strings(cast(Appointment.member_id, String), " "),
    )
    .where(
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at >= bindparam("first"),
        Appointment.starts_at < bindparam("last"),
        Appointment.member_id.in_(bindparam("members", expanding=True)),
        Appointment.id != bindparam("but"),
    )
    .group_by(Appointment.starts_at, Appointment.ends_at)
)
"""Each period once, with everybody who is taken then: reading moments is most of the work. Built once, as building a
statement takes longer than running it."""
Period = tuple[datetime, datetime]


class FreeTime(NamedTuple):
    """A time on which somebody can have an appointment."""

    starts_at: datetime
    member_id: int
    ends_at: datetime


BEGINS = attrgetter("starts_at")

Slot = tuple[FreeTime, datetime, datetime]
"""A time, and from when until when it needs nothing else to be: with the pause before and after it."""


def of(session: Session, member: Member) -> Availability:
    """The availability of somebody, held fast; without hours as long as they gave none."""
    found = session.get(Availability, member.id, with_for_update={"of": Availability}, populate_existing=True)
    if found is None:
        found = Availability(member_id=member.id, member=member, hours=[], days_off=[])
        session.add(found)
        session.flush()
    return found


def of_kind(session: Session, kind: AppointmentKind, members: Collection[int] | None = None) -> Sequence[Availability]:
    """Of everybody who gives this kind of appointment and can be reached; of these members only, if they are given."""
    wanted = select(Availability).join(Member).where(Member.active, Member.role.in_(KINDS[kind])).order_by(Member.id)
    if members is not None:
        wanted = wanted.where(Member.id.in_(members))
    found = session.scalars(wanted.options(joinedload(Availability.member).joinedload(Member.person))).all()
    return [one for one in found if one.member.person is not None and one.member.person.reachable]


def free(
    session: Session,
    now: datetime,
    people: Sequence[Availability],
    until: datetime | None = None,
    *,
    but: int | None = None,
) -> list[FreeTime]:
    """The free times of these people after `NOTICE` and until `until` (`AHEAD` at most), the first first.

    Times at the same moment stand in the order of `people`. `but` is the number of an appointment that is going to be
    moved: it is in nobody's way.
    """
    first = later(OFFICE, now, NOTICE)
    last = min(until or now + AHEAD, now + AHEAD)
    weeks = _weeks(local_day(first), local_day(last))
    booked = _booked(session, people, weeks, but)
    found = [slot[0] for one in people for day in _left(one, weeks, booked[one.member_id]) for slot in day]
    found.sort(key=BEGINS)
    return found[bisect_left(found, first, key=BEGINS) : bisect_left(found, last, key=BEGINS)]


def times_on(availability: Availability, day: date) -> Sequence[FreeTime]:
    """All times on which somebody has appointments that day, free or not; none on holidays and days off."""
    return [slot[0] for on, slots in _slots(availability, _weeks(day, day)) if on == day for slot in slots]


def _left(
    availability: Availability, weeks: Sequence[date], booked: Mapping[date, Sequence[Period]]
) -> Iterator[Sequence[Slot]]:
    """What is free beside what is booked, day by day."""
    most = availability.a_day
    for day, slots in _slots(availability, weeks):
        taken = booked.get(day, ())
        if len(taken) < most:
            for begins, ends in taken:
                slots = [one for one in slots if one[2] <= begins or ends <= one[1]]
            yield slots


def _slots(availability: Availability, weeks: Sequence[date]) -> Iterator[tuple[date, Sequence[Slot]]]:
    """The days of these weeks on which somebody has appointments, and when."""
    member, off = availability.member, {date.fromisoformat(day) for day in availability.days_off}
    hours = tuple((*one["days"], one["opens"], one["closes"]) for one in availability.hours)
    for monday in weeks:
        for day, slots in _week(member.id, hours, availability.minutes, availability.pause, monday):
            if day not in off and not is_away(member, day):
                yield day, slots


def _booked(
    session: Session, people: Sequence[Availability], weeks: Sequence[date], but: int | None
) -> Mapping[int, Mapping[date, Sequence[Period]]]:
    """What is booked with each of them on each day of these weeks."""
    found: dict[int, dict[date, list[Period]]] = {one.member_id: defaultdict(list) for one in people}
    if not people or not weeks:
        return found
    bounds = {"first": _midnight(weeks[0]), "last": _midnight(weeks[-1] + WEEK), "but": but or 0}
    for starts, ends, members in session.execute(TAKEN, {**bounds, "members": [*found]}):
        day, period = local_day(starts), (starts, ends)
        for number in members.split():
            found[int(number)][day].append(period)
    return found


def _weeks(first: date, last: date) -> Sequence[date]:
    """The Mondays of the weeks from one day to another."""
    monday = first - timedelta(days=first.weekday())
    return [monday + WEEK * week for week in range((last - monday) // WEEK + 1)]


def _midnight(day: date) -> datetime:
    """The moment at which a day in the Netherlands begins."""
    whole = Opening(frozenset(range(7)), opens=0, closes=1)
    return next(periods((whole,), day))[0]


@lru_cache(maxsize=512)
def _week(
    member: int, hours: tuple[tuple[int, ...], ...], minutes: int, pause: int, monday: date
) -> Sequence[tuple[date, Sequence[Slot]]]:
    """The days of a week with times, and those of each; kept, as the same weeks are asked for again and again."""
    rules = [Opening(frozenset(days), opens, closes, closed_on_holidays=True) for *days, opens, closes in hours]
    free, days = timedelta(minutes=pause), (monday + timedelta(days=ahead) for ahead in range(7))
    grids = ((day, _grid(rules, timedelta(minutes=minutes), free, day)) for day in days)
    return [
        (day, [(FreeTime(starts, member, ends), starts - free, ends + free) for starts, ends in grid])
        for day, grid in grids
        if grid
    ]


def _grid(rules: Sequence[Opening], length: timedelta, pause: timedelta, day: date) -> Sequence[Period]:
    """One after the other from the beginning of each stretch, a whole number of quarters of an hour apart."""
    step, found = -(-(length + pause) // QUARTER) * QUARTER, []
    for opens, closes in sorted(periods(rules, day)):
        starts = opens
        while starts + length <= closes:
            found.append((starts, starts + length))
            starts += step
    return found
