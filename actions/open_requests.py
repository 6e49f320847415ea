"""Requests as a coordinator sees them: who answers for what, since when and until when; never words or residents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from actions.request_states import HELD, WAITING
from store.states import PromiseState, RequestState, Rule, Urgency
from store.tables import Member, Promise, Request

OPEN = WAITING | HELD
"""Few beside those that are closed: asked for by name, they are found by their index."""


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


_ROWS: Select[*tuple[Any, ...]] = (
    select(
        *(Request.wijk, Request.topics, Request.urgency, Request.state, Request.rule),
        *(Request.waiting_since, Request.on_top, Request.id.label("number")),
        *(Member.name.label("held_by"), Promise.due_at.label("promised")),
    )
    .outerjoin(Member, Member.id == Request.claimed_by_id)
    .outerjoin(Promise, (Promise.request_id == Request.id) & (Promise.state == PromiseState.OPEN))
    .where(~Request.practice)
)


def open_requests(session: Session) -> list[OpenRequest]:
    """All that is not closed, but for practice: what went wrong first, then the most urgent, then who waits longest."""
    query = _ROWS.where(Request.state.in_(OPEN))
    urgencies = list(Urgency)
    found = [OpenRequest(**row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda one: (not one.on_top, urgencies.index(one.urgency), one.waiting_since, one.number))


def page(
    session: Session, states: Collection[RequestState], wijk: str | None, most: int, before: int | None = None
) -> list[OpenRequest]:
    """Requests in these states, of one wijk or of all, the newest first; at most so many, numbered below `before`."""
    query = _ROWS.where(_in(states)).order_by(Request.id.desc()).limit(most)
    query = query if wijk is None else query.where(Request.wijk == wijk)
    query = query if before is None else query.where(Request.id < before)
    return [OpenRequest(**row) for row in session.execute(query).mappings()]


def counts(session: Session, states: Collection[RequestState]) -> Mapping[str | None, int]:
    """How many requests in these states each wijk has."""
    query = select(Request.wijk, func.count().label("found")).where(Request.state.in_(states), ~Request.practice)
    return {row.wijk: row.found for row in session.execute(query.group_by(Request.wijk))}


def past_promises(session: Session, now: datetime) -> list[OpenRequest]:
    """Of whom the moment has passed before which the resident would hear from us; the longest ago first."""
    late = _ROWS.where(Request.state.in_(OPEN), Promise.due_at < now)
    return [OpenRequest(**row) for row in session.execute(late.order_by(Promise.due_at, Request.id)).mappings()]


def waiting_since(session: Session, states: Collection[RequestState], moment: datetime) -> list[OpenRequest]:
    """Requests in these states that have been waiting from before a moment; who waits longest first."""
    long = _ROWS.where(Request.state.in_(states), Request.waiting_since < moment)
    return [OpenRequest(**row) for row in session.execute(long.order_by(Request.waiting_since, Request.id)).mappings()]


def _in(states: Collection[RequestState]) -> ColumnElement[bool]:
    """Closed ones are nearly all there are, and an index would have them sorted before the newest are known."""
    if RequestState.CLOSED in states:
        return Request.state.not_in(set(RequestState) - set(states))
    return Request.state.in_(states)
