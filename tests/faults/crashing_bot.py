"""Starts real bot processes for the tests of faults, quickly, and lets one die at a chosen place.

Run as a program it loads the bot's code once. Each line on its standard input,
a JSON object, then becomes a process of its own that does what `python -m bot bot`
does; its process id is printed. Everything that the tests change stands here:
the bot's own code knows nothing of it (decision 0016).
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import runpy
import signal
import ssl
import sys
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg  # noqa: F401  (loaded late otherwise)
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import bot.jobs
import bot.service
from actions.directory import load_organisation
from bot.start import read_content
from bot.telegram.request import AiohttpRequest
from bot.understanding.safety import SafetyPhrases
from store import encryption
from store.database import Database
from store.settings import ROOT

ORDER = "deadly_place"
PASSED = "places"


class Places:
    """Where a death can make a difference: round each commit and round each request to Telegram.

    They are counted, each by its own name, from the moment of arming, which is a
    SIGUSR1; a file names the deadly one and which time it is deadly, 0 being never.
    What happens side by side may come in any order, so a number over all of them
    would name another place each time.
    """

    def __init__(self, folder: Path) -> None:
        self._order = folder / ORDER
        self._passed = folder / PASSED
        self._lock = threading.Lock()
        self._armed = False
        self._deadly = ("", 0)
        self._times: Counter[str] = Counter()

    def arm(self, *_: object) -> None:
        """Count from here on."""
        name, time = json.loads(self._order.read_text())
        self._deadly, self._times, self._armed = (name, time), Counter(), True
        self._passed.write_text("")
        self._order.unlink()

    def reach(self, name: str) -> None:
        """Write the place down; die there if it is the deadly one."""
        with self._lock:
            if not self._armed:
                return
            self._times[name] += 1
            with self._passed.open("a") as file:
                file.write(f"{name}\n")
            if (name, self._times[name]) == self._deadly:
                os.kill(os.getpid(), signal.SIGKILL)


def watch(places: Places) -> None:
    """Report each commit and each request, before and after."""
    event.listen(Engine, "commit", lambda _connection: places.reach("before commit"))
    event.listen(Session, "after_commit", lambda _session: places.reach("after commit"))
    send = AiohttpRequest.do_request

    async def watched(self: AiohttpRequest, url: str, *args: Any, **options: Any) -> tuple[int, bytes]:
        name = urlsplit(url).path.rpartition("/")[2]
        places.reach(f"before {name}")
        answer = await send(self, url, *args, **options)
        places.reach(f"after {name}")
        return answer

    AiohttpRequest.do_request = watched  # type: ignore[method-assign]


def become_a_bot(order: dict[str, Any]) -> None:
    """What `python -m bot bot` does, with the environment and the changes of `order`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _write_into(Path(order["output"]))
    os.chdir(order["folder"])  # so that nobody's own .env is read
    os.environ.clear()
    os.environ.update(order["environment"])
    for name, value in order["changes"].items():
        module, _, attribute = name.rpartition(".")
        setattr(sys.modules[module], attribute, value)
    places = Places(Path(order["folder"]))
    signal.signal(signal.SIGUSR1, places.arm)
    watch(places)
    sys.argv = ["bot", "bot"]
    runpy.run_module("bot", run_name="__main__")


def _write_into(output: Path) -> None:
    file = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(file, standard)


def warm_up() -> None:
    """What each start would do anew with the same outcome: flows, certificates, and modules that are loaded late."""
    certificates: Any = ssl
    certificates.create_default_context = functools.cache(ssl.create_default_context)
    with suppress(httpx.ConnectError):
        asyncio.run(_reach_nobody())
    with tempfile.TemporaryDirectory() as folder:
        encryption.configure(encryption.new_key())
        database = Database(f"sqlite:///{folder}/warm.db")
        database.upgrade()
        database.close()
    _read_once()


async def _reach_nobody() -> None:
    async with httpx.AsyncClient() as client:
        await client.get("http://127.0.0.1:9")


def _read_once() -> None:
    service: Any = bot.service
    service.read_content = functools.cache(read_content)
    service.read_content(ROOT / "flows", load_organisation(ROOT / "directory", "soest"))
    once = functools.cache(SafetyPhrases.read)
    once(ROOT / "flows" / "texts")
    SafetyPhrases.read = once  # type: ignore[method-assign]


def main() -> None:
    """Serve until standard input ends."""
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them, so they leave no zombies
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                become_a_bot(json.loads(line))
            finally:
                sys.stderr.flush()
                os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main()
