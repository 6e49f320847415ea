"""What everything in `make demo` takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.house import PATIENCE_SECONDS, Rasa, family, free_port, own_folder, python, running, wait_for
from sandbox.client import SandboxClient
from store.settings import ROOT

ALL_MEGABYTES = 1200
NEEDED = ("actions", "bot", "dashboard", "directory", "flows", "sandbox", "store")
LINKED = ("nlu", "var/models")


async def memory(_rasa: Rasa) -> list[Figure]:
    """Start the demo, talk a little, and add up; the Rasa that runs for the other benchmarks is not counted."""
    port = free_port()
    with own_folder() as folder:
        house = _copy(folder / "house")
        with running("demo", python("bot", "demo", "--port", str(port)), house, {"PYTHONPATH": str(house)}) as demo:
            try:
                await _talk(port)
                return _figures(demo)
            finally:
                _end(demo)


def _copy(house: Path) -> Path:
    """A house of its own, so that a demo that runs in this one is left alone: it begins by clearing its folder."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    (house / "var").mkdir()
    for name in LINKED:
        (house / name).symlink_to(ROOT / name)
    return house


async def _talk(port: int) -> None:
    wait_for(f"http://127.0.0.1:{port}/sandbox/state")
    wait_for(f"http://127.0.0.1:{port + 1000}/status")
    async with SandboxClient(f"http://127.0.0.1:{port}") as sandbox:
        resident = await sandbox.person("Voorbeeld")
        await resident.starts()
        await resident.next_messages(3, timeout=PATIENCE_SECONDS)
        await resident.says("het tocht bij mijn balkondeur en ik heb het koud")
        await resident.next_messages(1, timeout=PATIENCE_SECONDS)


def _figures(demo: psutil.Process) -> list[Figure]:
    sizes = [(_name(process), process.memory_info().rss / 1e6, _own(process)) for process in family(demo)]
    each = ", ".join(f"{name} {size:.0f}" for name, size, _ in sizes)
    own = sum(own for _, _, own in sizes)
    total = sum(size for _, size, _ in sizes)
    return [
        at_most("everything in the demo", total, ALL_MEGABYTES, "MB", f"{each}; shared pages counted once: {own:.0f}")
    ]


def _own(process: psutil.Process) -> float:
    """Megabytes, of shared pages only this process's part (0 where the system does not say)."""
    return float(getattr(process.memory_full_info(), "pss", 0)) / 1e6


def _name(process: psutil.Process) -> str:
    words = process.cmdline()
    if "demo" in words:
        return "starter"
    after = words[words.index("-m") + 1 :] if "-m" in words else words
    return {"nlu": "rasa"}.get(after[0], after[0])


def _end(demo: psutil.Process) -> None:
    """The demo ends its own processes; what is left after that is ended here."""
    processes = family(demo)
    demo.terminate()
    _, left = psutil.wait_procs(processes, timeout=30)
    for process in left:
        process.kill()
