"""When somebody of the team can have appointments, and which times of those are still free.

Who gives which kind of appointment follows from the role (`KINDS`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from actions.opening_hours import Opening, local_day, periods
from actions.team_settings import is_away
from actions.working_time import OFFICE, later
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Availability
from store.tables import Member, Role

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
QUARTER = 15

TAKEN = (
    select(Appointment.id, Appointment.member_id, Appointment.starts_at, Appointment.ends_at)
    .where(
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at >= bindparam("first"),
        Appointment.starts_at < bindparam("last"),
        Appointment.member_id.in_(bindparam("members", expanding=True)),
    )
    .order_by(Appointment.starts_at)
)
"""Built once: building a statement takes longer than running it."""
Period = tuple[datetime, datetime]


@dataclass(frozen=True, order=True)
class FreeTime:
    """A time on which somebody can have an appointment."""

    starts_at: datetime
    member_id: int
    ends_at: datetime


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
    wanted = select(Availability).join(Member).where(Member.active, Member.role.in_(KINDS[kind]))
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

    `but` is the number of an appointment that is going to be moved: it is in nobody's way.
    """
    first = later(OFFICE, now, NOTICE)
    last = min(until or now + AHEAD, now + AHEAD)
    days = list(_days(local_day(first), local_day(last)))
    booked = _booked(session, people, days, but)
    found = [
        FreeTime(starts, one.member_id, ends)
        for one in people
        for day in days
        for starts, ends in _free_on(one, day, booked.get((one.member_id, day), ()))
        if first <= starts < last
    ]
    return sorted(found)


def times_on(availability: Availability, day: date) -> tuple[Period, ...]:
    """All times on which somebody has appointments that day, free or not; none on holidays and days off."""
    if is_away(availability.member, day) or day.isoformat() in availability.days_off:
        return ()
    return _grid(_rules(availability), availability.minutes, availability.pause, day)


def _free_on(availability: Availability, day: date, booked: Sequence[Period]) -> Iterator[Period]:
    if len(booked) >= availability.a_day:
        return
    pause = timedelta(minutes=availability.pause)
    for starts, ends in times_on(availability, day):
        if all(ends + pause <= begun or ended + pause <= starts for begun, ended in booked):
            yield starts, ends


def _booked(
    session: Session, people: Sequence[Availability], days: Sequence[date], but: int | None
) -> Mapping[tuple[int, date], list[Period]]:
    """What is booked with each of them on each of these days."""
    by_day: dict[tuple[int, date], list[Period]] = defaultdict(list)
    if not days:
        return by_day
    bounds = {"first": _midnight(days[0]), "last": _midnight(days[-1] + timedelta(days=1))}
    for number, member, starts, ends in session.execute(
        TAKEN, {**bounds, "members": [one.member_id for one in people]}
    ):
        if number != but:
            by_day[member, local_day(starts)].append((starts, ends))
    return by_day


def _days(first: date, last: date) -> Iterator[date]:
    return takewhile(lambda day: day <= last, (first + timedelta(days=ahead) for ahead in range(400)))


def _midnight(day: date) -> datetime:
    """The moment at which a day in the Netherlands begins."""
    whole = Opening(frozenset(range(7)), opens=0, closes=1)
    return next(periods((whole,), day))[0]


def _rules(availability: Availability) -> tuple[Opening, ...]:
    return tuple(
        Opening(frozenset(one["days"]), one["opens"], one["closes"], closed_on_holidays=True)
        for one in availability.hours
    )


@lru_cache(maxsize=65536)
def _grid(rules: tuple[Opening, ...], minutes: int, pause: int, day: date) -> tuple[Period, ...]:
    """The times of a day, one after the other from the beginning of each stretch; they begin at quarters of an hour."""
    length, found = timedelta(minutes=minutes), []
    step = timedelta(minutes=-(-(minutes + pause) // QUARTER) * QUARTER)
    for opens, closes in sorted(periods(rules, day)):
        starts = opens
        while starts + length <= closes:
            found.append((starts, starts + length))
            starts += step
    return tuple(found)
