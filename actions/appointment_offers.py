"""Offering times: whose they are, which three, and asking the resident to choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import appointments, availability, handoffs, routing
from actions.appointments import Side
from actions.availability import FreeTime
from actions.handoffs import Claim
from actions.opening_hours import local_day
from actions.outbox import Message, last_about, withdraw
from actions.quiet_hours import waking_time
from actions.request_states import HELD, WAITING
from actions.time_wishes import TimeWish
from actions.veils import tell
from actions.working_time import DAY, OFFICE, later
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Availability, Place
from store.states import OfferAnswer, OutgoingState, RequestState
from store.tables import Member, Person, Request

SOON_ENOUGH = 10 * DAY
"""In working time: when nothing is free until then, the resident comes on the waiting list."""
CHOICES = ("first", "second", "third")
DAYS = ("day_1", "day_2", "day_3", "day_4", "day_5")
HELPER = "helper"
"""Somebody of the team asks for an appointment of their own accord."""
AGAIN = frozenset({"called_off", "missed", "missed_by_us"})
"""Asked in the place of an appointment that was not to be: where it is stays as the resident said."""
OFFERED = "appointment_offered"
"""The flow that begins with the choice of a time."""


@dataclass(frozen=True)
class Plan:
    """What an appointment is made for: a request, the kind, and the appointment that it takes the place of."""

    request: Request
    kind: AppointmentKind = AppointmentKind.TALK
    moves: Appointment | None = None


def open_request(session: Session, person: Person) -> Request | None:
    """The request about which a resident can make an appointment: one that somebody has, else the latest open one."""
    mine = (Request.person_id == person.id) & (Request.state != RequestState.CLOSED)
    held = Request.state.in_(HELD)
    return session.scalar(select(Request).where(mine).order_by(held.desc(), Request.id.desc()).limit(1))


def givers(session: Session, plan: Plan) -> Sequence[Availability]:
    """Whose times are offered: of who has the request, or those who were shown it; of others as their kind says."""
    found = plan.request
    if plan.moves is not None:
        return availability.of_kind(session, plan.kind, [plan.moves.member_id])
    if plan.kind is not AppointmentKind.TALK:
        near = availability.of_kind(session, plan.kind)
        return [one for one in near if one.member.wijk in (None, found.wijk)]
    if found.state in HELD:
        return availability.of_kind(session, plan.kind, [found.claimed_by_id] if found.claimed_by_id else [])
    offers = routing.offers(session, found)
    readers = [one.member for one in offers if one.answer is OfferAnswer.SHOWN and routing.may_take(one.member, found)]
    helpers = [one.id for one in readers if one.role in routing.HELPERS]
    return availability.of_kind(session, plan.kind, helpers)


def times(session: Session, now: datetime, plan: Plan) -> list[FreeTime]:
    """Every time that can be chosen, each moment once: of whoever has the least appointments."""
    people = givers(session, plan)
    moved = plan.moves
    found = availability.free(session, now, people, but=moved.id if moved else None)
    if moved is not None:
        found = [one for one in found if one.starts_at != moved.starts_at]
    busy = _how_many(session, now, people) if len(people) > 1 else {}
    best: dict[datetime, FreeTime] = {}
    for one in found:
        other = best.get(one.starts_at)
        if other is None or busy.get(one.member_id, 0) < busy.get(other.member_id, 0):
            best[one.starts_at] = one
    return list(best.values())


def soon_enough(now: datetime, found: Iterable[FreeTime]) -> bool:
    """Whether any of these times is within `SOON_ENOUGH`."""
    until = later(OFFICE, now, SOON_ENOUGH)
    return any(one.starts_at <= until for one in found)


def has_time_soon(session: Session, now: datetime, plan: Plan) -> bool:
    """Whether there is a time within `SOON_ENOUGH`: what comes after it need not be reckoned."""
    until = later(OFFICE, now, SOON_ENOUGH)
    return bool(availability.free(session, now, givers(session, plan), until))


def choose_three(found: Sequence[FreeTime], wish: TimeWish | None = None) -> list[FreeTime]:
    """Three times that are as wished, if possible on three days; in order."""
    fitting = wish.among(found) if wish else list(found)
    days: dict[date, FreeTime] = {}
    for one in fitting:
        days.setdefault(local_day(one.starts_at), one)
    chosen = list(days.values())[: len(CHOICES)]
    chosen += [one for one in fitting if one not in chosen][: len(CHOICES) - len(chosen)]
    return sorted(chosen)


def choose_days(found: Sequence[FreeTime]) -> list[date]:
    """The first days on which something is free."""
    return list(dict.fromkeys(local_day(one.starts_at) for one in found))[: len(DAYS)]


def as_values(found: Sequence[FreeTime]) -> dict[str, Any]:
    """Times as a talk keeps them: which choices there are, when each begins, and with whom."""
    keys = CHOICES[: len(found)]
    begins = {f"time_{key}": one.starts_at.isoformat() for key, one in zip(keys, found, strict=True)}
    return {"times_free": list(keys), "times_with": [one.member_id for one in found], **begins}


def chosen_time(session: Session, values: Mapping[str, Any], choice: str) -> FreeTime | None:
    """The time that a talk kept for a choice, with the length that its member's appointments have now."""
    if choice not in (values.get("times_free") or ()):
        return None
    member = int(values["times_with"][CHOICES.index(choice)])
    theirs = session.get(Availability, member)
    starts = datetime.fromisoformat(values[f"time_{choice}"])
    return FreeTime(starts, member, starts + timedelta(minutes=theirs.minutes)) if theirs else None


def ask(session: Session, now: datetime, plan: Plan, because: str, not_on: date | None = None) -> bool:
    """Ask the resident to choose one of three times, because somebody of the team wants to; False when none is free.

    None of them is on the day `not_on`.
    """
    found = plan.request
    three = choose_three([one for one in times(session, now, plan) if local_day(one.starts_at) != not_on])
    if not three:
        return False
    why = plan.kind.value if because == HELPER and plan.kind is not AppointmentKind.TALK else because
    where = {} if because in AGAIN else {"place": None}
    asked = {"asked_because": why, "time_wish": "", **where}
    values = {**plan_values(session, plan, three), **as_values(three), **asked}
    withdraw(session, _about(found))
    asks = Message("utter_ask_when", values, found.person.language, opens=OFFERED)
    tell(session, now, found.person, asks, _about(found), waking_time(now))
    return True


def was_asked(session: Session, since: datetime, plan: Plan) -> bool:
    """Whether the resident was asked this after `since`, or is going to be: somebody pressed twice."""
    last = last_about(session, plan.request.person.chat_id, _about(plan.request))
    if last is None or last.state is OutgoingState.WITHDRAWN or last.due_at <= since:
        return False
    asked = Message.from_json(last.content).values
    return (asked["appointment_kind"], asked["moves"]) == (plan.kind.value, _moved(plan))


def plan_values(session: Session, plan: Plan, found: Sequence[FreeTime]) -> dict[str, Any]:
    """What a talk keeps of a plan beside the times; no name when they are of several people."""
    with_whom = {one.member_id for one in found}
    name = session.get_one(Member, with_whom.pop()).name if len(with_whom) == 1 else ""
    return {
        "case": str(plan.request.id),
        "appointment_kind": plan.kind.value,
        "moves": _moved(plan),
        "name": name,
    }


def book(
    session: Session,
    now: datetime,
    plan: Plan,
    time: FreeTime,
    place: Place,
    whereabouts: str | None,
) -> Appointment | None:
    """Book or move, as the plan says. Who books a talk with somebody gives them the request, if nobody has it.

    None when the time is not free any more, or the request is somebody else's by now.
    """
    if plan.moves is not None:
        return plan.moves if appointments.move(session, now, plan.moves, time) else None
    found = plan.request
    if not appointments.is_free(session, now, time):
        return None
    if plan.kind is AppointmentKind.TALK and not _theirs(session, now, found, time.member_id):
        return None
    for before in appointments.coming_for(session, now, found):
        if before.kind is plan.kind:
            appointments.cancel(session, now, before, Side.RESIDENT)
    return appointments.book(session, now, found, time, plan.kind, place, whereabouts)


def _theirs(session: Session, now: datetime, found: Request, number: int) -> bool:
    """Whether the request is this member's; one that waits becomes it now."""
    if found.state in WAITING:
        return _claim(session, now, found, number) is Claim.WON
    return found.state in HELD and found.claimed_by_id == number


def _claim(session: Session, now: datetime, found: Request, number: int) -> Claim:
    return handoffs.claim(session, now, session.get_one(Member, number), found.id, by_booking=True)[0]


def _about(found: Request) -> str:
    """What the question which time suits is filed under."""
    return f"plan:{found.id}"


def _moved(plan: Plan) -> str:
    return str(plan.moves.id) if plan.moves else ""


def _how_many(session: Session, now: datetime, people: Sequence[Availability]) -> Mapping[int, int]:
    coming = (Appointment.state == AppointmentState.BOOKED) & (Appointment.starts_at > now)
    theirs = Appointment.member_id.in_([one.member_id for one in people])
    counted = (
        select(Appointment.member_id, func.count().label("how_many"))
        .where(coming, theirs)
        .group_by(Appointment.member_id)
    )
    return {row.member_id: row.how_many for row in session.execute(counted)}
