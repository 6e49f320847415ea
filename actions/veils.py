"""What a resident reads who may be watched: that there is a message, and what it says only when they ask for it.

Whatever nobody asked for goes through `tell`: what the bot begins by itself, and what people of the team write.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from actions.outbox import Button, Message, queue
from store.tables import Outgoing, Person

READ_NOW = "q0:!read"
"""The data of the button that shows what is under the veil."""
UNREAD = "utter_unread"


def veiled(message: Message) -> Message:
    """The same message with neutral words, no name and no subject; what it says comes when it is read.

    It keeps its values, by which others know what was asked. What is veiled already stays as it is.
    """
    if message.veils:
        return message
    row = (Button("button_read", READ_NOW),)
    return Message(UNREAD, message.values, message.language, buttons=(row,), veils=message)


def tell(
    session: Session,
    now: datetime,
    person: Person,
    message: Message,
    subject: str,
    due_at: datetime | None = None,
    *,
    repeatable: bool = True,
) -> Outgoing:
    """Queue something that this resident did not ask for just now; otherwise as `actions.outbox.queue`."""
    told = veiled(message) if person.discreet else message
    return queue(session, now, person.chat_id, told, subject=subject, due_at=due_at, repeatable=repeatable)
