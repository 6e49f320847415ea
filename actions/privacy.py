"""What a resident can do about what we hold of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.handoffs import card_subject, subject_of
from actions.outbox import Message, queue, withdraw
from store.tables import Inbox, Outgoing, Person, Request, RequestState


def forget(session: Session, now: datetime, person: Person) -> int:
    """Erase everything that we hold of a person; gives how many requests went with it.

    Whoever was talking with them is told that there is nothing left, so that
    nobody waits. The caller sends the receipt.
    """
    requests = list(session.scalars(select(Request).where(Request.person_id == person.id)))
    for found in requests:
        withdraw(session, card_subject(found))
        session.execute(delete(Outgoing).where(Outgoing.subject == subject_of(found)))  # to whoever helped, too
        _tell_taker(session, now, found)
    session.execute(delete(Outgoing).where(Outgoing.chat_id == person.chat_id))
    session.execute(delete(Inbox).where(Inbox.chat_id == person.chat_id, Inbox.content.is_(None)))
    session.delete(person)
    session.flush()
    return len(requests)


def _tell_taker(session: Session, now: datetime, found: Request) -> None:
    if found.state is RequestState.CLAIMED and found.claimed_by and found.claimed_by.person:
        chat = found.claimed_by.person.chat_id
        queue(session, now, chat, Message("utter_case_erased", {"number": found.id}))
