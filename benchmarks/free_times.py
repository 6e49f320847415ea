"""When a whole team can still have appointments, with many of them in the table."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from time import perf_counter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from actions import availability
from actions.availability import AHEAD, FreeTime
from actions.opening_hours import local_day
from benchmarks.figures import Figure, Times, at_most
from benchmarks.house import WIJK, WORKING_DAY, Rasa, counting, own_databases
from store import encryption
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Availability, Place
from store.database import Database
from store.states import RequestState, Role, Urgency
from store.tables import Member, Person, Request

TEAM, APPOINTMENTS = 50, 10_000
COMING, CANCELLED = 30, 10  # of each member; all others are over
LOOKS = 60
LIMIT = 20
OFFICE_DAYS = ((0, 1, 2, 3, 4), 9 * 60, 17 * 60)
MORNINGS = ((0, 1, 3), 9 * 60, 12 * 60 + 30)
EVENINGS = ((1, 4), 18 * 60, 21 * 60)
LENGTHS = (30, 45, 60, 45)
WEEKS = ((OFFICE_DAYS,), (MORNINGS, EVENINGS), (OFFICE_DAYS, EVENINGS))


async def free_times(_rasa: Rasa) -> list[Figure]:
    """The free times of the team in the coming weeks, on both databases."""
    encryption.configure(encryption.new_key())
    return [_measure(name, url) for name, url in own_databases()]


def _measure(name: str, url: str) -> Figure:
    database = Database(url)
    try:
        database.upgrade()
        with database.transaction() as session:
            _fill(session)
        with counting(database) as statements:
            found = _look(database)[1]
        times = Times([_look(database)[0] for _ in range(LOOKS)])
    finally:
        database.close()
    return at_most(
        f"free times of a team of {TEAM} over {AHEAD.days // 7} weeks, {name}, p50 of {LOOKS}",
        times.p50,
        LIMIT,
        "ms",
        f"p95 {times.p95:.1f} ms; {len(found)} times in {len(statements)} statements, {APPOINTMENTS} appointments kept",
    )


def _look(database: Database) -> tuple[float, list[FreeTime]]:
    """Seconds that it takes to find them in a new session, and what they are."""
    with database.reading() as session:
        people = availability.of_kind(session, AppointmentKind.TALK)
        begun = perf_counter()
        found = availability.free(session, WORKING_DAY, people)
        return perf_counter() - begun, found


def _fill(session: Session) -> None:
    for number in range(TEAM):
        member = _member(session, number)
        session.execute(insert(Appointment), list(_appointments(member, _request(session, member))))


def _member(session: Session, number: int) -> Availability:
    person = Person(chat_id=1000 + number, first_name=f"Helper {number}", created_at=WORKING_DAY)
    member = Member(name=f"Helper {number}", wijk=WIJK, role=Role.WIJKVERBINDER, person=person, created_at=WORKING_DAY)
    week, minutes = WEEKS[number % len(WEEKS)], LENGTHS[number % len(LENGTHS)]
    hours = [{"days": list(days), "opens": opens, "closes": closes} for days, opens, closes in week]
    days_off = [(local_day(WORKING_DAY) + timedelta(days=number)).isoformat()]
    theirs = Availability(member=member, hours=hours, minutes=minutes, pause=15, a_day=3, days_off=days_off)
    session.add(theirs)
    session.flush()
    return theirs


def _request(session: Session, theirs: Availability) -> Request:
    """One for all appointments of a member."""
    asked = Request(
        person=theirs.member.person,
        wijk=WIJK,
        topics="draught",
        urgency=Urgency.NORMAL,
        reach="here",
        by_whom="own_wijk",
        summary="Voorbeeld",
        state=RequestState.CONTACTED,
        requested_at=WORKING_DAY,
        waiting_since=WORKING_DAY,
    )
    session.add(asked)
    session.flush()
    return asked


def _appointments(theirs: Availability, asked: Request) -> Iterator[dict[str, Any]]:
    """Two a day in the coming weeks, as many as that were cancelled on the first days, and those of the past."""
    coming = list(islice(_two_a_day(theirs, 1), COMING))
    over = islice(_two_a_day(theirs, -1), APPOINTMENTS // TEAM - COMING - CANCELLED)
    booked = [(one, AppointmentState.BOOKED) for one in coming]
    cancelled = [(one, AppointmentState.CANCELLED) for one in coming[:CANCELLED]]
    kept = [(one, AppointmentState.KEPT) for one in over]
    for time, state in (*booked, *cancelled, *kept):
        yield {
            "request_id": asked.id,
            "person_id": asked.person_id,
            "member_id": theirs.member_id,
            "kind": AppointmentKind.TALK,
            "place": Place.HOME,
            "starts_at": time.starts_at,
            "ends_at": time.ends_at,
            "state": state,
            "booked_at": WORKING_DAY,
            "uid": str(uuid.uuid4()),
            "changed_at": WORKING_DAY,
        }


def _two_a_day(theirs: Availability, step: int) -> Iterator[FreeTime]:
    """From tomorrow onwards or from yesterday backwards, not always at the same time of the day."""
    for days in count(1):
        day = local_day(WORKING_DAY) + timedelta(days=days * step)
        times = availability.times_on(theirs, day)
        yield from times[(theirs.member_id + days) % max(1, len(times) - 1) :][:2]
