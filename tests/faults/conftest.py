"""What the tests of faults share: bot processes, talks that have come to some point, a sandbox with it all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import World
from store.database import Database
from tests.conftest import fresh_postgresql
from tests.faults.hall import Hall, Talks
from tests.faults.processes import Nursery
from tests.talks import Stage


@pytest.fixture(autouse=True)
def _log_lines() -> Iterator[None]:
    """What is logged here is not printed with all that the variables hold, which takes seconds a failure."""
    with capture_logs():
        yield


@pytest.fixture(scope="session")
def key(_keys: str) -> str:
    """A key that the tests and the bot processes share."""
    return _keys


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("nursery") / "nursery.log")
    yield nursery
    nursery.close()


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kept_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database of each kind for all tests of a module, which bring their own people."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('kept') / 'kept.db'}"
    else:
        url = fresh_postgresql(request.getfixturevalue("postgresql"))
    database = Database(url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(scope="session")
def talks(key: str, tmp_path_factory: pytest.TempPathFactory, words: Words, phrases: SafetyPhrases) -> Talks:
    """A resident's talk as it stands at some points, to be put before others."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('talks') / 'talks.db'}")
    database.upgrade()
    played = Talks.play(Stage(database, words, phrases))
    database.close()
    return played


@pytest_asyncio.fixture
async def hall(
    database: Database, database_url: str, key: str, nursery: Nursery, talks: Talks, words: Words, tmp_path: Path
) -> AsyncIterator[Hall]:
    """A sandbox and an empty database; no bot runs yet."""
    world = World(read_settings(), SandboxClock(None))
    async with running(world) as address:
        hall = Hall(world, address, database, database_url, key, nursery, talks, words, tmp_path)
        yield hall
        await hall.close()
