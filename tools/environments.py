"""Makes the virtual environments: the app's, Rasa's, and on demand one with TensorFlow to compare with."""

from __future__ import annotations

import venv
from collections.abc import Callable
from pathlib import Path

from tools.console import SetupError, run, told
from tools.paths import (
    APP_ENVIRONMENT,
    DEFAULT_ENVIRONMENT,
    DEFAULT_PIPELINE,
    NLU,
    NLU_ENVIRONMENT,
    ROOT,
    python_of,
    uv,
)
from tools.pythons import rasa_python
from tools.stamps import Stamp, fingerprint

BOOTSTRAP = ROOT / "tools" / "bootstrap.lock"
APP_LOCK = ROOT / "requirements.lock"
NLU_LOCK = NLU / "requirements.lock"
DEFAULT_LOCK = DEFAULT_PIPELINE / "requirements.lock"
OFFLINE = "Is this machine online, and may it reach a Python package index? Then start again."
NO_VENV = "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"
NO_PYTHON = (
    "Rasa needs Python 3.10 beside the newer one, and none was found or could be fetched. Install it "
    "(for example: pyenv install 3.10), or name one: NLU_PYTHON=/path/to/python3.10 make setup"
)


def ensure_app_environment() -> None:
    """`.venv`: uv, the app's locked packages, and the app itself from this folder."""
    _once(
        "uv",
        [BOOTSTRAP],
        APP_ENVIRONMENT,
        "Making the app's environment (.venv)",
        _bootstrap,
    )
    _once(
        "packages",
        [APP_LOCK],
        APP_ENVIRONMENT,
        "Installing the app's packages",
        _app_packages,
    )
    _once("app", [ROOT / "pyproject.toml"], APP_ENVIRONMENT, "Installing the app", _app)


def ensure_nlu_environment() -> None:
    """`nlu/.venv`: Rasa, its locked packages and the sentence encoders."""
    _ensure_rasa(NLU_ENVIRONMENT, NLU_LOCK, "Rasa's")


def ensure_default_environment() -> None:
    """`nlu/.venv-diet`: Rasa with TensorFlow, only for `make nlu-report`."""
    _ensure_rasa(DEFAULT_ENVIRONMENT, DEFAULT_LOCK, "default Rasa's")


def _ensure_rasa(environment: Path, lock: Path, whose: str) -> None:
    if not python_of(environment).exists():
        with told(f"Making {whose} environment ({environment.relative_to(ROOT)}, Python 3.10)"):
            _make_rasa_environment(environment)
    install = _install(environment, "sync", lock)
    _once("packages", [lock], environment, f"Installing {whose} packages", lambda: run(install, OFFLINE))


def _once(
    name: str,
    inputs: list[Path],
    environment: Path,
    sentence: str,
    step: Callable[[], None],
) -> None:
    stamp = Stamp(environment / f"{name}.stamp", fingerprint(inputs, base=ROOT))
    if stamp.is_fresh():
        return
    with told(sentence):
        step()
    stamp.set()


def _bootstrap() -> None:
    python = python_of(APP_ENVIRONMENT)
    if not python.exists():
        _make_environment()
    run([python, "-m", "ensurepip"], NO_VENV)
    run([python, "-m", "pip", "install", "--require-hashes", "-r", BOOTSTRAP], OFFLINE)


def _make_environment() -> None:
    try:
        venv.create(APP_ENVIRONMENT, with_pip=True, symlinks=True)
    except (OSError, SystemExit, ImportError) as error:
        raise SetupError(NO_VENV) from error


def _app_packages() -> None:
    run(
        _install(APP_ENVIRONMENT, "install", "--compile-bytecode", "-r", APP_LOCK),
        OFFLINE,
    )


def _app() -> None:
    # "compat" puts this folder itself on the path, so that packages added later are found too.
    mode = [
        "--config-settings",
        "editable_mode=compat",
        "--no-deps",
        "--no-build-isolation",
    ]
    python = python_of(APP_ENVIRONMENT)
    run([uv(), "pip", "install", "--python", python, *mode, "--editable", ROOT], OFFLINE)


def _make_rasa_environment(environment: Path) -> None:
    # Without a Python 3.10 at hand uv fetches one.
    python = rasa_python() or "3.10"
    run([uv(), "venv", "--allow-existing", "--python", python, environment], NO_PYTHON)


def _install(environment: Path, *words: str | Path) -> list[str | Path]:
    verb, *rest = words
    return [
        uv(),
        "pip",
        verb,
        "--python",
        python_of(environment),
        "--require-hashes",
        *rest,
    ]
