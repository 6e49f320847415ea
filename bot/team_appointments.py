"""What a member of the team does with an appointment: plan it, look at it, move it, call it off, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from actions import appointment_messages, appointment_offers, appointments, attendance, handoffs, waiting_list
from actions.appointment_offers import HELPER, Plan
from actions.appointments import Side
from actions.opening_hours import local_day
from actions.outbox import Button
from bot.team_visit import TeamVisit
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Attendance
from store.tables import Request

log = structlog.get_logger()
JUST_NOW = timedelta(minutes=10)
"""So long after a question the same one is not asked again: somebody pressed twice."""


def plan(visit: TeamVisit, number: int, rest: str) -> None:
    """*Afspraak maken*: of which kind, if there is a choice; then the resident is asked when it suits."""
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None or found.practice or rest not in ("", *AppointmentKind):
        return _refused(visit, "plan", number, "utter_request_gone")
    kinds = _kinds(visit, found)
    if not rest and len(kinds) > 1:
        rows = tuple((Button(f"button_plan_{kind.value}", f"plan:{number}:{kind.value}"),) for kind in kinds)
        return visit.tell("team_ask_kind", rows, number=number)
    wanted = Plan(found, AppointmentKind(rest or AppointmentKind.TALK))
    if (made := _coming(visit, wanted)) is not None:
        return _tell(visit, "team_plan_already", made)
    return visit.tell(_ask(visit, wanted), number=number)


def show(visit: TeamVisit, number: int, _: str) -> None:
    """Show an appointment again, with buttons; opening it is written down."""
    made = _booked(visit, "meet", number)
    if made is not None:
        appointments.show(visit.session, visit.now, made)


def shift(visit: TeamVisit, number: int, _: str) -> None:
    """*Verzetten*: the resident is asked for another time; until that is chosen the old one stays."""
    made = _ahead(visit, "shift", number)
    if made is None:
        return
    wanted = Plan(made.request, made.kind, moves=made)
    asked = _just_asked(visit, wanted) or appointment_offers.ask(visit.session, visit.now, wanted, "shift")
    _tell(visit, "team_shift_asked" if asked else "team_shift_no_time", made)


def call_off(visit: TeamVisit, number: int, _: str) -> None:
    """*Afzeggen*: one tap, without a reason. The resident hears it, and is asked for a time on another day."""
    made = _ahead(visit, "unmeet", number)
    if made is None:
        return
    appointments.cancel(visit.session, visit.now, made, Side.MEMBER)
    wanted, day = Plan(made.request, made.kind), local_day(made.starts_at)
    waiting_list.ask(visit.session, visit.now, wanted, "called_off", not_on=day)
    visit.show("team_called_off", **appointment_messages.facts(made))


def attend(visit: TeamVisit, number: int, rest: str) -> None:
    """What the member says afterwards."""
    made = appointments.of_member(visit.session, visit.member, number)
    if made is None or rest not in list(Attendance):
        return _refused(visit, "attend", number, "team_appointment_gone")
    then = attendance.say(visit.session, visit.now, made, Side.MEMBER, Attendance(rest))
    return visit.show("team_attended", attended=then.value, **appointment_messages.facts(made))


def _kinds(visit: TeamVisit, found: Request) -> list[AppointmentKind]:
    """A talk, and the other kinds for which somebody gave hours."""
    others = (AppointmentKind.COACH, AppointmentKind.FITTING)
    given = {kind: appointment_offers.givers(visit.session, Plan(found, kind)) for kind in others}
    return [AppointmentKind.TALK, *(kind for kind in others if any(one.hours for one in given[kind]))]


def _ask(visit: TeamVisit, wanted: Plan) -> str:
    """Ask the resident, or put them on the waiting list; gives what to tell the member (a text key)."""
    if _just_asked(visit, wanted):
        return "team_plan_asked"
    if wanted.kind is AppointmentKind.TALK:
        asked = appointment_offers.ask(visit.session, visit.now, wanted, HELPER)
        return "team_plan_asked" if asked else "team_plan_no_time"
    asked = waiting_list.ask(visit.session, visit.now, wanted, HELPER)
    return "team_plan_asked" if asked else "team_plan_waits"


def _just_asked(visit: TeamVisit, wanted: Plan) -> bool:
    return appointment_offers.was_asked(visit.session, visit.now - JUST_NOW, wanted)


def _coming(visit: TeamVisit, wanted: Plan) -> Appointment | None:
    coming = appointments.coming_for(visit.session, visit.now, wanted.request)
    return next((one for one in coming if one.kind is wanted.kind), None)


def _booked(visit: TeamVisit, act: str, number: int) -> Appointment | None:
    """An appointment that this member has still; otherwise they are told that it is gone."""
    made = appointments.of_member(visit.session, visit.member, number)
    if made is None:
        _refused(visit, act, number, "team_appointment_gone")
    elif made.state is AppointmentState.BOOKED:
        return made
    else:
        visit.tell("team_appointment_gone")
    return None


def _ahead(visit: TeamVisit, act: str, number: int) -> Appointment | None:
    """The same, as long as it has not begun; one that has is shown with the question how it went."""
    made = _booked(visit, act, number)
    if made is not None and made.starts_at <= visit.now:
        appointments.show(visit.session, visit.now, made)
        return None
    return made


def _tell(visit: TeamVisit, key: str, made: Appointment) -> None:
    """Say something that names the resident: it is filed under the request, and erased with it."""
    visit.tell(key, (), appointment_messages.subject(made.request), **appointment_messages.facts(made))


def _refused(visit: TeamVisit, act: str, number: int, key: str) -> None:
    """A button that is old, forwarded or made up: it does nothing, and that is written down."""
    log.warning("team_button_refused", act=act, number=number, member_id=visit.member.id)
    visit.tell(key)


ACTS: Mapping[str, Callable[[TeamVisit, int, str], None]] = {
    "plan": plan,
    "meet": show,
    "shift": shift,
    "unmeet": call_off,
    "attend": attend,
}
