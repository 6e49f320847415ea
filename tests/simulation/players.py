"""People with a telephone. What they do follows from what they were told, from their nature and from chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session

from actions.outbox import Message
from tests.simulation.world import Act, Letter, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Player:
    """Somebody who reads their telephone. `gone`: they do nothing any more; `blocked`: nothing arrives either."""

    world: World
    chat_id: int
    gone: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    reads: ClassVar[Mapping[str, Callable[..., None]]] = {}
    """What they do on which message, by its key."""

    def __post_init__(self) -> None:
        self.world.phones[self.chat_id] = self

    def read(self, letter: Letter) -> None:
        """Keep a message, or change an earlier one, and decide what to do about it."""
        self.messages[letter.edits or letter.number] = letter.message
        answer = None if letter.edits or self.gone else self.reads.get(letter.message.key)
        if answer is not None:
            answer(self, letter)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in so many of all cases."""
        return self.world.random.random() < share

    def about(self, typical: timedelta) -> timedelta:
        """Mostly shorter than this, sometimes much longer."""
        return typical * self.world.random.expovariate(1.0)

    def plan(self, at: datetime, act: Act) -> None:
        """Do something later, if they are still there."""
        self.world.plan(at, lambda session, now: None if self.gone else act(session, now))

    def block(self, session: Session, now: datetime) -> None:
        """Block the bot without a word; who writes to them next finds out."""
        self.gone = self.blocked = True


def number_in(letter: Letter) -> int:
    """The number of the request that a message is about."""
    values = letter.message.values
    return int(values.get("number") or values["case"])
