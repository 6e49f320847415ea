"""The tables. Times are aware and in UTC; statuses are whole words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from store.encryption import EncryptedJson, EncryptedText, SealedNumber
from store.states import (
    InboxState,
    Measures,
    OfferAnswer,
    Outcome,
    OutgoingState,
    PromiseState,
    RequestState,
    Role,
    Rule,
    Urgency,
    Why,
    as_word,
)


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


class Table(DeclarativeBase):
    type_annotation_map = {
        datetime: Moment,
        InboxState: as_word(InboxState),
        OutgoingState: as_word(OutgoingState),
        Role: as_word(Role),
        RequestState: as_word(RequestState),
        Rule: as_word(Rule),
        OfferAnswer: as_word(OfferAnswer),
        PromiseState: as_word(PromiseState),
        Outcome: as_word(Outcome),
        Measures: as_word(Measures),
        Urgency: as_word(Urgency),
        Why: as_word(Why),
    }


BigId = BigInteger().with_variant(Integer, "sqlite")


class DataKey(Table):
    """A key that stays when `ENCRYPTION_KEYS` change: it is kept encrypted with those."""

    __tablename__ = "data_keys"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(EncryptedText)


class Inbox(Table):
    """What Telegram delivered, once per update; the content goes when it has been handled."""

    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_chat", "chat_id", "received_at"), Index("inbox_waiting", "chat_id", "state"))

    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(SealedNumber)
    received_at: Mapped[datetime]
    content: Mapped[Any | None] = mapped_column(EncryptedJson)
    state: Mapped[InboxState] = mapped_column(default=InboxState.RECEIVED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    handled_at: Mapped[datetime | None]


class Person(Table):
    """Somebody with a chat: a resident, or a member of the team."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(SealedNumber, unique=True)
    first_name: Mapped[str | None] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(8), default="nl")
    reachable: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # The code of the poster by which somebody came (`posters`); the poster may be gone by now.
    source: Mapped[str | None] = mapped_column(String(16))
    # The bot begins nothing with them any more; answers, danger and what a person of the team writes still come.
    messages_stopped: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Somebody may look at their screen: what the bot begins makes no sound and says nothing that others may not read.
    discreet: Mapped[bool] = mapped_column(default=False, server_default=false())


class Talk(Table):
    """The state of a person's conversation with the bot; `version` guards against two writers."""

    __tablename__ = "talks"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[Any] = mapped_column(EncryptedJson)
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
    # Whether it holds what somebody told without saying that it may be kept.
    unkept: Mapped[bool] = mapped_column(default=False, server_default=false())


class Member(Table):
    """Somebody of the team, or a reader of the web page; joined Telegram when the start link has been used."""

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
    # Languages beside Dutch, as codes between spaces ("tr ar").
    languages: Mapped[str] = mapped_column(String(60), default="", server_default="")
    # How many requests they can have under way at once.
    capacity: Mapped[int] = mapped_column(default=8, server_default="8")
    available: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The first day on which they are back from holiday.
    away_until: Mapped[date | None]
    # Working hours: a list of {days, opens, closes} as in `actions.working_time`; none means office hours.
    hours: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    # Where a link to sign in to the web page may go.
    email: Mapped[str | None] = mapped_column(EncryptedText)
    # Whether a coordinator is sent the figures on Monday.
    monday_figures: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Whether they come by e-mail, though there is Telegram.
    figures_by_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    why: Mapped[str] = mapped_column(EncryptedText, default="")
    state: Mapped[RequestState]
    requested_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    claimed_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    # With `referred`: the key of the service in the directory.
    outcome_detail: Mapped[str | None] = mapped_column(String(60))
    rule: Mapped[Rule] = mapped_column(default=Rule.WISHED, server_default="wished")
    language: Mapped[str | None] = mapped_column(String(8))
    # The clocks of `actions.silence`: when waiting for somebody began, how often they were reminded since, the same
    # for a resident's message without a reply, and the first moment at which anything must happen by itself.
    waiting_since: Mapped[datetime]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    unanswered_since: Mapped[datetime | None]
    unanswered_reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    # Something went wrong: it stands above the others.
    on_top: Mapped[bool] = mapped_column(default=False, server_default=false())
    measures: Mapped[Measures | None]
    picked_up_at: Mapped[datetime | None]
    fitted_at: Mapped[datetime | None]
    # To practise with: nobody lives behind it, and it is counted nowhere.
    practice: Mapped[bool] = mapped_column(default=False, server_default=false())
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


class Offer(Table):
    """That somebody of the team was shown the card of a request, and what they answered."""

    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("request_id", "member_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    answer: Mapped[OfferAnswer] = mapped_column(default=OfferAnswer.SHOWN)
    # The message with the card, in `outgoing`.
    card_id: Mapped[int] = mapped_column(BigInteger)
    member: Mapped[Member] = relationship()


class Promise(Table):
    """What a resident was promised: that they hear from somebody before `due_at`. At most one is open per request."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # Who must keep it; none is the team, as long as nobody has claimed the request.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    state: Mapped[PromiseState] = mapped_column(default=PromiseState.OPEN)
    # When the resident was asked whether it was kept.
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class RequestNote(Table):
    """What somebody of the team wrote down about a request; the resident is never sent it."""

    __tablename__ = "request_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(EncryptedText)


class Signal(Table):
    """A household that lets a complaint count along, once per topic."""

    __tablename__ = "signals"
    __table_args__ = (UniqueConstraint("person_id", "topic"), Index("signals_place", "wijk", "complex", "topic"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(String(40))
    wijk: Mapped[str] = mapped_column(String(40))
    # The flat or block, by its key in the directory; empty for the wijk as a whole.
    complex: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # Whether they want to do something together, once they were asked.
    together: Mapped[bool | None]
    person: Mapped[Person] = relationship()


class SignalReport(Table):
    """That the team was told how many households report the same, rounded."""

    __tablename__ = "signal_reports"
    __table_args__ = (UniqueConstraint("wijk", "complex", "topic", "more_than"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(String(40))
    wijk: Mapped[str] = mapped_column(String(40))
    complex: Mapped[str] = mapped_column(String(40), default="", server_default="")
    more_than: Mapped[int]


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
    # Whose poster it is: who comes by it is shown to them first.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))


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
        Index("outgoing_source", "source_chat_id", "source_message_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(SealedNumber)
    content: Mapped[Any] = mapped_column(EncryptedJson)
    subject: Mapped[str | None] = mapped_column(String(60), index=True)
    due_at: Mapped[datetime]
    state: Mapped[OutgoingState] = mapped_column(default=OutgoingState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    repeatable: Mapped[bool] = mapped_column(default=True)
    edits_id: Mapped[int | None] = mapped_column(BigInteger)
    telegram_message_id: Mapped[int | None] = mapped_column(BigInteger)
    # What somebody wrote and we pass on: their chat and the number of their message, so that an edit follows.
    source_chat_id: Mapped[int | None] = mapped_column(SealedNumber)
    source_message_id: Mapped[int | None] = mapped_column(BigInteger)
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
    # An intent of `nlu/data`, or a mark of `actions.misunderstood`.
    label: Mapped[str | None] = mapped_column(String(60))
    why: Mapped[Why]
    labelled_at: Mapped[datetime | None]
    # What the model that was trained since makes of it, and which model that is.
    means_now: Mapped[str | None] = mapped_column(String(60))
    read_by_model: Mapped[str | None] = mapped_column(String(120))


class Event(Table):
    """Something that happened, without a person in it: the source of all figures."""

    __tablename__ = "events"
    __table_args__ = (Index("events_name", "name", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(80), default="")
    wijk: Mapped[str | None] = mapped_column(String(40))
    # In which flow it happened, and whether for the first time in that talk: only that counts (`bot/counting.py`).
    flow: Mapped[str] = mapped_column(String(60), default="", server_default="")
    first: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The code of the poster by which the person came.
    source: Mapped[str | None] = mapped_column(String(16))
    # The number of the request that it is about; the request itself may be erased by now.
    request_id: Mapped[int | None] = mapped_column(BigInteger)
