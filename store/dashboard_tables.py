"""The tables of the web page: links to sign in, who is signed in, and who was shown or did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.agenda_tables import Table  # with it all tables are known
from store.tables import BigId, Member

__all__ = ["AuditEntry", "SignInLink", "Table", "WebSession"]


class SignInLink(Table):
    """A link with which somebody signs in once; only the digest of its secret is kept."""

    __tablename__ = "sign_in_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship()


class WebSession(Table):
    """Somebody who is signed in, in one browser; only the digest of the secret in the cookie is kept."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    member: Mapped[Member] = relationship()


class AuditEntry(Table):
    """That a member was shown something about people, or changed something. The database refuses to change a row."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("audit_log_at", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    # A number without a tie: the row stays as it is, whatever becomes of the member.
    member_id: Mapped[int | None] = mapped_column(BigId)
    act: Mapped[str] = mapped_column(String(40))
    # Numbers and keys ("member:3", "wijk:smitsveen"), never names.
    about: Mapped[str] = mapped_column(String(80), default="")
