"""Real programs of ours, started and ended as a person would."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from store.settings import ROOT

START_SECONDS = 90
END_SECONDS = 20
LOOK_SECONDS = 0.05
RASA_ABOVE = 1000
DASHBOARD_ABOVE = 2000


@dataclass(frozen=True)
class Program:
    """A running program and all that it printed."""

    process: subprocess.Popen[bytes]
    output: Path

    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_printed(self, words: str) -> None:
        ends = time.monotonic() + START_SECONDS
        while words not in self.printed():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"never printed '{words}':\n{self.printed()}")
            time.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """End it with SIGTERM; nothing that it started may live on."""
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        finally:
            left = psutil.wait_procs(children, timeout=END_SECONDS)[1]
            for orphan in left:
                orphan.kill()
        assert not left, f"still there after the end: {left}"


@contextmanager
def running(command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Start a program; end it afterwards, also when the test failed."""
    with output.open("wb") as sink:
        surroundings = {**os.environ, **(environment or {})}
        process = subprocess.Popen(command, cwd=ROOT, stdout=sink, stderr=subprocess.STDOUT, env=surroundings)
    program = Program(process, output)
    try:
        yield program
    finally:
        program.end()


def free_port(*also: int) -> int:
    """A port of the loopback address that nobody uses, as are those so many above it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if all(_free(port + above) for above in also):
            return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
