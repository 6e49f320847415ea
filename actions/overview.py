"""What coordinators see: how much everybody has, and which requests need them. Load, not words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from actions import routing, team
from actions.request_states import HELD, WAITING
from actions.team_settings import loads
from store.states import Rule
from store.tables import Member, Request

_WITHOUT_WORDS = (defer(Request.summary), defer(Request.contact))


@dataclass(frozen=True)
class Load:
    """Somebody who helps, and how many requests they have under way."""

    member: Member
    open: int


def load(session: Session) -> list[Load]:
    """Everybody who helps and can be reached, who has most first."""
    counted = loads(session)
    helpers = [member for role in routing.HELPERS for member in team.reachable(session, role)]
    return sorted((Load(one, counted.get(one.id, 0)) for one in helpers), key=lambda load: -load.open)


def needs_coordinator(session: Session) -> Sequence[Request]:
    """Open requests that are on top of the others, or that nobody has and the coordinator must place; oldest first."""
    theirs = Request.state.in_(WAITING) & (Request.rule == Rule.COORDINATOR)
    broken = Request.state.in_(WAITING | HELD) & Request.on_top
    query = select(Request).where(or_(theirs, broken), Request.practice.is_(False)).options(*_WITHOUT_WORDS)
    return session.scalars(query.order_by(Request.on_top.desc(), Request.requested_at, Request.id)).all()
