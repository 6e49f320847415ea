"""A copy of the database, taken while it is in use."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from store.backup import BackupRefused, write_backup
from store.database import Database
from store.tables import Event, Person
from tests.actions.people import Wijk
from tests.store.shared import empty
from tests.talks import START


def test_a_copy_is_whole_and_only_for_its_owner(shared_sqlite: Database, tmp_path: Path) -> None:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        Wijk(session).person("Annie")
    file = tmp_path / "deep" / "copy.db"
    with shared_sqlite.transaction() as session:
        session.add(Event(at=START, name="not_yet", detail=""))
        session.flush()
        write_backup(shared_sqlite, file)
    copy = Database(f"sqlite:///{file}")
    with copy.reading() as session:
        assert session.scalar(select(Person.first_name)) == "Annie"
        assert session.scalar(select(Event).where(Event.name == "not_yet")) is None
    copy.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_stays_as_it_is(shared_sqlite: Database, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(BackupRefused, match="exists already; choose another name"):
        write_backup(shared_sqlite, file)
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("page", [2, 3, 5])
def test_a_damaged_copy_is_taken_away_again(tmp_path: Path, page: int) -> None:
    source, file = tmp_path / "house.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as live, live:
        live.execute("CREATE TABLE words (word TEXT)")
        live.executemany("INSERT INTO words VALUES (?)", [(f"{n} " * 50,) for n in range(500)])
    with source.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 4096)
    database = Database(f"sqlite:///{source}")
    with pytest.raises(BackupRefused, match="damaged"):
        write_backup(database, file)
    database.close()
    assert not file.exists()


@pytest.mark.postgresql
def test_postgresql_has_a_tool_of_its_own(shared_postgresql: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump"):
        write_backup(shared_postgresql, tmp_path / "copy.db")
    assert not list(tmp_path.iterdir())
