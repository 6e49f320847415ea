"""The database: what SQLite is told, who may write, what a migration makes."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import exc, inspect, select, text
from sqlalchemy.engine import make_url

from store.dashboard_tables import Table
from store.database import Database
from store.states import Why
from store.tables import Event, Misunderstood, Outgoing, Person, Request, RequestChange, Talk
from tests.actions.people import Wijk
from tests.talks import START


def _event(at: datetime = START) -> Event:
    return Event(at=at, name="asked", detail="tenure", wijk=None)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 5000),
    ],
)
def test_sqlite_is_told_how_to_keep_what_it_has(tmp_path: Path, pragma: str, value: object) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'some.db'}")
    with database.reading() as session:
        assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value
    database.close()


def test_only_its_owner_may_read_a_new_file_and_what_is_written_beside_it(tmp_path: Path) -> None:
    database, old = Database(f"sqlite:///{tmp_path / 'new.db'}"), tmp_path / "old.db"
    database.upgrade()
    with database.transaction() as session:
        session.add(_event())
        session.flush()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    database.close()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)
    old.touch()
    old.chmod(0o640)
    for url in (f"sqlite:///{old}", "sqlite://"):
        other = Database(url)
        with other.reading():
            assert stat.S_IMODE(old.stat().st_mode) == 0o640, "what somebody decided stays"
        other.close()


def _may_write(database: Database) -> bool:
    """Whether another process could begin to write now."""
    file = make_url(database.url).database or ""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def test_writing_takes_the_lock_at_the_start_and_reading_does_not(shared_sqlite: Database) -> None:
    with shared_sqlite.transaction() as session:
        session.connection()
        assert not _may_write(shared_sqlite)
    with shared_sqlite.reading() as session:
        session.execute(text("SELECT 1"))
        assert _may_write(shared_sqlite)


def test_a_transaction_is_written_whole_or_not_at_all(database: Database) -> None:
    def fails() -> None:
        with database.transaction() as session:
            session.add(_event())
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    with database.reading() as session:
        assert session.scalar(select(Event)) is None
    with database.transaction() as session:
        session.add(_event())
    with database.reading() as session:
        assert session.scalar(select(Event)) is not None


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(_event())
    database.upgrade()
    with database.reading() as session:
        assert session.scalar(select(Event)) is not None


def test_after_an_upgrade_that_failed_sqlite_minds_what_hangs_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    database.upgrade()

    def fails(config: Config, _revision: str) -> None:
        config.attributes["connection"].execute(text("CREATE TABLE half (id INTEGER)"))
        raise LookupError

    monkeypatch.setattr(command, "upgrade", fails)
    with pytest.raises(LookupError):
        database.upgrade()
    with database.reading() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert not inspect(session.connection()).has_table("half")
    database.close()


def test_what_hangs_on_a_person_goes_with_them(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        person, fatma = wijk.person(), wijk.member("Fatma")
        session.add(Talk(person_id=person.id, state={}, version=1, updated_at=START))
        session.add(Misunderstood(at=START, person_id=person.id, text="tja", intents=[], shown=[], why=Why.UNSURE))
        wijk.request(person=person)
        session.delete(person)
        session.flush()
        assert fatma.person is not None
        session.delete(fatma.person)
    with database.reading() as session:
        for table in (Talk, Misunderstood, Request, RequestChange, Person):
            assert session.scalar(select(table)) is None
        assert session.execute(text("SELECT person_id FROM members")).scalar() is None


def test_a_moment_keeps_its_place_in_time_and_comes_back_in_utc(database: Database) -> None:
    amsterdam = timezone(timedelta(hours=1))
    with database.transaction() as session:
        session.add(_event(START.astimezone(amsterdam)))
    with database.reading() as session:
        at = session.scalar(select(Event.at))
        assert at == START and at.tzinfo is UTC
        outgoing = session.scalar(select(Outgoing.claimed_until))
        assert outgoing is None


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    def naive() -> None:
        with database.transaction() as session:
            session.add(_event(START.replace(tzinfo=None)))

    with pytest.raises(exc.StatementError, match="a moment needs a zone"):
        naive()


def test_an_address_of_postgresql_means_psycopg_three() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    assert database.engine.dialect.driver == "psycopg"
    assert not database.on_sqlite
    database.close()
