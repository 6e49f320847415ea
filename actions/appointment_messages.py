"""What is said about appointments: reminders, what messages and calendars are told, what is asked afterwards.

Messages about an appointment name a person and a time, never what it is about.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import quiet_hours
from actions.cards import chat
from actions.outbox import Button, Message, queue
from actions.quiet_hours import awake_by, begin, waking_time
from actions.request_states import HELD, Change, note
from store.agenda_tables import Appointment, AppointmentState
from store.tables import Request

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
ATTENDANCE_ROWS: Sequence[Sequence[Button]] = (
    (Button("button_attended", "attend:{number}:kept"),),
    (Button("button_resident_missed", "attend:{number}:resident_missed"),),
    (Button("button_member_missed", "attend:{number}:member_missed"),),
)


class Reminder(enum.StrEnum):
    DAY_BEFORE = "day_before"
    SOON = "soon"


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


def subject(found: Request) -> str:
    """What messages about the appointments of a request are filed under: those of its talk."""
    return f"request:{found.id}"


def plan(session: Session, now: datetime, made: Appointment) -> None:
    """The reminders and the questions afterwards, to both."""
    for reminder, due in reminders(made.starts_at).items():
        if due > now:
            _remind(session, now, made, reminder, due)
    later = made.ends_at + AFTERWARDS
    asks = Message("utter_ask_appointment_kept", facts(made), made.person.language, opens=LATER)
    begin(session, now, made.person, asks, questions_subject(made.id), later)
    if made.member.person is not None:
        rows = rows_of(made, *ATTENDANCE_ROWS)
        asks_member = Message("team_ask_attendance", facts(made), buttons=rows)
        begin(session, now, made.member.person, asks_member, questions_subject(made.id), later)


def _remind(session: Session, now: datetime, made: Appointment, reminder: Reminder, due: datetime) -> None:
    values = {**facts(made), "reminder": reminder.value}
    mine = Message("utter_ask_appointment_still", values, made.person.language, opens=STILL)
    begin(session, now, made.person, mine, reminders_subject(made.id), due)
    if made.member.person is not None:
        theirs = Message("team_appointment_reminder", values, buttons=rows_of(made, *TEAM_ROWS))
        begin(session, now, made.member.person, theirs, reminders_subject(made.id), due)


def tell_member(session: Session, now: datetime, made: Appointment, key: str, **more: object) -> None:
    """The member is told, with a file for their calendar; where it is stands apart, so that it can be erased."""
    if made.member.person is None:
        return
    booked = made.state is AppointmentState.BOOKED
    rows = rows_of(made, *TEAM_ROWS) if booked else ()
    awake, to = waking_time(now), chat(made.member)
    told = Message(key, {**facts(made), **more}, buttons=rows)
    queue(session, now, to, told, subject=subject(made.request), due_at=awake)
    send_calendar(session, now, made)
    if booked and made.whereabouts and made.sequence == 0:
        tell_where(session, now, made)


def tell_holder(session: Session, now: datetime, made: Appointment, key: str) -> None:
    """Whoever has the request hears of a visit by others."""
    found = made.request
    holder = found.claimed_by
    if found.state in HELD and holder is not None and holder.person is not None and holder.id != made.member_id:
        queue(session, now, chat(holder), Message(key, facts(made)), subject=subject(found), due_at=waking_time(now))


def tell_where(session: Session, now: datetime, made: Appointment) -> None:
    """Where it is, in a message of its own; that they were shown it is written down."""
    if made.member.person is not None:
        where = Message("team_appointment_where", {**facts(made), "whereabouts": made.whereabouts})
        queue(session, now, chat(made.member), where, subject=whereabouts_subject(made.id), due_at=waking_time(now))
        note(session, now, made.request, Change.OPENED, made.member)


def send_calendar(session: Session, now: datetime, made: Appointment) -> None:
    """The member is sent the file for their calendar, as the appointment is now."""
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


def rows_of(made: Appointment, *rows: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Buttons that name this appointment."""
    return tuple(tuple(Button(b.label, b.data.format(number=made.id)) for b in row) for row in rows)


def begun_about(session: Session, found: Request) -> Sequence[str]:
    """What the reminders and questions about the appointments of a request are filed under."""
    subjects = [
        one for number in _numbers(session, found) for one in (reminders_subject(number), questions_subject(number))
    ]
    return [f"{quiet_hours.BEGUN}:{one}" for one in subjects]


def where_about(session: Session, found: Request) -> Sequence[str]:
    """What the messages with an address or number are filed under."""
    return [whereabouts_subject(number) for number in _numbers(session, found)]


def _numbers(session: Session, found: Request) -> Sequence[int]:
    return session.scalars(select(Appointment.id).where(Appointment.request_id == found.id)).all()


def reminders_subject(number: int) -> str:
    """What the reminders of an appointment are filed under, after `quiet_hours.BEGUN`."""
    return f"appointment:{number}"


def questions_subject(number: int) -> str:
    """What the questions how it went are filed under, after `quiet_hours.BEGUN`."""
    return f"{LATER}:{number}"


def whereabouts_subject(number: int) -> str:
    """What the message with an address or number is filed under."""
    return f"where:{number}"
