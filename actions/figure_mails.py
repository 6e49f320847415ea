"""The figures on Monday by e-mail: who is still to be sent them (`store.figure_tables.FigureMail`).

Taking a mail puts it off: whoever dies with it, or is not let in by the mail server, leaves it to be tried again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import monday
from actions.monday import Way
from actions.outbox import Message
from store.figure_tables import FigureMail

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=1)
"""Before it is tried again: the first time, each time after it twice as long, and at most. Sending takes far less."""


@dataclass(frozen=True)
class Taken:
    """A mail to be sent now: to whom, and the figures with what needs attention."""

    number: int
    to: str
    figures: Message
    attention: Message


def due(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of what is to be sent now. When the week is over it is too late: the next figures come."""
    waits = FigureMail.sent_at.is_(None) & (FigureMail.due_at <= now) & (FigureMail.week == monday.told_week(now))
    return session.scalars(select(FigureMail.id).where(waits).order_by(FigureMail.id)).all()


def take(session: Session, now: datetime, number: int) -> Taken | None:
    """A mail that is due, put off until it would be tried again; None when another process has it, or nobody wants it.

    Since it was made they may have left, or have said that they want no figures or want them in Telegram.
    """
    row = session.get(FigureMail, number, with_for_update={"of": FigureMail}, populate_existing=True)
    if row is None or row.sent_at is not None or row.due_at > now:
        return None
    row.due_at, row.tries = now + _pause(row.tries), row.tries + 1
    to = row.member.email
    if to is None or monday.way(row.member, mail=True) is not Way.MAIL:
        return None
    return Taken(number, to, *_messages(session, now, row.week))


def sent(session: Session, now: datetime, number: int) -> None:
    """The mail server took it."""
    session.get_one(FigureMail, number).sent_at = now


def _messages(session: Session, now: datetime, week: date) -> tuple[Message, Message]:
    figures, attention = monday.messages(session, now, of_week=week)
    return figures, attention


def _pause(tries: int) -> timedelta:
    doubled: int = 2**tries
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
