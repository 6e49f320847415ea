"""What can happen to a request, and what state it leaves it in. Every change is written down with who and when."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from store.states import RequestState as State
from store.tables import Member, Request, RequestChange

WAITING = frozenset({State.REQUESTED, State.OFFERED, State.RELEASED, State.EXPIRED, State.REOPENED})
"""Nobody has claimed it."""
HELD = frozenset({State.CLAIMED, State.CONTACTED})
"""Somebody answers for it."""


class Change(enum.StrEnum):
    """What happened to a request; those that `MOVES` names change its state."""

    REQUESTED = "requested"
    OFFERED = "offered"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    RELEASED = "released"
    EXPIRED = "expired"
    CLOSED = "closed"
    REOPENED = "reopened"
    OPENED = "opened"
    """Somebody was shown what the resident wrote."""
    DECLINED = "declined"
    TOO_HEAVY = "too_heavy"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    """It went to the coordinator, or the coordinator was told."""
    ASSIGNED = "assigned"
    """The coordinator showed it to somebody."""
    PROMISE_ASKED = "promise_asked"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_MISSED = "promise_missed"
    """Somebody tried, and the resident missed it."""
    SOLVED = "solved"
    """The resident says so, some time after it was closed."""
    NOTED = "noted"
    MEASURES_WANTED = "measures_wanted"
    PICKED_UP = "picked_up"
    FITTED = "fitted"
    RESIDENT_LOST = "resident_lost"
    """The resident can no longer be reached in Telegram."""


@dataclass(frozen=True)
class Move:
    """From which states a change leads, and to which one."""

    before: frozenset[State]
    after: State


MOVES: Mapping[Change, Move] = {
    Change.OFFERED: Move(WAITING, State.OFFERED),
    Change.CLAIMED: Move(WAITING, State.CLAIMED),
    Change.CONTACTED: Move(frozenset({State.CLAIMED}), State.CONTACTED),
    Change.RELEASED: Move(HELD, State.RELEASED),
    Change.EXPIRED: Move(frozenset({State.CLAIMED}), State.EXPIRED),
    Change.CLOSED: Move(HELD, State.CLOSED),
    Change.REOPENED: Move(frozenset({State.CLOSED}), State.REOPENED),
}


class NotNow(ValueError):
    """This cannot happen to a request in that state."""


def move(session: Session, now: datetime, found: Request, change: Change, member: Member | None = None) -> None:
    """Bring a request into the state to which a change leads; raises `NotNow` when it does not lead from here."""
    step = MOVES[change]
    if found.state not in step.before:
        raise NotNow(f"request {found.id} is {found.state.value}: it cannot be {change.value}")
    found.state = step.after
    note(session, now, found, change, member)


def note(session: Session, now: datetime, found: Request, change: Change, member: Member | None = None) -> None:
    """Write down what happened to a request, by whom, and when."""
    row = RequestChange(request_id=found.id, at=now, change=change.value, member_id=member.id if member else None)
    session.add(row)
