"""The sentences: those that Rasa learns from, and those that it is measured with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "nlu" / "data"
EVALUATION = ROOT / "nlu" / "evaluation"
LANGUAGES = ("dutch", "turkish", "arabic", "polish", "english")


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it means, most urgent first; `hard` when no word in it tells."""

    text: str
    intents: tuple[str, ...]
    hard: bool = False


def training_sentences() -> list[Sentence]:
    """All of `nlu/data`, intents in alphabetical order."""
    return [found for file in sorted(DATA.glob("*.yml")) for found in _of_intents(file)]


def _of_intents(file: Path) -> Iterator[Sentence]:
    for entry in _read(file)["nlu"]:
        for line in entry["examples"].splitlines():
            yield Sentence(line.removeprefix("- ").strip(), (entry["intent"],))


def evaluation_sentences(language: str) -> list[Sentence]:
    """The evaluation set of a language: `dutch`, `turkish`, `arabic`, `polish` or `english`.

    Who wrote it did not see the training sentences, so now and then both hold the same one ("kweenie"). Those
    are left out: nothing is measured with what was learnt.
    """
    written = written_for_evaluation(language)
    return [sentence for sentence in written if bare(sentence.text) not in _learnt()]


@lru_cache(maxsize=1)
def _learnt() -> frozenset[str]:
    return frozenset(bare(sentence.text) for sentence in training_sentences())


def written_for_evaluation(language: str) -> list[Sentence]:
    """All that the file holds."""
    return [
        Sentence(entry["text"], tuple(entry["intents"]), entry.get("hard") == "true")
        for entry in _read(EVALUATION / f"{language}.yml")
    ]


def bare(text: str) -> str:
    """Without capitals, accents, punctuation and doubled spaces: what a reader would call the same sentence."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = re.sub(r"[^\w\s]|_|[\u0300-\u036f]", "", letters).split()
    return " ".join(words) or text


def as_training_file(sentences: list[Sentence]) -> str:
    """Sentences in Rasa's format."""
    lines = ['version: "3.1"', "nlu:"]
    for intent in sorted({sentence.intents[0] for sentence in sentences}):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {sentence.text}" for sentence in sentences if sentence.intents[0] == intent]
    return "\n".join(lines) + "\n"


def _read(file: Path) -> Any:
    # Every value as it is written: "no" and "on" are sentences here, not truth values.
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
