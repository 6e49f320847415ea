"""The log of who was shown something about people, or changed something, on the web page; with what was done there by
the command line to who is signed in, or to residents. Rows are only added.

Each carries the digest of the one before: a chain, which `check` follows. Who can write in the database can make a new
chain from anywhere on; so note its head somewhere else (`wijkwijzer audit verify`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store.dashboard_tables import AuditEntry
from store.tables import Member, RequestChange

LOCK = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=0x6C6F67)
"""The PostgreSQL advisory lock of writing in the log ("log"): two rows with the same one before them are no chain."""
AT_ONCE = 1000


@dataclass(frozen=True)
class Checked:
    """What following the chain found: how many rows, the digest of the last one, the number of the first that is
    not as it was written, or that does not follow the one before it, and when the first row was written."""

    rows: int
    head: str
    broken: int | None
    since: datetime | None = None


def note(session: Session, now: datetime, member: Member | None, act: str, about: str = "") -> None:
    """Somebody was shown something or did something; `about` has numbers and keys, no names.

    Without a member it was done at the command line, which does not know who sits there.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK)
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or ""
    row = AuditEntry(at=now, member_id=member.id if member else None, act=act, about=about, previous=previous)
    row.digest = _digest(row)
    session.add(row)


def page(session: Session, most: int, before: int | None = None) -> Sequence[AuditEntry]:
    """The latest entries first, at most so many; with `before` those with a smaller number."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    return session.scalars(query if before is None else query.where(AuditEntry.id < before)).all()


def of_request(session: Session, number: int) -> Sequence[RequestChange]:
    """Who was shown the text of a request or did something with it, in order: that is written down with the request."""
    mine = RequestChange.request_id == number
    return session.scalars(select(RequestChange).where(mine).order_by(RequestChange.id)).all()


def check(session: Session) -> Checked:
    """Follow the chain from its first row that is still kept; rows from before there were digests are passed over."""
    query = select(AuditEntry).where(AuditEntry.digest != "").order_by(AuditEntry.id)
    rows, head, since = 0, "", None
    for row in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        if row.digest != _digest(row) or (rows and row.previous != head):
            return Checked(rows, head, row.id, since)
        rows, head, since = rows + 1, row.digest, since or row.at
    return Checked(rows, head, None, since)


def is_there(session: Session, head: str) -> bool:
    """Whether a digest that was noted earlier is of a row that is still kept."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.digest == head)) is not None


def _digest(row: AuditEntry) -> str:
    told = (row.previous, row.at.astimezone(UTC).isoformat(), str(row.member_id), row.act, row.about)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
