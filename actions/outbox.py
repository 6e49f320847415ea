"""Outgoing messages: what to say to whom and when. The bot process sends them; everybody else only adds rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from store.states import OutgoingState
from store.tables import Outgoing

MOST_SAID = 12


@dataclass(frozen=True)
class Button:
    """A button: `label` is a text key (filled with `values`), `data` comes back when it is pressed."""

    label: str
    data: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """What to say; the words of `key` are looked up when it is sent.

    `question` is the number of the question that is asked, if any: the options
    of the response `key` then become buttons whose data begins with it.
    `buttons` are rows below those. `copy_of` (chat, message) passes on a
    message as it is, without its sender. `leave` leaves the group afterwards.
    `opens` names the flow that begins with this question, when it is asked long after the talk.
    `aloud` are messages to be read aloud in one voice note, and `file` is a kind
    (`photo`, `voice`, `audio`, `document`) with the id by which Telegram has it;
    the words of `key` are then said when that cannot be sent. `calendar` are the facts of an appointment
    (`actions.calendar_files`), sent as a file with the words of `key`; `picture` are the facts of a week
    (`actions.monday`), drawn when it is sent, with the words of `key` under it. `document` is the text of a file that
    comes with those words; it is kept until that has been sent. `deletes` are messages in the chat that are taken off
    the screen, by Telegram's numbers (`actions.screen`). A `last` message is for who is erased: it makes no sound, and
    when it has been sent nothing of it is kept. `veils` is what is really said, once the person asks for it
    (`actions.veils`). A change that comes `anew` is sent as a message of its own when what it changes is gone from the
    screen.
    """

    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "nl"
    question: int | None = None
    opens: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    copy_of: tuple[int, int] | None = None
    leave: bool = False
    aloud: tuple[Message, ...] = ()
    file: tuple[str, str] | None = None
    calendar: Mapping[str, Any] = field(default_factory=dict)
    picture: Mapping[str, Any] = field(default_factory=dict)
    document: str = ""
    deletes: tuple[int, ...] = ()
    last: bool = False
    anew: bool = False
    veils: Message | None = None

    def as_json(self) -> dict[str, Any]:
        buttons = [[[b.label, b.data, dict(b.values)] for b in row] for row in self.buttons]
        stored = {
            "key": self.key,
            "values": dict(self.values),
            "language": self.language,
            "question": self.question,
            "opens": self.opens,
            "buttons": buttons,
            "copy_of": self.copy_of,
            "leave": self.leave,
            "aloud": [message.as_json() for message in self.aloud],
            "file": self.file,
            "calendar": dict(self.calendar),
            "picture": dict(self.picture),
            "document": self.document,
            "deletes": self.deletes,
            "last": self.last,
            "anew": self.anew,
            "veils": self.veils.as_json() if self.veils else None,
        }
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Message:
        rows = tuple(tuple(Button(*button) for button in row) for row in stored.get("buttons", ()))
        pairs = {name: tuple(stored[name]) for name in ("copy_of", "file", "deletes") if name in stored}
        aloud = tuple(cls.from_json(message) for message in stored.get("aloud", ()))
        veils = cls.from_json(stored["veils"]) if "veils" in stored else None
        return cls(**{**stored, **pairs, "buttons": rows, "aloud": aloud, "veils": veils})


def queue(
    session: Session,
    now: datetime,
    chat_id: int,
    message: Message,
    *,
    subject: str | None = None,
    due_at: datetime | None = None,
    repeatable: bool = True,
    edits: Outgoing | None = None,
) -> Outgoing:
    """Add a message, due now unless `due_at` says later.

    `subject` names what it is about ("request:12"), so that it can be withdrawn
    and so that a reply to it can be traced. With `edits` the words and buttons
    of an earlier message are replaced. Only a `repeatable` one is sent again
    when it is uncertain whether it arrived.
    """
    row = Outgoing(
        chat_id=chat_id,
        content=message.as_json(),
        subject=subject,
        due_at=due_at or now,
        repeatable=repeatable,
        edits_id=edits.id if edits else None,
        state=OutgoingState.WAITING,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, *subjects: str) -> int:
    """Take back every unsent message of these subjects; gives how many."""
    unsent = Outgoing.subject.in_(subjects) & (Outgoing.state == OutgoingState.WAITING)
    result = session.execute(update(Outgoing).where(unsent).values(state=OutgoingState.WITHDRAWN))
    return int(result.rowcount)  # type: ignore[attr-defined]


def withdraw_one(session: Session, row: Outgoing) -> bool:
    """Take back one message, unless it is being sent or has been; gives whether that came in time."""
    unsent = (Outgoing.id == row.id) & (Outgoing.state == OutgoingState.WAITING) & Outgoing.claimed_until.is_(None)
    result = session.execute(update(Outgoing).where(unsent).values(state=OutgoingState.WITHDRAWN))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def find(session: Session, chat_id: int, telegram_message_id: int) -> Outgoing | None:
    """A message that we sent, found by its place in a chat."""
    here = (Outgoing.chat_id == chat_id) & (Outgoing.telegram_message_id == telegram_message_id)
    return session.scalar(select(Outgoing).where(here))


def find_sent(session: Session, subject: str) -> Sequence[Outgoing]:
    """All messages about a subject that were not taken back, changes of earlier messages left out."""
    about = (Outgoing.subject == subject) & Outgoing.edits_id.is_(None)
    there = Outgoing.state.not_in((OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE, OutgoingState.FAILED))
    return session.scalars(select(Outgoing).where(about, there).order_by(Outgoing.id)).all()


def is_replaced(session: Session, row: Outgoing) -> bool:
    """Whether other words and buttons were sent in place of a message."""
    return session.scalar(select(Outgoing.id).where(Outgoing.edits_id == row.id).limit(1)) is not None


def last_about(session: Session, chat_id: int, subject: str) -> Outgoing | None:
    """The latest message to a chat about a subject."""
    about = select(Outgoing).where(Outgoing.subject == subject, Outgoing.chat_id == chat_id)
    return session.scalar(about.order_by(Outgoing.id.desc()).limit(1))


def last_begun(session: Session, chat_id: int, prefix: str, since: datetime) -> Outgoing | None:
    """The latest message to a chat, due after `since`, whose subject begins with `prefix`."""
    here = (Outgoing.chat_id == chat_id) & (Outgoing.due_at > since)
    about = Outgoing.subject.startswith(prefix, autoescape=True)
    return session.scalar(select(Outgoing).where(here, about).order_by(Outgoing.id.desc()).limit(1))


def refile(session: Session, chat_id: int, prefix: str, subject: str) -> None:
    """File all messages to a chat whose subject begins with `prefix` under another one."""
    about = (Outgoing.chat_id == chat_id) & Outgoing.subject.startswith(prefix, autoescape=True)
    session.execute(update(Outgoing).where(about).values(subject=subject))


def last_opening(session: Session, now: datetime, chat_id: int) -> Outgoing | None:
    """The latest message to a chat, if it is a question that begins a flow (`Message.opens`)."""
    row = session.scalar(_latest(now, chat_id))
    return row if row is not None and Message.from_json(row.content).opens else None


def _latest(now: datetime, chat_id: int) -> Select[Outgoing]:
    """The latest message to a chat that was not taken back, leaving out changes of earlier messages."""
    said = (Outgoing.chat_id == chat_id) & (Outgoing.due_at <= now) & Outgoing.edits_id.is_(None)
    there = Outgoing.state.not_in((OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE))
    return select(Outgoing).where(said, there).order_by(Outgoing.due_at.desc(), Outgoing.id.desc()).limit(1)


def last_subject(session: Session, now: datetime, chat_id: int) -> str | None:
    """What the latest message to a chat was about."""
    return session.scalar(_latest(now, chat_id).with_only_columns(Outgoing.subject))


def said_last(session: Session, now: datetime, chat_id: int, up_to: Outgoing | None = None) -> tuple[Message, ...]:
    """What was said to a chat in one go, the last time or the time of `up_to`: messages in words, oldest first."""
    said = select(Outgoing).where(Outgoing.chat_id == chat_id, Outgoing.due_at <= now, Outgoing.edits_id.is_(None))
    if up_to is not None:
        said = said.where(Outgoing.id <= up_to.id)
    rows = session.scalars(said.order_by(Outgoing.id.desc()).limit(MOST_SAID))
    worded = [(row.due_at, message) for row in rows if _is_worded(message := Message.from_json(row.content))]
    return tuple(message for due_at, message in reversed(worded) if due_at == worded[0][0])


def _is_worded(message: Message) -> bool:
    return not (message.copy_of or message.aloud or message.file or message.document or message.deletes)


def subject_of(session: Session, chat_id: int, telegram_message_id: int) -> str | None:
    """What a message that we sent was about."""
    found = find(session, chat_id, telegram_message_id)
    return found.subject if found is not None else None
