"""`python -m sandbox`: starts the sandbox and prints its address."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from sandbox.clock import Clock
from sandbox.server import make_server
from sandbox.users import DEFAULT_FILE, read_settings
from sandbox.wire import ControlError
from sandbox.world import DEFAULT_TOKEN, World

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


def main(arguments: list[str] | None = None) -> int:
    """Run until interrupted; returns the exit code."""
    given = _parser().parse_args(arguments)
    if not TOKEN.fullmatch(given.token):
        print("sandbox: a token is a number, a colon and letters, such as 1:demo", file=sys.stderr)
        return 2
    try:
        world = World(read_settings(given.users, given.token), Clock(given.clock_file))
        world.clock.now()
    except ControlError as error:
        print(f"sandbox: {error.description}", file=sys.stderr)
        return 2
    server = make_server(world, given.host, given.port, lambda address: print(f"sandbox: {address}", flush=True))
    server.run()
    return 0 if server.started else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Telegram's servers on your own machine.")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free port (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--clock-file", type=Path, default=_from_environment("CLOCK_FILE"), help="default: $CLOCK_FILE")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the bot's token (default: %(default)s)")
    parser.add_argument("--users", type=Path, default=DEFAULT_FILE, help="YAML file with the people on the page")
    return parser


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


if __name__ == "__main__":
    sys.exit(main())
