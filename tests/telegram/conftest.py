"""A Telegram that plays errors, a time that only moves when told to, and an outbox to put messages in."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from sqlalchemy import select
from structlog.testing import LogCapture

from actions.outbox import Message, queue
from bot.telegram.deliver import Deliverer
from bot.telegram.pacing import Pacing
from bot.telegram.rendered import Rendered
from store.database import Database
from store.states import OutgoingState
from store.tables import Outgoing, Person

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Time:
    """The clock and the monotonic time of a test, moved by its sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Telegram:
    """Answers calls with numbers, or with the errors that a test has put in line for a chat."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.silent: list[bool] = []
        self.errors: dict[int, deque[Exception | None]] = {}
        self.hold: asyncio.Event | None = None
        self._number = 100

    def fails(self, chat_id: int, *errors: Exception | None) -> None:
        self.errors.setdefault(chat_id, deque()).extend(errors)

    def said_to(self, chat_id: int) -> list[str]:
        return [call[2] for call in self.calls if call[1] == chat_id and call[0] in ("send", "edit")]

    async def _answer(self, chat_id: int) -> int:
        if self.hold:
            await self.hold.wait()
        line = self.errors.get(chat_id)
        if line and (error := line.popleft()):
            raise error
        self._number += 1
        return self._number

    async def send_message(self, chat_id: int, text: str, *, disable_notification: bool, **options: Any) -> Any:
        self.silent.append(disable_notification)
        self.calls.append(("send", chat_id, text, options))
        return SimpleNamespace(message_id=await self._answer(chat_id))

    async def copy_message(
        self, chat_id: int, from_chat_id: int, message_id: int, *, disable_notification: bool
    ) -> Any:
        self.silent.append(disable_notification)
        self.calls.append(("copy", chat_id, from_chat_id, message_id))
        return SimpleNamespace(message_id=await self._answer(chat_id))

    async def send_voice(
        self, chat_id: int, voice: Any, duration: Any = None, *, disable_notification: bool, **options: Any
    ) -> Any:
        self.silent.append(disable_notification)
        self.calls.append(("voice", chat_id, voice, duration, options))
        number = await self._answer(chat_id)
        return SimpleNamespace(message_id=number, voice=SimpleNamespace(file_id=f"id{number}"))

    async def _send_file(self, kind: str, chat_id: int, file_id: str) -> Any:
        self.calls.append((kind, chat_id, file_id))
        return SimpleNamespace(message_id=await self._answer(chat_id), voice=None)

    async def send_photo(
        self, chat_id: int, photo: Any, caption: str | None = None, *, disable_notification: bool, **_options: Any
    ) -> Any:
        self.silent.append(disable_notification)
        if caption is None:
            return await self._send_file("photo", chat_id, photo)
        self.calls.append(("photo", chat_id, photo, caption))
        return SimpleNamespace(message_id=await self._answer(chat_id), voice=None)

    async def send_audio(self, chat_id: int, file_id: str, *, disable_notification: bool) -> Any:
        self.silent.append(disable_notification)
        return await self._send_file("audio", chat_id, file_id)

    async def send_document(
        self, chat_id: int, document: Any, caption: str | None = None, *, disable_notification: bool, **options: Any
    ) -> Any:
        self.silent.append(disable_notification)
        self.calls.append(("document", chat_id, document, caption, options))
        return SimpleNamespace(message_id=await self._answer(chat_id), voice=None)

    async def edit_message_text(self, text: str, *, chat_id: int, message_id: int, **_options: Any) -> Any:
        self.calls.append(("edit", chat_id, text, message_id))
        await self._answer(chat_id)

    async def delete_messages(self, chat_id: int, message_ids: Any) -> Any:
        self.calls.append(("delete", chat_id, tuple(message_ids)))
        await self._answer(chat_id)

    async def leave_chat(self, chat_id: int) -> Any:
        self.calls.append(("leave", chat_id))
        await self._answer(chat_id)


def render(message: Message) -> Rendered:
    """The key itself is the text; a few keys are mistakes."""
    if message.key == "missing":
        raise KeyError(message.key)
    rows = ((("Ja", "x" * 65),),) if message.key == "too_much_data" else ()
    return Rendered(message.key, rows)


class Post:
    """A database, a Telegram, a time, and whom to ask what became of messages."""

    def __init__(self, database: Database, time: Time, capture: LogCapture, log: Any) -> None:
        self.database = database
        self.time = time
        self.telegram = Telegram()
        self.log = log
        self.logged = capture.entries
        self.lost: list[int] = []

    def deliverer(self, **options: Any) -> Deliverer:
        tools: dict[str, Any] = {"monotonic": self.time.monotonic, "sleep": self.time.sleep, **options}
        bot: Any = self.telegram
        clock: Any = self.time
        pacing = tools.pop("pacing", Pacing())
        return Deliverer(self.database, bot, tools.pop("render", render), clock, pacing, log=self.log, **tools)

    def queue(self, chat_id: int, key: str = "utter_hello", **options: Any) -> int:
        message = options.pop("message", Message(key))
        later = timedelta(seconds=options.pop("later", 0))
        edits = options.pop("edits", None)
        with self.database.transaction() as session:
            edited = session.get(Outgoing, edits) if edits else None
            now = self.time.now()
            return queue(session, now, chat_id, message, due_at=now + later, edits=edited, **options).id

    def set(self, row_id: int, **values: Any) -> None:
        with self.database.transaction() as session:
            row = session.get_one(Outgoing, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, row_id: int) -> Outgoing:
        with self.database.reading() as session:
            return session.get_one(Outgoing, row_id)

    def states(self, *row_ids: int) -> list[OutgoingState]:
        return [self.row(row_id).state for row_id in row_ids]

    def add_person(self, chat_id: int, **values: Any) -> None:
        with self.database.transaction() as session:
            session.add(Person(chat_id=chat_id, created_at=self.time.now(), **values))

    def reachable(self, chat_id: int) -> bool:
        with self.database.reading() as session:
            return session.scalars(select(Person.reachable).where(Person.chat_id == chat_id)).one()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def capture() -> LogCapture:
    return LogCapture()


@pytest.fixture
def log(capture: LogCapture) -> Any:
    return structlog.wrap_logger(None, processors=[capture])


@pytest.fixture
def post(database: Database, time: Time, capture: LogCapture, log: Any) -> Iterator[Post]:
    yield Post(database, time, capture, log)
