"""Takes a longer message apart, where somebody goes on about something else."""

from __future__ import annotations

import re

SHORTEST_LONG_MESSAGE = 9
"""Words; in a shorter message a part may be one word ("tocht en schimmel"), in this or a longer one three."""
SHORTEST_PART = 3
MOST_PARTS = 8

_ENDS = re.compile(r"[.!?;\n…]+")
_TURNS = re.compile(
    r",|\b(?:en|maar|ook nog|daarnaast|verder|plus|bovendien|trouwens|o ?ja)(?: (?:ook|dan|nu|verder|daarbij))?\b", re.I
)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a message with several sentences or clauses; none when it is one whole."""
    shortest = SHORTEST_PART if len(text.split()) >= SHORTEST_LONG_MESSAGE else 1
    parts = [part for sentence in _ENDS.split(text) for part in _clauses(sentence, shortest)]
    return tuple(parts[:MOST_PARTS]) if len(parts) > 1 else ()


def _clauses(sentence: str, shortest: int) -> list[str]:
    """The clauses of a sentence; one that is too short to say anything stays with the one before it."""
    clauses: list[str] = []
    for piece in _TURNS.split(sentence):
        words = piece.split()
        if not words:
            continue
        if clauses and (len(words) < shortest or len(clauses[-1].split()) < shortest):
            clauses[-1] = f"{clauses[-1]} {' '.join(words)}"
        else:
            clauses.append(" ".join(words))
    return [clause for clause in clauses if len(clause.split()) >= shortest]
