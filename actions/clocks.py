"""The clocks of a request: when something must happen by itself, and what. All in working hours.

Each request that is not closed has at least one clock that runs, so that none can be forgotten. `plan` reckons
them from what is stored; `wind` keeps the first of them in `Request.look_at`, where `actions.silence` finds it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from actions.opening_hours import Opening
from actions.request_states import WAITING
from actions.working_time import DAY, OFFICE, hours_of, later
from store.states import PromiseState, RequestState, Rule, Urgency
from store.tables import Promise, Request

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Patience:
    """How long each kind of silence may last, in working time. Halfway through somebody is reminded.

    `rung`: a card that nobody takes, until more people see it, and at last the coordinator. `contact`: somebody who
    took it and has not spoken with the resident, until it goes back. `reply`: a message of the resident without an
    answer, until the coordinator hears. `promise`: what the resident is told (domain.md, section 3).
    """

    rung: timedelta
    contact: timedelta
    reply: timedelta
    promise: timedelta


_CRISIS = Patience(rung=HOUR, contact=2 * HOUR, reply=2 * HOUR, promise=DAY)
_NORMAL = Patience(rung=DAY, contact=3 * DAY, reply=2 * DAY, promise=10 * DAY)
PATIENCE: Mapping[Urgency, Patience] = {
    Urgency.DANGER: _CRISIS,
    Urgency.CRISIS: _CRISIS,
    Urgency.SOON: Patience(rung=3 * HOUR, contact=DAY, reply=DAY, promise=3 * DAY),
    Urgency.NORMAL: _NORMAL,
    Urgency.INFO: _NORMAL,
}
IDLE = 10 * DAY
"""A talk in which nothing happens: whoever has it is asked whether it is done, and half as long after that the
coordinator hears."""
NO_ANSWER = DAY
"""How long the resident has to say whether a promise was kept, before the coordinator hears."""


OPEN_PROMISE = select(Promise).where(Promise.request_id == bindparam("request_id"), Promise.state == PromiseState.OPEN)
"""Built once: it is asked whenever a clock is wound."""


class Act(enum.StrEnum):
    """What happens by itself when a clock runs out."""

    REMIND_READERS = "remind_readers"
    WIDEN = "widen"
    REMIND_COORDINATOR = "remind_coordinator"
    REMIND_TAKER = "remind_taker"
    TAKE_BACK = "take_back"
    ASK_PROGRESS = "ask_progress"
    TELL_OF_IDLENESS = "tell_of_idleness"
    REMIND_OF_MESSAGE = "remind_of_message"
    TELL_OF_MESSAGE = "tell_of_message"
    PROMISE_DUE = "promise_due"
    PROMISE_IN_DOUBT = "promise_in_doubt"


@dataclass(frozen=True)
class Due:
    """An act, and the moment (UTC) from which it is due."""

    at: datetime
    act: Act


def patience(found: Request) -> Patience:
    """How long silence about this request may last."""
    return PATIENCE[found.urgency]


def plan(found: Request, promise: Promise | None) -> list[Due]:
    """Everything that is going to happen by itself if nobody does anything, the first first. Empty when closed."""
    if found.state is RequestState.CLOSED or found.practice:
        return []
    waiting = _waiting(found) if found.state in WAITING else _held(found)
    return sorted([*waiting, *_promised(promise)], key=lambda due: due.at)


def open_promise(session: Session, found: Request) -> Promise | None:
    """What the resident was promised and has not been settled."""
    return session.scalar(OPEN_PROMISE, {"request_id": found.id})


def wind(session: Session, found: Request) -> None:
    """Set the moment at which this request must be looked at; to be called after every change of it."""
    coming = plan(found, open_promise(session, found))
    found.look_at = coming[0].at if coming else None


def begin_waiting(found: Request, now: datetime) -> None:
    """What is waited for begins anew, and nobody has been reminded of it."""
    found.waiting_since, found.reminded = now, 0


def _waiting(found: Request) -> Iterator[Due]:
    """Those who were shown it, rung after rung; at the coordinator's it stays, with a reminder each time."""
    since, rung = found.waiting_since, patience(found).rung
    if found.rule is Rule.COORDINATOR:
        yield Due(later(OFFICE, since, rung * (found.reminded + 1)), Act.REMIND_COORDINATOR)
    elif found.reminded == 0:
        yield Due(later(OFFICE, since, rung / 2), Act.REMIND_READERS)
    else:
        yield Due(later(OFFICE, since, rung), Act.WIDEN)


def _held(found: Request) -> Iterator[Due]:
    hours = hours_of(found.claimed_by)
    if found.unanswered_since is not None:
        yield _unanswered(found, found.unanswered_since, hours)
    if found.state is RequestState.CLAIMED:
        contact = patience(found).contact
        yield _twice(found, hours, (contact / 2, Act.REMIND_TAKER), (contact, Act.TAKE_BACK))
    else:
        again = IDLE + found.reminded * IDLE / 2
        yield _twice(found, hours, (IDLE, Act.ASK_PROGRESS), (again, Act.TELL_OF_IDLENESS))


def _twice(
    found: Request, hours: Sequence[Opening], first: tuple[timedelta, Act], second: tuple[timedelta, Act]
) -> Due:
    """The first act, or once that was done the second."""
    after, act = second if found.reminded else first
    return Due(later(hours, found.waiting_since, after), act)


def _unanswered(found: Request, since: datetime, hours: Sequence[Opening]) -> Due:
    reply, times = patience(found).reply, found.unanswered_reminded
    if times == 0:
        return Due(later(hours, since, reply / 2), Act.REMIND_OF_MESSAGE)
    return Due(later(OFFICE, since, reply + (times - 1) * DAY), Act.TELL_OF_MESSAGE)


def _promised(promise: Promise | None) -> Iterator[Due]:
    if promise is not None and promise.asked_at is None:
        yield Due(promise.due_at, Act.PROMISE_DUE)
    elif promise is not None and promise.asked_at is not None:
        yield Due(later(OFFICE, promise.asked_at, NO_ANSWER), Act.PROMISE_IN_DOUBT)
