"""Bot processes of the tests of faults: start, arm, watch and end them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.world import DEFAULT_TOKEN
from store.settings import ROOT
from tests.faults.crashing_bot import ORDER, PASSED

LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 20.0

Deadly = tuple[str, int]
"""A place by its name, and which time it is passed: (before commit, 3) is the third."""
NEVER: Deadly = ("", 0)


async def until(happened: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; it may look into the database."""
    ends = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(happened):
        if asyncio.get_running_loop().time() > ends:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        await asyncio.sleep(LOOK_SECONDS)


@dataclass
class BotProcess:
    """A bot that runs, or ran. `folder` holds its log and what it is told."""

    pid: int
    folder: Path
    output: Path

    def log(self) -> str:
        return self.output.read_text()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The log lines of an event."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def started(self) -> None:
        await until(lambda: bool(self.logged("bot_started")), f"the bot to start; it wrote: {self.log()}")

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.alive():
            os.kill(self.pid, how)

    async def gone(self) -> None:
        await until(lambda: not self.alive(), "the bot to end")

    async def arm(self, deadly: Deadly) -> None:
        """Let it die there from now on."""
        assert await self._ordered(deadly), "the bot had died already"

    async def disarm(self) -> bool:
        """Let it live from now on; False when it was too late, because the deadly place came after all was quiet."""
        return await self._ordered(NEVER)

    async def _ordered(self, deadly: Deadly) -> bool:
        order = self.folder / ORDER
        order.write_text(json.dumps(deadly))
        if self.alive():
            with suppress(ProcessLookupError):  # it died just now
                os.kill(self.pid, signal.SIGUSR1)
        await until(lambda: not order.exists() or not self.alive(), "the bot to take the order")
        return not order.exists()

    def passed(self) -> list[str]:
        """The places that it passed since it was armed; the last one may have been deadly."""
        return (self.folder / PASSED).read_text().splitlines()


class Nursery:
    """Holds the bot's code ready, so that a bot starts in tenths of a second."""

    def __init__(self, output: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing_bot"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output.open("wb"),
            text=True,
        )
        assert self._said() == "ready", output.read_text()
        self.bots: list[BotProcess] = []

    def start(self, folder: Path, settings: dict[str, str], changes: dict[str, Any] | None = None) -> BotProcess:
        """A new bot process with these settings; `changes` are values in its modules, by their full names."""
        folder.mkdir(parents=True, exist_ok=True)
        output = folder / f"bot{len(self.bots)}.log"
        output.touch()
        environment = {"TELEGRAM_BOT_TOKEN": DEFAULT_TOKEN, "PATH": os.environ["PATH"], **settings}
        order = {
            "folder": str(folder),
            "output": str(output),
            "environment": environment,
            "changes": changes or {},
        }
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        bot = BotProcess(int(self._said()), folder, output)
        self.bots.append(bot)
        return bot

    def close(self) -> None:
        """End what still runs."""
        for bot in self.bots:
            bot.end()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _said(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()
