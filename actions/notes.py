"""What the team writes down about a request. Residents are never sent it; it goes along to whoever helps next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.opening_hours import local_day
from actions.outbox import Message, queue
from actions.request_states import Change, note
from store.tables import Member, Outgoing, Request, RequestNote

LONGEST = 500
"""Characters of one note; what is longer is cut, so that all fit in one message of Telegram."""
MOST_SHOWN = 6
CONFIRMED = "noted"
"""What begins the subject of the answer to a note."""


def write(session: Session, now: datetime, found: Request, member: Member, text: str) -> RequestNote:
    """Keep a note of somebody who has the request, as far as it fits."""
    written = RequestNote(request_id=found.id, member_id=member.id, at=now, text=text[:LONGEST])
    session.add(written)
    note(session, now, found, Change.NOTED, member)
    session.flush()
    return written


def change(session: Session, now: datetime, found: Request, member: Member, written: RequestNote, text: str) -> None:
    """Put other words in place of a note, as far as they fit."""
    written.text = text[:LONGEST]
    note(session, now, found, Change.NOTED, member)


def confirm(session: Session, now: datetime, written: RequestNote, told: Message, source: tuple[int, int]) -> None:
    """Tell who wrote a note that it is kept; the answer remembers in which message of which chat it was written."""
    row = queue(session, now, source[0], told, subject=f"{CONFIRMED}:{written.id}")
    row.source_chat_id, row.source_message_id = source


def written_in(session: Session, chat_id: int, message_id: int | None) -> RequestNote | None:
    """The note that a message made; None when it made none."""
    here = (Outgoing.source_chat_id == chat_id) & (Outgoing.source_message_id == message_id)
    confirmed = here & Outgoing.subject.startswith(f"{CONFIRMED}:", autoescape=True)
    subject = session.scalar(select(Outgoing.subject).where(confirmed).limit(1))
    return session.get(RequestNote, int(subject.partition(":")[2])) if subject is not None else None


def confirmed_about(session: Session, found: Request) -> list[str]:
    """What the answers to the notes about a request are filed under."""
    written = session.scalars(select(RequestNote.id).where(RequestNote.request_id == found.id))
    return [f"{CONFIRMED}:{number}" for number in written]


def lines(session: Session, found: Request) -> list[str]:
    """The latest notes, the oldest of them first, each with its day."""
    mine = select(RequestNote).where(RequestNote.request_id == found.id).order_by(RequestNote.id.desc())
    latest = session.scalars(mine.limit(MOST_SHOWN)).all()
    return [f"{local_day(one.at).day}-{local_day(one.at).month}: {one.text}" for one in reversed(latest)]
