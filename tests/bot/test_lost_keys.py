"""Keys that are lost, wrong or half there: bot, page and commands refuse to start, in one line, and write nothing."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import cli
from dashboard import __main__ as dashboard
from store import encryption
from store.database import Database
from store.settings import Settings
from store.tables import Outgoing
from tests.talks import START

ONE, TWO = encryption.new_key(), encryption.new_key()
CANNOT_READ = "cannot be read with the present ENCRYPTION_KEYS"
LOST = {
    "none": ("", "ENCRYPTION_KEYS is empty"),
    "no key at all": ("rubbish", "holds something that is no key"),
    "another one": (TWO, CANNOT_READ),
    "half of them": (ONE, CANNOT_READ),
}


class Installation:
    """A database on disk whose values are under two keys, one after the other."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file, self.monkeypatch = folder / "house.db", monkeypatch
        for name in Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{self.file}")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "42:right")
        monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("DASHBOARD_LISTEN", "127.0.0.1:0")

    def filled(self, *keys: str) -> None:
        """With a row under each key; the key of the database is under the first."""
        encryption.configure(keys[0])
        database = Database(f"sqlite:///{self.file}")
        database.upgrade()
        for number, key in enumerate(keys):
            encryption.configure(key)
            with database.transaction() as session:
                session.add(Outgoing(chat_id=number, content={"n": number}, due_at=START))
        encryption.configure(keys[0])
        with database.transaction() as session:
            session.add(Outgoing(chat_id=9, content={"n": 9}, due_at=START))
        database.close()

    def rows(self) -> list[str]:
        with closing(sqlite3.connect(self.file)) as there:
            return list(there.iterdump())

    def starts(self, start: Callable[[], None], *command: str) -> int:
        self.monkeypatch.setattr(sys, "argv", ["wijkwijzer", *command])
        with pytest.raises(SystemExit) as ended:
            start()
        assert isinstance(ended.value.code, int)
        return ended.value.code


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    before = encryption._keys
    yield Installation(tmp_path, monkeypatch)
    encryption._keys = before


STARTS: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {
    "bot": (cli.main, ("bot",)),
    "dashboard": (dashboard.main, ()),
    "requests": (cli.main, ("requests",)),
    "rotate": (cli.main, ("keys", "rotate")),
    "upgrade": (cli.main, ("db", "upgrade")),
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("lost", LOST)
def test_without_its_keys_nothing_starts_and_nothing_is_written(
    installation: Installation, capsys: pytest.CaptureFixture[str], start: str, lost: str
) -> None:
    keys, told = LOST[lost]
    installation.filled(*((ONE, TWO) if lost == "half of them" else (ONE,)))
    before = installation.rows()
    installation.monkeypatch.setenv("ENCRYPTION_KEYS", keys)
    program, command = STARTS[start]
    assert installation.starts(program, *command) == 1
    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith("wijkwijzer: ") and told in lines[0], said
    assert said.out == "" and installation.rows() == before
    assert not any(key in said.err for key in (ONE, TWO, "rubbish"))


def test_an_old_database_is_not_brought_to_its_newest_form_with_a_wrong_key(installation: Installation) -> None:
    installation.filled(ONE)
    with closing(sqlite3.connect(installation.file)) as there:
        there.execute("UPDATE alembic_version SET version_num = '0011'")
        there.commit()
    before = installation.rows()
    encryption.configure(TWO)
    database = Database(f"sqlite:///{installation.file}")
    with pytest.raises(encryption.KeysMissing, match=CANNOT_READ):
        database.upgrade()
    database.close()
    assert installation.rows() == before


def test_the_page_may_start_before_its_database_is_there(tmp_path: Path, logged: list[dict[str, object]]) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    dashboard.check_keys(database)
    database.close()
    assert [line["event"] for line in logged] == ["keys_not_checked"]


def test_the_rows_that_are_compared_hold_what_is_stored(installation: Installation) -> None:
    installation.filled(ONE)
    before = installation.rows()
    with Database(f"sqlite:///{installation.file}").transaction() as session:
        session.execute(text("UPDATE outgoing SET attempts = 1"))
    assert installation.rows() != before
