"""Passes messages between a resident and the person who helps, without showing accounts or numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from actions.handoffs import subject_of
from actions.outbox import Message, queue
from store.tables import Member, Request


def to_member(
    session: Session, now: datetime, claimed: Request, message_id: int | None, text: str, is_file: bool
) -> None:
    """Pass on what a resident sent to whoever claimed their request."""
    member = claimed.claimed_by
    assert member is not None and member.person is not None, "a claimed request has somebody with a chat"
    values = {"number": claimed.id, "wijk": claimed.wijk, "text": text}
    _pass_on(
        session, now, claimed, claimed.person.chat_id, member.person.chat_id, "resident", values, message_id, is_file
    )


def to_resident(
    session: Session,
    now: datetime,
    claimed: Request,
    member: Member,
    from_chat: int,
    message_id: int | None,
    text: str,
    is_file: bool,
) -> None:
    """Pass on what a member of the team sent to the resident of that request."""
    values = {"name": member.name, "text": text}
    _pass_on(session, now, claimed, from_chat, claimed.person.chat_id, "member", values, message_id, is_file)


def _pass_on(
    session: Session,
    now: datetime,
    claimed: Request,
    from_chat: int,
    to_chat: int,
    sender: str,
    values: dict[str, object],
    message_id: int | None,
    is_file: bool,
) -> None:
    """Words are said again under a name; a file is copied, with a line before it that says from whom.

    Not repeated when it is uncertain whether it arrived: a second copy of what a
    person wrote confuses more than a question to send it again.
    """
    subject = subject_of(claimed)
    if not is_file:
        queue(session, now, to_chat, Message(f"utter_relay_from_{sender}", values), subject=subject, repeatable=False)
        return
    queue(session, now, to_chat, Message(f"utter_relay_file_from_{sender}", values), subject=subject)
    if message_id is not None:
        copy = Message("utter_relay_copy", copy_of=(from_chat, message_id))
        queue(session, now, to_chat, copy, subject=subject, repeatable=False)
