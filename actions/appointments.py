"""Appointments: booked, moved and cancelled in one transaction with the messages that go with them.

A booked appointment takes the place of a promise: the clocks of its request begin when it is over. What is said before
and after it is queued when it is booked, and taken back when it is moved or cancelled. Messages about it name a person
and a time, never what it is about. Every function expects the request to be held fast (`handoffs.lock`).
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from actions import appointment_messages as messages
from actions import availability, clocks, events, promises, quiet_hours
from actions.availability import FreeTime
from actions.cards import chat
from actions.outbox import Message, queue
from actions.quiet_hours import waking_time
from actions.request_states import HELD, Change, note
from actions.routing import URGENT
from actions.veils import tell
from store.agenda_tables import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    AppointmentWait,
    Availability,
    Place,
)
from store.states import PromiseState, RequestState
from store.tables import Member, Outgoing, Person, Request


class Side(enum.StrEnum):
    """Who cancels or moves."""

    RESIDENT = "resident"
    MEMBER = "member"


def book(
    session: Session,
    now: datetime,
    found: Request,
    time: FreeTime,
    kind: AppointmentKind = AppointmentKind.TALK,
    place: Place = Place.HOME,
    whereabouts: str | None = None,
) -> Appointment | None:
    """Agree on a free time; None when somebody else was first. The resident is told by the caller."""
    if not is_free(session, now, time):
        return None
    member = session.get_one(Member, time.member_id)
    made = Appointment(
        request_id=found.id,
        request=found,
        person_id=found.person_id,
        person=found.person,
        member_id=member.id,
        member=member,
        kind=kind,
        place=place,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        whereabouts=whereabouts,
        state=AppointmentState.BOOKED,
        booked_at=now,
        uid=str(uuid.uuid4()),
        sequence=0,
        changed_at=now,
    )
    session.add(made)
    waited = (AppointmentWait.request_id == found.id) & (AppointmentWait.kind == kind)
    session.execute(delete(AppointmentWait).where(waited))
    session.flush()
    count(session, now, made, "appointment_booked")
    _wait_for(session, now, made)
    messages.plan(session, now, made)
    messages.tell_member(session, now, made, "team_appointment_booked")
    messages.tell_holder(session, now, made, "team_visit_booked")
    return made


def move(session: Session, now: datetime, made: Appointment, time: FreeTime) -> bool:
    """Bring an appointment to another time of the same person; False when that is not free. Reminders go along."""
    if made.state is not AppointmentState.BOOKED or time.member_id != made.member_id:
        return False
    if not is_free(session, now, time, but=made.id):
        return False
    before = made.starts_at
    made.starts_at, made.ends_at = time.starts_at, time.ends_at
    _changed(session, now, made)
    count(session, now, made, "appointment_moved")
    _wait_for(session, now, made)
    messages.plan(session, now, made)
    messages.tell_member(session, now, made, "team_appointment_moved", before=before.isoformat())
    messages.tell_holder(session, now, made, "team_visit_moved")
    return True


def cancel(session: Session, now: datetime, made: Appointment, by: Side | None = None) -> bool:
    """Call an appointment off, without a reason; the other side is told. False when it is over or was called off.

    Without `by` it is the bot that calls it off, and both are told.
    """
    if made.state is not AppointmentState.BOOKED or made.ends_at <= now:
        return False
    made.state = AppointmentState.CANCELLED
    _changed(session, now, made)
    count(session, now, made, "appointment_cancelled", by.value if by else "")
    _erase_whereabouts(session, now, made)
    wait_no_more(session, now, made)
    if by is not Side.MEMBER:
        messages.tell_member(session, now, made, "team_appointment_cancelled")
    else:
        messages.send_calendar(session, now, made)
    messages.tell_holder(session, now, made, "team_visit_cancelled")
    if by is not Side.RESIDENT:
        told = Message("utter_appointment_called_off", messages.facts(made), made.person.language)
        tell(session, now, made.person, told, messages.subject(made.request), waking_time(now))
    return True


def note_whereabouts(session: Session, now: datetime, made: Appointment, whereabouts: str) -> None:
    """Keep the address or telephone number until the appointment is over, and tell whoever comes or calls."""
    if made.state is AppointmentState.BOOKED:
        made.whereabouts = whereabouts
        messages.tell_where(session, now, made)


def drop(session: Session, now: datetime, found: Request, member: Member | None = None) -> int:
    """Call off what is coming for a request, with this member if one is given; gives how many that were."""
    theirs = [one for one in coming_for(session, now, found) if member is None or one.member_id == member.id]
    return sum(cancel(session, now, one) for one in theirs)


def drop_all(session: Session, now: datetime, member: Member) -> int:
    """Call off everything that somebody has, because they left or cannot be reached; gives how many.

    The requests are held fast, and then the hours: what somebody is booking at this moment is called off as well.
    """
    theirs = _coming(now).where(Appointment.member_id == member.id, Appointment.starts_at > now)
    requests = select(Request).where(Request.id.in_(theirs.with_only_columns(Appointment.request_id).order_by(None)))
    held = requests.order_by(Request.id).with_for_update(of=Request).execution_options(populate_existing=True)
    session.scalars(held).all()
    session.get(Availability, member.id, with_for_update={"of": Availability})
    found = session.scalars(theirs.execution_options(populate_existing=True)).all()
    return sum(cancel(session, now, one) for one in found)


def forget(session: Session, now: datetime, found: Request) -> None:
    """The resident erases everything: whoever was coming hears only that it is off, and the address goes.

    The caller erases what was said about it (`begun_about`, `where_about`).
    """
    for made in session.scalars(select(Appointment).where(Appointment.request_id == found.id)).all():
        _erase_whereabouts(session, now, made)
        if made.state is AppointmentState.BOOKED and made.ends_at > now and made.member.person is not None:
            made.state, made.sequence, made.changed_at = AppointmentState.CANCELLED, made.sequence + 1, now
            told = Message("team_appointment_erased", {"starts": made.starts_at.isoformat()})
            queue(session, now, chat(made.member), told, due_at=waking_time(now))
            file = Message("team_calendar_file", {"number": found.id}, calendar=messages.calendar_facts(made))
            queue(session, now, chat(made.member), file, due_at=waking_time(now))


def lock(session: Session, number: int) -> Appointment | None:
    """An appointment as it is now, with its request held fast, so that nobody else changes it in the meantime."""
    made = session.get(Appointment, number)
    if made is None:
        return None
    session.get(Request, made.request_id, with_for_update={"of": Request}, populate_existing=True)
    return session.get(Appointment, number, with_for_update={"of": Appointment}, populate_existing=True)


def of_person(session: Session, person: Person, number: int) -> Appointment | None:
    """An appointment of this resident, held fast."""
    made = lock(session, number)
    return made if made is not None and made.person_id == person.id else None


def of_member(session: Session, member: Member, number: int) -> Appointment | None:
    """An appointment of this member of the team, held fast."""
    made = lock(session, number)
    return made if made is not None and made.member_id == member.id else None


def coming_of(session: Session, now: datetime, person: Person) -> Sequence[Appointment]:
    """The appointments that a resident has, the first first."""
    return session.scalars(_coming(now).where(Appointment.person_id == person.id)).all()


def coming_for(session: Session, now: datetime, found: Request) -> Sequence[Appointment]:
    """The appointments because of a request that have not begun, the first first."""
    return session.scalars(_coming(now).where(Appointment.request_id == found.id, Appointment.starts_at > now)).all()


def coming_with(session: Session, now: datetime, member: Member, until: datetime) -> Sequence[Appointment]:
    """The appointments that somebody of the team has until then, the first first."""
    mine = (Appointment.member_id == member.id) & (Appointment.starts_at < until)
    return session.scalars(_coming(now).where(mine)).all()


def show(session: Session, now: datetime, made: Appointment) -> None:
    """Send the member what is agreed once more; when it has begun with the question how it went."""
    rows = messages.TEAM_ROWS if made.starts_at > now else messages.ATTENDANCE_ROWS
    shown = Message("team_appointment_shown", messages.facts(made), buttons=messages.rows_of(made, *rows))
    queue(session, now, chat(made.member), shown, subject=messages.subject(made.request))
    if made.whereabouts:
        messages.tell_where(session, now, made)
    else:
        note(session, now, made.request, Change.OPENED, made.member)


def erase_whereabouts(session: Session, now: datetime) -> int:
    """Erase addresses and numbers of appointments that are over, here and in the chat; gives of how many."""
    over = select(Appointment).where(
        Appointment.whereabouts.is_not(None), Appointment.ends_at <= now - messages.AFTERWARDS
    )
    found = session.scalars(over.with_for_update(of=Appointment, skip_locked=True)).all()
    for made in found:
        _erase_whereabouts(session, now, made)
    return len(found)


def withdraw_late(session: Session, now: datetime) -> int:
    """Take back reminders of appointments that have begun, because nothing ran when they were due; gives how many."""
    begun = select(Appointment.id).where(
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at <= now,
        Appointment.starts_at > now - timedelta(days=7),
    )
    return quiet_hours.take_back(session, *(messages.reminders_subject(number) for number in session.scalars(begun)))


def is_free(session: Session, now: datetime, time: FreeTime, but: int | None = None) -> bool:
    """Whether nobody was first; the availability stays held fast, so that nobody comes in between."""
    theirs = session.get(Availability, time.member_id, with_for_update={"of": Availability}, populate_existing=True)
    if theirs is None or not _can_come(session, theirs.member):
        return False
    until = time.starts_at + timedelta(minutes=1)
    return time in availability.free(session, now, [theirs], until, but=but)


def _can_come(session: Session, member: Member) -> bool:
    """Whether somebody is of the team and can be reached; they may have left while this waited."""
    session.refresh(member, ["active", "person_id"])
    return member.active and member.person is not None and member.person.reachable


def _coming(now: datetime) -> Select[Appointment]:
    booked = (Appointment.state == AppointmentState.BOOKED) & (Appointment.ends_at > now)
    return select(Appointment).where(booked).order_by(Appointment.starts_at)


def _changed(session: Session, now: datetime, made: Appointment) -> None:
    """Another version of the appointment: what was going to be said about the old one is not said."""
    made.sequence, made.changed_at = made.sequence + 1, now
    for about in (messages.reminders_subject(made.id), messages.questions_subject(made.id)):
        quiet_hours.take_back(session, about)
    session.flush()


def _wait_for(session: Session, now: datetime, made: Appointment) -> None:
    """The appointment is what is promised now, and nobody is reminded of the request before it is over."""
    found = made.request
    if found.state in HELD and not _needs_a_word_first(found):
        if made.kind is AppointmentKind.TALK:
            promises.settle(session, now, found, PromiseState.REPLACED)
        clocks.begin_waiting(found, max(one.ends_at for one in coming_for(session, now, found)))
        clocks.wind(session, found)


def wait_no_more(session: Session, now: datetime, made: Appointment) -> None:
    """This appointment is not waited for any more: without another talk the resident is promised a word again."""
    found = made.request
    if found.state not in HELD or _needs_a_word_first(found):
        return
    coming = coming_for(session, now, found)
    if made.kind is AppointmentKind.TALK and not any(one.kind is AppointmentKind.TALK for one in coming):
        promises.make(session, now, found)
    clocks.begin_waiting(found, max((one.ends_at for one in coming), default=now))
    clocks.wind(session, found)


def _needs_a_word_first(found: Request) -> bool:
    """Whether somebody must speak with the resident soon, whatever is planned: a crisis does not wait for a date."""
    return found.urgency in URGENT and found.state is RequestState.CLAIMED


def _erase_whereabouts(session: Session, now: datetime, made: Appointment) -> None:
    """Where it was is needed no more: it is erased here, also from what never arrived, and out of the member's chat."""
    made.whereabouts = None
    erased = Message("team_appointment_where_erased", {"number": made.request_id})
    for row in session.scalars(select(Outgoing).where(Outgoing.subject == messages.whereabouts_subject(made.id))).all():
        row.content = erased.as_json()
        if row.telegram_message_id is not None:
            queue(
                session, now, row.chat_id, erased, subject=f"{messages.whereabouts_subject(made.id)}:erased", edits=row
            )


def count(session: Session, now: datetime, made: Appointment, name: str, detail: str = "") -> None:
    events.count_request(session, now, made.request, name, detail or made.kind.value)
