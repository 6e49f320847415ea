"""Handles one message: understanding before the transaction, everything that follows from it within (D3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, defer

from actions import appointments, audit, monday, people, retention, signals, silence, team, waiting_list, weeks
from actions.outbox import Message, last_begun, last_opening, queue
from actions.quiet_hours import put_off, waking_time
from actions.terms import LONGEST, Terms
from bot import trained
from bot.dialogue.conversation import Conversation, Heard, begun
from bot.incoming import Incoming, Kind
from bot.resident import Resident
from bot.team_side import TeamSide
from bot.understanding.understand import Understanding
from bot.visit import Visit
from store.clock import Clock
from store.database import DATABASE_TROUBLE, Database
from store.states import InboxState
from store.tables import Inbox, Member, Person, Talk

log = structlog.get_logger()
MOST_ATTEMPTS = 3
MENU_CHOICE = "menu_choice"
FLOOD_MESSAGES, FLOOD = 40, timedelta(minutes=1)
"""So many updates of a chat are handled in a minute: more than a person presses or types. What comes above is told of
once and not kept, so that nobody fills the database or keeps Rasa from others; what is pressing always passes."""
SLOW_DOWN, GROUP = "slow_down", "group"
Result = TypeVar("Result")

# Built once: building a statement takes longer than running it. What `glance` has read and decrypted is not read
# again under the lock; the version says whether it still holds.
TALK_OF_CHAT = (
    select(Talk, Member.id)
    .select_from(Person)
    .outerjoin(Talk, Talk.person_id == Person.id)
    .outerjoin(Member, (Member.person_id == Person.id) & Member.active)
    .where(Person.chat_id == bindparam("chat_id"))
)
TAKE = (
    select(Inbox)
    .where(Inbox.update_id == bindparam("update_id"), Inbox.state == InboxState.RECEIVED)
    .options(defer(Inbox.content))
    .with_for_update(skip_locked=True)
)
LOCK_TALK = select(Talk).where(Talk.person_id == bindparam("person_id")).options(defer(Talk.state)).with_for_update()
COMES_OR_GOES = frozenset({Kind.BLOCKED, Kind.UNBLOCKED})
SENT = frozenset(Kind) - COMES_OR_GOES - {Kind.GROUP}
"""What somebody does of whom there can be too much."""
InThread = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Glance:
    """The oldest waiting update of a chat and the talk that it comes into, looked at without a lock."""

    incoming: Incoming
    conversation: Conversation
    version: int
    is_member: bool
    asked: Message | None = None
    """The question that was sent last, when that was sent on its own and nothing else is open."""
    flood: bool = False
    """More came from this chat than a person sends."""


@dataclass(frozen=True)
class Conversations:
    """Takes what waits in the inbox, per chat in order."""

    database: Database
    clock: Clock
    understanding: Understanding
    resident: Resident
    team_side: TeamSide
    in_thread: InThread
    terms: Terms = field(default_factory=lambda: LONGEST)

    async def handle_next(self, chat_id: int) -> bool:
        """Handle the oldest waiting update of a chat; False when there is none, or the database is away."""
        try:
            return await self._try_next(chat_id)
        except DATABASE_TROUBLE as trouble:  # no fault of the update: it waits still, and the sweep takes it up again
            log.warning("handling_interrupted", error=type(trouble).__name__)
            return False

    async def _try_next(self, chat_id: int) -> bool:
        try:
            glance: Glance | None = await self.in_thread(self.glance, chat_id)
            if glance is None:
                return False
            heard = await self._understand(glance)
            await self.in_thread(self.apply, glance, heard)
            if glance.is_member:
                await self.in_thread(self.team_side.refresh_directory)
        except DATABASE_TROUBLE:
            raise
        except Exception:  # whatever a message does, the next one must be handled: the update is counted and set aside
            update_id = await self.in_thread(self.note_failure, chat_id)
            log.exception("handling_failed", update_id=update_id)
        return True

    async def _understand(self, glance: Glance) -> Heard | None:
        """Nothing to understand in what the team writes: it is passed on as it is."""
        if glance.is_member:
            return None
        if glance.flood:
            return self.understanding.pressing(glance.incoming, glance.conversation, self.clock.now())
        return await self.understanding.understand(glance.incoming, glance.conversation, self.clock.now(), glance.asked)

    def glance(self, chat_id: int) -> Glance | None:
        """Look at what waits, without taking it."""
        with self.database.reading() as session:
            row = session.scalar(_oldest(chat_id))
            if row is None or row.content is None:
                return None
            found = session.execute(TALK_OF_CHAT, {"chat_id": chat_id}).first()
            talk, member_id = found or (None, None)
            now = self.clock.now()
            conversation = _read(talk, now) if talk else begun(now)
            incoming = Incoming.from_json(row.content)
            busy = conversation.open is not None and conversation.open.slot != MENU_CHOICE
            asked = None if busy or found is None else _asked(session, now, chat_id)
            flood = member_id is None and incoming.kind in SENT and _recent(session, row) > FLOOD_MESSAGES
            version = talk.version if talk else 0
            return Glance(incoming, conversation, version, member_id is not None, asked, flood)

    def apply(self, glance: Glance, heard: Heard | None) -> None:
        """Write what follows, all of it or nothing; nothing when somebody else was first."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _take(session, glance.incoming.update_id)
            if row is None:
                return
            if glance.incoming.kind is Kind.GROUP:
                return _tell_once(session, now, row, GROUP, Message("utter_group", leave=True))
            if glance.incoming.kind in COMES_OR_GOES and people.find(session, glance.incoming.chat_id) is None:
                return _leave_unknown(session, row, glance.incoming)
            if glance.flood and heard is None:
                hidden = glance.conversation.covered
                return _tell_once(session, now, row, SLOW_DOWN, None if hidden else Message("utter_slow_down"))
            person = people.find_or_create(session, now, glance.incoming.chat_id, glance.incoming.first_name)
            talk = _lock_talk(session, person)
            if (talk.version if talk else 0) != glance.version:
                return  # somebody else was first: it waits still, and will be understood anew
            self._dispatch(session, now, person, talk, glance, heard)
            row.state, row.content, row.handled_at = InboxState.HANDLED, None, now

    def _dispatch(
        self,
        session: Session,
        now: datetime,
        person: Person,
        talk: Talk | None,
        glance: Glance,
        heard: Heard | None,
    ) -> None:
        incoming = glance.incoming
        member = team.member_of(session, person) if glance.is_member else None
        if member is not None:
            return self.team_side.handle(session, now, member, incoming)
        return self.resident.handle(
            Visit(session, now, person, talk, glance.conversation, incoming, heard or Heard(now))
        )

    def note_failure(self, chat_id: int) -> int | None:
        """Count a failure of a chat's oldest update, give its id; after the third it is set aside, with an answer."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row: Inbox | None = session.scalar(_oldest(chat_id).with_for_update())
            if row is None:
                return None
            row.attempts += 1
            if row.attempts >= MOST_ATTEMPTS:
                row.state, row.content, row.handled_at = InboxState.SET_ASIDE, None, now
                queue(session, now, chat_id, Message("utter_set_aside"))
                log.error("update_set_aside", update_id=row.update_id)
            return row.update_id

    def erase_some(self) -> Mapping[str, int]:
        """Erase a part of what is past its term; gives how many rows of which table, nothing when there are none."""
        with self.database.transaction() as session:
            return retention.erase_some(session, self.clock.now(), self.terms)

    def check_log(self) -> audit.Checked:
        """Follow the chain of the audit log."""
        with self.database.reading() as session:
            return audit.check(session)

    def watch(self) -> int:
        """Do what is due with requests about which people stay silent; gives how many, until there are none.

        Each in a transaction of its own: one that goes wrong is logged, tried again later, and holds up no other.
        """
        now = self.clock.now()
        self.keep_quiet()
        with self.database.reading() as session:
            numbers = silence.due(session, now)
        return sum(self._look(now, number) for number in numbers)

    def keep_quiet(self) -> None:
        """What was to be begun in the day and is late does not come at night, nor a reminder after its appointment."""
        now = self.clock.now()
        with self.database.transaction() as session:
            appointments.withdraw_late(session, now)
            if waking_time(now) > now:
                put_off(session, now)

    def _look(self, now: datetime, number: int) -> bool:
        try:
            with self.database.transaction() as session:
                return silence.look(session, now, number)
        except DATABASE_TROUBLE:
            raise
        except Exception:  # it is looked at again later, and the log says which request it is
            log.exception("request_not_watched", request_id=number)
            with self.database.transaction() as session:
                silence.put_off(session, now, number)
            return False

    def offer_times(self) -> int:
        """Offer times for appointments to those who wait for one; gives to how many. Each as in `watch`."""
        now = self.clock.now()
        with self.database.reading() as session:
            numbers = waiting_list.due(session, now)
        return sum(self._offer_to(now, number) for number in numbers)

    def _offer_to(self, now: datetime, number: int) -> bool:
        try:
            with self.database.transaction() as session:
                return waiting_list.offer_to(session, now, number)
        except DATABASE_TROUBLE:
            raise
        except Exception:  # it is tried again the next time, and the log says which one it is
            log.exception("times_not_offered", appointment_wait_id=number)
            return False

    def erase_whereabouts(self) -> int:
        """Erase addresses and telephone numbers of appointments that are over; gives of how many."""
        with self.database.transaction() as session:
            return appointments.erase_whereabouts(session, self.clock.now())

    def report_signals(self) -> int:
        """Tell the team what many households report; gives how many numbers were told."""
        with self.database.transaction() as session:
            return signals.report(session, self.clock.now())

    def count_weeks(self) -> int:
        """Count what the figures may tell of the weeks that are over; gives how many weeks were counted."""
        with self.database.transaction() as session:
            return weeks.settle(session, self.clock.now())

    def send_figures(self, mail: bool) -> int:
        """Send coordinators the figures of the week, once, with `mail` also by e-mail; gives to how many."""
        with self.database.transaction() as session:
            return monday.send(session, self.clock.now(), mail=mail)

    async def read_again(self) -> int:
        """Read labelled sentences with the model that Rasa runs now; gives how many."""
        return await trained.read_again(self.database, self.understanding, self.in_thread)

    def waiting_chats(self) -> list[int]:
        """Chats with updates that nobody has handled yet: after a start, or left by a process that died."""
        with self.database.reading() as session:
            waiting = select(Inbox.chat_id).where(Inbox.state == InboxState.RECEIVED).distinct()
            return list(session.scalars(waiting))


def _oldest(chat_id: int) -> Select[Inbox]:
    here = (Inbox.chat_id == chat_id) & (Inbox.state == InboxState.RECEIVED)
    return select(Inbox).where(here).order_by(Inbox.update_id).limit(1)


def _asked(session: Session, now: datetime, chat_id: int) -> Message | None:
    row = last_opening(session, now, chat_id)
    return Message.from_json(row.content) if row is not None else None


def _read(talk: Talk, now: datetime) -> Conversation:
    """The stored talk; one that an other version wrote and this one cannot read begins anew, with its row."""
    try:
        return Conversation.from_json(talk.state)
    except (KeyError, TypeError, ValueError) as unreadable:
        log.error("talk_unreadable", person_id=talk.person_id, error=type(unreadable).__name__)
        return begun(now)


def _take(session: Session, update_id: int) -> Inbox | None:
    """The row, locked, if nobody has handled it."""
    return session.scalar(TAKE, {"update_id": update_id})


def _lock_talk(session: Session, person: Person) -> Talk | None:
    return session.scalar(LOCK_TALK, {"person_id": person.id})


def _recent(session: Session, row: Inbox) -> int:
    """How many updates of this chat came in the minute before this one and were kept, with itself."""
    window = Inbox.received_at > row.received_at - FLOOD
    here = (Inbox.chat_id == row.chat_id) & (Inbox.update_id <= row.update_id)
    return session.scalar(select(func.count()).select_from(Inbox).where(here, window)) or 0


def _leave_unknown(session: Session, row: Inbox, incoming: Incoming) -> None:
    """Who is not known, or was erased, does not become known by blocking the bot, nor a group by putting it out."""
    if incoming.kind is Kind.BLOCKED:
        people.lose(session, incoming.chat_id)
    session.delete(row)


def _tell_once(session: Session, now: datetime, row: Inbox, subject: str, message: Message | None) -> None:
    """Answer what is not handled once in a minute, and keep nothing of it."""
    if message is not None and last_begun(session, row.chat_id, subject, now - FLOOD) is None:
        queue(session, now, row.chat_id, message, subject=subject, repeatable=False)
    session.delete(row)
