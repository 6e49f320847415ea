"""A town in memory that begins anew for each case: residents in the middle of a talk, a team, and one who is watched.

Of Zebedeus everything is marked. Only Fatma, who helps him, may ever be sent one of the marks.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, inspect, select, text
from telegram import Bot

from actions import attachments, handoffs, people, relay, team
from actions.handoffs import Wish
from actions.outbox import Message
from bot.incoming import Kind
from bot.rehearsal import begin
from bot.telegram.receive import Unreadable, read, unreadable
from bot.understanding.masking import mask
from bot.understanding.rasa import Parsed
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Role, Urgency
from store.tables import Member, Outgoing, Person, Request
from tests.store.shared import empty
from tests.talks import RecordedMeanings, Someone, Stage

BOT = Bot("110201543:a")
ZEBEDEUS, FATMA, JOOP, COBY, NEWCOMER = 66, 71, 72, 73, 99
RESIDENTS = tuple(range(1, 13))
MARKS = ("Zebedeus", "paarse olifant", "geheimcontact", "GEHEIMBESTAND", "kwik in de kelder")
MAY_SEE = (ZEBEDEUS, FATMA)
STEPS = 12
SILENT = (Kind.BLOCKED, Kind.UNBLOCKED, Kind.GROUP)
MEANINGS = ("draught", "mould", "high_bill", "no_money", "heating_broken", "talk_to_human", "eviction", "forget_me")
_updates = itertools.count(10**6)


class AnyMeaning(RecordedMeanings):
    """Stands in for Rasa, and understands something in every third sentence."""

    async def parse(self, text: str) -> Parsed | None:
        meaning = len(text) + sum(map(ord, text[:9]))
        self.meanings_of = {text: (MEANINGS[meaning % len(MEANINGS)],)} if meaning % 3 == 0 else {}
        return await super().parse(text)


@dataclass
class Sent:
    """What was queued for somebody in one case."""

    chat_id: int
    words: str
    message: Message


class Town:
    """The stage, what is on everybody's screen, and how all of it was in the beginning."""

    def __init__(self, database: Database, words: Words, phrases: SafetyPhrases) -> None:
        empty(database)
        self.database = database
        self.loop = asyncio.new_event_loop()
        self.stage = Stage(database, words, phrases, AnyMeaning())
        self.stage.run = self.loop.run_until_complete  # type: ignore[assignment]
        object.__setattr__(self.stage.conversations, "note_failure", self._raise)
        self.started = self.stage.clock.moment
        self._people()
        self.stage.clock.move(minutes=5)
        self.later = self.stage.clock.moment
        self.data = sorted({data for one in self.phones for data in _data(one)})
        self._tables = _tables(database)
        self._begun = sqlite3.connect(":memory:")
        with self._connection() as here:
            here.backup(self._begun)

    @staticmethod
    def _raise(_chat_id: int) -> int | None:
        raise  # what was wrong with the message; the bot would set it aside

    # --- who lives here -----------------------------------------------------------------------------------------

    def _people(self) -> None:
        self._team()
        self._zebedeus()
        random = Random(8)
        self.phones = [self.stage.person(chat) for chat in (FATMA, JOOP, COBY, ZEBEDEUS)]
        for resident in (self.stage.person(chat) for chat in RESIDENTS):
            begin(resident, "no" if resident.chat_id % 4 == 0 else "yes")
            resident.hears()
            for _ in range(random.randrange(STEPS)):
                _wanders(resident, random)
                self.stage.clock.move(seconds=5)
            self.phones.append(resident)
        for phone in self.phones:
            phone.hears()

    def _team(self) -> None:
        roles = {FATMA: Role.WIJKVERBINDER, JOOP: Role.WIJKVERBINDER, COBY: Role.COORDINATOR}
        with self.stage.database.transaction() as session:
            for chat, role in roles.items():
                wijk = {FATMA: "smitsveen", JOOP: "de_eng"}.get(chat)
                payload = team.invite(session, self.started, f"Voorbeeld {chat}", role, wijk).payload
                person = people.find_or_create(session, self.started, chat, "Voorbeeld")
                assert isinstance(team.join(session, self.started, person, payload), Member)

    def _zebedeus(self) -> None:
        """Somebody with a request that Fatma has, a file and a message to her."""
        now = self.started
        with self.database.transaction() as session:
            person = people.find_or_create(session, now, ZEBEDEUS, MARKS[0])
            wish = Wish("smitsveen", ("mould",), Urgency.NORMAL, "call", "own_wijk", f"Er is een {MARKS[1]}.", MARKS[2])
            found = handoffs.request(session, now, person, wish).request
            attachments.keep(session, now, person, "photo", MARKS[3])
            fatma = session.query(Member).join(Person).filter(Person.chat_id == FATMA).one()
            handoffs.claim(session, now, fatma, found.id)
            relay.to_member(session, now, found, relay.Letter(ZEBEDEUS, 5, f"Er ligt {MARKS[4]}."))
        self.stage.deliver()

    # --- one case -----------------------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        raw = self.database.engine.raw_connection()
        try:
            yield raw.driver_connection  # type: ignore[misc]
        finally:
            raw.close()

    def begin_anew(self) -> None:
        self.stage.clock.moment = self.later
        with self._connection() as here:
            self._begun.backup(here)
        with self.database.reading() as session:
            self._last = session.scalar(select(func.max(Outgoing.id))) or 0

    def takes(self, found: dict[str, Any]) -> list[Sent] | None:
        """One update of Telegram's; what everybody is sent because of it, and None when nobody is to answer."""
        raw = json.loads(json.dumps({"update_id": next(_updates), **found}))
        try:
            received = read(raw, BOT, mask)
        except Unreadable:
            received = unreadable(raw)
        if received is None:
            return None
        self.loop.run_until_complete(self.stage.take(received))
        sent = self._sent()
        return None if received.kind in SILENT and not sent else sent

    def _sent(self) -> list[Sent]:
        with self.database.reading() as session:
            rows = session.scalars(select(Outgoing).where(Outgoing.id > self._last).order_by(Outgoing.id)).all()
            found = [(row.chat_id, Message.from_json(row.content)) for row in rows]
        self._last += len(rows)
        return [Sent(chat, self._words(message), message) for chat, message in found]

    def _words(self, message: Message) -> str:
        """All that is on the screen; Telegram must be able to take it."""
        if message.copy_of is not None or message.file is not None or message.deletes:
            return repr((message.copy_of, message.file))
        rendered = self.stage.words.render(message)
        assert rendered.text.strip() or rendered.rows
        assert len(rendered.text) <= 4096, message.key
        buttons = [button for row in rendered.rows for button in row]
        assert all(title and 0 < len(data.encode()) <= 64 for title, data in buttons), message.key
        return "\n".join((rendered.text, message.document, *(title for title, _ in buttons)))

    def of_others(self, chat_id: int) -> dict[str, list[Any]]:
        """The rows of everybody but one, as they stand in the database; of the team only Zebedeus counts."""
        with self.database.reading() as session:
            actor = session.scalar(select(Person.id).where(Person.chat_id == chat_id)) or 0
            watched = session.scalars(select(Person.id).where(Person.chat_id == ZEBEDEUS)).one()
            rule = f"= {watched}" if chat_id in (FATMA, JOOP, COBY) else f"<> {actor} AND {{0}} <= {watched + 99}"
            found = {name: f"SELECT * FROM {name} WHERE {{0}} {rule}".format(by) for name, by in self._tables.items()}
            return {name: [tuple(row) for row in session.execute(text(sql))] for name, sql in found.items()}

    def close(self) -> None:
        self.loop.close()
        self._begun.close()


def _tables(database: Database) -> dict[str, str]:
    """The tables with rows of a person, and the column that says of whom."""
    known = inspect(database.engine)
    named = {table: {column["name"] for column in known.get_columns(table)} for table in known.get_table_names()}
    return {"people": "id", **{table: "person_id" for table, columns in named.items() if "person_id" in columns}}


def _data(phone: Someone) -> Iterator[str]:
    return (data for answer in phone.screen for row in answer.rendered.rows for _, data in row)


def _wanders(resident: Someone, random: Random) -> None:
    """Press a button of the last question, mostly not the one that leads back."""
    last: Sequence[str] = next(
        (tuple(answer.choices()) for answer in reversed(resident.screen) if answer.message.question), ()
    )
    onward = [choice for choice in last if choice not in ("back", "stop", "human", "skip")] or list(last)
    if onward:
        resident.chooses(random.choice(onward))
    else:
        resident.says("Voorbeeldstraat 12")


__all__ = ["COBY", "FATMA", "JOOP", "MARKS", "MAY_SEE", "NEWCOMER", "RESIDENTS", "ZEBEDEUS", "Request", "Sent", "Town"]
