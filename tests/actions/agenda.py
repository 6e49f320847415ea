"""Hours and appointments, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from actions import appointments, availability
from store.agenda_tables import Appointment, AppointmentKind
from store.tables import Event, Member, Request
from tests.actions.people import Wijk

WEEKDAYS = range(5)


def give_hours(
    wijk: Wijk, member: Member, opens: int = 9, closes: int = 17, days: Iterable[int] = WEEKDAYS, a_day: int = 3
) -> None:
    """From here on somebody has appointments between these hours, of 45 minutes each."""
    theirs = availability.of(wijk.session, member)
    theirs.hours = [{"days": list(days), "opens": opens * 60, "closes": closes * 60}]
    theirs.a_day = a_day
    wijk.session.flush()


def booked(
    wijk: Wijk, request: Request, member: Member, kind: AppointmentKind = AppointmentKind.TALK, whereabouts: str = ""
) -> Appointment:
    """The first free time of somebody, booked."""
    people = availability.of_kind(wijk.session, kind, [member.id])
    time = availability.free(wijk.session, wijk.now, people)[0]
    made = appointments.book(wijk.session, wijk.now, request, time, kind, whereabouts=whereabouts or None)
    assert made is not None
    return made


def over(wijk: Wijk, made: Appointment) -> Appointment:
    """Time passes until both are asked how it went; what was said before is delivered."""
    wijk.deliver()
    wijk.now = made.ends_at + timedelta(hours=1)
    return made


def events(wijk: Wijk, name: str) -> list[str]:
    """The details of what was counted under a name."""
    wijk.session.flush()
    return list(wijk.session.scalars(select(Event.detail).where(Event.name == name).order_by(Event.id)))
