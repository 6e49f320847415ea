"""Safety phrases: looked at before anything else, in every state, and without Rasa (D11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from bot.dialogue.conversation import Danger
from bot.dialogue.yaml_lines import ContentError, read_yaml

NEAR = 88
SHORTEST_NEAR = 8
NEGATIONS = frozenset({"geen", "niet", "nooit", "nergens", "no", "not", "nie", "yok"})
_ORDER = ("fire", "gas_smell", "carbon_monoxide", "suicide", "violence")


@dataclass(frozen=True)
class Phrases:
    """The phrases of one danger: `act` at once, `ask` first, and look-alikes (`but_not`) that are no danger."""

    act: tuple[str, ...]
    ask: tuple[str, ...]
    but_not: tuple[str, ...]


def normalised(text: str) -> str:
    """Lower case, without accents, punctuation and repeated spaces; other scripts keep their letters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s]|_", " ", letters).split())


class SafetyPhrases:
    """Finds a danger in what somebody wrote."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self.phrases = phrases

    @classmethod
    def read(cls, texts: Path) -> SafetyPhrases:
        """The phrases of every language under `flows/texts`; raises `ContentError`."""
        found: dict[str, Phrases] = {}
        for file in sorted(texts.glob("*/safety_phrases.yml")):
            for intent, lists in read_yaml(file)["phrases"].items():
                if intent not in _ORDER:
                    raise ContentError(f"{file}:1: '{intent}' is no danger; use {', '.join(_ORDER)}.")
                before = found.get(intent, Phrases((), (), ()))
                found[intent] = Phrases(
                    before.act + _all(lists.get("act")),
                    before.ask + _all(lists.get("ask")),
                    before.but_not + _all(lists.get("not")),
                )
        return cls({intent: found[intent] for intent in _ORDER if intent in found})

    def find(self, text: str) -> Danger | None:
        """A danger that was named: certain for an exact phrase, else one to ask about."""
        words = normalised(text)
        asked: Danger | None = None
        for intent, phrases in self.phrases.items():
            left = _without(words, phrases.but_not)
            if any(_stands_in(phrase, left) for phrase in phrases.act):
                return Danger(intent, certain=True)
            if asked is None and self._near(phrases, left):
                asked = Danger(intent, certain=False)
        return asked

    def _near(self, phrases: Phrases, words: str) -> bool:
        if any(phrase in f" {words} " for phrase in (f" {ask} " for ask in phrases.ask)):
            return True
        if any(_denied(phrase, words) for phrase in phrases.act):
            return True
        long = (phrase for phrase in phrases.act if len(phrase) >= SHORTEST_NEAR)
        return len(words) >= SHORTEST_NEAR and any(_alike(phrase, words) for phrase in long)


def _all(phrases: object) -> tuple[str, ...]:
    return tuple(normalised(str(phrase)) for phrase in phrases) if isinstance(phrases, list) else ()


def _without(words: str, look_alikes: tuple[str, ...]) -> str:
    """Only the look-alike is taken out: what stands beside it still counts."""
    padded = f" {words} "
    for phrase in look_alikes:
        padded = padded.replace(f" {phrase} ", "  ")
    return " ".join(padded.split())


def _stands_in(phrase: str, words: str) -> bool:
    """The whole phrase stands there and is not denied just before or within ("ik ruik geen gas")."""
    return f" {phrase} " in f" {words} " and not _denied(phrase, words)


def _denied(phrase: str, words: str) -> bool:
    """A negation right before the phrase: not certain any more, but worth one question."""
    before, found, _ = f" {words} ".partition(f" {phrase} ")
    own = NEGATIONS & set(phrase.split())
    return bool(found) and not own and bool(NEGATIONS & set(before.split()[-2:]))


def _alike(phrase: str, words: str) -> bool:
    """A misspelt phrase: as many words as the phrase, nearly the same letters, and no negation among them."""
    size = len(phrase.split())
    parts = words.split()
    windows = (" ".join(parts[at : at + size]) for at in range(max(1, len(parts) - size + 1)))
    return any(
        fuzz.ratio(phrase, window, score_cutoff=NEAR) and NEGATIONS & set(window.split()) <= set(phrase.split())
        for window in windows
    )
