"""What the rows of the bot process tell of it: when it last did something, and what it understands with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Inbox, Misunderstood


def last_handled(session: Session) -> datetime | None:
    """When the bot was last done with what somebody sent; None when nobody wrote in the last weeks."""
    handled = Inbox.handled_at.is_not(None)
    return session.scalar(select(Inbox.handled_at).where(handled).order_by(Inbox.update_id.desc()).limit(1))


def last_model(session: Session) -> str | None:
    """The model that last read sentences which the team labelled; None when none has."""
    known = Misunderstood.read_by_model.is_not(None)
    return session.scalar(select(Misunderstood.read_by_model).where(known).order_by(Misunderstood.id.desc()).limit(1))
