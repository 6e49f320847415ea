"""Reads an answer to the open question: a button, its label, a number, a synonym, a near miss, yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from rapidfuzz import fuzz, process

from bot.dialogue.content import Content
from bot.dialogue.responses import Variant
from bot.understanding.safety import NEGATIONS, normalised

NEAR = 84
SHORTEST_NEAR = 4
LONGEST_LABEL_WORDS = 8
COUNTRY = "NL"
_ORDINALS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende")
_NUMBERS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven")
_BUTTON = re.compile(r"q(\d{1,9}):(.{1,50})", re.ASCII)


@dataclass(frozen=True)
class Pressed:
    """A button's data taken apart: the number of the question and the value, or None for something made up."""

    number: int
    value: str


def pressed(data: str) -> Pressed | None:
    """What `q12:value` says; None for anything else."""
    found = _BUTTON.fullmatch(data)
    return Pressed(int(found[1]), found[2]) if found else None


def phone_number(text: str) -> str | None:
    """A telephone number in international form, or None when it is none."""
    try:
        parsed = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


FREE_TEXT: Mapping[str, tuple[Callable[[str], str | None], str]] = {"phone": (phone_number, "utter_phone_wrong")}


def typed(content: Content, language: str, slot: str, slots: Mapping[str, Any], text: str) -> str | None:
    """The value that a typed text stands for, or None. Never guesses when two values are as likely."""
    variant = content.response(f"utter_ask_{slot}", language).variant(slots)
    words = normalised(text)
    if not words:
        return None
    readers = (_by_whole_label, _by_position, _by_label, _by_near_miss)
    found = next((value for reader in readers if (value := reader(variant, words))), None)
    values = content.slots[slot].values
    return found if found in values else None


def _by_whole_label(variant: Variant, words: str) -> str | None:
    """A label or synonym as the whole text; `drie` may be one, and then it is no position."""
    return next((value for label, value in _labels(variant) if label == words), None)


def _by_position(variant: Variant, words: str) -> str | None:
    """`2`, `de tweede`, `twee` alone: the second option."""
    only = words.removeprefix("de ").removeprefix("nummer ").removeprefix("optie ")
    for position, option in enumerate(variant.options):
        if position < len(_ORDINALS) and only in (str(position + 1), _ORDINALS[position], _NUMBERS[position]):
            return option.value
    return None


def _labels(variant: Variant) -> Iterator[tuple[str, str]]:
    for option in variant.options:
        yield normalised(option.title), option.value
    for value, synonyms in variant.synonyms.items():
        for synonym in synonyms:
            yield normalised(synonym), value


def _by_label(variant: Variant, words: str) -> str | None:
    """A label or synonym as words within a short text, when they point to one value only."""
    if len(words.split()) > LONGEST_LABEL_WORDS:
        return None
    padded = f" {words} "
    inside = {value for label, value in _labels(variant) if f" {label} " in padded and not _denied(label, words)}
    return inside.pop() if len(inside) == 1 else None


def _denied(label: str, words: str) -> bool:
    """ "klopt niet" is no "klopt": a denial that the label itself does not hold."""
    return bool(NEGATIONS & (set(words.split()) - set(label.split())))


def _by_near_miss(variant: Variant, words: str) -> str | None:
    """A misspelt label; the runner-up with another value must be clearly worse."""
    if len(words) < SHORTEST_NEAR or len(words.split()) > LONGEST_LABEL_WORDS:
        return None
    labels = [(label, value) for label, value in _labels(variant) if len(label) >= SHORTEST_NEAR]
    labels = [(label, value) for label, value in labels if not _denied(label, words)]
    hits = process.extract(words, [label for label, _ in labels], scorer=fuzz.ratio, score_cutoff=NEAR, limit=5)
    values = {labels[position][1] for _, _, position in hits}
    return values.pop() if len(values) == 1 else None
