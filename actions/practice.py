"""A resident to practise with: a member of the team gets a card, talks and closes. Nothing of it counts.

The resident is played by texts in a fixed order (`practice_reply_1` and on). Nobody else sees it, and when it ends
everything about it is erased.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from actions import cards, routing
from actions.cards import chat
from actions.handoffs import subject_of
from actions.outbox import Message, queue
from actions.request_states import Change, move, note
from store.states import RequestState, Urgency
from store.tables import Member, Outgoing, Person, Request

REPLIES = 3
"""How many things the played resident says back."""
NOBODY = -(5 * 10**15)
"""Numbers of chats at Telegram have at most 52 bits: a played resident has one below all of them."""


def is_played() -> ColumnElement[bool]:
    """Whether a person is one to practise with."""
    return Person.id.in_(select(Request.person_id).where(Request.practice))


def begin(session: Session, now: datetime, member: Member) -> None:
    """Show somebody the card of a resident to practise with; an earlier one that was not finished goes."""
    end(session, member)
    played = Person(chat_id=NOBODY - member.id, language="nl", reachable=False, created_at=now)
    session.add(played)
    session.flush()
    found = Request(
        person=played,
        person_id=played.id,
        wijk=member.wijk,
        topics="draught high_bill",
        urgency=Urgency.NORMAL,
        reach="here",
        by_whom="own_wijk",
        summary="",
        state=RequestState.REQUESTED,
        requested_at=now,
        waiting_since=now,
        practice=True,
    )
    session.add(found)
    session.flush()
    queue(session, now, chat(member), Message("practice_begins"))
    note(session, now, found, Change.REQUESTED)
    cards.show(session, now, found, [member])
    move(session, now, found, Change.OFFERED)


def reply(session: Session, now: datetime, found: Request, chat_id: int) -> None:
    """What the played resident says to what somebody just wrote."""
    said = select(func.count()).where(Outgoing.chat_id == chat_id, Outgoing.subject == subject_of(found))
    turn = min(max((session.scalar(said) or 0) - 1, 0), REPLIES - 1) + 1
    queue(session, now, chat_id, Message(f"practice_reply_{turn}", {"number": found.id}), subject=subject_of(found))


def decline(session: Session, now: datetime, found: Request) -> None:
    """Somebody says no to the card to practise with: that is fine as well, and it is erased."""
    for shown in routing.offers(session, found):
        cards.edit(session, now, found, shown, "practice_declined")
    _erase(session, found)


def finish(session: Session, now: datetime, found: Request, chat_id: int) -> None:
    """It was closed: say that it was practice, and erase it."""
    queue(session, now, chat_id, Message("practice_ends"))
    _erase(session, found)


def end(session: Session, member: Member) -> None:
    """Erase what somebody practised with and did not finish."""
    played = select(Request).join(Person).where(Request.practice, Person.chat_id == NOBODY - member.id)
    for found in session.scalars(played).all():
        _erase(session, found)


def _erase(session: Session, found: Request) -> None:
    session.execute(delete(Outgoing).where(Outgoing.chat_id == found.person.chat_id))
    session.delete(found.person)
    session.flush()
