"""The clock of a simulated month: it jumps from one thing that happens to the next, and nothing sleeps.

As at the edge, everything that somebody does is one transaction; what is due is sent in another, and `silence.watch`
is called until it gives 0. After each of these the invariants are looked at.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol, cast

from sqlalchemy import Connection, Table, bindparam, event, func, select, update
from sqlalchemy.orm import Session

from actions import people, relay, retention, silence
from actions.opening_hours import AMSTERDAM
from actions.outbox import Message
from store.database import Database
from store.states import OutgoingState
from store.tables import Moment, Outgoing, Person, Request
from tests.simulation.invariants import Broken, Invariants

Act = Callable[[Session, datetime], None]
QUARTER = timedelta(minutes=15)
DAY_TIME = range(7, 22)
"""Hours of the clock on the wall at which requests are looked at every quarter; otherwise each hour."""
MOST_WATCHES = 60
"""So often `silence.watch` may say at one moment that it has done something."""
WRITES = ("INSERT", "UPDATE", "DELETE")
MARKS_SENT = "UPDATE outgoing "
OUTGOING = cast("Table", Outgoing.__table__)
FIRST_LOOK = select(func.min(Request.look_at)).scalar_subquery()
FIRST_DUE = select(func.min(Outgoing.due_at)).where(Outgoing.state == OutgoingState.WAITING).scalar_subquery()
NEXT = select(FIRST_LOOK, FIRST_DUE)
DUE = (
    select(Outgoing.id, Outgoing.chat_id, Outgoing.content, Outgoing.subject, Outgoing.edits_id, Outgoing.due_at)
    .add_columns(Person.messages_stopped)
    .outerjoin(Person, Person.chat_id == Outgoing.chat_id)
    .where(Outgoing.state == OutgoingState.WAITING, Outgoing.due_at <= bindparam("now", type_=Moment()))
    .order_by(Outgoing.id)
)
SENT = (
    update(OUTGOING)
    .where(OUTGOING.c.id.in_(bindparam("these", expanding=True)))
    .values(state=OutgoingState.SENT, telegram_message_id=OUTGOING.c.id, sent_at=bindparam("now", type_=Moment()))
)


@dataclass(frozen=True)
class Letter:
    """A message that arrived: its number, and the number of the one whose words and buttons it replaces."""

    number: int
    message: Message
    edits: int | None


class Phone(Protocol):
    """Somebody who reads what arrives, and who may have blocked the bot."""

    blocked: bool

    def read(self, letter: Letter) -> None:
        """A message arrived: decide what to do about it, later."""


@dataclass
class World:
    """The database, the clock and everybody with a telephone."""

    database: Database
    random: Random
    now: datetime
    invariants: Invariants = field(default_factory=Invariants)
    phones: dict[int, Phone] = field(default_factory=dict)
    spoken: set[int] = field(default_factory=set)
    """Requests whose resident has heard from a person, whatever was pressed."""
    missed: set[int] = field(default_factory=set)
    """Requests whose resident did not pick up."""
    steps: int = 0
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _wrote: bool = False
    """Whether the database was written to since the last look; and with more than that messages were sent."""
    _changed: bool = False
    _look_at: datetime | None = None
    _due_at: datetime | None = None

    def plan(self, at: datetime, act: Act) -> None:
        """Let something happen at a moment, or now when that is past."""
        heapq.heappush(self._acts, (max(at, self.now), next(self._numbers), act))

    def run(self, until: datetime) -> None:
        """Let everything happen until a moment; raises `Broken` as soon as an invariant is."""
        event.listen(self.database.engine, "before_cursor_execute", self._note_write)
        try:
            while (moment := self._next_moment()) is not None and moment <= until:
                self.now = max(moment, self.now)
                self._step()
        finally:
            event.remove(self.database.engine, "before_cursor_execute", self._note_write)
        self.now = until

    def erase_old(self, session: Session, now: datetime) -> None:
        """What the retention job does; it comes again every day."""
        retention.erase_old(session, now)
        self.plan(now + timedelta(days=1), self.erase_old)

    def _note_write(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        wrote = statement.startswith(WRITES)
        self._wrote = self._wrote or wrote
        self._changed = self._changed or (wrote and not statement.startswith(MARKS_SENT))

    def _next_moment(self) -> datetime | None:
        moments = [self._due_at, self._next_watch(), self._acts[0][0] if self._acts else None]
        return min((one for one in moments if one is not None), default=None)

    def _next_watch(self) -> datetime | None:
        return None if self._look_at is None else next_tick(max(self._look_at, self.now))

    def _step(self) -> None:
        """One thing that is due, what is sent because of it, and a look at whether all is well."""
        self._wrote = self._changed = False
        watch = self._next_watch()
        if watch is not None and watch <= self.now:
            self._watch()
        elif self._acts and self._acts[0][0] <= self.now:
            act = heapq.heappop(self._acts)[2]
            with self.database.transaction() as session:
                act(session, self.now)
        else:
            self._deliver()
        self.steps += 1
        while self._wrote:
            self._wrote = False
            self._look_ahead()
            if self._due_at is not None and self._due_at <= self.now:
                self._deliver()

    def _look_ahead(self) -> None:
        changed, self._changed = self._changed, False
        with self._looking() as connection:
            if changed:
                self.invariants.after_step(connection, self.now)
            self._look_at, self._due_at = connection.execute(NEXT).one()

    def _looking(self) -> Connection:
        return self.database.engine.connect().execution_options(sqlite_reading=True)

    def _watch(self) -> None:
        for _ in range(MOST_WATCHES):
            with self.database.transaction() as session:
                if silence.watch(session, self.now) == 0:
                    break
        else:
            raise Broken(f"{self.now}: silence.watch does not come to rest")
        with self._looking() as connection:
            self.invariants.after_watch(connection, self.now)

    def _deliver(self) -> None:
        with self.database.transaction() as session:
            connection = session.connection()
            due = connection.execute(DUE, {"now": self.now}).all()
            arrived = [row for row in due if not self.phones[row.chat_id].blocked]
            self.invariants.arrived(self.now, arrived)
            if arrived:
                connection.execute(SENT, {"these": [row.id for row in arrived], "now": self.now})
            for chat in sorted({row.chat_id for row in due} - {row.chat_id for row in arrived}):
                people.lose(session, chat)
                relay.tell_lost(session, self.now, chat)
        for row in arrived:
            self.phones[row.chat_id].read(Letter(row.id, Message.from_json(row.content), row.edits_id))


def next_tick(moment: datetime) -> datetime:
    """The first moment, from this one on, at which requests are looked at: each quarter by day, each hour at night."""
    tick = moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    while tick < moment or (tick.minute and tick.astimezone(AMSTERDAM).hour not in DAY_TIME):
        tick += QUARTER
    return tick
