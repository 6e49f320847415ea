"""What a resident can do about what we hold of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from actions import appointment_messages, appointments, attachments, cards, coordinators, notes, quiet_hours, screen
from actions.handoffs import lock_all, subject_of
from actions.outbox import Message, queue
from actions.quiet_hours import BEGUN, waking_time
from actions.request_states import HELD
from actions.screen import DELETABLE, Sent
from store.agenda_tables import Appointment
from store.states import InboxState, OutgoingState
from store.tables import Inbox, Member, Misunderstood, Outgoing, Person, Request, Signal, Table

PRESS = "press"
"""What an update is called in the inbox when it is a button that was pressed."""
NOBODY = 0
"""The chat of an update of somebody who was erased: Telegram gives no chat this number."""


@dataclass(frozen=True)
class Erased:
    """How many of each went; `unread` are messages of theirs that nobody had read yet."""

    messages: int
    requests: int
    appointments: int
    sentences: int
    files: int
    signals: int
    reminders: int
    unread: int


def forget(session: Session, now: datetime, person: Person) -> Erased:
    """Erase everything that we hold of a person, and what they wrote from the screens of who helped.

    Whoever was talking with them is told that there is nothing left, so that nobody waits; what is too old to be taken
    away they are asked to erase. The caller sends the receipt, as a message of which nothing is kept.
    """
    erased = _counted(session, person)
    theirs = session.scalars(select(Request.id).where(Request.person_id == person.id)).all()
    for found in lock_all(session, theirs):
        cards.edit_all(session, now, found, "card_gone")
        quiet_hours.take_back(session, coordinators.about(found))
        appointments.forget(session, now, found)
        _take_from_screens(session, now, found)
    screened = screen.sent(session, now, person.chat_id)
    mine = or_(Outgoing.chat_id == person.chat_id, Outgoing.source_chat_id == person.chat_id)
    session.execute(delete(Outgoing).where(mine))
    screen.take_away(session, now, person.chat_id, screened.young, last=True)
    _empty_inbox(session, now, person)
    session.delete(person)
    session.flush()
    return erased


def _counted(session: Session, person: Person) -> Erased:
    to_them, by_them = Outgoing.chat_id == person.chat_id, Outgoing.source_chat_id == person.chat_id
    waiting = Outgoing.state == OutgoingState.WAITING
    begun = Outgoing.subject.startswith(f"{BEGUN}:", autoescape=True)
    return Erased(
        messages=_count(session, Outgoing, or_(to_them, by_them), ~waiting),
        requests=_count(session, Request, Request.person_id == person.id),
        appointments=_count(session, Appointment, Appointment.person_id == person.id),
        sentences=_count(session, Misunderstood, Misunderstood.person_id == person.id),
        files=attachments.count(session, person),
        signals=_count(session, Signal, Signal.person_id == person.id),
        reminders=_count(session, Outgoing, to_them, waiting, begun),
        unread=_unread(session, person),
    )


def _count(session: Session, table: type[Table], *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*which)) or 0


def _unread(session: Session, person: Person) -> int:
    """How many messages wait behind the one that is being handled; buttons that were pressed twice say nothing."""
    waits = (Inbox.chat_id == person.chat_id) & (Inbox.state == InboxState.RECEIVED)
    waiting = session.scalars(select(Inbox.content).where(waits).order_by(Inbox.update_id)).all()
    return sum(content is not None and content.get("kind") != PRESS for content in waiting[1:])


def _empty_inbox(session: Session, now: datetime, person: Person) -> None:
    """The numbers of updates stay, of nobody: one that Telegram delivers again is not handled again."""
    state = case((Inbox.state == InboxState.RECEIVED, InboxState.HANDLED), else_=Inbox.state)
    emptied = {"chat_id": NOBODY, "content": None, "state": state, "handled_at": now}
    session.execute(update(Inbox).where(Inbox.chat_id == person.chat_id).values(**emptied))


def _take_from_screens(session: Session, now: datetime, found: Request) -> None:
    """What was said about a request goes, here and from the screens of who helped; they hear what they must erase."""
    gone = (
        *_told_about(found),
        *appointment_messages.begun_about(session, found),
        *notes.confirmed_about(session, found),
    )
    agenda = (Outgoing.subject == appointment_messages.AGENDA) & Outgoing.chat_id.in_(_visitors(found))
    about = or_(Outgoing.subject.in_((*gone, *appointment_messages.where_about(session, found))), agenda)
    elsewhere = select(Outgoing.chat_id).where(about, Outgoing.chat_id != found.person.chat_id).distinct()
    copies = {chat: screen.sent(session, now, chat, about) for chat in session.scalars(elsewhere)}
    for chat, sent in copies.items():
        screen.take_away(session, now, chat, sent.young)
    _tell_who_helped(session, now, found, copies)
    session.execute(delete(Outgoing).where(or_(Outgoing.subject.in_(gone), agenda)))


def _told_about(found: Request) -> tuple[str, ...]:
    """What messages about a request are filed under, those that the bot began by itself as well."""
    return subject_of(found), f"{BEGUN}:{subject_of(found)}"


def _visitors(found: Request) -> Select[int]:
    """The chats of who came or called: their lists of appointments name the resident."""
    members = select(Appointment.member_id).where(Appointment.request_id == found.id)
    return select(Person.chat_id).join(Member, Member.person_id == Person.id).where(Member.id.in_(members))


def _tell_who_helped(session: Session, now: datetime, found: Request, copies: Mapping[int, Sent]) -> None:
    """Who has the request hears it at once, who had it or came by when they are awake."""
    holder = found.claimed_by.person if found.claimed_by is not None and found.state in HELD else None
    if holder is not None:
        old = found.claimed_at is not None and found.claimed_at <= now - DELETABLE
        older = old or copies.get(holder.chat_id, Sent((), 0)).older > 0
        queue(session, now, holder.chat_id, _notice("utter_case_erased", found, older))
    for chat, sent in copies.items():
        if (sent.young or sent.older) and (holder is None or chat != holder.chat_id):
            told = _notice("team_copies_erased", found, sent.older > 0)
            queue(session, now, chat, told, due_at=waking_time(now))


def _notice(key: str, found: Request, older: bool) -> Message:
    return Message(key, {"number": found.id, "older": "yes" if older else "no"})
