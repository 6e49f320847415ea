"""People with a chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.states import OutgoingState
from store.tables import Outgoing, Person


def find(session: Session, chat_id: int) -> Person | None:
    return session.scalar(select(Person).where(Person.chat_id == chat_id))


def find_or_create(session: Session, now: datetime, chat_id: int, first_name: str = "", language: str = "") -> Person:
    """The person of a chat; whoever writes to us can be reached again."""
    person = find(session, chat_id)
    if person is None:
        person = Person(chat_id=chat_id, first_name=first_name or None, language="nl", reachable=True, created_at=now)
        session.add(person)
        session.flush()
    person.reachable = True
    return person


def lose(session: Session, chat_id: int) -> None:
    """Somebody blocked the bot: what waits for them is not sent, now or later; of who was erased it is not kept."""
    person = find(session, chat_id)
    waiting = (Outgoing.chat_id == chat_id) & (Outgoing.state == OutgoingState.WAITING)
    if person is None:
        session.execute(delete(Outgoing).where(waiting))
        return
    person.reachable = False
    for row in session.scalars(select(Outgoing).where(waiting)):
        row.state = OutgoingState.UNREACHABLE
