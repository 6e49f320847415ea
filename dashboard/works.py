"""Work that takes longer than a page may: done aside, in this process, while its page shows how far it is."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Lock, Thread

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

log = structlog.get_logger()
KEPT = timedelta(minutes=30)
"""How long after it was begun work can be looked at, and what it made be fetched."""
MOST = 20
"""Pieces of work that are kept, of all members together."""
DRAWING = Lock()
"""Held by who draws: matplotlib keeps its settings for the whole process."""
Step = Callable[[], None]
Make = Callable[[Step], bytes]
"""Makes a file, and calls what it is given after each part."""


class AtWork(Exception):
    """This member has work going on, or all members together have as much as may be."""


class Stage(enum.StrEnum):
    """What became of a piece of work."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass
class Work:
    """A piece of work of a member, for the page with that key: `done` of its `parts` are there.

    `made` is the file, once it is ready.
    """

    member_id: int
    page: str
    begun: datetime
    parts: int
    done: int = 0
    stage: Stage = Stage.RUNNING
    made: bytes = b""

    def step(self) -> None:
        """One more part is there."""
        self.done += 1

    def carry_out(self, make: Make) -> None:
        """Do it."""
        try:
            self.made = make(self.step)
            self.stage = Stage.READY
        except Exception:  # nobody waits for it: whatever goes wrong is told on its page and in the log
            self.stage = Stage.FAILED
            log.exception("work_failed", page=self.page, done=self.done, parts=self.parts)


def _in_thread(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


@dataclass
class Works:
    """The work of this process: of each member the last piece, in memory. A restart forgets it."""

    aside: Callable[[Callable[[], None]], None] = _in_thread
    """Lets something be done without waiting for it."""
    _works: dict[int, Work] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def reserve(self, session: Session, work: Work) -> None:
        """Take the place of this member, unless the transaction is undone. Raises `AtWork`."""
        with self._lock:
            self._forget(work.begun)
            self._make_room(work.member_id)
            self._works[work.member_id] = work
        event.listen(session, "after_rollback", lambda _: self._drop(work), once=True)

    def begin(self, session: Session, work: Work, make: Make) -> None:
        """Begin reserved work when the rows of this transaction are there."""
        event.listen(session, "after_commit", lambda _: self.aside(partial(work.carry_out, make)), once=True)

    def find(self, now: datetime, member_id: int) -> Work | None:
        """The last work of that member; None when it is too long ago, or of before a restart."""
        with self._lock:
            self._forget(now)
            return self._works.get(member_id)

    def _make_room(self, member_id: int) -> None:
        """Forget the last work of this member, or the oldest when there are many; raises `AtWork` when it goes on."""
        full = len(self._works) >= MOST
        last = self._works.get(member_id) or (next(iter(self._works.values())) if full else None)
        if last is None:
            return
        if last.stage is Stage.RUNNING:
            raise AtWork
        del self._works[last.member_id]

    def _forget(self, now: datetime) -> None:
        self._works = {key: work for key, work in self._works.items() if now - work.begun < KEPT}

    def _drop(self, work: Work) -> None:
        with self._lock:
            if self._works.get(work.member_id) is work:
                del self._works[work.member_id]
