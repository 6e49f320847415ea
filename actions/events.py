"""What happened, counted without a person in it: the source of all figures (`docs/figures.md`).

A request is named by its number, a person never. Once the request is erased (`cut_loose`) it has another number here,
the same in all its rows: the old one still stands in chats of the team, and then leads nowhere.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.orm import Session

from store.tables import Event, Request


def count(session: Session, now: datetime, name: str, detail: str = "", *, wijk: str | None = None) -> None:
    """Note that something happened in a wijk."""
    session.add(Event(at=now, name=name, detail=detail, wijk=wijk))


def count_request(session: Session, now: datetime, found: Request, name: str, detail: str = "") -> None:
    """Note what happened with a request, not one to practise with; `detail` is its urgency unless given otherwise."""
    if found.practice:
        return
    told = {"detail": detail or found.urgency.value, "wijk": found.wijk, "source": found.person.source}
    session.add(Event(at=now, name=name, request_id=found.id, **told))


def cut_loose(session: Session, most: int) -> int:
    """Give requests that are erased another number, below 0, at most so many; gives how many. Figures stay the same."""
    gone = ~exists().where(Request.id == Event.request_id)
    orphans = select(Event.request_id, func.min(Event.id)).where(Event.request_id > 0, gone)
    found = session.execute(orphans.group_by(Event.request_id).order_by(Event.request_id).limit(most)).all()
    if not found:
        return 0
    others = {number: -first for number, first in found}
    renumbered = case(others, value=Event.request_id)
    session.execute(update(Event).where(Event.request_id.in_(others)).values(request_id=renumbered))
    return len(others)
