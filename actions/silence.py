"""What happens by itself when people stay silent: reminded, offered to others, brought to the coordinator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import cards, clocks, coordinators, handoffs, promises, quiet_hours, routing, team
from actions.clocks import Act, Due
from actions.outbox import Message
from actions.request_states import HELD, Change, move, note
from store.states import OfferAnswer, Role, Rule
from store.tables import Promise, Request

AT_ONCE = 20
"""How many requests are looked at before other work has a turn."""
AGAIN = timedelta(minutes=15)
OUTAGE = timedelta(hours=2)
"""What is due longer than this was missed because nothing ran: people then get their time again from now."""


def put_off(session: Session, now: datetime, number: int) -> None:
    """Look at a request again in `AGAIN`, because looking at it went wrong."""
    session.execute(update(Request).where(Request.id == number).values(look_at=now + AGAIN))


def due(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of requests that must be looked at by now, the longest due first."""
    waits = select(Request.id).where(Request.look_at <= now).order_by(Request.look_at)
    return session.scalars(waits.limit(AT_ONCE)).all()


def watch(session: Session, now: datetime) -> int:
    """Look at all requests that are due, in one transaction; gives how many. To be called again until it gives 0."""
    return sum(look(session, now, number) for number in due(session, now))


def look(session: Session, now: datetime, number: int) -> bool:
    """Do the first thing that is due with a request; what comes after it is reckoned anew.

    False when another process is changing it, or has done it already.
    """
    due_still = select(Request).where(Request.id == number, Request.look_at <= now)
    found = session.scalar(due_still.with_for_update(of=Request, skip_locked=True))
    if found is None:
        return False
    promise = clocks.open_promise(session, found)
    coming = clocks.plan(found, promise)
    if coming and coming[0].at <= now:
        _act(session, now, found, promise, coming[0])
    clocks.wind(session, found)
    return True


def _act(session: Session, now: datetime, found: Request, promise: Promise | None, coming: Due) -> None:
    if coming.act in (Act.PROMISE_DUE, Act.PROMISE_IN_DOUBT):
        assert promise is not None, "without a promise none is due"
        return _promise(session, now, found, promise)
    ACTS[coming.act](session, now, found)
    if now - coming.at > OUTAGE:
        _forgive(now, found, coming.act)
    return None


def _forgive(now: datetime, found: Request, act: Act) -> None:
    """After an outage nobody is reminded and passed over at once, nor told the same thing many times."""
    if act in (Act.REMIND_READERS, Act.REMIND_TAKER, Act.ASK_PROGRESS, Act.TELL_OF_IDLENESS):
        found.waiting_since = now
    elif act is Act.REMIND_COORDINATOR:
        clocks.begin_waiting(found, now)
    elif act in (Act.REMIND_OF_MESSAGE, Act.TELL_OF_MESSAGE):
        found.unanswered_since, found.unanswered_reminded = now, 1


def _promise(session: Session, now: datetime, found: Request, promise: Promise) -> None:
    if promise.asked_at is not None:
        promises.doubt(session, now, found)
    elif found.state in HELD:
        promises.ask(session, now, found, promise)
    else:
        promises.escalate(session, now, found)
        told = Message("utter_promise_broken", {}, found.person.language)
        quiet_hours.begin(session, now, found.person, told, f"promise_broken:{found.id}")


def _remind_readers(session: Session, now: datetime, found: Request) -> None:
    found.reminded += 1
    note(session, now, found, Change.REMINDED)
    on_this_rung = [one for one in routing.offers(session, found) if one.at >= found.waiting_since]
    shown = [one.member for one in on_this_rung if one.answer is OfferAnswer.SHOWN]
    cards.remind(session, now, found, [member for member in shown if routing.can_read(member)])


def _widen(session: Session, now: datetime, found: Request) -> None:
    """The next rung has a try; with a crisis there is no time for that, and it is the coordinator's."""
    after = Rule.POOL if found.urgency in routing.URGENT else found.rule
    handoffs.offer(session, now, found, after)


def _remind_coordinator(session: Session, now: datetime, found: Request) -> None:
    """Somebody may have room by now; the coordinator sees it again in any case."""
    found.reminded += 1
    note(session, now, found, Change.REMINDED)
    if cards.show(session, now, found, routing.newcomers(session, now, found)):
        move(session, now, found, Change.OFFERED)
    cards.remind(session, now, found, team.reachable(session, Role.COORDINATOR))


def _remind_taker(session: Session, now: datetime, found: Request) -> None:
    found.reminded += 1
    note(session, now, found, Change.REMINDED)
    _tell_taker(session, now, found, "team_remind_contact")


def _take_back(session: Session, now: datetime, found: Request) -> None:
    handoffs.expire(session, now, found)


def _ask_progress(session: Session, now: datetime, found: Request) -> None:
    found.reminded += 1
    note(session, now, found, Change.REMINDED)
    _tell_taker(session, now, found, "team_ask_progress")


def _tell_of_idleness(session: Session, now: datetime, found: Request) -> None:
    found.reminded += 1
    note(session, now, found, Change.ESCALATED)
    coordinators.tell(session, now, found, "coordinator_idle")
    _tell_taker(session, now, found, "team_ask_progress")


def _remind_of_message(session: Session, now: datetime, found: Request) -> None:
    found.unanswered_reminded += 1
    note(session, now, found, Change.REMINDED)
    _tell_taker(session, now, found, "team_remind_reply")


def _tell_of_message(session: Session, now: datetime, found: Request) -> None:
    first = found.unanswered_reminded == 1
    found.unanswered_reminded, found.on_top = found.unanswered_reminded + 1, True
    note(session, now, found, Change.ESCALATED)
    coordinators.tell(session, now, found, "coordinator_unanswered")
    if first:
        told = Message("utter_still_no_reply", {}, found.person.language)
        quiet_hours.begin(session, now, found.person, told, f"no_reply:{found.id}")


def _tell_taker(session: Session, now: datetime, found: Request, key: str) -> None:
    member = found.claimed_by
    if member is not None and member.person is not None:
        message = Message(key, {"number": found.id}, buttons=cards.buttons(found, *handoffs.case_rows(found)))
        quiet_hours.begin(session, now, member.person, message, f"request:{found.id}")


ACTS: Mapping[Act, Callable[[Session, datetime, Request], None]] = {
    Act.REMIND_READERS: _remind_readers,
    Act.WIDEN: _widen,
    Act.REMIND_COORDINATOR: _remind_coordinator,
    Act.REMIND_TAKER: _remind_taker,
    Act.TAKE_BACK: _take_back,
    Act.ASK_PROGRESS: _ask_progress,
    Act.TELL_OF_IDLENESS: _tell_of_idleness,
    Act.REMIND_OF_MESSAGE: _remind_of_message,
    Act.TELL_OF_MESSAGE: _tell_of_message,
}
