"""Trains a pipeline and asks its real server over loopback, for ours and for Rasa's default alike."""

from __future__ import annotations

import http.client
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nlu.report.measures import Answer
from nlu.report.sentences import DATA, ROOT, Sentence
from tools.stamps import fingerprint

REPORT = ROOT / "var" / "report"
PATIENCE_SECONDS = 300
STOP_SECONDS = 30


@dataclass(frozen=True)
class Pipeline:
    """How to call Rasa with one pipeline."""

    name: str
    rasa: tuple[str, ...]
    config: Path
    files: tuple[Path, ...]  # what its model is made from, beside the sentences


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock, and seconds of computing over all cores."""

    seconds: float
    core_seconds: float


def _pipeline(name: str, rasa: tuple[str, ...], folder: Path, lock: Path, *code: Path) -> Pipeline:
    config = folder / "config.yml"
    return Pipeline(name, rasa, config, (config, lock, *code))


NLU = ROOT / "nlu"
DEFAULT_FOLDER = NLU / "report" / "default_pipeline"
OURS = _pipeline(
    "ours",
    (str(NLU / ".venv/bin/python"), "-m", "nlu"),
    ROOT,
    NLU / "requirements.lock",
    *(NLU / "components").glob("*.py"),
)
DEFAULT = _pipeline(
    "default",
    (str(NLU / ".venv-diet/bin/python"), "-m", "rasa"),
    DEFAULT_FOLDER,
    DEFAULT_FOLDER / "requirements.lock",
)


def default_with(epochs: int) -> Pipeline:
    """Rasa's default pipeline, trained for so many epochs; the usual number is that of its config.yml."""
    written = DEFAULT.config.read_text()
    wanted = re.sub(r"epochs: \d+", f"epochs: {epochs}", written)
    if wanted == written:
        return DEFAULT
    REPORT.mkdir(parents=True, exist_ok=True)
    config = REPORT / f"default-{epochs}-epochs.yml"
    config.write_text(wanted)
    return replace(DEFAULT, config=config, files=(config, *DEFAULT.files))


def trained(pipeline: Pipeline, *, anew: bool) -> tuple[Path, Cost]:
    """The model of a pipeline and what its training cost; trained only if something changed, or `anew`."""
    folder = REPORT / f"{pipeline.name}-{_fingerprint(pipeline)}"
    model, note = folder / "model.tar.gz", folder / "cost.json"
    if anew or not note.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        note.write_text(json.dumps(asdict(_train(pipeline, model))))
    return model, Cost(**json.loads(note.read_text()))


def _fingerprint(pipeline: Pipeline) -> str:
    return fingerprint([*pipeline.files, *DATA.glob("*.yml")], base=ROOT)


def _train(pipeline: Pipeline, model: Path) -> Cost:
    """Trains on all of `nlu/data` with two threads, nothing remembered from an earlier training."""
    where = ["--out", str(model.parent), "--fixed-model-name", "model"]
    given = ["--config", str(pipeline.config), "--nlu", str(DATA)]
    begin, computed = time.monotonic(), _computed()
    with (model.parent / "training.log").open("wb") as log:
        subprocess.run(
            [*pipeline.rasa, "train", "nlu", *given, *where],
            check=True,
            cwd=model.parent,
            env=_environment(threads=2, cache=model.parent / "cache"),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Cost(time.monotonic() - begin, _computed() - computed)


def _computed() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(threads: int, cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
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
        self._connection.request("POST", "/model/parse", body, {"Content-Type": "application/json"})
        found = json.loads(self._connection.getresponse().read())
        took = time.perf_counter() - begin
        ranking = tuple((entry["name"], entry["confidence"]) for entry in found["intent_ranking"])
        return Answer(sentence, ranking, (found.get("language") or {}).get("name")), took

    def megabytes(self) -> float:
        """Resident memory of the server."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


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
