"""Finds the words of a list in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_UP_TO_FOUR_WORDS = r"(?:[\w'’-]+\s+){0,4}?"


def found_in(text: str, phrases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the text holds of the phrases on the left, as it stands there, with what is on the right of it."""
    if phrases and _any_of(tuple(phrases)).search(text):
        for phrase, instead in phrases.items():
            found = _any_of((phrase,)).search(text)
            if found:
                yield found.group(), instead


def begins_with(text: str, phrases: Iterable[str]) -> str:
    """The words of `phrases` with which the text begins; empty when there are none."""
    found = _any_of(tuple(sorted(phrases))).match(text)
    return found.group() if found else ""


@lru_cache(maxsize=1024)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_pattern, phrases))})(?!\w)", re.IGNORECASE)


def _pattern(phrase: str) -> str:
    """`*` is the rest of a word (or its beginning), `..` up to four other words."""
    parts = [re.escape(part).replace(r"\*", r"\w*") for part in phrase.split()]
    return r"\s+".join(parts).replace(r"\.\.\s+", _UP_TO_FOUR_WORDS)
