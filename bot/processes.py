"""The processes of an installation."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from store.settings import ROOT, Settings

NLU_SERVE = Path("nlu") / "serve"
DASHBOARD = "dashboard"
"""The module with the web page, which may not be imported here."""


def rasa_command(settings: Settings) -> str:
    """What starts Rasa at the port of `RASA_URL`."""
    return shlex.join([str(ROOT / NLU_SERVE), "--port", str(urlsplit(settings.rasa_url).port or 5005)])


def run_together(settings: Settings, commands: Mapping[str, str], environment: Mapping[str, str]) -> NoReturn:
    """Become the program that runs Rasa and these commands, in the checkout, until one of them ends."""
    every = json.dumps({"rasa": rasa_command(settings), **commands})
    os.chdir(ROOT)
    surroundings = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
    os.execve(sys.executable, [sys.executable, "-m", "bot.together", every], surroundings)


def become(module: str) -> NoReturn:
    """Run a module in place of this process."""
    os.execv(sys.executable, [sys.executable, "-m", module])


def python_module(module: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-m", module, *arguments])
