"""What happened, counted without a person in it: the source of all figures (`docs/figures.md`).

A request is named by its number, which means nothing to anybody once the request is erased; a person never is.
"""

from __future__ import annotations

from datetime import datetime

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
