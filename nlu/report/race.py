"""Asks both servers the same sentences in turn, so that whatever else the machine does hits both alike."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.report.measures import Answer
from nlu.report.sentences import LANGUAGES, evaluation_sentences
from nlu.report.servers import Cost, Pipeline, serving


@dataclass(frozen=True)
class Run:
    """One pipeline: its answers by language, and what it cost. Times in milliseconds, memory in MB.

    `half` and `most` are what half and 95 of 100 sentences stay within: the Dutch ones, and those of all languages.
    """

    answers: dict[str, list[Answer]]
    training: Cost
    first: float
    half: tuple[float, float]
    most: tuple[float, float]
    memory: float


def raced(entries: dict[str, tuple[Pipeline, Path, Cost]]) -> dict[str, Run]:
    """Answers and costs of each pipeline, by its name."""
    with ExitStack() as running:
        servers = {
            name: running.enter_context(serving(pipeline, model)) for name, (pipeline, model, _) in entries.items()
        }
        answers: dict[str, dict[str, list[Answer]]] = {
            name: {language: [] for language in LANGUAGES} for name in servers
        }
        times: dict[str, dict[str, list[float]]] = {name: {language: [] for language in LANGUAGES} for name in servers}
        for language in LANGUAGES:
            for sentence in evaluation_sentences(language):
                for name, server in servers.items():
                    answer, took = server.ask(sentence)
                    answers[name][language].append(answer)
                    times[name][language].append(1000 * took)
        return {
            name: _run(answers[name], entries[name][2], times[name], server.megabytes())
            for name, server in servers.items()
        }


def _run(answers: dict[str, list[Answer]], training: Cost, times: dict[str, list[float]], memory: float) -> Run:
    first, *dutch = times[LANGUAGES[0]]
    every = dutch + [took for language in LANGUAGES[1:] for took in times[language]]
    half, most = zip(*(np.percentile(asked, [50, 95]).tolist() for asked in (dutch, every)), strict=True)
    return Run(answers, training, first, half, most, memory)
