"""Trains a pipeline and asks its real server over loopback, for ours and for Rasa's default alike."""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from nlu.report.measures import Answer
from nlu.report.sentences import DATA, ROOT, Sentence

PATIENCE_SECONDS = 300
STOP_SECONDS = 30


@dataclass(frozen=True)
class Pipeline:
    """How to call Rasa with one pipeline."""

    name: str
    rasa: tuple[str, ...]
    config: Path


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock, and seconds of computing over all cores."""

    seconds: float
    core_seconds: float


OURS = Pipeline(
    "ours", (str(ROOT / "nlu/.venv/bin/python"), "-m", "nlu"), ROOT / "config.yml"
)
DEFAULT = Pipeline(
    "default",
    (str(ROOT / "nlu/.venv-diet/bin/python"), "-m", "rasa"),
    ROOT / "nlu/report/default_pipeline/config.yml",
)


def train(pipeline: Pipeline, model: Path) -> Cost:
    """Trains on all of `nlu/data` with two threads, nothing remembered from an earlier training."""
    where = ["--out", str(model.parent), "--fixed-model-name", model.stem.split(".")[0]]
    given = ["--config", str(pipeline.config), "--nlu", str(DATA), "--force"]
    begin, computed = time.monotonic(), _computed()
    subprocess.run(
        [*pipeline.rasa, "train", "nlu", *given, *where],
        check=True,
        cwd=model.parent,
        env=_environment(threads=2, cache=model.parent / "cache"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Cost(time.monotonic() - begin, _computed() - computed)


def _computed() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(threads: int, cache: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE"
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(cache),
        "OMP_NUM_THREADS": str(threads),
    }


class Server:
    """A running server; asks over one connection that stays open, as the bot does."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._process = process

    def ask(self, sentence: Sentence) -> tuple[Answer, float]:
        """What is understood, and how many seconds that took."""
        body = json.dumps({"text": sentence.text}).encode()
        begin = time.perf_counter()
        self._connection.request(
            "POST", "/model/parse", body, {"Content-Type": "application/json"}
        )
        found = json.loads(self._connection.getresponse().read())
        took = time.perf_counter() - begin
        ranking = tuple(
            (entry["name"], entry["confidence"]) for entry in found["intent_ranking"]
        )
        return Answer(sentence, ranking), took

    def megabytes(self) -> float:
        """Resident memory of the server."""
        return psutil.Process(self._process.pid).memory_info().rss / 2**20


@contextmanager
def serving(pipeline: Pipeline, model: Path) -> Iterator[Server]:
    """Runs Rasa's NLU server with this model, on a free port of the loopback address."""
    port = _free_port()
    address = ["--interface", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*pipeline.rasa, "run", "--enable-api", "--quiet", "--model", str(model), *address],
        cwd=model.parent,
        env=_environment(threads=1, cache=model.parent / "cache"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/status")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("A Rasa server did not start; try its command by hand.")
