"""Misspells sentences the way people do, to see whether learning from such copies helps."""

from __future__ import annotations

import random
import re

SOUNDS = (
    ("ij", "ei"),
    ("ei", "ij"),
    ("ou", "au"),
    ("dt", "d"),
    ("oo", "o"),
    ("ee", "e"),
    ("ch", "g"),
    ("v", "f"),
    ("z", "s"),
)
LONG_WORD = re.compile(r"[a-z]{5,}")


def misspelt(text: str, seed: int) -> str:
    """A copy with one or two long words misspelt by sound or by hand, and without punctuation."""
    chance = random.Random(seed)
    plain = re.sub(r"[^\w\s]", "", text.lower())
    words = list(LONG_WORD.finditer(plain))
    for word in sorted(chance.sample(words, min(2, len(words))), key=lambda found: -found.start()):
        wrong = _by_sound(word[0], chance) if chance.random() < 0.6 else _by_hand(word[0], chance)
        plain = plain[: word.start()] + wrong + plain[word.end() :]
    return plain


def _by_sound(word: str, chance: random.Random) -> str:
    fitting = [(right, wrong) for right, wrong in SOUNDS if right in word]
    return word.replace(*chance.choice(fitting), 1) if fitting else _by_hand(word, chance)


def _by_hand(word: str, chance: random.Random) -> str:
    """Two letters changed round, or one left out; never the first."""
    at = chance.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return chance.choice((swapped, word[:at] + word[at + 1 :]))
