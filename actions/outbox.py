"""Outgoing messages: what to say to whom and when. The bot process sends them; everybody else only adds rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.tables import Outgoing, OutgoingState


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
    """

    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "nl"
    question: int | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    copy_of: tuple[int, int] | None = None
    leave: bool = False

    def as_json(self) -> dict[str, Any]:
        buttons = [[[b.label, b.data, dict(b.values)] for b in row] for row in self.buttons]
        stored = {
            "key": self.key,
            "values": dict(self.values),
            "language": self.language,
            "question": self.question,
            "buttons": buttons,
            "copy_of": self.copy_of,
            "leave": self.leave,
        }
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Message:
        rows = tuple(tuple(Button(*button) for button in row) for row in stored.get("buttons", ()))
        copy_of = tuple(stored["copy_of"]) if "copy_of" in stored else None
        return cls(**{**stored, "buttons": rows, "copy_of": copy_of})


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


def withdraw(session: Session, subject: str) -> int:
    """Take back every unsent message of a subject; gives how many."""
    unsent = (Outgoing.subject == subject) & (Outgoing.state == OutgoingState.WAITING)
    result = session.execute(update(Outgoing).where(unsent).values(state=OutgoingState.WITHDRAWN))
    return int(result.rowcount)  # type: ignore[attr-defined]


def find(session: Session, chat_id: int, telegram_message_id: int) -> Outgoing | None:
    """A message that we sent, found by its place in a chat."""
    here = (Outgoing.chat_id == chat_id) & (Outgoing.telegram_message_id == telegram_message_id)
    return session.scalar(select(Outgoing).where(here))


def last_about(session: Session, chat_id: int, subject: str) -> Outgoing | None:
    """The latest message to a chat about a subject."""
    about = select(Outgoing).where(Outgoing.subject == subject, Outgoing.chat_id == chat_id)
    return session.scalar(about.order_by(Outgoing.id.desc()).limit(1))


def subject_of(session: Session, chat_id: int, telegram_message_id: int) -> str | None:
    """What a message that we sent was about."""
    found = find(session, chat_id, telegram_message_id)
    return found.subject if found is not None else None
