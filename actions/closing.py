"""The end of a talk between a resident and whoever helps: the outcome, what is asked later, and beginning again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from actions import appointments, cards, clocks, coordinators, events, promises, quiet_hours, routing, wellbeing
from actions.cards import chat
from actions.handoffs import claim, held_by, lock, offer, offer_waiting, subject_of
from actions.outbox import Message, queue
from actions.request_states import Change, move, note
from actions.veils import tell
from store.states import Measures, Outcome, PromiseState, RequestState, Rule
from store.tables import Member, Person, Request

ASKS = "solved_later"
ASKS_WARMER = "warmer_later"
ASK_AFTER = (timedelta(weeks=2), timedelta(weeks=6))
"""When the resident is asked whether it is solved."""
TALK_AGAIN_DAYS = 30
"""How long after closing what a resident writes is taken for a word to whoever helped."""


def close(
    session: Session, now: datetime, member: Member, request_id: int, outcome: Outcome, detail: str | None = None
) -> Request | None:
    """End the talk with a resident, who gets the bot back; only who claimed the request can.

    `detail` is the key of the service to which the resident was referred.
    """
    found = held_by(session, member, request_id)
    if found is None:
        return None
    move(session, now, found, Change.CLOSED, member)
    found.closed_at, found.outcome, found.outcome_detail, found.on_top = now, outcome, detail, False
    found.unanswered_since, found.unanswered_reminded = None, 0
    appointments.drop(session, now, found, member)
    _note_fitted(found, now)
    _settle(session, now, found)
    clocks.wind(session, found)
    if found.practice:
        return found
    events.count_request(session, now, found, "closed", outcome.value)
    _tell(session, now, found, member)
    _ask_later(session, now, found, member)
    wellbeing.ask_after(session, now, member, found)
    offer_waiting(session, now, member)
    return found


def reopen(session: Session, now: datetime, found: Request, member: Member | None = None) -> tuple[Member, ...]:
    """Begin again with everything that is known; gives who was shown it.

    Who helped before is asked first. With `member` it was them who began again, and they have it at once.
    """
    move(session, now, found, Change.REOPENED, member)
    found.claimed_by_id, found.claimed_by, found.claimed_at, found.contacted_at = None, None, None, None
    found.closed_at, found.outcome, found.outcome_detail, found.on_top = None, None, None, False
    for shown in routing.offers(session, found):
        session.delete(shown)
    session.flush()
    for asks in (ASKS, ASKS_WARMER):
        quiet_hours.take_back(session, f"{asks}:{found.id}")
    if member is not None:
        cards.show(session, now, found, [member])
        claim(session, now, member, found.id)
        return (member,)
    shown_to = offer(session, now, found, Rule.POSTER)
    if shown_to:
        promises.make(session, now, found)
    clocks.wind(session, found)
    return shown_to


def of_resident(session: Session, person: Person, request_id: int) -> Request | None:
    """A request of this resident, held fast until the end of the transaction."""
    found = lock(session, request_id)
    return found if found is not None and found.person_id == person.id else None


def reopen_of(session: Session, now: datetime, person: Person, request_id: int) -> tuple[Member, ...] | None:
    """Begin a closed request of this resident again; None when there is none to begin."""
    found = of_resident(session, person, request_id)
    if found is None or found.state is not RequestState.CLOSED:
        return None
    return reopen(session, now, found)


def _settle(session: Session, now: datetime, found: Request) -> None:
    """What was promised: kept when they spoke; who was not reached is for the coordinator to know."""
    quiet_hours.take_back(session, f"{promises.ASKS}:{found.id}")
    if found.outcome is Outcome.NOT_REACHED:
        promises.settle(session, now, found, PromiseState.ESCALATED)
        note(session, now, found, Change.ESCALATED)
        if not found.practice:
            coordinators.tell(session, now, found, "coordinator_not_reached")
    else:
        spoke = found.contacted_at is not None or found.outcome is not Outcome.OTHER
        promises.settle(session, now, found, PromiseState.KEPT if spoke else PromiseState.REPLACED)


def _note_fitted(found: Request, now: datetime) -> None:
    if found.outcome is Outcome.MEASURES_PLACED:
        found.measures = found.measures or Measures.FITTING
        found.fitted_at = found.fitted_at or now


def _tell(session: Session, now: datetime, found: Request, member: Member) -> None:
    subject = subject_of(found)
    outcome = found.outcome.value if found.outcome else ""
    values = {"name": member.name, "outcome": outcome, "service": found.outcome_detail or ""}
    tell(session, now, found.person, Message("utter_case_closed_resident", values), subject)
    queue(session, now, chat(member), Message("utter_case_closed_member", {"number": found.id}), subject=subject)


def _ask_later(session: Session, now: datetime, found: Request, member: Member) -> None:
    """After two and after six weeks; who had things fitted is asked first whether it is warmer."""
    values = {"case": found.id, "name": member.name}
    for place, after in enumerate(ASK_AFTER):
        warmer = found.fitted_at is not None and place == 0
        asks, key = (ASKS_WARMER, "utter_ask_warmer") if warmer else (ASKS, "utter_ask_solved")
        question = Message(key, values, found.person.language, opens=asks)
        quiet_hours.begin(session, now, found.person, question, f"{asks}:{found.id}", now + after)
