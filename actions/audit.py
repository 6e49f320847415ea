"""The log of who was shown something about people, or changed something, on the web page. Rows are only added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.dashboard_tables import AuditEntry
from store.tables import Member


def note(session: Session, now: datetime, member: Member, act: str, about: str = "") -> None:
    """Somebody was shown something or did something; `about` has numbers and keys, no names."""
    session.add(AuditEntry(at=now, member_id=member.id, act=act, about=about))


def page(session: Session, most: int, before: int | None = None) -> Sequence[AuditEntry]:
    """The latest entries first, at most so many; with `before` those with a smaller number."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    return session.scalars(query if before is None else query.where(AuditEntry.id < before)).all()
