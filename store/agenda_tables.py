"""The tables of appointments: when somebody can be visited, what is agreed, and who waits for a free time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.encryption import EncryptedText
from store.states import Words, as_word
from store.tables import BigId, Member, Person, Request, Table

__all__ = [
    "Appointment",
    "AppointmentKind",
    "AppointmentState",
    "AppointmentWait",
    "Attendance",
    "Availability",
    "Place",
    "Table",
]


class AppointmentKind(Words):
    TALK = "talk"
    """With whoever helps."""
    COACH = "coach"
    """An energy coach looks at the house."""
    FITTING = "fitting"
    """Volunteers fit measures against the cold."""


class Place(Words):
    HOME = "home"
    COMMUNITY_CENTRE = "community_centre"
    TELEPHONE = "telephone"
    WALK = "walk"


class AppointmentState(Words):
    BOOKED = "booked"
    """Also when it is over and nobody has said yet how it went."""
    CANCELLED = "cancelled"
    KEPT = "kept"
    MISSED = "missed"


class Attendance(Words):
    """What one side says afterwards."""

    KEPT = "kept"
    RESIDENT_MISSED = "resident_missed"
    MEMBER_MISSED = "member_missed"


class Availability(Table):
    """When somebody of the team can have appointments; who has no row has none."""

    __tablename__ = "availabilities"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    # Every week: a list of {days, opens, closes} as in `actions.working_time`.
    hours: Mapped[Any] = mapped_column(JSON, default=list)
    # How long an appointment lasts and what is kept free between two, in minutes; how many there may be in a day.
    minutes: Mapped[int] = mapped_column(default=45)
    pause: Mapped[int] = mapped_column(default=15)
    a_day: Mapped[int] = mapped_column(default=3)
    # Days without appointments, as ISO text.
    days_off: Mapped[Any] = mapped_column(JSON, default=list)
    # Of the secret in the address at which a calendar reads the appointments.
    feed_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    member: Mapped[Member] = relationship()


class Appointment(Table):
    """A time on which somebody of the team meets or calls a resident."""

    __tablename__ = "appointments"
    __table_args__ = (
        # Whatever the code does, nobody has two appointments that begin at the same moment.
        Index(
            "appointments_slot",
            "member_id",
            "starts_at",
            unique=True,
            sqlite_where=text("state = 'booked'"),
            postgresql_where=text("state = 'booked'"),
        ),
        Index("appointments_time", "state", "starts_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[AppointmentKind] = mapped_column(as_word(AppointmentKind))
    place: Mapped[Place] = mapped_column(as_word(Place))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # The address or telephone number, as far as one is needed; erased when the appointment is over.
    whereabouts: Mapped[str | None] = mapped_column(EncryptedText)
    state: Mapped[AppointmentState] = mapped_column(as_word(AppointmentState), default=AppointmentState.BOOKED)
    booked_at: Mapped[datetime]
    # As in iCalendar (RFC 5545): what calendars know it by, and how often it was changed since.
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    resident_says: Mapped[Attendance | None] = mapped_column(as_word(Attendance))
    member_says: Mapped[Attendance | None] = mapped_column(as_word(Attendance))
    request: Mapped[Request] = relationship()
    person: Mapped[Person] = relationship()
    member: Mapped[Member] = relationship()


class AppointmentWait(Table):
    """A resident for whom no time was free, until one is."""

    __tablename__ = "appointment_waits"
    __table_args__ = (UniqueConstraint("request_id", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"))
    kind: Mapped[AppointmentKind] = mapped_column(as_word(AppointmentKind))
    since: Mapped[datetime]
    # When times were offered last.
    offered_at: Mapped[datetime | None]
    request: Mapped[Request] = relationship()
