"""What everything in `make demo` takes."""

from __future__ import annotations

import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.house import PATIENCE_SECONDS, Rasa, end, family, free_port, own_folder, python, running, wait_for
from sandbox.client import SandboxClient

ALL_MEGABYTES = 1200


async def memory(_rasa: Rasa) -> list[Figure]:
    """Start the demo, talk a little, and add up; the Rasa that runs for the other benchmarks is not counted."""
    port = free_port()
    with own_folder() as folder:
        command = python("bot", "demo", "--port", str(port), "--folder", str(folder / "demo"))
        with running("demo", command, folder) as demo:
            try:
                await _talk(port)
                return _figures(demo)
            finally:
                end(family(demo))


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
