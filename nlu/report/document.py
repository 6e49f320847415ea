"""Writes the measured part of docs/understanding.md; what people wrote round it stays."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from nlu.report import languages, measures, pictures, tables
from nlu.report.comparison import Row
from nlu.report.measures import Answer
from nlu.report.race import Run
from nlu.report.sentences import LANGUAGES, ROOT

DOCUMENT = ROOT / "docs" / "understanding.md"
PICTURES = ROOT / "docs" / "pictures"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
OURS, DEFAULT = "Wijkwijzer", "Rasa's default"


def write(rows: list[Row], folds: list[Answer], runs: dict[str, Run], epochs: int) -> None:
    """Draws the pictures and replaces what stands between the markers.

    `epochs`: how long Rasa's default was trained.
    """
    _draw(folds, runs)
    ours = runs[OURS].answers
    dutch = ours["dutch"]
    parts = [
        f"Measured on {datetime.now().astimezone():%d-%m-%Y}, on {machine()}.",
        "### Beside Rasa's default pipeline\n\n" + _beside(runs) + "\n\n" + _about_default(runs, epochs),
        "![Share right in each language](pictures/understanding-languages.png)",
        "### On the evaluation set and in the folds\n\n" + tables.of_sets(_sets(folds, ours)),
        "![Calibration](pictures/understanding-calibration.png)",
        "### Languages recognised, sentences of three words or more\n\n" + tables.of_languages(_languages(ours)),
        "### Dangers and crises, the classifier alone\n\n" + tables.of_dangers(dutch),
        "### Kinds of models, on the same five folds\n\n" + tables.of_models(rows),
        "### Each intent\n\n" + tables.of_intents(folds, dutch),
        "![Confusion](pictures/understanding-confusion.png)",
        "### Intents that lie too close (five folds)\n\n" + tables.of_pairs(folds),
        "### Wrong on the evaluation set, surest first\n\n" + tables.of_wrong(dutch),
    ]
    _replace("\n\n".join(parts))


def machine() -> str:
    """The processor, its cores and the memory, as the kernel names them."""
    processor = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = processor.group(1) if processor else os.uname().machine
    load = os.getloadavg()[2]
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GB; mean load over the last 15 minutes {load:.1f}"


def _sets(folds: list[Answer], ours: dict[str, list[Answer]]) -> dict[str, list[Answer]]:
    dutch = ours["dutch"]
    return {
        "five folds of the training sentences": folds,
        "evaluation, Dutch": dutch,
        "of these, one topic": [a for a in dutch if len(a.sentence.intents) == 1],
        "of these, several topics": [a for a in dutch if len(a.sentence.intents) > 1],
        "of these, hard (no telling word)": [a for a in dutch if a.sentence.hard],
        **{f"evaluation, {name.capitalize()}": ours[name] for name in LANGUAGES[1:]},
    }


def _languages(ours: dict[str, list[Answer]]) -> dict[str, languages.Count]:
    return {
        "Dutch, training sentences in five folds": languages.of_training_sentences(),
        **{name.capitalize(): languages.of_answers(name, ours[name]) for name in LANGUAGES},
    }


def _beside(runs: dict[str, Run]) -> str:
    def dutch(run: Run) -> list[Answer]:
        return run.answers["dutch"]

    def hard(run: Run) -> list[Answer]:
        return [answer for answer in dutch(run) if answer.sentence.hard]

    lines = {
        "Dutch: accuracy": lambda run: measures.accuracy(dutch(run)),
        "Dutch: macro-F1": lambda run: measures.macro_f1(dutch(run)),
        "Dutch: among the first three": lambda run: measures.top_three(dutch(run)),
        "hard: accuracy": lambda run: measures.accuracy(hard(run)),
        "hard: among the first three": lambda run: measures.top_three(hard(run)),
        "Dutch: calibration error": lambda run: measures.calibration_error(dutch(run)),
        **{
            f"{name.capitalize()}: accuracy": lambda run, name=name: measures.accuracy(run.answers[name])
            for name in LANGUAGES[1:]
        },
        "training": lambda run: f"{run.training.seconds:.0f} s",
        "training, computing on all cores": lambda run: f"{run.training.core_seconds:.0f} s",
        "first parse after start": lambda run: f"{run.first:.0f} ms",
        "parse, half within: Dutch, all languages": lambda run: "{:.1f}, {:.1f} ms".format(*run.half),
        "parse, 95 of 100 within: Dutch, all languages": lambda run: "{:.1f}, {:.1f} ms".format(*run.most),
        "memory of the server": lambda run: f"{run.memory:.0f} MB",
    }
    rows = [(name, *(number(run) for run in runs.values())) for name, number in lines.items()]
    return tables.table(("", *runs), rows)


def _about_default(runs: dict[str, Run], epochs: int) -> str:
    if DEFAULT not in runs:
        return "Rasa's default pipeline was left out of this run."
    return (
        f"Rasa's default was trained for {epochs} epochs. Both servers were asked the same sentences in turn, over "
        "loopback, each on one thread; the first parse is not among the others."
    )


def _draw(folds: list[Answer], runs: dict[str, Run]) -> None:
    dutch = runs[OURS].answers["dutch"]
    curves = {"evaluation set": dutch, "five folds": folds}
    if DEFAULT in runs:
        curves["Rasa's default, evaluation set"] = runs[DEFAULT].answers["dutch"]
    pictures.confusion(folds, PICTURES / "understanding-confusion.png")
    pictures.reliability(curves, PICTURES / "understanding-calibration.png")
    shares = {
        name: {lang: measures.accuracy(found) for lang, found in run.answers.items()} for name, run in runs.items()
    }
    pictures.by_language(shares, PICTURES / "understanding-languages.png")


def _replace(measured: str) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
