"""The team of the demo data: what it does with cards, requests and appointments in three hours of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from actions import (
    appointment_hours,
    attendance,
    availability,
    closing,
    directory_changes,
    handoffs,
    measures,
    people,
    relay,
    routing,
    team,
    team_settings,
    waiting_list,
)
from actions.appointment_offers import HELPER, Plan
from actions.appointments import Side
from actions.request_states import HELD
from actions.services import Directory, Status
from bot import demo_world as world
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, AppointmentWait, Attendance
from store.states import Measures, OfferAnswer, Outcome, RequestState, Role, Urgency
from store.tables import Member, Request

TAKES = {Urgency.DANGER: 1, Urgency.CRISIS: 1, Urgency.SOON: 0.6, Urgency.NORMAL: 0.3, Urgency.INFO: 0.3}
SPEAKS = {Urgency.DANGER: 0.9, Urgency.CRISIS: 0.8, Urgency.SOON: 0.45, Urgency.NORMAL: 0.15, Urgency.INFO: 0.15}
"""How likely somebody takes a card, or speaks with a resident, in three hours of work."""
DECLINES, TOO_HEAVY, GIVES_BACK, FITS, PLANS, SAYS, CONFIRMS = 0.05, 0.01, 0.01, 0.1, 0.2, 0.5, 0.02
LOOKS, WANTS, CLOSES = 0.6, 0.05, 0.025
AT_LEAST = timedelta(days=4)
"""A talk goes on for some days before it is closed."""
COLD = frozenset({"draught", "cold_home", "small_measures", "heating_broken"})
"""For these volunteers can fit something."""
OUTCOMES = {Outcome.SOLVED: 11, Outcome.REFERRED: 4, Outcome.NOT_REACHED: 1.5, Outcome.OTHER: 1}
REFERRED_TO = ("geldfit", "goos", "free_measures")
OPEN = (
    select(Request)
    .where(Request.state != RequestState.CLOSED)
    .order_by(Request.id)
    .options(defer(Request.summary), defer(Request.contact))  # decrypted each time, and read by nobody
)
UNSAID = (
    select(Appointment)
    .where(Appointment.state == AppointmentState.BOOKED, Appointment.ends_at < bindparam("now"))
    .where(Appointment.member_says.is_(None))
    .order_by(Appointment.id)
)
SAID = {Attendance.KEPT: 8, Attendance.RESIDENT_MISSED: 1.2, Attendance.MEMBER_MISSED: 1.2}


@dataclass
class Team:
    """Does what is to be done, as likely as `random` says; members are those of `demo_world.TEAM`."""

    random: Random
    directory: Directory
    quick: dict[int, float] = field(default_factory=dict)

    def join(self, session: Session, now: datetime, wijken: Sequence[str]) -> None:
        """Everybody gets a link, opens it, and says when they work."""
        for number, one in enumerate(world.TEAM):
            wijk = wijken[one.wijk % len(wijken)] if one.wijk is not None else None
            invited = team.invite(session, now, one.name, one.role, wijk)
            person = people.find_or_create(session, now, world.NOBODY + number, f"{one.name} {world.SURNAME}")
            team.join(session, now, person, invited.payload)
            team_settings.set_capacity(invited.member, one.capacity)
            self.quick[invited.member.id] = one.quick
            if one.hours:
                appointment_hours.set_hours(availability.of(session, invited.member), one.hours)

    def coach_stops(self, session: Session) -> None:
        """The energy coach has no hours any more: who wants one waits."""
        for coach in team.reachable(session, Role.ENERGY_COACH):
            appointment_hours.set_hours(availability.of(session, coach), "")

    def work(self, session: Session, now: datetime) -> None:
        """Three hours of work on everything that is open."""
        for found in session.scalars(OPEN).all():
            self._work_on(session, now, found)
        self._say_how_it_went(session, now)
        if self._happens(CONFIRMS):
            self._confirm(session, now)

    def _work_on(self, session: Session, now: datetime, found: Request) -> None:
        if found.state is RequestState.OFFERED and self._happens(LOOKS):
            return self._look_at_card(session, now, found)
        if found.state not in HELD or found.claimed_by is None:
            return None
        member = found.claimed_by
        if self._happens(GIVES_BACK):
            handoffs.release(session, now, member, found.id, too_heavy=self._happens(0.3))
        elif found.state is RequestState.CLAIMED:
            if self._happens(SPEAKS[found.urgency] * self.quick[member.id]):
                relay.spoke(session, now, member, found.id)
        else:
            self._help(session, now, found, member)
        return None

    def _look_at_card(self, session: Session, now: datetime, found: Request) -> None:
        for shown in [one for one in routing.offers(session, found) if one.answer is OfferAnswer.SHOWN]:
            member = shown.member
            if self._happens(TOO_HEAVY):
                handoffs.decline(session, now, member, found.id, OfferAnswer.TOO_HEAVY)
            elif self._happens(DECLINES):
                handoffs.decline(session, now, member, found.id, OfferAnswer.DECLINED)
            elif self._happens(TAKES[found.urgency] * self.quick[member.id]):
                handoffs.claim(session, now, member, found.id)
            if found.state is not RequestState.OFFERED:
                return

    def _help(self, session: Session, now: datetime, found: Request, member: Member) -> None:
        kind = _looks(found)
        if kind is not None and self._happens(PLANS) and not _is_planned(session, found, kind):
            waiting_list.ask(session, now, Plan(found, kind), HELPER)
        elif found.measures is None and not COLD.isdisjoint(found.topics.split()) and self._happens(WANTS):
            measures.want(session, now, member, found.id, Measures.FITTING)
        elif found.measures is not None and found.fitted_at is None and self._happens(FITS):
            measures.fit(session, now, member, found.id)
        elif now - found.requested_at > AT_LEAST and self._closes(session, found, member):
            outcome = self._outcome(session, found)
            detail = self.random.choice(REFERRED_TO) if outcome is Outcome.REFERRED else None
            closing.close(session, now, member, found.id, outcome, detail)

    def _closes(self, session: Session, found: Request, member: Member) -> bool:
        """Who waits for a time is not left."""
        waits = select(AppointmentWait.id).where(AppointmentWait.request_id == found.id)
        return self._happens(CLOSES * self.quick[member.id]) and session.scalar(waits.limit(1)) is None

    def _outcome(self, session: Session, found: Request) -> Outcome:
        if found.fitted_at is not None:
            return Outcome.MEASURES_PLACED
        kept = (Appointment.request_id == found.id) & (Appointment.state == AppointmentState.KEPT)
        if session.scalar(select(Appointment.id).where(kept, Appointment.kind == AppointmentKind.COACH).limit(1)):
            return Outcome.COACH_BOOKED
        return self.random.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]

    def _say_how_it_went(self, session: Session, now: datetime) -> None:
        for made in session.scalars(UNSAID, {"now": now}).all():
            if self._happens(SAYS):
                said = self.random.choices(list(SAID), list(SAID.values()))[0]
                attendance.say(session, now, made, Side.MEMBER, said)

    def _confirm(self, session: Session, now: datetime) -> None:
        """Somebody says that a record is right; only one of which that is certain, so that nothing is invented."""
        certain = [one for one in self.directory.services if one.status is Status.CERTAIN]
        for coordinator in team.reachable(session, Role.COORDINATOR):
            directory_changes.confirm(session, now, coordinator, self.random.choice(certain))

    def _happens(self, likely: float) -> bool:
        return self.random.random() < likely


def _looks(found: Request) -> AppointmentKind | None:
    """Who must come to the house for it, if anybody."""
    if found.measures is Measures.FITTING and found.fitted_at is None:
        return AppointmentKind.FITTING
    return AppointmentKind.COACH if found.coach in ("yes", "later") else None


def _is_planned(session: Session, found: Request, kind: AppointmentKind) -> bool:
    made = select(Appointment.id).where(Appointment.request_id == found.id, Appointment.kind == kind)
    waits = select(AppointmentWait.id).where(AppointmentWait.request_id == found.id, AppointmentWait.kind == kind)
    return session.scalar(made.limit(1)) is not None or session.scalar(waits) is not None
