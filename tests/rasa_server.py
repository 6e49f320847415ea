"""Starts the real Rasa server for tests, on a free port of the loopback address."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.paths import ROOT

# Start-up takes about 5 seconds; a busy machine may take several times that.
PATIENCE_SECONDS = 90
STOP_SECONDS = 20


@dataclass(frozen=True)
class RasaServer:
    """A running server: where it answers, its process id, and the file with all that it printed."""

    url: str
    pid: int
    output: Path

    def parse(self, text: str) -> dict[str, object]:
        """What the server understands of a text."""
        answer = httpx.post(f"{self.url}/model/parse", json={"text": text}, timeout=10)
        answer.raise_for_status()
        meaning: dict[str, object] = answer.json()
        return meaning


@contextmanager
def running_rasa(port: int | None = None) -> Iterator[RasaServer]:
    """Runs `nlu/serve`, waits until it answers, and ends it by its own process id."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "rasa.log"
        with output.open("wb") as sink:
            command = [str(ROOT / "nlu" / "serve"), "--port", str(port)]
            process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        server = RasaServer(f"http://127.0.0.1:{port}", process.pid, output)
        try:
            _wait(server, process)
            yield server
        finally:
            _stop(process)


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: RasaServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(server.url):
            return
        time.sleep(0.2)
    raise RuntimeError(f"Rasa did not start:\n{server.output.read_text()}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/status", timeout=2).is_success
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
