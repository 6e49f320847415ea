"""`python -m bot.together`: runs commands side by side until one of them ends; then ends the others.

A program of its own with nothing loaded but honcho, because honcho forks itself once for each command.
"""

from __future__ import annotations

import json
import os
import sys

from honcho.manager import Manager


def main(commands: str) -> int:
    """Run the commands, given as a JSON object of name and command line, in this folder and environment."""
    manager = Manager()
    for name, command in json.loads(commands).items():
        manager.add_process(name, command, env=dict(os.environ), cwd=os.curdir)
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
