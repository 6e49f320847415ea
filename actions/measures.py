"""Free measures against cold: materials, and volunteers who fit them. Each is part of a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import events
from actions.handoffs import held_by
from actions.request_states import Change, note
from store.states import Measures
from store.tables import Member, Request


def open_in(session: Session, wijken: Sequence[str] | None = None) -> Sequence[Request]:
    """Requests for measures that were not fitted yet (or picked up, where that is all), the oldest first, per wijk."""
    kit = (Request.measures == Measures.KIT) & Request.picked_up_at.is_(None) & Request.fitted_at.is_(None)
    waits = (kit | ((Request.measures == Measures.FITTING) & Request.fitted_at.is_(None))) & Request.closed_at.is_(None)
    query = select(Request).where(waits, Request.practice.is_(False)).order_by(Request.wijk, Request.id)
    return session.scalars(query if wijken is None else query.where(Request.wijk.in_(wijken))).all()


def want(session: Session, now: datetime, member: Member, request_id: int, what: Measures) -> bool:
    """Put a request that this member has on the list; False when it is not theirs."""
    found = held_by(session, member, request_id)
    if found is None:
        return False
    found.measures = what
    note(session, now, found, Change.MEASURES_WANTED, member)
    return True


def pick_up(session: Session, now: datetime, member: Member, request_id: int) -> bool:
    """The materials of a request that this member has were picked up; False when there is nothing to pick up."""
    found = _wanted(session, member, request_id)
    if found is None or found.picked_up_at is not None:
        return False
    found.picked_up_at = now
    note(session, now, found, Change.PICKED_UP, member)
    return True


def fit(session: Session, now: datetime, member: Member, request_id: int) -> bool:
    """The materials were fitted; after closing the resident is asked whether it is warmer."""
    found = _wanted(session, member, request_id)
    return found is not None and note_fitted(session, now, found, member)


def note_fitted(session: Session, now: datetime, found: Request, member: Member) -> bool:
    """Write down who fitted the materials of a request; False when that is known already."""
    if found.fitted_at is not None:
        return False
    found.measures, found.fitted_at = found.measures or Measures.FITTING, now
    note(session, now, found, Change.FITTED, member)
    events.count_request(session, now, found, "fitted")
    return True


def _wanted(session: Session, member: Member, request_id: int) -> Request | None:
    found = held_by(session, member, request_id)
    return found if found is not None and found.measures is not None else None
