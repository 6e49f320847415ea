"""Trains Rasa when what it learns from has changed."""

from __future__ import annotations

from pathlib import Path

from tools.console import SetupError, run, told
from tools.paths import CURRENT_MODEL, MODELS, NLU, NLU_ENVIRONMENT, ROOT, python_of
from tools.stamps import fingerprint

CONFIG = ROOT / "config.yml"
DATA = NLU / "data"
ADVICE = "Rasa could not be trained. Look for the first mistake in nlu/data or config.yml named above."


def ensure_model() -> None:
    """Trains a model unless `var/models` holds one made from these very files."""
    model = MODELS / f"nlu-{model_fingerprint()}.tar.gz"
    if not model.exists():
        with told("Training Rasa on nlu/data"):
            train(model)
    if not CURRENT_MODEL.exists() or CURRENT_MODEL.read_text() != model.name:
        CURRENT_MODEL.write_text(model.name)


def model_fingerprint() -> str:
    """Changes with the sentences, the pipeline, the components and their packages."""
    sentences = list(DATA.rglob("*.yml"))
    if not sentences:
        raise SetupError("nlu/data holds no training sentences (*.yml); is this checkout complete?")
    code = [*NLU.glob("*.py"), *(NLU / "components").rglob("*.py")]
    return fingerprint([CONFIG, NLU / "requirements.lock", *sentences, *code], base=ROOT)


def train(model: Path) -> None:
    """Trains, and removes the models before it."""
    name = model.name.removesuffix(".tar.gz")
    files: list[str | Path] = [
        "--config",
        CONFIG,
        "--nlu",
        DATA,
        "--out",
        MODELS,
        "--fixed-model-name",
        name,
    ]
    # Nobody else needs the cores now; a server keeps to one thread (nlu/__main__.py).
    threads = {"OMP_NUM_THREADS": "2"}
    run(
        [python_of(NLU_ENVIRONMENT), "-m", "nlu", "train", "nlu", *files],
        ADVICE,
        threads,
    )
    if not model.exists():
        raise SetupError(ADVICE)
    for old in MODELS.glob("nlu-*.tar.gz"):
        if old != model:
            old.unlink()


def current_model() -> Path:
    """The trained model, for whoever starts Rasa."""
    return MODELS / CURRENT_MODEL.read_text()
