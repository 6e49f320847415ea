"""Keys are changed while two others write and read; afterwards the old one may go, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from store import encryption, rotation
from store.agenda_tables import Appointment, AppointmentKind, Place
from store.dashboard_tables import Table
from store.database import DATABASE_TROUBLE, Database
from store.encryption import EncryptedJson, EncryptedText, KeysMissing, SealedNumber
from store.settings import ROOT
from store.tables import Outgoing, Person
from tests.actions.people import Wijk
from tests.talks import START

CHAT = 4_000_000_000
ROWS = 400


@pytest.fixture(autouse=True)
def _keys_of_the_house() -> Iterator[None]:
    before = encryption._keys
    yield
    encryption._keys = before


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A database that begins with a key of its own."""
    encryption.configure(encryption.new_key())
    database = Database(database_url)
    yield database
    database.close()


def test_the_command_alone_knows_every_column_that_is_encrypted() -> None:
    """It must not hang on what else was imported: a column that it does not know is lost with the old key."""
    told = "from store import rotation; print(*sorted(f'{t.name}.{c.name}' for t, c in rotation._encrypted()))"
    alone = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    kinds = (EncryptedText, EncryptedJson)
    every = {f"{t.name}.{c.name}" for t in Table.metadata.sorted_tables for c in t.columns if isinstance(c.type, kinds)}
    assert alone.stdout.split() == sorted(every)
    assert "appointments.whereabouts" in every


def test_every_encrypted_column_belongs_to_a_table_with_one_key() -> None:
    """Rotation goes on from the last key that it wrote; of two columns it would pass over rows."""
    assert [table.name for table, _ in rotation._encrypted() if len(table.primary_key.columns) != 1] == []


def _rotate_elsewhere(database: Database, keys: str) -> subprocess.CompletedProcess[str]:
    url = database.engine.url.render_as_string(hide_password=False)
    surroundings = {**os.environ, "DATABASE_URL": url, "ENCRYPTION_KEYS": keys}
    command = [sys.executable, "-m", "bot", "keys", "rotate"]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=120)


def _fill(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        annie, fatma = wijk.person("Annie"), wijk.member("Fatma")
        asked = wijk.claimed(fatma, person=annie)
        session.add(
            Appointment(
                request_id=asked.id,
                person_id=annie.id,
                member_id=fatma.id,
                kind=AppointmentKind.TALK,
                place=Place.HOME,
                starts_at=START,
                ends_at=START,
                booked_at=START,
                changed_at=START,
                uid=str(uuid4()),
                whereabouts="Voorbeeldstraat 1",
            )
        )
        session.add_all(Outgoing(chat_id=CHAT + n, content={"n": n}, due_at=START) for n in range(ROWS))


def _write_and_read(database: Database, hand: int, stop: Event) -> Mapping[int, str]:
    """What this hand wrote last, by the chat; it reads what it and others wrote on the way."""
    random, written, turn = Random(hand), dict[int, str](), 0
    while not stop.is_set() or turn < 20:
        turn += 1
        chat, said = CHAT + random.randrange(ROWS // 2) * 2 + hand, f"{hand} said {turn}"
        try:
            with database.transaction() as session:
                row = session.scalars(select(Outgoing).where(Outgoing.chat_id == chat).with_for_update()).one()
                row.content = {"said": said}
                session.add(Person(chat_id=-(10 * turn + hand), first_name=said, created_at=START))
            with database.reading() as session:
                other = CHAT + random.randrange(ROWS)
                assert session.scalars(select(Outgoing.content).where(Outgoing.chat_id == other)).one()
        except DATABASE_TROUBLE:  # as in the bot: it waits still, and is done again
            continue
        written[chat] = said
    return written


def test_two_write_and_read_while_keys_change_and_the_old_one_goes(empty: Database) -> None:
    old, new = encryption.new_key(), encryption.new_key()
    encryption.configure(old)
    empty.upgrade()
    _fill(empty)
    encryption.configure(f"{new},{old}")
    stop = Event()
    with ThreadPoolExecutor(2) as hands:
        writing = [hands.submit(_write_and_read, empty, hand, stop) for hand in range(2)]
        rotated = _rotate_elsewhere(empty, f"{new},{old}")
        stop.set()
        written = {chat: said for hand in writing for chat, said in hand.result().items()}
    assert (rotated.returncode, rotated.stderr) == (0, "")
    encryption.configure(new)
    after = Database(empty.engine.url.render_as_string(hide_password=False))  # as a process that starts now
    rotation.check_keys(after)
    with after.reading() as session:
        contents = {row.chat_id: row.content for row in session.scalars(select(Outgoing))}
        named = session.scalars(select(Person.first_name).where(Person.first_name.is_not(None))).all()
        assert session.scalars(select(Appointment.whereabouts)).all() == ["Voorbeeldstraat 1"]
    after.close()
    assert {chat: contents[chat]["said"] for chat in written} == written
    untouched = {chat: {"n": chat - CHAT} for chat in range(CHAT, CHAT + ROWS) if chat not in written}
    assert {chat: contents[chat] for chat in untouched} == untouched
    assert len(written) > 10 and len(named) >= 40


def test_one_value_of_many_under_a_key_that_is_gone_is_found_and_told(empty: Database) -> None:
    """Somebody took the old key away in the middle of a rotation."""
    first, second = encryption.new_key(), encryption.new_key()
    encryption.configure(first)
    empty.upgrade()
    with empty.transaction() as session:
        session.add_all(Outgoing(chat_id=CHAT + n, content={"n": n}, due_at=START) for n in range(3))
    encryption.configure(second)
    with empty.transaction() as session:
        session.scalars(select(Outgoing.id)).all()
        session.execute(update(Outgoing).where(Outgoing.chat_id == CHAT + 1).values(content={"n": 9}))
    encryption.configure(first)
    for use in (rotation.check_keys, rotation.rotate):
        with pytest.raises(KeysMissing, match="cannot be read with the present ENCRYPTION_KEYS"):
            use(empty)
    encryption.configure(f"{first},{second}")
    rotation.rotate(empty)
    encryption.configure(first)
    rotation.check_keys(empty)


def test_chat_numbers_are_sealed_with_a_key_of_the_database_that_goes_along() -> None:
    sealed = [f"{t.name}.{c.name}" for t in Table.metadata.sorted_tables for c in t.columns if _is_sealed(c.type)]
    assert {"people.chat_id", "inbox.chat_id", "outgoing.chat_id"} <= set(sealed)
    assert ("data_keys", "key") in {(table.name, column.name) for table, column in rotation._encrypted()}


def _is_sealed(kind: object) -> bool:
    return isinstance(kind, SealedNumber)
