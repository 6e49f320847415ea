"""Runs the processes of an installation together, and ends all when one ends."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from honcho.manager import Manager

from store.settings import ROOT, Settings

NLU_SERVE = Path("nlu") / "serve"


def rasa_command(settings: Settings) -> str:
    """What starts Rasa at the port of `RASA_URL`."""
    return shlex.join([str(ROOT / NLU_SERVE), "--port", str(urlsplit(settings.rasa_url).port or 5005)])


def run_together(settings: Settings, commands: Mapping[str, str], environment: Mapping[str, str] | None = None) -> int:
    """Run Rasa and these commands until one of them ends; gives the exit code."""
    manager = Manager()
    surroundings = {**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"}
    for name, command in {"rasa": rasa_command(settings), **commands}.items():
        manager.add_process(name, command, env=surroundings, cwd=str(ROOT))
    manager.loop()
    return int(manager.returncode or 0)


def python_module(module: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-m", module, *arguments])
