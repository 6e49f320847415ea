"""What a resident can do about what we hold of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions import appointments, cards, coordinators, quiet_hours
from actions.handoffs import lock_all, subject_of
from actions.outbox import Message, queue
from actions.quiet_hours import BEGUN
from actions.request_states import HELD
from store.tables import Inbox, Outgoing, Person, Request


def forget(session: Session, now: datetime, person: Person) -> int:
    """Erase everything that we hold of a person; gives how many requests went with it.

    Whoever was talking with them is told that there is nothing left, so that
    nobody waits. The caller sends the receipt.
    """
    theirs = session.scalars(select(Request.id).where(Request.person_id == person.id)).all()
    requests = lock_all(session, theirs)
    for found in requests:
        cards.edit_all(session, now, found, "card_gone")
        quiet_hours.take_back(session, coordinators.about(found))
        session.execute(delete(Outgoing).where(Outgoing.subject.in_(_told_about(found))))  # to whoever helped, too
        appointments.forget(session, now, found)
        _tell_taker(session, now, found)
    session.execute(delete(Outgoing).where(Outgoing.chat_id == person.chat_id))
    session.execute(delete(Inbox).where(Inbox.chat_id == person.chat_id, Inbox.content.is_(None)))
    session.delete(person)
    session.flush()
    return len(requests)


def _told_about(found: Request) -> tuple[str, ...]:
    """What messages about a request are filed under, those that the bot began by itself as well."""
    return subject_of(found), f"{BEGUN}:{subject_of(found)}"


def _tell_taker(session: Session, now: datetime, found: Request) -> None:
    if found.state in HELD and found.claimed_by and found.claimed_by.person:
        chat = found.claimed_by.person.chat_id
        queue(session, now, chat, Message("utter_case_erased", {"number": found.id}))
