"""Passes messages between a resident and the person who helps, without showing accounts or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import clocks, handoffs, promises
from actions.handoffs import request_of, subject_of
from actions.outbox import Message, queue
from actions.people import find
from actions.quiet_hours import waking_time
from actions.request_states import HELD, WAITING, Change, note
from actions.team import member_of
from actions.veils import tell, veiled
from store.tables import Member, Outgoing, Person, Request

COPY = "utter_relay_copy"
"""The key of a message that is a file passed on as it is."""
LONGEST = 3900
"""Characters of a text in one message: with who wrote it before them they fit Telegram's 4096."""


@dataclass(frozen=True)
class Letter:
    """What somebody wrote or sent: where it stands, its words, and whether it is a file that is copied."""

    chat_id: int
    message_id: int | None
    text: str
    is_file: bool = False
    is_edit: bool = False


def to_member(session: Session, now: datetime, claimed: Request, letter: Letter) -> None:
    """Pass on what a resident sent to whoever claimed their request; from then on an answer is waited for."""
    member = claimed.claimed_by
    assert member is not None and member.person is not None, "a claimed request has somebody with a chat"
    values = {"number": claimed.id, "wijk": claimed.wijk, "text": letter.text}
    _pass_on(session, now, claimed, member.person, "resident", values, letter)
    if claimed.unanswered_since is None:
        claimed.unanswered_since, claimed.unanswered_reminded = now, 0
    clocks.wind(session, claimed)


def warn(session: Session, now: datetime, claimed: Request) -> None:
    """Tell whoever claimed a request that the resident writes of danger, and that the bot gave the number to call."""
    member = claimed.claimed_by
    assert member is not None and member.person is not None, "a claimed request has somebody with a chat"
    told = Message("team_danger", {"number": claimed.id})
    queue(session, now, member.person.chat_id, told, subject=subject_of(claimed))


def to_resident(session: Session, now: datetime, claimed: Request, member: Member, letter: Letter) -> None:
    """Pass on what a member of the team sent to the resident of that request: a real reply, so nothing is open."""
    values = {"name": member.name, "text": letter.text}
    _pass_on(session, now, claimed, claimed.person, "member", values, letter)
    replied(session, now, claimed)


def replied(session: Session, now: datetime, claimed: Request) -> None:
    """The resident heard from a person: no message of theirs waits for an answer any more."""
    claimed.unanswered_since, claimed.unanswered_reminded, claimed.on_top = None, 0, False
    promises.contacted(session, now, claimed)
    clocks.wind(session, claimed)


def spoke(session: Session, now: datetime, member: Member, request_id: int) -> Request | None:
    """Somebody says that they spoke with the resident, by telephone or at the door."""
    found = handoffs.held_by(session, member, request_id)
    if found is not None:
        replied(session, now, found)
    return found


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
    """Somebody can no longer be reached.

    Of the team: the others take over. A resident: who was talking with them hears it, so that nobody waits, and it is
    written down with what nobody has taken yet.
    """
    person = find(session, chat_id)
    if person is None:
        return
    member = member_of(session, person)
    if member is not None:
        return handoffs.lose(session, now, member)
    open_still = select(Request.id).where(Request.person_id == person.id, Request.state.in_(HELD | WAITING))
    for found in handoffs.lock_all(session, session.scalars(open_still).all()):
        note(session, now, found, Change.RESIDENT_LOST)
        _tell_taker(session, now, found)


def passed_on_about(session: Session, chat_id: int, message_id: int | None) -> int | None:
    """The request in whose talk a message was passed on; None when it was not."""
    same = (Outgoing.source_chat_id == chat_id) & (Outgoing.source_message_id == message_id)
    return request_of(session.scalar(select(Outgoing.subject).where(same).order_by(Outgoing.id).limit(1)))


def _tell_taker(session: Session, now: datetime, found: Request) -> None:
    if found.claimed_by is not None and found.claimed_by.person is not None:
        told, chat = Message("utter_resident_gone", {"number": found.id}), found.claimed_by.person.chat_id
        queue(session, now, chat, told, subject=subject_of(found), due_at=waking_time(now))


def _about(session: Session, row: Outgoing | None) -> Request | None:
    number = request_of(row.subject) if row is not None else None
    return session.get(Request, number) if number is not None else None


def _pass_on(
    session: Session,
    now: datetime,
    claimed: Request,
    to: Person,
    sender: str,
    values: Mapping[str, object],
    letter: Letter,
) -> None:
    """Words are said again under a name; a file is copied, with a line before it that says from whom.

    What was edited changes in the other chat too, as far as it is words; what was not there yet, or was wiped, comes as
    it is now, and what was announced only is read as it is now. Not repeated when it is uncertain whether it arrived: a
    second copy of what a person wrote confuses more than a question to send it again.
    """
    subject = subject_of(claimed)
    if letter.is_file and not letter.is_edit:
        return _pass_on_file(session, now, to, Message(f"utter_relay_file_from_{sender}", values), letter, subject)
    before = _passed_on_as(session, to.chat_id, letter) if letter.is_edit else None
    sent = Message.from_json(before.content) if before is not None else Message()
    if before is not None and not (sent.veils or sent).copy_of:
        edited = Message(f"utter_relay_edited_from_{sender}", {**values, "text": letter.text[:LONGEST]})
        if sent.veils:
            before.content = veiled(edited).as_json()
        else:
            queue(session, now, to.chat_id, replace(edited, anew=True), subject=subject, edits=before)
        return
    changed = "changed" if before is not None else "edited"
    key = f"utter_relay_{changed}_from_{sender}" if letter.is_edit else f"utter_relay_from_{sender}"
    for at in range(0, max(len(letter.text), 1), LONGEST):
        piece = {**values, "text": letter.text[at : at + LONGEST]}
        _mark(tell(session, now, to, Message(key, piece), subject, repeatable=False), letter)


def _pass_on_file(session: Session, now: datetime, to: Person, line: Message, letter: Letter, subject: str) -> None:
    """Who may be watched is told once of the line and the file; `actions.discreet` shows both."""
    copy = (letter.chat_id, letter.message_id) if letter.message_id is not None else None
    if copy is None or not to.discreet:
        tell(session, now, to, line, subject)
    if copy is not None:
        passed_on = replace(line, copy_of=copy) if to.discreet else Message(COPY, copy_of=copy)
        _mark(tell(session, now, to, passed_on, subject, repeatable=False), letter)


def _mark(row: Outgoing, letter: Letter) -> None:
    row.source_chat_id, row.source_message_id = letter.chat_id, letter.message_id


def _passed_on_as(session: Session, to_chat: int, letter: Letter) -> Outgoing | None:
    """The message as which something was passed on before."""
    same = (Outgoing.source_chat_id == letter.chat_id) & (Outgoing.source_message_id == letter.message_id)
    return session.scalar(select(Outgoing).where(same, Outgoing.chat_id == to_chat).order_by(Outgoing.id).limit(1))
