"""What a member of the team can look at: their day, the measures of their wijk, and for coordinators the load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from actions import appointment_messages, appointments, clocks, handoffs, measures, overview, routing, waiting_list
from actions.opening_hours import AMSTERDAM, local_day
from actions.outbox import Button
from actions.team_settings import is_away
from bot.team_visit import TeamVisit
from store.states import Role
from store.tables import Member, Request

MOST = 10
"""Requests in one message; the most pressing come first."""
COMING_DAYS = timedelta(days=8)
"""Appointments are shown of today and of the seven days after it."""


def today(visit: TeamVisit) -> None:
    """`/vandaag`: my appointments of this week and my open requests, and for coordinators what waits for them."""
    cases = handoffs.claimed_by(visit.session, visit.member)
    coordinates = visit.member.role is Role.COORDINATOR
    if coordinates:
        _waiting(visit)
    meets = _appointments(visit)
    if cases:
        _cases(visit, cases)
    elif not meets and not coordinates:
        visits_only = visit.member.role not in routing.HELPERS
        visit.tell("team_today_no_appointment" if visits_only else "team_today_empty")


def _cases(visit: TeamVisit, cases: Sequence[Request]) -> None:
    rows = tuple((Button("button_open_case", f"open:{case.id}", {"number": case.id}),) for case in cases[:MOST])
    listed = [_line(visit, case) for case in cases[:MOST]]
    visit.tell("team_today", rows, count=len(cases), items=listed, item_key="team_today_line")


def _appointments(visit: TeamVisit) -> bool:
    """The appointments of today and of the next days, if any; gives whether there are."""
    until = datetime.combine(local_day(visit.now) + COMING_DAYS, time(), AMSTERDAM)
    coming = appointments.coming_with(visit.session, visit.now, visit.member, until)
    if not coming:
        return False
    listed = [appointment_messages.facts(one) for one in coming]
    rows = tuple((Button("button_meet", f"meet:{one['appointment']}", one),) for one in listed)
    line = "team_today_appointment_line"
    visit.tell("team_today_appointments", rows, appointment_messages.AGENDA, items=listed, item_key=line)
    return True


def measures_list(visit: TeamVisit) -> None:
    """`/maatregelen`: what is still to be picked up or fitted, in the own wijk or everywhere."""
    wijk = visit.member.wijk
    found = measures.open_in(visit.session, [wijk] if wijk else None)
    if not found:
        return visit.tell("team_measures_none")
    listed = [_measure(one) for one in found[:MOST]]
    return visit.tell("team_measures", count=len(found), items=listed, item_key="team_measures_line")


def team_load(visit: TeamVisit) -> None:
    """`/team`: who has how much, for coordinators; never what about."""
    day = local_day(visit.now)
    listed = [_load(one.member, one.open, is_away(one.member, day)) for one in overview.load(visit.session)]
    waiting = len(overview.needs_coordinator(visit.session))
    if not listed:
        return visit.tell("coordinator_nobody_there")
    return visit.tell("coordinator_load", items=listed, item_key="coordinator_load_line", count=waiting)


def _waiting(visit: TeamVisit) -> None:
    if count := waiting_list.count(visit.session):
        visit.tell("coordinator_wait_for_time", count=count)
    found = overview.needs_coordinator(visit.session)
    if not found:
        return visit.tell("coordinator_nothing_waits")
    rows = tuple((Button("button_pass_on_of", f"pass:{one.id}", {"number": one.id}),) for one in found[:MOST])
    listed = [_line(visit, one) for one in found[:MOST]]
    return visit.tell("coordinator_waits", rows, count=len(found), items=listed, item_key="coordinator_waits_line")


def _line(visit: TeamVisit, found: Request) -> dict[str, Any]:
    promise = clocks.open_promise(visit.session, found)
    return {
        "number": found.id,
        "wijk": found.wijk,
        "topics": found.topics.split(),
        "state": _standing(found),
        "promised": promise.due_at.isoformat() if promise else "",
        "name": found.claimed_by.name if found.claimed_by else "",
    }


def _standing(found: Request) -> str:
    """What there is to do, in one word: the most pressing of it."""
    if found.on_top:
        return "on_top"
    return "unanswered" if found.unanswered_since is not None else found.state.value


def _measure(found: Request) -> dict[str, Any]:
    step = "picked_up" if found.picked_up_at else "wanted"
    return {"number": found.id, "wijk": found.wijk, "measures": found.measures, "step": step}


def _load(member: Member, count: int, away: bool) -> dict[str, Any]:
    return {"name": member.name, "count": count, "capacity": member.capacity, "away": "yes" if away else "no"}
