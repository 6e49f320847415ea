"""What a resident was promised: to hear from somebody before a moment. Each promise is kept, or escalated."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from actions import clocks, coordinators, events, quiet_hours
from actions.cards import chat
from actions.clocks import HOUR
from actions.outbox import Message, queue
from actions.quiet_hours import waking_time
from actions.request_states import HELD, Change, move, note
from actions.working_time import DAY, OFFICE, later
from store.states import PromiseState, RequestState
from store.tables import Promise, Request

ASKS = "promise_later"
"""The flow that begins with the question whether a promise was kept."""
TRY_AGAIN = 2 * DAY
"""How long after a missed call there must be another one."""


def make(session: Session, now: datetime, found: Request, due_at: datetime | None = None) -> Promise:
    """Promise that the resident hears something before `due_at`, or before the moment that belongs to the urgency.

    Whoever has claimed the request must keep it. It takes the place of what was promised before.
    """
    settle(session, now, found, PromiseState.REPLACED)
    due = due_at or later(OFFICE, now, clocks.patience(found).promise)
    made = Promise(request_id=found.id, made_at=now, due_at=due, member_id=found.claimed_by_id)
    session.add(made)
    session.flush()
    events.count_request(session, now, found, "promise_made")
    return made


def take_over(session: Session, now: datetime, found: Request) -> Promise:
    """Who has claimed the request promises what the team had promised, or to be quick when that is past already."""
    before = clocks.open_promise(session, found)
    soonest = later(OFFICE, now, min(clocks.patience(found).contact, 2 * HOUR))
    due = before.due_at if before is not None and before.due_at > soonest else None
    return make(session, now, found, due or later(OFFICE, now, clocks.patience(found).contact))


def give_back(session: Session, found: Request) -> None:
    """Nobody in particular has to keep it now; the moment stays."""
    promise = clocks.open_promise(session, found)
    if promise is not None:
        promise.member_id = None


def settle(session: Session, now: datetime, found: Request, state: PromiseState) -> bool:
    """Say how the open promise ended; False when there is none."""
    promise = clocks.open_promise(session, found)
    if promise is None:
        return False
    promise.state, promise.settled_at = state, now
    events.count_request(session, now, found, f"promise_{state.value}")
    return True


def ask(session: Session, now: datetime, found: Request, promise: Promise) -> None:
    """Ask the resident whether somebody called. Who has stopped such messages is not asked: the coordinator hears."""
    promise.asked_at = now
    assert found.claimed_by is not None, "only a promise of somebody can be asked about"
    values = {"case": found.id, "name": found.claimed_by.name, "reach": found.reach}
    question = Message("utter_ask_promise_kept", values, found.person.language, opens=ASKS)
    if quiet_hours.begin(session, now, found.person, question, f"{ASKS}:{found.id}") is None:
        doubt(session, now, found)
    else:
        note(session, now, found, Change.PROMISE_ASKED)


def doubt(session: Session, now: datetime, found: Request) -> None:
    """Nobody says whether the promise was kept: the coordinator is told."""
    settle(session, now, found, PromiseState.ESCALATED)
    note(session, now, found, Change.ESCALATED)
    coordinators.tell(session, now, found, "coordinator_promise_unknown")


def escalate(session: Session, now: datetime, found: Request) -> None:
    """A promise was not kept: the request stands above the others, and the coordinator is told."""
    settle(session, now, found, PromiseState.ESCALATED)
    found.on_top = True
    note(session, now, found, Change.ESCALATED)
    coordinators.tell(session, now, found, "coordinator_promise_broken")


def say_kept(session: Session, now: datetime, found: Request) -> None:
    """The resident says that somebody called."""
    settle(session, now, found, PromiseState.KEPT)
    found.on_top = False
    if found.state is RequestState.CLAIMED:
        contacted(session, now, found)
    note(session, now, found, Change.PROMISE_KEPT)
    clocks.wind(session, found)


def say_broken(session: Session, now: datetime, found: Request) -> None:
    """The resident says that nobody called: who has the request must do so soon, and the coordinator knows."""
    note(session, now, found, Change.PROMISE_BROKEN)
    escalate(session, now, found)
    _try_again(session, now, found, "team_promise_broken", clocks.patience(found).reply)


def say_missed(session: Session, now: datetime, found: Request) -> None:
    """The resident missed the call: somebody tries once more."""
    note(session, now, found, Change.PROMISE_MISSED)
    _try_again(session, now, found, "team_promise_missed", TRY_AGAIN)


def contacted(session: Session, now: datetime, found: Request) -> None:
    """Somebody has spoken with the resident. A promise to write here is kept with that; of a call the resident says."""
    if found.state is RequestState.CLAIMED:
        move(session, now, found, Change.CONTACTED, found.claimed_by)
        if found.contacted_at is None:
            found.contacted_at = now
            events.count_request(session, now, found, "contacted")
    clocks.begin_waiting(found, max(now, found.waiting_since))  # an appointment that is coming is waited for still
    if found.reach == "here":
        settle(session, now, found, PromiseState.KEPT)


def _try_again(session: Session, now: datetime, found: Request, key: str, within: timedelta) -> None:
    """A new promise of whoever has the request now; with nobody it waits with the coordinator."""
    member = found.claimed_by
    if found.state in HELD and member is not None and member.person is not None:
        make(session, now, found, later(OFFICE, now, within))
        told = Message(key, {"number": found.id})
        queue(session, now, chat(member), told, subject=f"request:{found.id}", due_at=waking_time(now))
    clocks.wind(session, found)
