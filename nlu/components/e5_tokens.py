"""Splits a text into the pieces of multilingual-e5-small: the likeliest division (SentencePiece unigram).

No piece of that vocabulary goes on after a space, so each word is divided by itself, and most are remembered.
"""

from __future__ import annotations

from functools import lru_cache

SPACE = "\u2581"
UNKNOWN_PENALTY = 10.0
REMEMBERED_WORDS = 20_000


class Pieces:
    """The vocabulary. A dictionary of strings: the usual library for this takes 200 MB more memory."""

    def __init__(self, pieces: list[str], scores: list[float], begin: int, end: int, unknown: int) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._scores = scores
        self._longest = max(map(len, pieces))
        self._begin, self._end, self._unknown = begin, end, unknown
        self._unknown_score = min(scores) - UNKNOWN_PENALTY
        self._of_word = lru_cache(REMEMBERED_WORDS)(self._divided)

    def of(self, text: str, longest: int) -> list[int]:
        """The numbers of at most `longest` pieces between a begin and an end."""
        found = [number for word in text.split(" ") for number in self._of_word(SPACE + word)]
        return [self._begin, *found[:longest], self._end]

    def _divided(self, word: str) -> list[int]:
        place, starts, pieces, found = len(word), *self._best_steps(word), []
        while place > 0:
            found.append(pieces[place])
            place = starts[place]
        return found[::-1]

    def _best_steps(self, text: str) -> tuple[list[int], list[int]]:
        """For each place in the text, where the best last piece before it begins, and its number (Viterbi)."""
        numbers, scores, size = self._numbers, self._scores, len(text)
        best = [0.0] + [float("-inf")] * size
        starts, pieces = [0] * (size + 1), [0] * (size + 1)
        for start in range(size):
            unknown = best[start] + self._unknown_score
            if unknown > best[start + 1]:
                best[start + 1], starts[start + 1], pieces[start + 1] = unknown, start, self._unknown
            for stop in range(start + 1, min(start + self._longest, size) + 1):
                number = numbers.get(text[start:stop])
                if number is not None and best[start] + scores[number] > best[stop]:
                    best[stop], starts[stop], pieces[stop] = best[start] + scores[number], start, number
        return starts, pieces
