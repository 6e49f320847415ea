"""The pictures of docs/understanding.md; each can be read without a legend."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")

from matplotlib import pyplot as plt

from nlu.report.measures import Answer, calibration

BLUE, ORANGE, GREY = "#1b5e9b", "#c8641b", "#777777"
DOTS_PER_INCH = 90


def confusion(answers: list[Answer], file: Path) -> None:
    """A square for each pair of intents: how much of the row's intent was named as the column's."""
    intents = sorted({answer.sentence.intents[0] for answer in answers})
    table = np.zeros((len(intents), len(intents)))
    for answer in answers:
        meant = answer.named if answer.right else answer.sentence.intents[0]
        if meant in intents and answer.named in intents:
            table[intents.index(meant), intents.index(answer.named)] += 1
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(11, 10.5))
    axes.imshow(np.sqrt(table), cmap="Blues")
    axes.set_xticks(range(len(intents)), intents, rotation=90, fontsize=7)
    axes.set_yticks(range(len(intents)), intents, fontsize=7)
    axes.set_xlabel("named by the classifier")
    axes.set_ylabel("meant by the resident")
    axes.set_title("Where sentences go: darker is more; all right would be one dark line")
    for row, column in zip(*np.where(table >= 0.08), strict=True):
        if row != column:
            percent = f"{100 * table[row, column]:.0f}"
            axes.text(column, row, percent, ha="center", va="center", fontsize=6)
    _write(figure, file)


def reliability(curves: dict[str, list[Answer]], file: Path, colours: tuple[str, ...] = (BLUE, ORANGE, GREY)) -> None:
    """How often right, at each confidence; the straight line is an honest classifier."""
    figure, axes = plt.subplots(figsize=(7.5, 5.5))
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linestyle="--", linewidth=1)
    axes.text(0.32, 0.27, "as sure as right", color="#888888", rotation=36, fontsize=9)
    for (name, answers), colour in zip(curves.items(), colours, strict=False):
        bins = calibration(answers)
        x, y = [b.confidence for b in bins], [b.right for b in bins]
        axes.plot(x, y, marker="o", color=colour)
        middle = len(x) // 2
        axes.annotate(name, (x[middle], y[middle]), (6, -16), textcoords="offset points", color=colour)
    axes.set_xlabel("confidence of the first intent")
    axes.set_ylabel("share that is right")
    axes.set_title("Is 0.8 right 8 times of 10?")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    _write(figure, file)


def by_language(shares: dict[str, dict[str, float]], file: Path) -> None:
    """A group of bars for each language, a bar for each pipeline, its number and name on it."""
    figure, axes = plt.subplots(figsize=(8.5, 4))
    pipelines = list(shares)
    languages = list(next(iter(shares.values())))
    width = 0.8 / len(pipelines)
    for number, (name, colour) in enumerate(zip(pipelines, (BLUE, GREY), strict=False)):
        values = [shares[name][language] for language in languages]
        places = np.arange(len(languages)) + (number - (len(pipelines) - 1) / 2) * width
        axes.bar(places, values, width * 0.94, color=colour)
        for place, value in zip(places, values, strict=True):
            axes.text(place, value + 0.015, f"{value:.2f}\n{name}", ha="center", fontsize=8)
    axes.set_xticks(range(len(languages)), [language.capitalize() for language in languages])
    axes.set_ylim(0, 1.15)
    axes.set_ylabel("share that is right")
    axes.set_title("Trained on Dutch alone")
    _write(figure, file)


def _write(figure: plt.Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    for side in ("top", "right"):
        figure.axes[0].spines[side].set_visible(False)
    figure.tight_layout()
    # No software name or date inside: the same numbers give the same file.
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
    plt.close(figure)
