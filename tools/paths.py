"""Where things are. Everything that set-up makes lies in `.venv`, `nlu/.venv` and `var`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
APP_ENVIRONMENT = ROOT / ".venv"
NLU = ROOT / "nlu"
NLU_ENVIRONMENT = NLU / ".venv"
DEFAULT_ENVIRONMENT = NLU / ".venv-diet"
DEFAULT_PIPELINE = NLU / "report" / "default_pipeline"
MODELS = VAR / "models"
CURRENT_MODEL = MODELS / "current"
LOG = VAR / "logs" / "setup.log"


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / "bin" / "python"


def uv() -> str:
    """The uv that set-up installed."""
    return str(APP_ENVIRONMENT / "bin" / "uv")
