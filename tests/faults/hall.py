"""A sandbox, a database and bot processes for one test, and people whose talks have come to some point."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from telegram import Bot

from actions import handoffs
from actions.handoffs import Wish
from bot.dialogue.conversation import Conversation
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.pacing import Pacing
from bot.words import Words
from sandbox.control import act, create_person, history, set_limits
from sandbox.world import DEFAULT_TOKEN, World
from store.clock import Clock
from store.database import Database
from store.states import InboxState, OutgoingState, Role, Urgency
from store.tables import Inbox, Member, Outgoing, Person, Request, Talk
from tests.faults.processes import BotProcess, Nursery, until
from tests.talks import START, Stage

NO_RASA = "http://127.0.0.1:9"
LEASE_AND_A_SECOND = timedelta(seconds=61)
WIJK = "smitsveen"
TO_FIRST_QUESTION = ("Ja, dat mag", "Tocht of kou")
TO_APPROVAL = (
    "Ik huur van Portaal",
    "Bij het raam",
    "16 tot en met 19 graden",
    "Ja, dat lukt",
    "Nee, te smal",
    "Nee",
    "Smitsveen",
)


@dataclass(frozen=True)
class Talks:
    """Conversations as they are stored: at the first question about draught, at the approval, and after it."""

    asked: dict[str, Any]
    approving: dict[str, Any]
    offered: dict[str, Any]

    @classmethod
    def play(cls, stage: Stage) -> Talks:
        resident = stage.person(1)
        resident.says("/start")
        states = []
        for presses in (TO_FIRST_QUESTION, TO_APPROVAL, ("Ja, stuur door",)):
            for label in presses:
                resident.presses(label)
            states.append(resident.conversation().as_json())
        return cls(*states)


@dataclass
class Hall:
    """Everything real but Telegram and Rasa."""

    world: World
    address: str
    database: Database
    database_url: str
    key: str
    nursery: Nursery
    talks: Talks
    words: Words
    folder: Path
    bots: list[BotProcess] = field(default_factory=list)
    _line: Bot | None = None
    _postman: Deliverer | None = None

    def __post_init__(self) -> None:
        self.clock_file = self.folder / "clock"
        self.clock_file.write_text(START.isoformat())
        self.clock = Clock(self.clock_file)
        set_limits(self.world, {"private_per_second": 0, "overall_per_second": 0})

    # --- bots -----------------------------------------------------------------------------------------------

    def start_bot(self, changes: dict[str, Any] | None = None, **settings: str) -> BotProcess:
        """A bot that soon works; `started()` waits for it."""
        given = {
            "TELEGRAM_API_URL": self.address,
            "DATABASE_URL": self.database_url,
            "ENCRYPTION_KEYS": self.key,
            "RASA_URL": NO_RASA,
            "RASA_START_SECONDS": "0",
            "CLOCK_FILE": str(self.clock_file),
            **settings,
        }
        bot = self.nursery.start(self.folder / f"bot{len(self.bots)}", given, changes)
        self.bots.append(bot)
        return bot

    async def running_bot(self, changes: dict[str, Any] | None = None, **settings: str) -> BotProcess:
        bot = self.start_bot(changes, **settings)
        await bot.started()
        return bot

    async def close(self) -> None:
        """End the bots, and the tests' own line to the sandbox."""
        for bot in self.bots:
            bot.end()
        if self._line is not None:
            await self._line.shutdown()

    def move_clock(self, by: timedelta = LEASE_AND_A_SECOND) -> None:
        """On by so much; a dead process's hold on a chat ends that way."""
        moved = self.clock.now() + by
        beside = self.clock_file.with_suffix(".new")
        beside.write_text(moved.isoformat())
        beside.replace(self.clock_file)  # whole or not at all: the bot reads it meanwhile

    # --- people ---------------------------------------------------------------------------------------------

    def newcomer(self, name: str = "Voorbeeld") -> int:
        """Somebody with a phone who has pressed Start before; gives their chat."""
        chat_id: int = create_person(self.world, {"first_name": name, "on_page": False})["id"]
        self.world.chat(chat_id).started = True
        return chat_id

    def does(self, chat_id: int, action: str, **details: Any) -> dict[str, Any]:
        done: dict[str, Any] = act(self.world, {"do": action, "person": chat_id, **details})
        return done

    def presses(self, chat_id: int, label: str) -> None:
        self.does(chat_id, "press", label=label)

    def says(self, chat_id: int, text: str) -> None:
        self.does(chat_id, "say", text=text)

    def screen(self, chat_id: int) -> list[str]:
        """What the bot's messages in a chat say now; numbers of requests differ from talk to talk."""
        shown = [one for one in history(self.world, chat_id) if str(one["by"]) == "bot"]
        return [re.sub(r"(?i)(vraag) \d+", r"\1 #", one["text"]) for one in shown]

    async def hears(self, chat_id: int, part: str, seconds: float = 20.0) -> None:
        await until(
            lambda: any(part in text for text in self.screen(chat_id)), f"chat {chat_id} to hear '{part}'", seconds
        )

    # --- rows -----------------------------------------------------------------------------------------------

    def talker(self, session: Session, chat_id: int, state: dict[str, Any]) -> Person:
        now = self.clock.now()
        person = Person(chat_id=chat_id, first_name="Voorbeeld", created_at=now)
        session.add(person)
        session.flush()
        recent = {**state, "last_heard": now.isoformat()}
        session.add(Talk(person_id=person.id, state=recent, version=1, updated_at=now))
        return person

    def member(self, session: Session, chat_id: int, name: str) -> Member:
        now = self.clock.now()
        person = Person(chat_id=chat_id, first_name=name, created_at=now)
        session.add(person)
        session.flush()
        member = Member(name=name, wijk=WIJK, role=Role.WIJKVERBINDER, person_id=person.id, created_at=now)
        session.add(member)
        session.flush()
        return member

    def request(self, session: Session, person: Person) -> Request:
        wish = Wish(WIJK, ("draught",), Urgency.NORMAL, "here", "own_wijk", "Het tocht bij het raam.")
        return handoffs.request(session, self.clock.now(), person, wish).request

    async def send_what_waits(self) -> None:
        """Deliver from here, so that a test begins with cards on the phones."""
        if self._postman is None:
            self._line = make_bot(DEFAULT_TOKEN, self.address)
            await self._line.initialize()
            self._postman = Deliverer(self.database, self._line, self.words.render, self.clock, Pacing(1000))
        await self._postman.drain()

    def conversation(self, chat_id: int) -> Conversation:
        with self.database.reading() as session:
            talk = session.scalars(select(Talk).join(Person).where(Person.chat_id == chat_id)).one()
            return Conversation.from_json(talk.state)

    def count(self, what: Any, *where: Any) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(what).where(*where)) or 0

    def unfinished(self) -> int:
        """Updates that wait with Telegram or in the inbox, and messages that are due; in the order in which they go."""
        waiting = len(self.world.updates.waiting)
        inbox = self.count(Inbox, Inbox.state == InboxState.RECEIVED)
        live = Outgoing.state.in_((OutgoingState.WAITING, OutgoingState.SENDING))
        outbox = self.count(Outgoing, live, Outgoing.due_at <= self.clock.now())
        return waiting + inbox + outbox

    async def quiet(self) -> None:
        """Wait until everything that came in has been answered."""
        await until(lambda: self.unfinished() == 0, "all to be answered and sent")

    async def quiet_or_dead(self, bot: BotProcess) -> bool:
        """Whether the bot lived to see everything answered."""
        await until(lambda: not bot.alive() or self.unfinished() == 0, "an end, one way or the other")
        await asyncio.sleep(0.05)
        return bot.alive()
