"""What one message costs: statements, transactions and network turns; and what writing to this disk costs."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure, Times
from benchmarks.house import House, Rasa, open_house, own_folder, until_it_answers
from benchmarks.steps import begin
from benchmarks.talk import BACK, FORTH, presses, sentences
from sandbox.client import Person

COUNTS = "counts.txt"
TRIES = 3
QUIET = 0.4
COMMITS = 300


async def turns(rasa: Rasa) -> list[Figure]:
    """Count them for a button and for a sentence; medians, as the bot looks around by itself now and then."""
    async with open_house(rasa, COUNT_FILE=COUNTS) as house:
        await until_it_answers(house)
        resident = await begin(house)
        buttons = [await _pressed(house, resident, *pair) for pair in ((FORTH, BACK), (BACK, FORTH)) * TRIES]
        words = [await _typed(house, resident, sentence) for sentence in sentences()[: TRIES * 2]]
    return [_figure("one button step", buttons), _figure("one typed step (Rasa: 1 more request)", words)]


async def _pressed(house: House, resident: Person, label: str, then: str) -> Counter[str]:
    seen = await _seen(house)
    await presses(resident, label, then)
    return await _since(house, seen)


async def _typed(house: House, resident: Person, sentence: str) -> Counter[str]:
    seen = await _seen(house)
    await resident.next_messages(0)
    await resident.says(sentence)
    await resident.next_messages(1)
    return await _since(house, seen)


async def _seen(house: House) -> int:
    await house.notes()
    return len(_lines(house.folder / COUNTS))


async def _since(house: House, seen: int) -> Counter[str]:
    await asyncio.sleep(QUIET)
    lines = _lines(house.folder / COUNTS)[seen:]
    kinds = Counter("transactions" if line == "COMMIT" else "statements" for line in lines)
    kinds["requests"] = sum(what not in ("update",) for what, _, _ in await house.notes())
    return kinds


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def _figure(what: str, counted: list[Counter[str]]) -> Figure:
    median = {name: round(statistics.median(one[name] for one in counted)) for name in counted[0]}
    return Figure(what, ", ".join(f"{count} {name}" for name, count in median.items()))


async def writing(_rasa: Rasa) -> list[Figure]:
    """A commit of one row that waits for the disk, and one that does not."""
    with own_folder() as folder:
        full, normal = (_commits(folder / f"{mode}.db", mode) for mode in ("FULL", "NORMAL"))
    return [Figure("SQLite commit that survives a power cut", str(full), "", f"synchronous=NORMAL {normal}")]


def _commits(file: Path, synchronous: str) -> Times:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE written (content BLOB)")
    times = []
    for _ in range(COMMITS):
        begun = time.monotonic()
        connection.execute("INSERT INTO written VALUES (?)", (b"x" * 400,))
        times.append(time.monotonic() - begun)
    connection.close()
    return Times(times)
