"""`make lock`: writes the lock files anew, with exact versions and hashes and without download addresses."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.console import SetupError, run, told
from tools.paths import DEFAULT_PIPELINE, NLU, NLU_ENVIRONMENT, ROOT, python_of, uv

COMMON = [
    *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--upgrade"),
    *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
]
ADVICE = "The packages named above do not fit together; change their bounds and run make lock again."


def main() -> int:
    """Locks set-up's own tools, the app with its tests, Rasa, and Rasa's default pipeline."""
    try:
        with told("Locking"):
            _lock(
                ROOT / "tools",
                "bootstrap.in",
                "bootstrap.lock",
                "--python-version",
                "3.11",
            )
            _lock(
                ROOT,
                "pyproject.toml",
                "requirements.lock",
                "--group",
                "dev",
                "--python-version",
                "3.11",
            )
            _lock(
                NLU,
                "pyproject.toml",
                "requirements.lock",
                "--python",
                python_of(NLU_ENVIRONMENT),
            )
            _lock(
                DEFAULT_PIPELINE,
                "pyproject.toml",
                "requirements.lock",
                "--python",
                python_of(NLU_ENVIRONMENT),
            )
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _lock(folder: Path, source: str, target: str, *more: str | Path) -> None:
    """Run inside the folder, because uv reads its `[tool.uv]` there and writes its names into comments."""
    run([uv(), *COMMON, *more, source, "-o", target], ADVICE, folder=folder)


if __name__ == "__main__":
    sys.exit(main())
