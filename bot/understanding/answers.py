"""Reads an answer to the open question: a button, its label, a number, a synonym, a near miss, yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import phonenumbers
from rapidfuzz import fuzz
from text_to_num import alpha2digit

from bot.dialogue.content import Content
from bot.dialogue.responses import Option, Variant
from bot.understanding.addresses import street_address
from bot.understanding.safety import NEGATIONS, normalised

NEAR = 84
SHORTEST_NEAR = 4
SHORTEST_NEAR_INSIDE = 6
LONGEST_ANSWER_WORDS = 12
LONGEST_TOLD_WORDS = 25
WORDS_BEFORE, WORDS_AFTER = 3, 2
WORDS_FOR_ANSWERS = "words_for_answers"
OPENINGS = frozenset({"yes", "no"})
LONGEST_OPENING = 4
UNKNOWN, FIRST = "unknown", "first"
NUMBER_LANGUAGE = "nl"
AROUND_POSITIONS = frozenset(
    {"de", "het", "nummer", "optie", "knop", "antwoord", "maar", "doe", "is", "graag", "denk", "ik"}
)
BREAKS = frozenset({"maar", "want", "en", "alleen"})
LAST = "laatste"
ALONE = "."
"""At the end of a synonym: it counts as the whole text only ("kan niet.", beside "ik kan niet betalen")."""
FILLERS = frozenset(
    ["nou", "tja", "tsja", "goh", "och", "oh", "oei", "eh", "uh", "euh", "ehm", "ach", "mwa", "hm", "eigenlijk", "dus"]
)
COUNTRY = "NL"
_ORDINALS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende")
_NUMBERS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven")
_FOLLOW_UP = re.compile(r"f:([a-z_]{1,30}):([a-z0-9_]{1,20})", re.ASCII)
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


def followed_up(data: str) -> tuple[str, str] | None:
    """The flow and the value of `f:tips_later:warmer`; None for anything else."""
    found = _FOLLOW_UP.fullmatch(data)
    return (found[1], found[2]) if found else None


def phone_number(text: str) -> str | None:
    """A telephone number in international form, or None when it is none."""
    try:
        parsed = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


FREE_TEXT: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "phone": (phone_number, "utter_phone_wrong"),
    "address": (street_address, "utter_address_wrong"),
}


def typed(content: Content, language: str, slot: str, slots: Mapping[str, Any], text: str) -> str | None:
    """The value that a typed text stands for, or None. Never guesses when two values are as likely."""
    words = normalised(text)
    if not words:
        return None
    question = _Question.of(content, language, slot, slots)
    readers = (_by_whole_label, _by_number, _by_position, _by_opening, _by_label, _by_near_miss)
    found = next((value for reader in readers if (value := reader(question, words))), None)
    return found if found in content.slots[slot].values else None


def told(content: Content, language: str, flow: str, slots: Mapping[str, Any], text: str) -> dict[str, str]:
    """What a sentence that begins a flow already answers ("het tocht bij mijn balkondeur"), as slots and values.

    Only questions that say so (`hear: [door, window]`) are read like this; of several values the first in that list.
    Their own synonyms count; a "ja" in a sentence that asks for something else answers nothing.
    """
    words = normalised(text)
    found = {}
    for step in content.flows[flow].collects():
        question = _Question.of(content, language, step.slot, slots)
        words_of = _flat(question.variant.synonyms)
        own = [(normalised(word), value) for word, value in words_of if not word.endswith(ALONE)]
        places = _places(own, words) if len(words.split()) <= LONGEST_TOLD_WORDS else {}
        value = next((value for value in question.variant.hear if value in places), None)
        if value is not None:
            found[step.slot] = value
    return found


@dataclass(frozen=True)
class _Question:
    """What may be answered: labels as normalised words, with their values; the question's own go first.

    `inside` are the labels that count within a sentence too.
    """

    variant: Variant
    options: tuple[Option, ...]
    labels: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, str], ...]
    openings: Mapping[str, str]

    @classmethod
    def of(cls, content: Content, language: str, slot: str, slots: Mapping[str, Any]) -> _Question:
        variant = content.response(f"utter_ask_{slot}", language).variant(slots)
        options = variant.offered(slots)
        common = content.response(WORDS_FOR_ANSWERS, language).variants[0].synonyms
        values = content.slots[slot].values
        own = [(option.title, option.value) for option in options] + list(_flat(variant.synonyms))
        shared = [(word, value) for word, value in _flat(common) if value in values]
        labels: dict[str, str] = {}
        for word, value in own + shared:
            labels.setdefault(normalised(word), value)
        alone = {normalised(word) for word, _ in _flat(variant.synonyms) if word.endswith(ALONE)}
        inside = tuple((label, value) for label, value in labels.items() if label not in alone)
        openings = {normalised(words): value for words, value in shared if value in OPENINGS}
        return cls(variant, options, tuple(labels.items()), inside, openings)


def _flat(synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((word, value) for value, words in synonyms.items() for word in words)


def _by_whole_label(question: _Question, words: str) -> str | None:
    """A label or synonym as the whole text; `drie` may be one, and then it is no position."""
    return next((value for label, value in question.labels if label == words), None)


def _by_position(question: _Question, words: str) -> str | None:
    """`2`, `de tweede`, `twee` alone: the second option; `de laatste`: the last one that is not always there."""
    only = " ".join(word for word in words.split() if word not in AROUND_POSITIONS)
    if only == LAST and question.options:
        named = [option for option in question.options if option.value not in question.variant.always]
        return (named or question.options)[-1].value
    for position, option in enumerate(question.options[: len(_ORDINALS)]):
        if only in (str(position + 1), _ORDINALS[position], _NUMBERS[position]):
            return option.value
    return None


def _by_opening(question: _Question, words: str) -> str | None:
    """`ja ...`, `doe maar ...`, `nee ...`: what comes first is the answer, and the rest of the sentence its reason."""
    parts = words.split()
    while parts and parts[0] in FILLERS:
        parts = parts[1:]
    parts[:1] = [_unstretched(question, word) for word in parts[:1]]
    for size in range(min(LONGEST_OPENING, len(parts)), 0, -1):
        value = question.openings.get(" ".join(parts[:size]))
        if value:
            rest = parts[size:]
            # "ja dat weet ik niet" says that somebody does not know.
            unsure = _value_inside(question, " ".join(rest), only=frozenset({UNKNOWN}))
            return None if _taken_back(question, value, rest) else unsure or _instead(question, value, rest) or value
    return None


def _instead(question: _Question, value: str, rest: list[str]) -> str | None:
    """ "nee, er kwam niemand": beside yes and no there is an answer that says it better."""
    others = frozenset(option.value for option in question.options) - OPENINGS
    return _value_inside(question, " ".join(rest), only=others) if value == "no" else None


def _unstretched(question: _Question, word: str) -> str:
    """`jaaa` and `neeee` as they are in the list."""
    shorter = (re.sub(r"(\w)\1*$", r"\1" * times, word) for times in (1, 2))
    return next((one for one in shorter if one in question.openings), word)


def _taken_back(question: _Question, value: str, rest: list[str]) -> bool:
    """`ja nee`, `klopt niet`: the words that belong to the first one say the opposite."""
    near = list(takewhile(lambda word: word not in BREAKS, rest[:WORDS_AFTER]))
    denied = value == "yes" and bool(NEGATIONS & set(near))
    return denied or any(question.openings.get(word, value) != value for word in near[:1])


def _by_number(question: _Question, words: str) -> str | None:
    """A number in digits or words, when all that are named lie in one band."""
    if not question.variant.bands or len(words.split()) > LONGEST_ANSWER_WORDS:
        return None
    written = alpha2digit(words, NUMBER_LANGUAGE)
    numbers = [int(number) for number in re.findall(r"\b\d{1,5}\b", written)]
    found = {band.value for band in question.variant.bands for number in numbers if band.low <= number <= band.high}
    return found.pop() if len(found) == 1 else None


def _by_label(question: _Question, words: str) -> str | None:
    """A label or synonym as words within a short text; the question says what several of them mean."""
    if len(words.split()) > LONGEST_ANSWER_WORDS:
        return None
    return _value_inside(question, words)


def _value_inside(question: _Question, words: str, only: frozenset[str] | None = None) -> str | None:
    places = _places(question.inside, words)
    found = {value: place for value, place in places.items() if only is None or value in only}
    if UNKNOWN in found:
        found = {UNKNOWN: 0}
    if len(found) > 1 and question.variant.several:
        first = min(found, key=lambda value: found[value])
        return first if question.variant.several == FIRST else question.variant.several
    return next(iter(found)) if len(found) == 1 else None


def _places(labels: Iterable[tuple[str, str]], words: str) -> dict[str, int]:
    """The values that are named, and not denied, with the place where each is first."""
    padded = f" {words} "
    found: dict[str, int] = {}
    for label, value in labels:
        place = padded.find(f" {label} ")
        if place >= 0 and not _denied(label, padded, place):
            found[value] = min(place, found.get(value, place))
    return found


def _denied(label: str, padded: str, place: int) -> bool:
    """ "klopt niet" is no "klopt", "niet het raam" no "raam": a denial near the label that it does not hold itself."""
    before = padded[:place].split()[-WORDS_BEFORE:]
    after = padded[place + len(label) + 1 :].split()[:WORDS_AFTER]
    return bool(NEGATIONS & {*before, *after}) and not NEGATIONS & set(label.split())


def _by_near_miss(question: _Question, words: str) -> str | None:
    """A misspelt label, as the whole text or within a short one; none when two values are as near."""
    if len(words) < SHORTEST_NEAR or len(words.split()) > LONGEST_ANSWER_WORDS:
        return None
    values = set()
    for label, value in question.inside:
        if len(label) >= SHORTEST_NEAR and _stands_nearly(label, words):
            values.add(value)
    return values.pop() if len(values) == 1 else None


def _stands_nearly(label: str, words: str) -> bool:
    """Whether as many words as the label has are nearly the label; short labels only as the whole text."""
    parts, size = words.split(), len(label.split())
    if len(label) < SHORTEST_NEAR_INSIDE and len(parts) != size:
        return False
    for start in range(len(parts) - size + 1):
        window = " ".join(parts[start : start + size])
        padded = f" {words} "
        place = padded.find(f" {window} ")
        if fuzz.ratio(label, window) >= NEAR and not _denied(window, padded, place) and not _negates(label, window):
            return True
    return False


def _negates(label: str, window: str) -> bool:
    return bool(NEGATIONS & set(window.split())) != bool(NEGATIONS & set(label.split()))
