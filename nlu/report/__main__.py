"""`nlu/.venv/bin/python -m nlu.report`: measures, and writes docs/understanding.md. Started by `make nlu-report`."""

from __future__ import annotations

import argparse
from pathlib import Path

from nlu.__main__ import prepare
from nlu.report import servers
from nlu.report.sentences import training_sentences

USUAL_EPOCHS = 100


def main() -> None:
    """Trains and asks both pipelines, cross-validates ours, compares kinds of models."""
    wanted = _arguments()
    prepare()
    from nlu.report import comparison, cross_validation, document, kept, race

    pipelines = {document.OURS: servers.OURS, document.DEFAULT: servers.default_with(wanted.epochs)}
    if wanted.without_default:
        del pipelines[document.DEFAULT]
    entries = {name: (pipeline, *_trained(pipeline, wanted.fresh)) for name, pipeline in pipelines.items()}
    print("  Asking the servers", flush=True)
    runs = race.raced(entries)
    sentences = training_sentences()
    print("  Five folds", flush=True)
    folds = kept.folds(lambda: cross_validation.cross_validated(sentences), anew=wanted.fresh)
    print("  Kinds of models on the same folds", flush=True)
    rows = kept.rows(lambda: comparison.compared(sentences), anew=wanted.fresh)
    document.write(rows, folds, runs, wanted.epochs)
    print(f"  Written: {document.DOCUMENT.relative_to(document.ROOT)}")


def _trained(pipeline: servers.Pipeline, fresh: bool) -> tuple[Path, servers.Cost]:
    print(f"  Training: {pipeline.name}", flush=True)
    return servers.trained(pipeline, anew=fresh)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make nlu-report", description=__doc__)
    parser.add_argument(
        "--without-default",
        action="store_true",
        help="leave out Rasa's default pipeline, of which the training takes half an hour or more",
    )
    parser.add_argument(
        "--epochs", type=int, default=USUAL_EPOCHS, help="train Rasa's default for fewer epochs, for a quick look"
    )
    parser.add_argument("--fresh", action="store_true", help="do all anew, even if nothing changed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
