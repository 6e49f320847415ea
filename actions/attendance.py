"""What both sides say after an appointment: that it took place, or who could not be there."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import appointment_messages, appointments, clocks, coordinators, measures, promises, waiting_list
from actions.appointment_offers import Plan
from actions.appointments import Side
from actions.cards import chat
from actions.outbox import Message, queue
from actions.quiet_hours import waking_time
from actions.request_states import HELD, Change, note
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Attendance
from store.states import RequestState
from store.tables import Person, Request

TOO_OFTEN = 3
"""From so many missed appointments of one resident on, whoever missed them, a human looks."""
MISSED_BY: Mapping[Attendance, Side] = {
    Attendance.RESIDENT_MISSED: Side.RESIDENT,
    Attendance.MEMBER_MISSED: Side.MEMBER,
}


class Next(enum.StrEnum):
    """What follows from what was said."""

    KEPT = "kept"
    AGAIN = "again"
    """The resident is to be asked for another time."""
    HUMAN = "human"
    """It went wrong too often: the coordinator was told, and nobody is asked by buttons again."""
    KNOWN = "known"
    """Somebody said it already, or the question is old: nothing is asked."""


def say(session: Session, now: datetime, made: Appointment, side: Side, said: Attendance) -> Next:
    """Write down what one side says; the first of them decides what becomes of the appointment.

    When the other side says something else, the coordinator is told, and it stays as it was.
    """
    both = (made.resident_says, made.member_says)
    mine, theirs = both if side is Side.RESIDENT else reversed(both)
    if made.state is AppointmentState.CANCELLED or made.starts_at > now or mine is not None:
        return Next.KNOWN
    if side is Side.RESIDENT:
        made.resident_says = said
    else:
        made.member_says = said
    if theirs is not None:
        return _second(session, now, made, side)
    return _keep(session, now, made) if said is Attendance.KEPT else _miss(session, now, made, side, said)


def _second(session: Session, now: datetime, made: Appointment, side: Side) -> Next:
    """Both have spoken: only when they contradict each other somebody must look."""
    found = made.request
    if made.resident_says is not made.member_says and found.state is not RequestState.CLOSED:
        nobody_came = side is Side.RESIDENT and made.resident_says is Attendance.MEMBER_MISSED
        _escalate(session, now, found, "coordinator_appointment_contradicted", nobody_came)
    return Next.KNOWN


def _keep(session: Session, now: datetime, made: Appointment) -> Next:
    made.state, found = AppointmentState.KEPT, made.request
    appointments.count(session, now, made, "appointment_kept")
    if made.kind is AppointmentKind.FITTING:
        measures.note_fitted(session, now, found, made.member)
    if made.kind is AppointmentKind.TALK and found.state in HELD and found.claimed_by_id == made.member_id:
        found.on_top = False
        promises.contacted(session, now, found)
        clocks.wind(session, found)
    return Next.KEPT


def _miss(session: Session, now: datetime, made: Appointment, side: Side, said: Attendance) -> Next:
    """Nobody is blamed: they are asked for another time, and the request is waited for again."""
    made.state, found = AppointmentState.MISSED, made.request
    appointments.count(session, now, made, "appointment_missed", MISSED_BY[said].value)
    appointments.wait_no_more(session, now, made)
    nobody_came = side is Side.RESIDENT and said is Attendance.MEMBER_MISSED
    if found.state is RequestState.CLOSED:
        if nobody_came and made.kind is not AppointmentKind.TALK:
            coordinators.tell(session, now, found, "coordinator_appointment_nobody_came")
        return Next.KNOWN
    if _how_often_missed(session, made.person) >= TOO_OFTEN:
        found.on_top = True
        _escalate(session, now, found, "coordinator_appointment_too_often", nobody_came)
        return Next.HUMAN
    if nobody_came:
        _escalate(session, now, found, "coordinator_appointment_nobody_came", nobody_came)
    if side is Side.MEMBER:
        because = "missed" if said is Attendance.RESIDENT_MISSED else "missed_by_us"
        waiting_list.ask(session, now, Plan(found, made.kind), because)
    return Next.AGAIN


def _escalate(session: Session, now: datetime, found: Request, key: str, nobody_came: bool) -> None:
    """Tell the coordinator; that nobody came stands above the rest, and whoever has the request hears it too."""
    note(session, now, found, Change.ESCALATED)
    coordinators.tell(session, now, found, key)
    member = found.claimed_by
    if nobody_came:
        found.on_top = True
    if nobody_came and found.state in HELD and member is not None and member.person is not None:
        told = Message("team_appointment_nobody_came", {"number": found.id})
        queue(session, now, chat(member), told, subject=appointment_messages.subject(found), due_at=waking_time(now))


def _how_often_missed(session: Session, person: Person) -> int:
    session.flush()
    missed = (Appointment.person_id == person.id) & (Appointment.state == AppointmentState.MISSED)
    return session.scalar(select(func.count()).select_from(Appointment).where(missed)) or 0
