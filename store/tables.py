"""The tables. Times are aware and in UTC; statuses are whole words."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from store.encryption import EncryptedJson, EncryptedText


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(enum.StrEnum):
    """A status that is stored as a whole word."""


def _status(kind: type[Words]) -> Enum:
    return Enum(kind, native_enum=False, length=24, values_callable=lambda members: [m.value for m in members])


class InboxState(Words):
    RECEIVED = "received"
    HANDLED = "handled"
    SET_ASIDE = "set_aside"


class OutgoingState(Words):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class Role(Words):
    WIJKVERBINDER = "wijkverbinder"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"


class RequestState(Words):
    REQUESTED = "requested"
    OFFERED = "offered"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Urgency(Words):
    """How soon somebody must look at it (domain.md, section 3), most urgent first."""

    DANGER = "danger"
    CRISIS = "crisis"
    SOON = "soon"
    NORMAL = "normal"
    INFO = "info"


class Why(Words):
    """Why a sentence is kept for review."""

    UNSURE = "unsure"
    """Below the threshold: the bot did not know what was meant."""
    DOUBT = "doubt"
    """The bot asked which of a few it was."""
    CORRECTED = "corrected"
    """The bot thought that it knew, and the resident said otherwise."""


class Table(DeclarativeBase):
    type_annotation_map = {
        datetime: Moment,
        InboxState: _status(InboxState),
        OutgoingState: _status(OutgoingState),
        Role: _status(Role),
        RequestState: _status(RequestState),
        Urgency: _status(Urgency),
        Why: _status(Why),
    }


BigId = BigInteger().with_variant(Integer, "sqlite")


class Inbox(Table):
    """What Telegram delivered, once per update; the content goes when it has been handled."""

    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_chat", "chat_id", "received_at"), Index("inbox_waiting", "chat_id", "state"))

    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    content: Mapped[Any | None] = mapped_column(EncryptedJson)
    state: Mapped[InboxState] = mapped_column(default=InboxState.RECEIVED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    handled_at: Mapped[datetime | None]


class Person(Table):
    """Somebody with a chat: a resident, or a member of the team."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    first_name: Mapped[str | None] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(8), default="nl")
    reachable: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # The code of the poster by which somebody came (`posters`); the poster may be gone by now.
    source: Mapped[str | None] = mapped_column(String(16))


class Talk(Table):
    """The state of a person's conversation with the bot; `version` guards against two writers."""

    __tablename__ = "talks"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[Any] = mapped_column(EncryptedJson)
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class Member(Table):
    """A wijkverbinder, professional or coordinator; joined when the start link has been used."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    wijk: Mapped[str | None] = mapped_column(String(40), index=True)
    role: Mapped[Role]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    link_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Request(Table):
    """A resident's wish that a person looks at it. Only who claims it sees `summary` and `contact`."""

    __tablename__ = "requests"
    # A number is never given out twice: an old card or reply must not lead to somebody else.
    __table_args__ = (Index("requests_open", "state", "wijk"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    wijk: Mapped[str | None] = mapped_column(String(40))
    topics: Mapped[str] = mapped_column(String(200))
    urgency: Mapped[Urgency]
    reach: Mapped[str] = mapped_column(String(40))
    by_whom: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(EncryptedText)
    contact: Mapped[str | None] = mapped_column(EncryptedText)
    # What flows/triage.yml advised: the exit, whether an energy coach helps, and the rows that decided it.
    exit: Mapped[str | None] = mapped_column(String(24))
    coach: Mapped[str | None] = mapped_column(String(24))
    why: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[RequestState]
    requested_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    claimed_by: Mapped[Member | None] = relationship()


class RequestChange(Table):
    """Who changed a request, or opened it, and when."""

    __tablename__ = "request_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    change: Mapped[str] = mapped_column(String(40))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


class Attachment(Table):
    """A photo or voice note of a resident, kept for whoever takes up the request; the file itself is at Telegram."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))
    file_id: Mapped[str] = mapped_column(EncryptedText)


class Poster(Table):
    """A poster with a QR code: who comes by it lives in this wijk, and found it at this place."""

    __tablename__ = "posters"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    wijk: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class DirectoryChange(Table):
    """The history of a record of `directory/`: who said when that it is right, or what it must be."""

    __tablename__ = "directory_changes"
    __table_args__ = (Index("directory_changes_service", "service", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    service: Mapped[str] = mapped_column(String(60))
    change: Mapped[str] = mapped_column(String(24))
    fields: Mapped[Any] = mapped_column(JSON)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


class Outgoing(Table):
    """A message due now or later (D4). `content` is an `actions.outbox.Message`, worded when it is sent."""

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("outgoing_due", "state", "due_at"),
        Index("outgoing_chat", "chat_id", "telegram_message_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[Any] = mapped_column(EncryptedJson)
    subject: Mapped[str | None] = mapped_column(String(60), index=True)
    due_at: Mapped[datetime]
    state: Mapped[OutgoingState] = mapped_column(default=OutgoingState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    repeatable: Mapped[bool] = mapped_column(default=True)
    edits_id: Mapped[int | None] = mapped_column(BigInteger)
    telegram_message_id: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class Misunderstood(Table):
    """A masked sentence that was not understood, or wrongly, kept until a person says what it means."""

    __tablename__ = "misunderstood"
    # A number is never given out twice: a label must not land on somebody else's sentence.
    __table_args__ = (Index("misunderstood_person", "person_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(EncryptedText)
    # Encrypted as well: what the bot made of a sentence tells much of what it said.
    intents: Mapped[Any] = mapped_column(EncryptedJson)
    shown: Mapped[Any] = mapped_column(EncryptedJson)
    chosen: Mapped[str | None] = mapped_column(String(60))
    open_slot: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(8))
    label: Mapped[str | None] = mapped_column(String(60))
    why: Mapped[Why]


class Event(Table):
    """Something that happened, without a person in it: the source of all figures."""

    __tablename__ = "events"
    __table_args__ = (Index("events_name", "name", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(80), default="")
    wijk: Mapped[str | None] = mapped_column(String(40))
