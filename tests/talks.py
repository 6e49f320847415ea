"""The stage on which tests play talks: that of the product, with recorded meanings in place of Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.services import Directory
from bot import rehearsal
from bot.rehearsal import START, Answered, GivenClock, NoButton, keys, said
from bot.understanding.masking import mask
from bot.understanding.rasa import Meaning, Parsed
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database

__all__ = [
    "START",
    "Answered",
    "GivenClock",
    "GivenSource",
    "NoButton",
    "RecordedMeanings",
    "Someone",
    "Stage",
    "keys",
    "said",
]


@dataclass
class RecordedMeanings:
    """Stands in for Rasa with what a transcript says that a sentence means; unknown sentences mean nothing."""

    meanings_of: dict[str, Sequence[str]] = field(default_factory=dict)
    languages_of: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def parse(self, text: str) -> Parsed | None:
        self.asked.append(text)
        if self.down:
            return None
        found = self.meanings_of.get(text, ())
        meanings = tuple(_recorded(told, 0.9 if position == 0 else 0.6) for position, told in enumerate(found))
        return Parsed(meanings, self.languages_of.get(text))


@dataclass
class GivenSource:
    """A directory that is not read from a file; whoever changes it also gives it another stamp."""

    directory: Directory
    version: int = 0

    def stamp(self) -> int:
        return self.version

    def read(self) -> Directory:
        return self.directory


def _recorded(told: str, usual: float) -> Meaning:
    """`mould`, or `mould 0.4` with the confidence."""
    intent, _, confidence = told.partition(" ")
    return Meaning(intent, float(confidence or usual))


class Stage(rehearsal.Stage):
    """Everything below Telegram, with recorded meanings unless something else stands in for Rasa."""

    def __init__(self, database: Database, words: Words, phrases: SafetyPhrases, rasa: Any = None) -> None:
        super().__init__(database, words, phrases, rasa or RecordedMeanings(), GivenSource(words.directory()))

    def person(self, chat_id: int, name: str = "Voorbeeld") -> Someone:
        return Someone(self, chat_id, name)


class Someone(rehearsal.Someone):
    """A person whose sentences mean what the test says."""

    def says(self, text: str, *means: str) -> list[Answered]:
        if means:
            self.stage.rasa.meanings_of[mask(text)[0]] = means
        return super().says(text)
