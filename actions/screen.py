"""Messages that are taken off a screen again, as far as Telegram allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from actions.outbox import Message, queue
from store.tables import Outgoing

DELETABLE = timedelta(hours=48) - timedelta(minutes=10)
"""How long after it was sent a message can be taken away (48 hours: Bot API, deleteMessage), with room to be late.

Telegram may refuse a whole call because of one message in it that is too old; what was young would then stay, too.
"""
MOST_AT_ONCE = 100
"""Messages in one call (Bot API, deleteMessages)."""


@dataclass(frozen=True)
class Sent:
    """Messages in a chat by Telegram's numbers: those that can be taken away, and how many are too old for that."""

    young: tuple[int, ...]
    older: int


def sent(session: Session, now: datetime, chat_id: int, *which: ColumnElement[bool]) -> Sent:
    """What the bot sent to a chat, or `which` of it, and what of that can be taken away."""
    there = (Outgoing.chat_id == chat_id) & Outgoing.telegram_message_id.is_not(None)
    query = select(Outgoing.telegram_message_id, Outgoing.sent_at).where(there, *which).order_by(Outgoing.id)
    found = session.execute(query).all()
    young = tuple(number for number, at in found if number is not None and at is not None and at > now - DELETABLE)
    return Sent(young, len(found) - len(young))


def take_away(session: Session, now: datetime, chat_id: int, numbers: Sequence[int], *, last: bool = False) -> None:
    """Take messages off a screen; their rows may be erased meanwhile. With `last` nothing of it is kept."""
    for first in range(0, len(numbers), MOST_AT_ONCE):
        some = tuple(numbers[first : first + MOST_AT_ONCE])
        queue(session, now, chat_id, Message(deletes=some, last=last))
