"""`make setup`: everything that Wijkwijzer needs, on a fresh machine or one where little has changed."""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.chromium import ensure_chromium
from tools.console import SetupError
from tools.environments import ensure_app_environment, ensure_nlu_environment
from tools.paths import VAR
from tools.training import ensure_model


def main() -> int:
    """Sets up what was asked for; the exit code is 1 when something is missing."""
    wanted = _arguments()
    try:
        with _alone():
            set_up(browser=wanted.browser, rasa=not wanted.app_only)
    except SetupError as problem:
        print(f"\nSet-up stopped.\n{problem}", file=sys.stderr)
        return 1
    return 0


def set_up(*, browser: bool, rasa: bool) -> None:
    """Does the steps that are not done yet, in the order in which they need each other."""
    ensure_app_environment()
    if rasa:
        ensure_nlu_environment()
        ensure_model()
    if browser:
        ensure_chromium()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.setup", description=__doc__)
    parser.add_argument(
        "--browser",
        action="store_true",
        help="also find or install a Chromium, for tests",
    )
    parser.add_argument("--app-only", action="store_true", help="leave out Rasa and its model")
    return parser.parse_args()


@contextmanager
def _alone() -> Iterator[None]:
    """Waits until no other set-up of this checkout is at work."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
