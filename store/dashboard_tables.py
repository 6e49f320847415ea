"""The tables of the web page: links to sign in, who is signed in, who was shown or did what, and changed texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.figure_tables import Table  # with it all tables are known
from store.tables import BigId, Member

__all__ = ["AuditEntry", "SignInLink", "Table", "TextChange", "WebSession"]


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
    """That a member was shown something about people, or changed something. The database refuses to change a row.

    Each row carries the digest of the one before, so that one that was taken out or put between is missed.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index("audit_log_at", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    # A number without a tie: the row stays as it is, whatever becomes of the member.
    member_id: Mapped[int | None] = mapped_column(BigId)
    act: Mapped[str] = mapped_column(String(40))
    # Numbers and keys ("member:3", "wijk:smitsveen"), never names.
    about: Mapped[str] = mapped_column(String(80), default="")
    # Empty in what was written before there were digests.
    previous: Mapped[str] = mapped_column(String(64), default="", server_default="")
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


class TextChange(Table):
    """A wording that somebody wrote on the web page; it counts while the file still says what it replaced."""

    __tablename__ = "text_changes"
    __table_args__ = (UniqueConstraint("language", "key", "variant", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(80))
    # The place of the wording among those of its key, from 0.
    variant: Mapped[int]
    # From 1 for each wording: of two people who write at the same moment, one is refused.
    version: Mapped[int]
    # The digest of the words of the file that it replaces.
    replaces: Mapped[str] = mapped_column(String(64))
    # None: the words of the file again.
    text: Mapped[str | None] = mapped_column(Text)
    # The words on the buttons, in the order of the file.
    titles: Mapped[Any] = mapped_column(JSON)
