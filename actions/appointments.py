"""Appointments: booked, moved and cancelled in one transaction with the messages that go with them.

A booked appointment takes the place of a promise: the clocks of its request begin when it is over. What is said before
and after it is queued when it is booked, and taken back when it is moved or cancelled. Messages about it name a person
and a time, never what it is about. Every function expects the request to be held fast (`handoffs.lock`).
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from actions import availability, clocks, events, promises, quiet_hours
from actions.availability import FreeTime
from actions.cards import chat
from actions.outbox import Button, Message, queue
from actions.quiet_hours import awake_by, begin, waking_time
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

SOON = timedelta(hours=2)
"""How long before it the second reminder comes."""
AT_LEAST = timedelta(minutes=30)
"""A second reminder that had to wait for people to wake up comes this long before it, or not at all."""
AFTERWARDS = timedelta(hours=1)
"""How long after its end both are asked how it went."""
AGENDA = "agenda"
"""What lists of the appointments of a member are filed under."""
STILL = "appointment_soon"
"""The flow that begins with the question whether an appointment still suits, in each reminder."""
LATER = "appointment_later"
"""The flow that begins with the question whether it took place."""
TEAM_ROWS = ((Button("button_shift", "shift:{number}"), Button("button_unmeet", "unmeet:{number}")),)


class Side(enum.StrEnum):
    """Who cancels or moves."""

    RESIDENT = "resident"
    MEMBER = "member"


class Reminder(enum.StrEnum):
    DAY_BEFORE = "day_before"
    SOON = "soon"


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
    _plan_messages(session, now, made)
    _tell_member(session, now, made, "team_appointment_booked")
    _tell_holder(session, now, made, "team_visit_booked")
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
    _plan_messages(session, now, made)
    _tell_member(session, now, made, "team_appointment_moved", before=before.isoformat())
    _tell_holder(session, now, made, "team_visit_moved")
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
        _tell_member(session, now, made, "team_appointment_cancelled")
    else:
        _send_calendar(session, now, made)
    _tell_holder(session, now, made, "team_visit_cancelled")
    if by is not Side.RESIDENT:
        told = Message("utter_appointment_called_off", facts(made), made.person.language)
        tell(session, now, made.person, told, subject(made.request), waking_time(now))
    return True


def note_whereabouts(session: Session, now: datetime, made: Appointment, whereabouts: str) -> None:
    """Keep the address or telephone number until the appointment is over, and tell whoever comes or calls."""
    if made.state is AppointmentState.BOOKED:
        made.whereabouts = whereabouts
        _tell_where(session, now, made)


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
            file = Message("team_calendar_file", {"number": found.id}, calendar=calendar_facts(made))
            queue(session, now, chat(made.member), file, due_at=waking_time(now))


def reminders(starts_at: datetime) -> Mapping[Reminder, datetime]:
    """When an appointment is reminded of: the day before, and two hours before; never at night or on Sundays.

    The first comes earlier when people are not to be disturbed then, the second later, or not at all.
    """
    found = {Reminder.DAY_BEFORE: awake_by(starts_at - timedelta(days=1))}
    soon = waking_time(starts_at - SOON)
    return {**found, Reminder.SOON: soon} if soon <= starts_at - AT_LEAST else found


def is_reminded(now: datetime, made: Appointment) -> bool:
    """Whether the resident is still reminded of it: not who stopped messages, nor when it is too soon for that."""
    return not made.person.messages_stopped and any(due > now for due in reminders(made.starts_at).values())


def facts(made: Appointment) -> dict[str, Any]:
    """What messages may say about an appointment."""
    return {
        "appointment": made.id,
        "number": made.request_id,
        "name": made.member.name,
        "first_name": made.person.first_name or "",
        "starts": made.starts_at.isoformat(),
        "place": made.place.value,
        "appointment_kind": made.kind.value,
    }


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
    rows = TEAM_ROWS if made.starts_at > now else ATTENDANCE_ROWS
    shown = Message("team_appointment_shown", facts(made), buttons=_rows(made, *rows))
    queue(session, now, chat(made.member), shown, subject=subject(made.request))
    if made.whereabouts:
        _tell_where(session, now, made)
    else:
        note(session, now, made.request, Change.OPENED, made.member)


def erase_whereabouts(session: Session, now: datetime) -> int:
    """Erase addresses and numbers of appointments that are over, here and in the chat; gives of how many."""
    over = select(Appointment).where(Appointment.whereabouts.is_not(None), Appointment.ends_at <= now - AFTERWARDS)
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
    return quiet_hours.take_back(session, *(_reminds(number) for number in session.scalars(begun)))


def subject(found: Request) -> str:
    """What messages about the appointments of a request are filed under: those of its talk."""
    return f"request:{found.id}"


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
    for about in (_reminds(made.id), _asks(made.id)):
        quiet_hours.take_back(session, about)
    session.flush()


def _plan_messages(session: Session, now: datetime, made: Appointment) -> None:
    """The reminders and the questions afterwards, to both."""
    for reminder, due in reminders(made.starts_at).items():
        if due > now:
            _remind(session, now, made, reminder, due)
    later = made.ends_at + AFTERWARDS
    asks = Message("utter_ask_appointment_kept", facts(made), made.person.language, opens=LATER)
    begin(session, now, made.person, asks, _asks(made.id), later)
    if made.member.person is not None:
        rows = _rows(made, *ATTENDANCE_ROWS)
        asks_member = Message("team_ask_attendance", facts(made), buttons=rows)
        begin(session, now, made.member.person, asks_member, _asks(made.id), later)


def _remind(session: Session, now: datetime, made: Appointment, reminder: Reminder, due: datetime) -> None:
    values = {**facts(made), "reminder": reminder.value}
    mine = Message("utter_ask_appointment_still", values, made.person.language, opens=STILL)
    begin(session, now, made.person, mine, _reminds(made.id), due)
    if made.member.person is not None:
        theirs = Message("team_appointment_reminder", values, buttons=_rows(made, *TEAM_ROWS))
        begin(session, now, made.member.person, theirs, _reminds(made.id), due)


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


def _tell_member(session: Session, now: datetime, made: Appointment, key: str, **more: object) -> None:
    """The member is told, with a file for their calendar; where it is stands apart, so that it can be erased."""
    if made.member.person is None:
        return
    booked = made.state is AppointmentState.BOOKED
    rows = _rows(made, *TEAM_ROWS) if booked else ()
    awake, to = waking_time(now), chat(made.member)
    told = Message(key, {**facts(made), **more}, buttons=rows)
    queue(session, now, to, told, subject=subject(made.request), due_at=awake)
    _send_calendar(session, now, made)
    if booked and made.whereabouts and made.sequence == 0:
        _tell_where(session, now, made)


def _tell_holder(session: Session, now: datetime, made: Appointment, key: str) -> None:
    """Whoever has the request hears of a visit by others."""
    found = made.request
    holder = found.claimed_by
    if found.state in HELD and holder is not None and holder.person is not None and holder.id != made.member_id:
        queue(session, now, chat(holder), Message(key, facts(made)), subject=subject(found), due_at=waking_time(now))


def _tell_where(session: Session, now: datetime, made: Appointment) -> None:
    """Where it is, in a message of its own; that they were shown it is written down."""
    if made.member.person is not None:
        where = Message("team_appointment_where", {**facts(made), "whereabouts": made.whereabouts})
        queue(session, now, chat(made.member), where, subject=_where(made.id), due_at=waking_time(now))
        note(session, now, made.request, Change.OPENED, made.member)


def _send_calendar(session: Session, now: datetime, made: Appointment) -> None:
    if made.member.person is None:
        return
    file = Message("team_calendar_file", facts(made), calendar=calendar_facts(made))
    queue(session, now, chat(made.member), file, subject=subject(made.request), due_at=waking_time(now))


def calendar_facts(made: Appointment) -> dict[str, Any]:
    """What a calendar is told of an appointment: not who, not where and not why."""
    return {
        "uid": made.uid,
        "sequence": made.sequence,
        "number": made.request_id,
        "kind": made.kind.value,
        "starts": made.starts_at.isoformat(),
        "ends": made.ends_at.isoformat(),
        "changed": made.changed_at.isoformat(),
        "cancelled": made.state is AppointmentState.CANCELLED,
    }


def _erase_whereabouts(session: Session, now: datetime, made: Appointment) -> None:
    """Where it was is needed no more: it is erased here, also from what never arrived, and out of the member's chat."""
    made.whereabouts = None
    erased = Message("team_appointment_where_erased", {"number": made.request_id})
    for row in session.scalars(select(Outgoing).where(Outgoing.subject == _where(made.id))).all():
        row.content = erased.as_json()
        if row.telegram_message_id is not None:
            queue(session, now, row.chat_id, erased, subject=f"{_where(made.id)}:erased", edits=row)


def _rows(made: Appointment, *rows: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(b.label, b.data.format(number=made.id)) for b in row) for row in rows)


def count(session: Session, now: datetime, made: Appointment, name: str, detail: str = "") -> None:
    events.count_request(session, now, made.request, name, detail or made.kind.value)


def begun_about(session: Session, found: Request) -> Sequence[str]:
    """What the reminders and questions about the appointments of a request are filed under."""
    subjects = [one for number in _numbers(session, found) for one in (_reminds(number), _asks(number))]
    return [f"{quiet_hours.BEGUN}:{one}" for one in subjects]


def where_about(session: Session, found: Request) -> Sequence[str]:
    """What the messages with an address or number are filed under."""
    return [_where(number) for number in _numbers(session, found)]


def _numbers(session: Session, found: Request) -> Sequence[int]:
    return session.scalars(select(Appointment.id).where(Appointment.request_id == found.id)).all()


def _reminds(number: int) -> str:
    return f"appointment:{number}"


def _asks(number: int) -> str:
    return f"{LATER}:{number}"


def _where(number: int) -> str:
    return f"where:{number}"


ATTENDANCE_ROWS: Sequence[Sequence[Button]] = (
    (Button("button_attended", "attend:{number}:kept"),),
    (Button("button_resident_missed", "attend:{number}:resident_missed"),),
    (Button("button_member_missed", "attend:{number}:member_missed"),),
)
