"""Plays talks without Telegram: everything below it is the real thing, and one puts in what people say and press.

`wijkwijzer talk` and the tests play on the same stage. Each step is stored and read back, as in the running bot.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from actions import people
from actions.outbox import Message, queue
from bot.conversations import Conversations
from bot.dialogue import player
from bot.dialogue.conversation import Answer, Conversation, Heard, Said
from bot.incoming import Incoming, Kind
from bot.live_directory import LiveDirectory, Source
from bot.messages import message
from bot.resident import Resident
from bot.team_side import TeamSide
from bot.telegram.receive import store_updates
from bot.telegram.rendered import Rendered
from bot.understanding.masking import mask
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import Words
from store.database import Database
from store.states import OutgoingState
from store.tables import Outgoing, Person, Request, Talk

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When every rehearsal begins: a working day with people on duty, so that the same talk goes the same way each time."""
SECONDS_A_STEP = 5
SHOWS_CHOICE = "utter_answered"
"""The change that shows what was chosen in place of the buttons: it comes after every answer."""
TAKES_AWAY = "takes_away"
"""Stands for messages of the bot that go off the screen."""


@dataclass
class GivenClock:
    """A clock that stands still until it is moved."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> None:
        self.moment += timedelta(**step)


async def _at_once(function: Any, *args: Any) -> Any:
    return function(*args)


_updates = itertools.count(1)


class Stage:
    """Everything below Telegram, with people who talk to it by hand."""

    def __init__(self, database: Database, words: Words, phrases: SafetyPhrases, rasa: Any, source: Source) -> None:
        self.database, self.clock = database, GivenClock()
        self.directory = LiveDirectory(source, database, self.clock)
        self.words = replace(words, directory=self.directory.current, now=self.clock.now)
        words = self.words
        self.rasa = rasa
        self.run: Callable[[Coroutine[Any, Any, None]], None] = asyncio.run
        understanding = Understanding(words.content, phrases, self.rasa)
        self.conversations = Conversations(
            database,
            self.clock,  # type: ignore[arg-type]
            understanding,
            Resident(words),
            TeamSide(words, self.directory.refresh),
            _at_once,
        )

    def person(self, chat_id: int, name: str = "Voorbeeld") -> Someone:
        return Someone(self, chat_id, name)

    async def take(self, incoming: Incoming) -> None:
        with self.database.transaction() as session:
            store_updates(session, self.clock.now(), [incoming])
        while await self.conversations.handle_next(incoming.chat_id):
            pass
        self.deliver()

    def wait(self, **step: float) -> None:
        """Time goes by: whatever is due by itself happens, and is sent, at its own moment."""
        until = self.clock.now() + timedelta(**step)
        while due := self._due_next(until):
            self.clock.moment = max(due, self.clock.now())
            while self.conversations.watch():
                pass
            self.deliver()
        self.clock.moment = until
        self.conversations.erase_whereabouts()
        self.conversations.offer_times()
        self.deliver()

    def _due_next(self, until: datetime) -> datetime | None:
        """When a request must be looked at next, or a message sent to somebody who can be reached."""
        lost = select(Person.chat_id).where(Person.reachable.is_(False))
        waits = (Outgoing.state == OutgoingState.WAITING) & Outgoing.chat_id.not_in(lost)
        looked_at = select(func.min(Request.look_at)).where(Request.look_at <= until)
        sent = select(func.min(Outgoing.due_at)).where(waits, Outgoing.due_at <= until)
        with self.database.reading() as session:
            return min((due for due in (session.scalar(looked_at), session.scalar(sent)) if due), default=None)

    def deliver(self) -> None:
        """Stand in for Telegram: what is due has arrived, with the row's own number as that of the message."""
        lost = select(Person.chat_id).where(Person.reachable.is_(False))
        due = (Outgoing.state == OutgoingState.WAITING) & (Outgoing.due_at <= self.clock.now())
        sent = {"state": OutgoingState.SENT, "telegram_message_id": Outgoing.id, "sent_at": self.clock.now()}
        with self.database.transaction() as session:
            session.execute(update(Outgoing).where(due, Outgoing.chat_id.not_in(lost)).values(**sent))


class NoButton(LookupError):
    """There is no such button to press."""


@dataclass
class Answered:
    """A message that the bot queued for somebody, as it would be sent."""

    key: str
    rendered: Rendered
    message: Message
    row_id: int

    def data(self, label: str) -> str:
        """What comes back when the button with that label is pressed."""
        labels = {title: data for row in self.rendered.rows for title, data in row}
        if label not in labels:
            raise NoButton(f"{self.key} has no button '{label}', only {list(labels)}")
        return labels[label]

    def choices(self) -> dict[str, str]:
        """The buttons by what they mean (`portaal`, `back`, `line 2`, `claim`), with the data that comes back."""
        return {_meaning(data): data for row in self.rendered.rows for _, data in row}


CHOSEN_AFTER_NUMBER = ("end", "say", "want", "attend", "plan")
CHOSEN = ("set", "well")


def _meaning(data: str) -> str:
    """`q12:portaal` means portaal, `q12:!back` back, `q12:~2` line 2, `f:tips_later:same` same, `claim:5` claim.

    Of the team `end:5:solved` means end solved, and `set:away:1` set away:1.
    """
    name, _, rest = data.partition(":")
    if name == "f":
        return rest.partition(":")[2]
    if name in CHOSEN_AFTER_NUMBER and ":" in rest:
        return f"{name} {rest.partition(':')[2]}"
    if name in CHOSEN:
        return f"{name} {rest}"
    if not name.startswith("q"):
        return name
    return f"line {rest[1:]}" if rest.startswith("~") else rest.removeprefix("!")


@dataclass
class Someone:
    """A person with a chat. Each call gives what the bot queued for them since the last one."""

    stage: Stage
    chat_id: int
    name: str
    seen: set[int] = field(default_factory=set)
    last_message: int = 0
    said: list[str] = field(default_factory=list)
    screen: list[Answered] = field(default_factory=list)

    def says(self, text: str) -> list[Answered]:
        cut, masked = mask(text)
        return self.sends(kind=Kind.TEXT, text=cut, masked=masked)

    def presses(self, label: str) -> list[Answered]:
        """Press a button of the latest message that has one."""
        for answer in reversed(self.screen):
            if any(label == title for row in answer.rendered.rows for title, _ in row):
                return self._press(answer, answer.data(label))
        shown = [title for answer in self.screen for row in answer.rendered.rows for title, _ in row]
        raise NoButton(f"no message has a button '{label}'; there were {shown[-12:]}")

    def chooses(self, choice: str) -> list[Answered]:
        """Press the button that means this, on the latest message that has one."""
        latest = next((answer for answer in reversed(self.screen) if choice in answer.choices()), None)
        if latest is None:
            shown = [list(answer.choices()) for answer in self.screen[-3:]]
            raise NoButton(f"no message has a button for '{choice}'; the last have {shown}")
        return self._press(latest, latest.choices()[choice])

    def _press(self, answer: Answered, data: str) -> list[Answered]:
        return self.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=answer.row_id)

    def edits(self, message: int, text: str) -> list[Answered]:
        return self.sends(kind=Kind.EDITED, text=text, message_id=message)

    def sends(self, **what: Any) -> list[Answered]:
        self.last_message += 1
        self.said.append(what.get("text", ""))
        given = {"message_id": self.last_message, **what}
        update = Incoming(update_id=next(_updates), chat_id=self.chat_id, first_name=self.name, **given)
        self.stage.run(self.stage.take(update))
        return self.hears()

    def hears(self) -> list[Answered]:
        """What was due for this person since the last look; keeps the words that would be sent."""
        here = (Outgoing.chat_id == self.chat_id) & (Outgoing.state != OutgoingState.WITHDRAWN)
        new = (Outgoing.due_at <= self.stage.clock.now()) & Outgoing.id.not_in(self.seen)
        with self.stage.database.reading() as session:
            rows = session.scalars(select(Outgoing).where(here, new).order_by(Outgoing.id)).all()
        answers = [self._answered(row) for row in rows]
        self.screen += answers
        self.seen |= {row.id for row in rows}
        return answers

    def _answered(self, row: Outgoing) -> Answered:
        message = Message.from_json(row.content)
        if message.deletes:
            return Answered(TAKES_AWAY, Rendered("(gewist)"), message, row.id)
        copied = message.copy_of is not None
        rendered = Rendered("(kopie)") if copied else self.stage.words.render(message)
        return Answered(message.key, rendered, message, row.id)

    def conversation(self) -> Conversation:
        with self.stage.database.reading() as session:
            talk = session.scalar(select(Talk).join(Person).where(Person.chat_id == self.chat_id))
            return Conversation.from_json(talk.state) if talk else Conversation()


def keys(answers: Sequence[Answered]) -> list[str]:
    return [answer.key for answer in answers]


def said(answers: Sequence[Answered]) -> list[str]:
    """The keys without the change that shows what was chosen."""
    return [key for key in keys(answers) if key != SHOWS_CHOICE]


def begin(resident: Someone, consent: str) -> None:
    """As if the resident had said hello and answered the first question (`yes` or `no`); the menu is open."""
    stage = resident.stage
    now, content = stage.clock.now(), stage.words.content
    greeted = player.play(content, Conversation(), Heard(now)).conversation
    begun = player.play(content, greeted, Heard(now, answer=Answer("consent", consent))).conversation
    with stage.database.transaction() as session:
        person = people.find_or_create(session, now, resident.chat_id, resident.name)
        session.add(Talk(person_id=person.id, state=begun.as_json(), version=1, updated_at=now))
        asked = Said("utter_ask_menu_choice", {}, begun.open.number if begun.open else None)
        queue(session, now, resident.chat_id, message(asked, "nl"))
    stage.deliver()
