"""For residents who are watched at home: silent messages, reading them, and taking a talk off the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import handoffs, outbox, relay, screen
from actions.cards import chat
from actions.outbox import Message, queue
from actions.quiet_hours import BEGUN
from actions.request_states import HELD
from actions.veils import veiled
from store.states import OutgoingState
from store.tables import Outgoing, Person, Request

MOST_LOOKED_AT = 100
"""Messages of a chat among which the unread ones are looked for, the newest first."""


def switch_on(session: Session, now: datetime, person: Person) -> None:
    """From now on messages are silent and say nothing by themselves, those that wait for their time too.

    Whoever helps is told to write so, not why.
    """
    if person.discreet:
        return
    person.discreet = True
    for row in _coming(session, now, person):
        row.content = veiled(Message.from_json(row.content)).as_json()
    theirs = (Request.person_id == person.id) & Request.state.in_(HELD) & Request.practice.is_(False)
    for found in session.scalars(select(Request).where(theirs).order_by(Request.id)):
        assert found.claimed_by is not None and found.claimed_by.person is not None, "a held request has somebody"
        subject, warning = handoffs.subject_of(found), handoffs.warning(found)
        queue(session, now, chat(found.claimed_by), warning, subject=subject)


def switch_off(session: Session, now: datetime, person: Person) -> None:
    """Messages sound again, and say what they are about."""
    person.discreet = False
    for row in _coming(session, now, person):
        message = Message.from_json(row.content)
        row.content = (message.veils or message).as_json()


def show_unread(session: Session, now: datetime, person: Person) -> int:
    """Send what was only announced, oldest first; gives how many. It is an answer, and comes at once."""
    unread = [row for row in _sent(session, person) if Message.from_json(row.content).veils]
    for row in reversed(unread):
        _show(session, now, row)
    return len(unread)


def clear_screen(session: Session, now: datetime, person: Person, question: str) -> None:
    """Take what the bot said off the screen, as far as Telegram allows, and what was about to be said.

    `question` is what the open question is filed under: when it is too old to be taken away it loses its words and
    buttons. A question that was sent on its own can be read again (`show_unread`).
    """
    _withdraw_answers(session, now, person)
    if person.discreet:
        _veil_what_waits(session, now, person)
    alone = outbox.last_opening(session, now, person.chat_id)
    if alone is not None and not outbox.is_replaced(session, alone):
        alone.content = veiled(Message.from_json(alone.content)).as_json()
    asked = outbox.last_about(session, person.chat_id, question) if question else None
    for row in (asked, alone):
        if row is not None and row.sent_at is not None and row.sent_at <= now - screen.DELETABLE:
            queue(session, now, person.chat_id, Message("utter_taken_away"), edits=row)
    screen.take_away(session, now, person.chat_id, screen.sent(session, now, person.chat_id).young)


def _show(session: Session, now: datetime, row: Outgoing) -> None:
    """Say it as a message of its own, to which answers belong from now on; its announcement loses its button."""
    veils = Message.from_json(row.content).veils
    assert veils is not None, "only what is under a veil can be shown"
    subject = row.subject.removeprefix(f"{BEGUN}:") if row.subject else None
    if veils.copy_of and veils.key != relay.COPY:  # a file, with the line that says from whom
        queue(session, now, row.chat_id, replace(veils, copy_of=None), subject=subject)
        veils = Message(relay.COPY, copy_of=veils.copy_of)
    shown = queue(session, now, row.chat_id, veils, subject=subject, repeatable=row.repeatable)
    shown.source_chat_id, shown.source_message_id = row.source_chat_id, row.source_message_id
    row.source_chat_id, row.source_message_id = None, None
    read = Message("utter_unread_read", language=veils.language)
    row.content = read.as_json()
    queue(session, now, row.chat_id, read, edits=row)


def _coming(session: Session, now: datetime, person: Person) -> Sequence[Outgoing]:
    """What waits for its time: nothing of that was asked for just now."""
    waits = (Outgoing.chat_id == person.chat_id) & (Outgoing.state == OutgoingState.WAITING)
    later = waits & (Outgoing.due_at > now) & Outgoing.edits_id.is_(None)
    return session.scalars(select(Outgoing).where(later)).all()


def _veil_what_waits(session: Session, now: datetime, person: Person) -> None:
    """What was opened a moment ago and is on its way is only announced again."""
    waits = (Outgoing.chat_id == person.chat_id) & (Outgoing.state == OutgoingState.WAITING)
    due = waits & (Outgoing.due_at <= now) & Outgoing.claimed_until.is_(None) & Outgoing.edits_id.is_(None)
    for row in session.scalars(select(Outgoing).where(due)):
        row.content = veiled(Message.from_json(row.content)).as_json()


def _sent(session: Session, person: Person) -> Sequence[Outgoing]:
    sent = (Outgoing.chat_id == person.chat_id) & Outgoing.edits_id.is_(None)
    there = Outgoing.state.in_((OutgoingState.SENT, OutgoingState.UNCERTAIN))
    return session.scalars(select(Outgoing).where(sent, there).order_by(Outgoing.id.desc()).limit(MOST_LOOKED_AT)).all()


def _withdraw_answers(session: Session, now: datetime, person: Person) -> None:
    """What the bot was about to say in the talk; what people wrote to each other goes on.

    What is being sent just now is taken off the screen as soon as it is there.
    """
    said = Outgoing.subject.is_(None) | Outgoing.subject.startswith("question:") | Outgoing.subject.startswith("aloud:")
    waits = Outgoing.state.in_((OutgoingState.WAITING, OutgoingState.SENDING)) & (Outgoing.due_at <= now)
    mine = (Outgoing.chat_id == person.chat_id) & waits & said
    session.execute(update(Outgoing).where(mine).values(state=OutgoingState.WITHDRAWN, claimed_until=None))
