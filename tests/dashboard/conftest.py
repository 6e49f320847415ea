"""The real web page on a port of this machine, on either database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from dashboard.__main__ import server
from store.database import Database
from store.settings import Settings
from tests.store.shared import database, shared_postgresql, shared_sqlite

__all__ = ["database", "shared_postgresql", "shared_sqlite"]


def settings_of(database: Database) -> Settings:
    listen = "127.0.0.1:0"
    return Settings(_env_file=None, database_url=database.url, dashboard_listen=listen)  # type: ignore[call-arg]


@pytest_asyncio.fixture
async def web(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's calendar program, and the page that it reads."""
    found = server(settings_of(database), database)
    serving = asyncio.create_task(found._serve())
    while not found.started:
        await asyncio.sleep(0.01)
    host, port = found.servers[0].sockets[0].getsockname()
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False) as client:
        yield client
    found.should_exit = True
    await serving
