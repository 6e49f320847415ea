"""A mark is planted in every field that is a resident's; after `/vergeet` it is nowhere, and others keep theirs."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Enum, Integer, String, select, text
from sqlalchemy.orm import Session

from actions import my_data, people, team
from actions.data_map import HELD, Held, Tie, Whose
from bot.rehearsal import Someone
from bot.telegram.deliver import Deliverer
from bot.telegram.pacing import Pacing
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.dashboard_tables import Table
from store.database import Database
from store.encryption import EncryptedJson, EncryptedText, SealedNumber
from store.states import InboxState, OutgoingState, RequestState, Role
from store.tables import Inbox, Member, Moment, Outgoing, Person, Request
from tests.talks import Stage
from tests.telegram.conftest import Telegram, Time

MARK, OTHER_MARK = "zqxvwkjh", "hjkwvxqz"
CHAT, OTHER_CHAT, HELPER_CHAT = 731973197319, 642864286428, 515151
"""Eight letters fit in the shortest field; the numbers stand nowhere else."""
KEPT_BY_CHANGE = (Moment, Boolean, Enum)
"""A moment, a yes or no and a status can carry no mark: that they are gone shows from the row."""


def _mark_in(column: Column[Any], name: str, mark: str, chat_id: int) -> Any:
    """A value for a column that carries the mark, or the number of the chat."""
    kind = column.type
    if isinstance(kind, EncryptedJson):
        return JSON[name](mark) if name in JSON else {"mark": mark}
    if isinstance(kind, SealedNumber | BigInteger | Integer):
        return chat_id
    if isinstance(kind, EncryptedText | String) and not isinstance(kind, Enum):
        return mark
    return _plain(column)


JSON: Mapping[str, Any] = {
    "outgoing": lambda mark: {"key": "utter_relay_from_resident", "values": {"number": 1, "wijk": "", "text": mark}},
    "inbox": lambda mark: {"kind": "text", "text": mark, "first_name": mark},
}


def _plain(column: Column[Any]) -> Any:
    """A value that carries nothing, of the right type."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class(kind.enums[0])  # type: ignore[misc]
    if isinstance(kind, Moment):
        return MOMENT
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, EncryptedJson):
        return {}
    return 1 if isinstance(kind, SealedNumber | BigInteger | Integer) else "plain"


MOMENT = Time().now()


class Planting:
    """Puts rows of a resident in every table that the map says can have them, a mark in every field that is theirs."""

    def __init__(self, session: Session, person: Person, helper: Member, mark: str) -> None:
        self.session, self.person, self.helper, self.mark = session, person, helper, mark
        self.planted: set[tuple[str, str]] = set()
        self.request_id = 0

    def plant_all(self) -> None:
        for held in HELD:
            if held.columns(Whose.RESIDENT) and held.table is not Person:
                self._plant(held)
        self._mark_person()

    def _mark_person(self) -> None:
        """Figures keep the code of a poster, for how many came by it: it is no mark of a person."""
        self.person.source = "CFGHJMPQ"
        held = next(one for one in HELD if one.table is Person)
        for name in held.columns(Whose.RESIDENT):
            column = Person.__table__.c[name]
            if name not in ("chat_id", "source") and not isinstance(column.type, KEPT_BY_CHANGE):
                setattr(self.person, name, self.mark)
            self.planted.add((held.name, name))
        self.session.flush()

    def _plant(self, held: Held) -> None:
        values = dict(self._values(held))
        if held.name == "talks":  # the talk is a real one; the mark is an answer in it
            talk = self.session.get_one(held.table, self.person.id)
            talk.state = {**talk.state, "slots": {**talk.state["slots"], "first": self.mark}}  # type: ignore[attr-defined]
        else:
            row = held.table(**values)
            self.session.add(row)
            self.session.flush()
            if isinstance(row, Request):
                self.request_id = row.id
        self.planted |= {(held.name, name) for name in held.columns(Whose.RESIDENT)}

    def _values(self, held: Held) -> Iterator[tuple[str, Any]]:
        theirs = held.columns(Whose.RESIDENT)
        for column in held.table.__table__.columns:
            if column.name == "id":
                continue
            if column.name in held.ties:
                yield column.name, self._tied(held.ties[column.name])
            elif (held.name, column.name) in GIVEN:
                yield column.name, GIVEN[held.name, column.name](self)
            elif column.name in theirs:
                yield column.name, _mark_in(column, held.name, self.mark, self.person.chat_id)  # type: ignore[arg-type]
            else:
                yield column.name, _plain(column)  # type: ignore[arg-type]

    def _tied(self, tie: Tie) -> int:
        numbers = {Tie.PERSON: self.person.id, Tie.CHAT: self.person.chat_id, Tie.REQUEST: self.request_id}
        return numbers.get(tie, self.helper.id)


GIVEN: Mapping[tuple[str, str], Any] = {
    ("inbox", "update_id"): lambda planting: 10**9 + planting.person.id,
    ("inbox", "state"): lambda _: InboxState.SET_ASIDE,
    ("outgoing", "subject"): lambda planting: f"begun:{planting.mark}",
    ("outgoing", "claimed_until"): lambda _: None,
    ("outgoing", "edits_id"): lambda _: None,
    ("outgoing", "due_at"): lambda _: MOMENT + timedelta(days=400),
    ("requests", "state"): lambda _: RequestState.CONTACTED,
    ("requests", "look_at"): lambda _: None,
    ("appointments", "uid"): lambda planting: f"uid-{planting.person.id}",
    ("appointments", "starts_at"): lambda planting: MOMENT + timedelta(days=planting.person.id),
}


def _relay(session: Session, planting: Planting) -> None:
    """What the resident wrote stands in the chat of the helper, under the request."""
    content = JSON["outgoing"](planting.mark)
    row = Outgoing(chat_id=HELPER_CHAT, content=content, subject=f"request:{planting.request_id}", due_at=MOMENT)
    row.source_chat_id, row.source_message_id, row.telegram_message_id = planting.person.chat_id, 7, 4242
    row.state, row.sent_at = OutgoingState.SENT, MOMENT
    session.add(row)


def _stored(database: Database) -> list[str]:
    """Every row of every table, decrypted."""
    with database.reading() as session:
        tables = Table.metadata.sorted_tables
        return [f"{table.name} {tuple(row)}" for table in tables for row in session.execute(select(table))]


def _raw(database: Database) -> str:
    """Every row as the database has it."""
    with database.reading() as session:
        names = [table.name for table in Table.metadata.sorted_tables]
        return " ".join(repr(tuple(row)) for name in names for row in session.execute(text(f"SELECT * FROM {name}")))


def _sealed(database: Database, chat_id: int) -> bytes:
    """The bytes by which the number of a chat stands in the database."""
    with database.reading() as session:
        found = session.execute(select(Person.id).where(Person.chat_id == chat_id)).scalar_one()
        row = session.execute(text("SELECT chat_id FROM people WHERE id = :id"), {"id": found}).scalar_one()
        return bytes(row)


def _files(url: str) -> bytes:
    """The bytes of the file and of what SQLite keeps beside it, when its log has been taken over."""
    path = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
    beside = [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]
    return b"".join(one.read_bytes() for one in beside if one.exists())


def _can_carry(held: Held) -> bool:
    """Whether a table has a field of a resident in which a mark can stand."""
    columns = [held.table.__table__.c[name] for name in held.columns(Whose.RESIDENT) if name not in held.ties]
    text_like = (EncryptedJson, EncryptedText, String)
    return held.name == "people" or any(
        isinstance(one.type, text_like) and not isinstance(one.type, Enum) for one in columns
    )


def _deliver(stage: Stage) -> Telegram:
    telegram, time = Telegram(), Time()
    bot: Any = telegram
    clock: Any = stage.clock
    sending = Deliverer(
        stage.database, bot, stage.words.render, clock, Pacing(), monotonic=time.monotonic, sleep=time.sleep
    )
    asyncio.run(sending.drain())
    return telegram


def _talk(stage: Stage, chat_id: int, mark: str) -> Someone:
    """A real talk, with the mark said in it."""
    someone = stage.person(chat_id, mark)
    someone.says("hallo")
    someone.chooses("yes")
    someone.says(f"ik heet {mark} en het tocht")
    return someone


def _prepare(database: Database, stage: Stage) -> tuple[Someone, Planting]:
    """Two residents with a mark each, and somebody who helps both."""
    resident, other = _talk(stage, CHAT, MARK), _talk(stage, OTHER_CHAT, OTHER_MARK)
    with database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Fatma", Role.WIJKVERBINDER, "smitsveen").payload
        helper = team.join(session, stage.clock.now(), people.find_or_create(session, MOMENT, HELPER_CHAT), payload)
        assert isinstance(helper, Member)
        plantings = []
        for someone, mark in ((resident, MARK), (other, OTHER_MARK)):
            person = people.find(session, someone.chat_id)
            assert person is not None
            planting = Planting(session, person, helper, mark)
            planting.plant_all()
            _relay(session, planting)
            plantings.append(planting)
    return resident, plantings[0]


def _erase(database: Database, stage: Stage, resident: Someone) -> None:
    """`/vergeet` and its answer, with something behind it that nobody has read yet."""
    resident.says("/vergeet")
    waits = {"content": JSON["inbox"](MARK), "received_at": MOMENT, "chat_id": CHAT}
    with database.transaction() as session:
        session.add(Inbox(update_id=2 * 10**9, **waits))
    stage.deliver = lambda: None  # type: ignore[method-assign]  # what follows is sent by the real deliverer
    resident.chooses("yes")


def _of_other(database: Database) -> str:
    with database.reading() as session:
        other = people.find(session, OTHER_CHAT)
        assert other is not None
        return repr([(part.held.name, part.rows) for part in my_data.of_resident(session, other).values()])


@pytest.fixture
def stage(database_url: str, words: Words, phrases: SafetyPhrases) -> Iterator[Stage]:
    database = Database(database_url)
    database.upgrade()
    yield Stage(database, words, phrases)
    database.close()


def test_after_erasing_a_mark_in_every_field_is_found_nowhere(
    stage: Stage, database_url: str, logged: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    database = stage.database
    resident, planting = _prepare(database, stage)
    theirs = {(held.name, name) for held in HELD for name in held.columns(Whose.RESIDENT)}
    assert planting.planted == theirs, "every field of the map that is a resident's is planted"
    before, kept = _stored(database), _of_other(database)
    sealed = _sealed(database, CHAT)
    marked = {row.partition(" ")[0] for row in before if MARK in row or str(CHAT) in row}
    assert marked == {held.name for held in HELD if _can_carry(held)}, "the mark is found before it is erased"
    assert repr(sealed) in _raw(database)
    assert not database.on_sqlite or MARK.encode() in _files(database_url)

    _erase(database, stage, resident)
    telegram = _deliver(stage)

    assert "gewist" in telegram.said_to(CHAT)[0], "the receipt was sent"
    assert ("delete", HELPER_CHAT, (4242,)) in telegram.calls
    found = [row for row in _stored(database) if MARK in row or str(CHAT) in row]
    assert found == []
    raw = _raw(database)
    assert MARK not in raw and repr(sealed) not in raw and sealed.hex() not in raw
    assert MARK not in str(logged) + caplog.text and str(CHAT) not in str(logged) + caplog.text
    assert _of_other(database) == kept and OTHER_MARK in kept and OTHER_MARK in raw
    if database.on_sqlite:
        others = _sealed(database, OTHER_CHAT)
        content = _files(database_url)
        assert MARK.encode() not in content and sealed not in content
        assert OTHER_MARK.encode() in content and others in content
