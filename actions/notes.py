"""What the team writes down about a request. Residents are never sent it; it goes along to whoever helps next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.opening_hours import local_day
from actions.request_states import Change, note
from store.tables import Member, Request, RequestNote

LONGEST = 500
"""Characters of one note; what is longer is cut, so that all fit in one message of Telegram."""
MOST_SHOWN = 6


def write(session: Session, now: datetime, found: Request, member: Member, text: str) -> bool:
    """Keep a note of somebody who has the request; gives whether all of it fitted."""
    session.add(RequestNote(request_id=found.id, member_id=member.id, at=now, text=text[:LONGEST]))
    note(session, now, found, Change.NOTED, member)
    return len(text) <= LONGEST


def lines(session: Session, found: Request) -> list[str]:
    """The latest notes, the oldest of them first, each with its day."""
    mine = select(RequestNote).where(RequestNote.request_id == found.id).order_by(RequestNote.id.desc())
    latest = session.scalars(mine.limit(MOST_SHOWN)).all()
    return [f"{local_day(one.at).day}-{local_day(one.at).month}: {one.text}" for one in reversed(latest)]
