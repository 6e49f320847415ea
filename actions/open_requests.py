"""What is open, as a coordinator sees it: who answers for what, since when and until when; never words or residents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Member, Promise, PromiseState, Request, RequestState, Rule, Urgency


@dataclass(frozen=True)
class OpenRequest:
    """`held_by` is who claimed it; `promised` the moment before which the resident was told to hear from us."""

    number: int
    wijk: str | None
    topics: str
    urgency: Urgency
    state: RequestState
    rule: Rule
    held_by: str | None
    waiting_since: datetime
    promised: datetime | None
    on_top: bool


def open_requests(session: Session) -> list[OpenRequest]:
    """All that is not closed, but for practice: what went wrong first, then the most urgent, then who waits longest."""
    query = (
        select(
            *(Request.wijk, Request.topics, Request.urgency, Request.state, Request.rule),
            *(Request.waiting_since, Request.on_top, Request.id.label("number")),
            *(Member.name.label("held_by"), Promise.due_at.label("promised")),
        )
        .outerjoin(Member, Member.id == Request.claimed_by_id)
        .outerjoin(Promise, (Promise.request_id == Request.id) & (Promise.state == PromiseState.OPEN))
        .where(Request.state != RequestState.CLOSED, ~Request.practice)
    )
    urgencies = list(Urgency)
    found = [OpenRequest(**row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda one: (not one.on_top, urgencies.index(one.urgency), one.waiting_since, one.number))
