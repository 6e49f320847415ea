"""Tells a person what set-up does, and runs programs quietly."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.paths import LOG, ROOT

LINES_SHOWN = 12


class SetupError(Exception):
    """Something is missing that set-up cannot get by itself; the message says what to do."""


@contextmanager
def told(sentence: str) -> Iterator[None]:
    """Prints what is being done, and how long it took."""
    print(f"  {sentence} ...", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - start:.0f} s", flush=True)


def run(
    command: Sequence[str | Path],
    advice: str,
    extra: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Runs a program with its output in the log; when it fails, shows the end of it and the advice."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        begin = log.tell()
        try:
            done = subprocess.run(
                [str(word) for word in command],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(extra),
                cwd=folder,
            )
        except OSError as error:
            raise SetupError(f"{command[0]} could not be started ({error}).\n{advice}") from error
    if done.returncode:
        raise SetupError(f"{_end_of_log(begin)}\n\n{advice}\nThe whole output is in {LOG}.")


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """Without PYTHONDONTWRITEBYTECODE: Rasa starts three times slower when nothing may be kept compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **(extra or {})}


def _end_of_log(begin: int) -> str:
    with LOG.open(encoding="utf-8", errors="replace") as log:
        log.seek(begin)
        return "\n".join(log.read().splitlines()[-LINES_SHOWN:])
