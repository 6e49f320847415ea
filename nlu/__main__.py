"""Rasa's own command line, started the way we need it: `nlu/.venv/bin/python -m nlu <rasa's arguments>`."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings

from nlu.slim import leave_out_tensorflow
from nlu.warm_up import warm_up_at_start

# Two cores are shared with the bot and the dashboard: encoders answer one short text faster on one thread.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def prepare() -> None:
    """Sets what Rasa reads from the environment at import."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # Rasa leaves files behind where it stands: a cache of earlier trainings and matplotlib's fonts.
    os.environ.setdefault("RASA_CACHE_DIRECTORY", tempfile.mkdtemp(prefix="wijkwijzer-rasa-"))
    # Rasa's pinned libraries warn of their own future at each start; nobody here can act on that.
    warnings.simplefilter("ignore")
    leave_out_tensorflow()


def main() -> None:
    """Hands over to Rasa."""
    prepare()
    from rasa.__main__ import main as rasa

    if "run" in sys.argv[1:2]:
        warm_up_at_start()
    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
