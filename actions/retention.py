"""How long what is held (domain.md, section 8), and erasing what has been held long enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_
from sqlalchemy.orm import Session

from actions import practice
from actions.signals import COUNTS_FOR
from store.dashboard_tables import AuditEntry, SignInLink, WebSession
from store.figure_tables import FigureMail
from store.tables import (
    Attachment,
    Inbox,
    InboxState,
    Misunderstood,
    Outgoing,
    OutgoingState,
    Person,
    Request,
    RequestState,
    Signal,
    Table,
    Talk,
)

TALK = timedelta(days=30)
MESSAGE = timedelta(days=30)
MISUNDERSTOOD = timedelta(days=30)
ATTACHMENT = timedelta(days=30)
PRACTICE = timedelta(days=7)
CLOSED_REQUEST = timedelta(days=90)
SIGNED_IN = timedelta(days=1)
"""After a link or a session has ended."""
AUDIT = timedelta(days=365)
PERIODS: Mapping[str, timedelta] = {
    "talk": TALK,
    "message": MESSAGE,
    "attachment": ATTACHMENT,
    "misunderstood": MISUNDERSTOOD,
    "closed_request": CLOSED_REQUEST,
    "signal": COUNTS_FOR,
    "audit": AUDIT,
}
"""What residents and the team are told of it; the rest is ours alone and goes sooner."""


def erase_old(session: Session, now: datetime) -> Mapping[str, int]:
    """Erase what is past its term; gives how many rows of each table went."""
    return {table.__tablename__: _erase(session, table, old) for table, old in _past_term(now)}


def _past_term(now: datetime) -> list[tuple[type[Table], ColumnElement[bool]]]:
    handled = Inbox.state != InboxState.RECEIVED
    done = Outgoing.state.not_in((OutgoingState.WAITING, OutgoingState.SENDING))
    return [
        (Talk, Talk.updated_at <= now - TALK),
        (Inbox, and_(handled, Inbox.handled_at <= now - MESSAGE)),
        (Outgoing, and_(done, or_(Outgoing.sent_at <= now - MESSAGE, Outgoing.due_at <= now - MESSAGE))),
        (Misunderstood, Misunderstood.at <= now - MISUNDERSTOOD),
        (Attachment, Attachment.at <= now - ATTACHMENT),
        (Person, and_(practice.is_played(), Person.created_at <= now - PRACTICE)),
        (Signal, Signal.at <= now - COUNTS_FOR),
        (SignInLink, SignInLink.expires_at <= now - SIGNED_IN),
        (WebSession, WebSession.expires_at <= now - SIGNED_IN),
        (FigureMail, FigureMail.due_at <= now - MESSAGE),
        (AuditEntry, AuditEntry.at <= now - AUDIT),
        (Request, and_(Request.state == RequestState.CLOSED, Request.closed_at <= now - CLOSED_REQUEST)),
    ]


def _erase(session: Session, table: type[Table], old: ColumnElement[bool]) -> int:
    return int(session.execute(delete(table).where(old)).rowcount)  # type: ignore[attr-defined]
