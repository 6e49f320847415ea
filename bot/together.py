"""`python -m bot.together`: runs commands side by side until one of them ends; then ends the others.

A program of its own with nothing loaded but honcho, because honcho forks itself once for each command.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from honcho.manager import Manager

RASA = "rasa"
RASA_NEEDS = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "PYTHONUNBUFFERED", "VIRTUAL_ENV")
"""What Rasa's process gets of our surroundings: no key, no token, no address of a database or mail server."""


def surroundings(name: str, ours: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command; Rasa, whose libraries are old, gets nothing that is secret."""
    return {key: value for key, value in ours.items() if name != RASA or key in RASA_NEEDS}


def main(commands: str) -> int:
    """Run the commands, given as a JSON object of name and command line, in this folder and environment."""
    manager = Manager()
    for name, command in json.loads(commands).items():
        manager.add_process(name, command, env=surroundings(name, os.environ), cwd=os.curdir)
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
