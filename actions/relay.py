"""Passes messages between a resident and the person who helps, without showing accounts or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from actions.handoffs import claimed_for, request_of, subject_of
from actions.outbox import Message, queue
from actions.people import find
from store.tables import Member, Outgoing, Request


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


def tell_doubt(session: Session, now: datetime, outgoing_id: int) -> None:
    """Nobody knows whether what somebody wrote arrived: its sender hears that, and may send it again."""
    row = session.get(Outgoing, outgoing_id)
    found = _about(session, row)
    if row is None or found is None or found.claimed_by is None or found.claimed_by.person is None:
        return
    resident, member = found.person.chat_id, found.claimed_by.person.chat_id
    sender = member if row.chat_id == resident else resident
    queue(session, now, sender, Message("utter_relay_uncertain", {"number": found.id}), subject=subject_of(found))


def tell_lost(session: Session, now: datetime, chat_id: int) -> None:
    """A resident can no longer be reached: who was talking with them hears it, so that nobody waits."""
    person = find(session, chat_id)
    found = claimed_for(session, person) if person else None
    if found is not None and found.claimed_by is not None and found.claimed_by.person is not None:
        chat = found.claimed_by.person.chat_id
        queue(session, now, chat, Message("utter_resident_gone", {"number": found.id}), subject=subject_of(found))


def _about(session: Session, row: Outgoing | None) -> Request | None:
    number = request_of(row.subject) if row is not None else None
    return session.get(Request, number) if number is not None else None


def _pass_on(
    session: Session,
    now: datetime,
    claimed: Request,
    from_chat: int,
    to_chat: int,
    sender: str,
    values: Mapping[str, object],
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
