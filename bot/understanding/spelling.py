"""The word of a phrase that a misspelt word was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from rapidfuzz.distance import OSA

SHORTEST = 4
LONG = 10
LONGEST = 24
FIRST_LETTER_FREE = 6


class Spelling:
    """Looks up misspelt words: one slip in a word of four letters and more, two in a word of ten and more.

    Each known word stands in a table without one or two of its letters; a misspelt word meets it there. So the
    time it takes does not depend on how many words are known.
    """

    def __init__(self, known: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        meant = {word for word in known if len(word) >= SHORTEST}
        self._fine = frozenset(known) | frozenset(ordinary)
        self._table: dict[str, tuple[str, ...]] = {}
        for word in sorted(meant):
            alone = (word,)
            for shortened in _shortened(word, _slips(word)):
                self._table[shortened] = self._table[shortened] + alone if shortened in self._table else alone

    def knows(self, word: str) -> bool:
        """Whether the word is rightly spelt, as far as is known here."""
        return word in self._fine

    def meant(self, word: str) -> str:
        """The nearest known word, or the word itself."""
        if word in self._fine or not SHORTEST - 1 <= len(word) <= LONGEST:
            return word
        slips = 2 if len(word) >= LONG - 2 else 1
        near = {known for shortened in _shortened(word, slips) for known in self._table.get(shortened, ())}
        measured = [(OSA.distance(word, known), known) for known in near]
        fitting = [(distance, known) for distance, known in measured if _likely(distance, word, known)]
        return min(fitting)[1] if fitting else word


def _slips(word: str) -> int:
    return 2 if len(word) >= LONG else 1


def _likely(distance: int, word: str, known: str) -> bool:
    """What begins with another letter is another word ("voor" is no "rook"), but for one slip in a longer word."""
    alike = word[0] == known[0] or (distance == 1 and min(len(word), len(known)) >= FIRST_LETTER_FREE)
    return alike and distance <= _slips(known)


def _shortened(word: str, letters: int) -> Iterator[str]:
    """The word, and the word without each one, or each two, of its letters."""
    for left_out in range(letters + 1):
        for kept in combinations(word, len(word) - left_out):
            yield "".join(kept)
