"""Photos and voice notes of residents, kept for whoever takes up their request. The files are at Telegram."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from actions.outbox import Message, queue
from store.tables import Attachment, Person

MOST = 10
MESSAGE = "message"
"""A message that somebody wrote while nobody read along: it stands at Telegram too, under its number."""


def keep(session: Session, now: datetime, person: Person, kind: str, file_id: str) -> None:
    """Keep a file; of more than ten the oldest go."""
    session.add(Attachment(person_id=person.id, at=now, kind=kind, file_id=file_id))
    session.flush()
    newest = select(Attachment.id).where(Attachment.person_id == person.id).order_by(Attachment.id.desc()).limit(MOST)
    kept = list(session.scalars(newest))
    session.execute(delete(Attachment).where(Attachment.person_id == person.id, Attachment.id.not_in(kept)))


def count(session: Session, person: Person) -> int:
    """How many files are kept of somebody."""
    mine = select(func.count()).select_from(Attachment).where(Attachment.person_id == person.id)
    return session.scalar(mine) or 0


def forget(session: Session, person: Person) -> None:
    """Erase what is kept of somebody: they do not want it to be sent on."""
    session.execute(delete(Attachment).where(Attachment.person_id == person.id))


def send_on(session: Session, now: datetime, person: Person, chat_id: int, number: int, subject: str) -> None:
    """Send what is kept of somebody to who claimed request `number`; filed under `subject`."""
    mine = select(Attachment).where(Attachment.person_id == person.id).order_by(Attachment.id)
    kept = list(session.scalars(mine))
    if kept:
        queue(session, now, chat_id, Message("case_files", {"number": number, "count": len(kept)}), subject=subject)
    for one in kept:
        queue(session, now, chat_id, _sent_on(person, one, number), subject=subject)


def forget_messages(session: Session, person: Person) -> None:
    """Erase what was kept of messages that somebody wrote while nobody read along."""
    written = (Attachment.person_id == person.id) & (Attachment.kind == MESSAGE)
    session.execute(delete(Attachment).where(written))


def _sent_on(person: Person, one: Attachment, number: int) -> Message:
    if one.kind == MESSAGE:
        return Message("utter_relay_copy", copy_of=(person.chat_id, int(one.file_id)))
    return Message("case_file_gone", {"number": number}, file=(one.kind, one.file_id))
