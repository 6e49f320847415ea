"""What flows and questions are called in figures: as the flows and their Dutch texts say it themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.statistics_words import word
from store.yaml_lines import read_yaml

ASKS = "utter_ask_"
_PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Names:
    """By the name of a flow and of a slot; what is not in it is called by `statistics_words.word`."""

    flows: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)

    def flow(self, name: str) -> str:
        return self.flows.get(name) or word(name)

    def question(self, slot: str) -> str:
        return self.questions.get(slot) or word(slot)


def read_names(flows: Path) -> Names:
    """The descriptions of the flows up to a semicolon, and the line of each text that asks.

    Takes a second: keep what it gives. Raises `ContentError`.
    """
    titles = {name: one["description"].split(";")[0].strip() for name, one in _all(flows, "flows").items()}
    asked = {key.removeprefix(ASKS): _question(one[-1]["text"]) for key, one in _all(flows / "texts" / "nl").items()}
    return Names(titles, asked)


def _all(folder: Path, part: str = "responses") -> Mapping[str, Any]:
    """This part of all files of a folder; of texts only the questions."""
    files = (read_yaml(file) for file in sorted(folder.glob("*.yml")))
    found = {key: one for file in files for key, one in file.get(part, {}).items()}
    return {key: one for key, one in found.items() if part == "flows" or key.startswith(ASKS)}


def _question(text: str) -> str:
    """The first line that asks, else the first; without lines that an answer has to be filled in. May be empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _PLACEHOLDER.search(line)]
    return next((line for line in lines if line.endswith("?")), lines[0] if lines else "")
