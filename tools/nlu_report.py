"""`make nlu-report`: makes the environment for the comparison if it is not there, then measures."""

from __future__ import annotations

import subprocess
import sys

from tools.console import SetupError
from tools.environments import ensure_default_environment
from tools.paths import NLU_ENVIRONMENT, ROOT, python_of


def main() -> int:
    """The exit code is that of the report, or 1 when the environment could not be made."""
    wanted = sys.argv[1:]
    try:
        if "--without-default" not in wanted:
            ensure_default_environment()
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    report = [str(python_of(NLU_ENVIRONMENT)), "-m", "nlu.report", *wanted]
    heard = [sys.executable, "-m", "benchmarks.hearing", "--write"]
    commands = (report, heard)
    return next(
        (code for command in commands if (code := subprocess.run(command, cwd=ROOT, check=False).returncode)), 0
    )


if __name__ == "__main__":
    sys.exit(main())
