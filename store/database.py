"""The database: one engine, and transactions that the edge opens and closes."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, exc, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from store import encryption
from store.tables import DataKey

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
SEALING = "numbers"
"""The name of the key for sealed numbers."""
DATABASE_TROUBLE = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""The database is locked, full or gone: trying again later may help."""


class Database:
    """SQLite or PostgreSQL behind the same two calls: `transaction` to write and `reading` to look."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def on_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """A session whose rows are written together when the block ends, or not at all when it raises.

        One that is not `durable` does not wait for the disk on SQLite: a killed process loses nothing, a power cut
        may undo it. For what can be found out again, such as who sends a message now.
        """
        self._take_key()
        with self._sessions.begin() as session:
            if not durable:
                session.connection(execution_options={"sqlite_lax": True})
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look with; on SQLite it does not take the write lock."""
        self._take_key()
        with self._sessions() as session:
            session.connection(execution_options={"sqlite_reading": True})
            yield session

    def upgrade(self) -> None:
        """Bring the tables to the newest form. Raises `KeysMissing`, with nothing written, without keys that fit:
        it keeps a key of its own in them."""
        encryption.current()
        self._take_key()
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.engine.connect() as connection, tables_may_be_rebuilt(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def _take_key(self) -> None:
        """The key for sealed numbers, once, if the tables are there; raises `KeysMissing` when it cannot be read."""
        if encryption.is_sealing(self.engine.dialect):
            return
        with self.engine.connect().execution_options(sqlite_reading=True) as connection:
            if not inspect(connection).has_table(DataKey.__tablename__):
                return
            key = connection.scalar(select(DataKey.key).where(DataKey.name == SEALING))
        if key is not None:
            encryption.seal_with(self.engine.dialect, b64decode(key))

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by writing its table anew, which must not take along the rows that point to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    pragma = connection.connection.execute  # outside of any transaction
    pragma("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # of an upgrade that failed: within a transaction the next line does nothing
        pragma("PRAGMA foreign_keys=ON")


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(_with_psycopg(url), pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)


def _with_psycopg(url: str) -> str:
    """`postgresql://` means psycopg 3 here, whatever the library's default is."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _sqlite(url: str) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "do_connect", _make_for_its_owner)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _make_for_its_owner(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """A new file may be read by nobody else; SQLite gives what it writes beside it the same rights."""
    file = Path(arguments[0])
    if arguments[0] != ":memory:" and not file.exists():
        file.touch(mode=0o600)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "cache_size=-8000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    """Take the write lock at the start: a transaction that upgrades from reading to writing can fail at once."""
    options = connection.get_execution_options()
    # Through SQLAlchemy, so that a lock that is not to be had is one of `DATABASE_TROUBLE`.
    connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('sqlite_lax') else 'FULL'}")
    connection.exec_driver_sql("BEGIN" if options.get("sqlite_reading") else "BEGIN IMMEDIATE")
