"""The waiting list for appointments: who could be offered no time, until one is free.

No more people are asked at once than there are free times, so that nobody is asked in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import appointment_offers, availability, coordinators, events, handoffs
from actions.appointment_offers import SOON_ENOUGH, Plan, givers
from actions.quiet_hours import waking_time
from actions.working_time import DAY, OFFICE, later
from store.agenda_tables import AppointmentKind, AppointmentWait, Availability
from store.states import RequestState
from store.tables import Request

FREE_AGAIN = "free_again"


def join(session: Session, now: datetime, plan: Plan) -> bool:
    """Wait for a time, once per request and kind; the coordinator is told. False when they wait already."""
    found = plan.request
    if _of(session, found, plan.kind) is not None:
        return False
    session.add(AppointmentWait(request_id=found.id, request=found, kind=plan.kind, since=now))
    events.count_request(session, now, found, "appointment_awaited", plan.kind.value)
    session.flush()
    coordinators.tell(session, now, found, "coordinator_waiting_list")
    return True


def leave(session: Session, found: Request, kind: AppointmentKind) -> bool:
    """Wait no longer; False when they did not wait."""
    wait = _of(session, found, kind)
    if wait is None:
        return False
    session.delete(wait)
    session.flush()
    return True


def ask(session: Session, now: datetime, plan: Plan, because: str, not_on: date | None = None) -> bool:
    """Ask the resident to choose a time; when none is free they wait for one. Gives whether they were asked."""
    asked = appointment_offers.ask(session, now, plan, because, not_on)
    if not asked:
        join(session, now, plan)
    return asked


def count(session: Session) -> int:
    """How many wait for a time."""
    waits = select(func.count()).select_from(AppointmentWait).join(Request)
    return session.scalar(waits.where(Request.state != RequestState.CLOSED)) or 0


def due(session: Session, now: datetime) -> list[int]:
    """The numbers of the waits that can be offered something or forgotten, who waits the longest first.

    Who was offered times lately and did not answer comes after those who were not. At night nobody is due.
    """
    if waking_time(now) > now:
        return []
    longest = func.coalesce(AppointmentWait.offered_at, AppointmentWait.since)
    return list(session.scalars(select(AppointmentWait.id).order_by(longest, AppointmentWait.id)))


def offer(session: Session, now: datetime) -> int:
    """Offer times to all who wait and can be offered one, in one transaction; gives to how many."""
    return sum(offer_to(session, now, number) for number in due(session, now))


def offer_to(session: Session, now: datetime, number: int) -> bool:
    """Offer times to one who waits, or forget them when their request is closed; gives whether they were asked."""
    wait = session.get(AppointmentWait, number)
    found = handoffs.lock(session, wait.request_id) if wait is not None else None
    wait = session.get(AppointmentWait, number, populate_existing=True)
    if wait is None or found is None:
        return False
    if found.state is RequestState.CLOSED:
        session.delete(wait)
        return False
    plan = Plan(found, wait.kind)
    if not _may_be_asked(wait, now) or not _has_room(session, now, plan):
        return False
    wait.offered_at = now
    return appointment_offers.ask(session, now, plan, FREE_AGAIN)


def _may_be_asked(wait: AppointmentWait, now: datetime) -> bool:
    person = wait.request.person
    return person.reachable and not person.messages_stopped and not _was_asked(wait, now)


def _was_asked(wait: AppointmentWait, now: datetime) -> bool:
    """Whether times were offered less than a working day ago."""
    return wait.offered_at is not None and later(OFFICE, wait.offered_at, DAY) > now


def _has_room(session: Session, now: datetime, plan: Plan) -> bool:
    """Whether these people have more free times than others have been offered of them lately."""
    people = givers(session, plan)
    _hold_fast(session, people)
    theirs = {one.member_id for one in people}
    free = availability.free(session, now, people, later(OFFICE, now, SOON_ENOUGH))
    offered = [wait for wait in _waits(session) if _was_asked(wait, now)]
    others = [givers(session, Plan(wait.request, wait.kind)) for wait in offered]
    return len(free) > sum(not theirs.isdisjoint(one.member_id for one in other) for other in others)


def _hold_fast(session: Session, people: Sequence[Availability]) -> None:
    """Two who offer times of the same people do so one after the other."""
    numbers = [one.member_id for one in people]
    held = select(Availability.member_id).where(Availability.member_id.in_(numbers)).order_by(Availability.member_id)
    session.execute(held.with_for_update())


def _waits(session: Session) -> Sequence[AppointmentWait]:
    return session.scalars(select(AppointmentWait)).all()


def _of(session: Session, found: Request, kind: AppointmentKind) -> AppointmentWait | None:
    mine = (AppointmentWait.request_id == found.id) & (AppointmentWait.kind == kind)
    return session.scalar(select(AppointmentWait).where(mine))
