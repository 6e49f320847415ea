"""Finds the Python that Rasa needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

RASA_PYTHON = (3, 10)


def rasa_python() -> str | None:
    """A Python 3.10 that really runs, or None."""
    return first_that_is(RASA_PYTHON, candidates(os.environ, shutil.which("python3.10")))


def candidates(environment: Mapping[str, str], on_path: str | None) -> Iterator[str]:
    """Where a Python 3.10 may be: named by the operator, on the PATH, in pyenv."""
    if environment.get("NLU_PYTHON"):
        yield environment["NLU_PYTHON"]
    if on_path:
        yield on_path
    pyenv = Path(environment.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(pyenv.glob("versions/3.10.*"), key=_patch, reverse=True):
        yield str(folder / "bin" / "python")


def first_that_is(version: tuple[int, int], found: Iterable[str]) -> str | None:
    """The first candidate that runs and is of this version.

    Running it is the only test that counts: pyenv puts a `python3.10` on the PATH that fails unless 3.10
    was chosen for this folder.
    """
    return next((python for python in found if _version_of(python) == version), None)


def _version_of(python: str) -> tuple[int, int] | None:
    question = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [python, "-c", question],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def _patch(folder: Path) -> int:
    last = folder.name.rsplit(".", 1)[-1]
    return int(last) if last.isdigit() else -1
