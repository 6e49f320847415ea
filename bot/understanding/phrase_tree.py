"""Phrases as a tree of words, so that one walk over a message tries them all.

How a phrase is written (docs/flows-format.md): `me|mij` is either word, `..` stands for up to two other words, none
of them a negation, and `zelfmoord*` is any word that begins like that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

GAP = ".."
LONGEST_GAP = 2
SHORTEST_STEM = 3
TAKEN_OUT = ""
_ONE_LETTER = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك"})
_UNSEEN = str.maketrans(dict.fromkeys("\u0640\u00ad\u200b\u200c\u200d\u200e\u200f\ufe0f"))
_NO_WORD = re.compile(r"[^\w\s]|_")


def normalised(text: str) -> str:
    """Lower case, without accents, punctuation and repeated spaces; other scripts keep their letters.

    Letters that people take for each other are one: ı and i, ł and l, and in Arabic ا and أ, ه and ة, ي and ى.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_UNSEEN))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(_NO_WORD.sub(" ", letters.translate(_ONE_LETTER)).split())


def written_out(phrase: str) -> Iterator[str]:
    """The phrase once for each choice of its alternatives, in normalised words."""
    choices = [[_part(word) for word in part.split("|")] for part in phrase.split()]
    return (" ".join(words) for words in product(*choices))


def _part(word: str) -> str:
    if word == GAP:
        return GAP
    return normalised(word) + ("*" if word.endswith("*") else "")


@dataclass(frozen=True)
class Found:
    """A phrase and the words from `start` up to `end` where it stands."""

    phrase: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """One of many thousands, so it holds nothing that it does not need."""

    words: dict[str, _Node] | None = None
    stems: dict[str, _Node] | None = None
    gap: _Node | None = None
    phrase: tuple[str, ...] = ()


class PhraseTree:
    """Finds phrases in a row of words; `barriers` are words that no gap may hold."""

    def __init__(self, phrases: Iterable[tuple[str, ...]], barriers: frozenset[str] = frozenset()) -> None:
        self._root = _Node()
        self._barriers = barriers | {TAKEN_OUT}
        for phrase in phrases:
            self._add(phrase)

    def _add(self, phrase: tuple[str, ...]) -> None:
        node = self._root
        for part in phrase:
            node = _below(node, part)
        node.phrase = phrase

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Every phrase that stands there, from left to right."""
        for start in range(len(words)):
            for phrase, end in self._walk(self._root, words, start):
                yield Found(phrase, start, end)

    def _walk(self, node: _Node, words: Sequence[str], at: int) -> Iterator[tuple[tuple[str, ...], int]]:
        if node.phrase:
            yield node.phrase, at
        if at < len(words):
            for child in _fitting(node, words[at]):
                yield from self._walk(child, words, at + 1)
        if node.gap:
            for skipped in range(LONGEST_GAP + 1):
                if self._barriers.intersection(words[at : at + skipped]):
                    break
                yield from self._walk(node.gap, words, at + skipped)


def _below(node: _Node, part: str) -> _Node:
    if part == GAP:
        node.gap = node.gap or _Node()
        return node.gap
    if part.endswith("*"):
        node.stems = node.stems or {}
        return node.stems.setdefault(part[:-1], _Node())
    node.words = node.words or {}
    return node.words.setdefault(part, _Node())


def _fitting(node: _Node, word: str) -> Iterator[_Node]:
    if node.words and word in node.words:
        yield node.words[word]
    if node.stems:
        for size in range(SHORTEST_STEM, len(word) + 1):
            if word[:size] in node.stems:
                yield node.stems[word[:size]]
