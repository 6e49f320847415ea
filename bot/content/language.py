"""What is wrong with the words of a text, whatever they stand in (domain.md, section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.phrases import found_in
from bot.content.rules import Breach, Rules
from bot.content.sentences import plain, question_and_answer, sentences

_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}|(?<![\w.])[b-tv-z]\.(?=\s|$)", re.IGNORECASE)
_TIMES = re.compile(r"\b\d+\s?x(?!\w)", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<![\d.,])\d+(?:,\d+|\.\d{1,2})(?![\d.,]*\d)(?!\s*uur)")
_PERCENT = re.compile(r"\d*\s*%")
_SLASH = re.compile(r"\w+/\w+")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
_COLOUR = re.compile(
    r"\b(?:rode|groene|gele|blauwe|grijze|oranje) (?:knop(?:pen)?|vakjes?|stip(?:pen)?|kleur)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(r"\b(?:ge|be|ver|ont|her|door|af|op|aan|uit|in)\w{2,}(?:d|t|en)\b")
_AT_END = re.compile(r"(?:(\w+)\s+)?\b((?:\w+?)?ge\w{3,}(?:d|t|en)|(?:be|ver|ont|her)\w{3,}(?:d|t))(?<!heid)\W*$")
_BEFORE_A_NOUN = frozenset({"een", "de", "het", "dit", "dat", "deze", "die", "geen", "uw", "mijn", "ons", "onze"})
_HAS = frozenset({"heb", "hebt", "heeft", "hebben", "had", "hadden"})
_SHOUTED_FROM = 4


def check_words(text: str, rules: Rules) -> list[Breach]:
    """Breaches of the rules for single words, signs and figures, and for how a sentence says it."""
    bare = plain(text)
    found = [
        *(Breach("word to avoid", words, f"write: {instead}") for words, instead in found_in(bare, rules.never)),
        *_figures(bare, rules),
        *_shortened(bare, rules),
        *_capitals(bare, rules),
        *_signs(bare, rules),
    ]
    for sentence in sentences(bare):
        found += [*_twice_negated(sentence, rules), *_passive(sentence, rules)]
    return found


def passive_at_end(text: str, rules: Rules) -> Iterator[Breach]:
    """`is`, `zijn` with a participle at the end: "De link is al gebruikt"; with `heeft` it is somebody's deed."""
    for sentence in sentences(plain(text)):
        for clause in question_and_answer(sentence):
            if _is_passive_at_end(clause.lower(), rules):
                yield Breach("no passive", clause, "say who does it")


def _figures(text: str, rules: Rules) -> Iterator[Breach]:
    for word in re.findall(r"\w+", text):
        if word.lower() in rules.numerals:
            yield Breach("numbers in figures", word, f"write: {rules.numerals[word.lower()]}")
    for found in _PERCENT.findall(text):
        yield Breach("no percentages", found, 'write a number, such as "1 van de 10 mensen"')
    for found in _DECIMAL.findall(text):
        yield Breach("whole numbers", found, 'round it, such as "ongeveer 10"')


def _shortened(text: str, rules: Rules) -> Iterator[Breach]:
    listed = list(found_in(text, rules.short))
    for words, instead in listed:
        yield Breach("no abbreviations", words, f"write: {instead}")
    for found in _DOTTED.findall(text):
        if not any(found in words for words, _ in listed):
            yield Breach("no abbreviations", found, "write the words in full")
    for times in _TIMES.findall(text):
        yield Breach("no abbreviations", times, f"write: {times.lower().rstrip('x').strip()} keer")


def _capitals(text: str, rules: Rules) -> Iterator[Breach]:
    for word in re.findall(r"[^\W\d_]{2,}", text):
        if not word.isupper() or word in rules.capitals:
            continue
        if len(word) >= _SHOUTED_FROM or word.lower() in rules.negations:
            yield Breach("no shouting", word, f"write: {word.lower()}")
        else:
            yield Breach("no abbreviations", word, "write the words in full, or add it to 'capitals'")
    if "!" in text:
        yield Breach("no shouting", "!", "end the sentence with a full stop")


def _signs(text: str, rules: Rules) -> Iterator[Breach]:
    for sign, instead in rules.signs.items():
        if sign in text:
            yield Breach("words for signs", sign, f"write: {instead}")
    for slashed in _SLASH.findall(text):
        yield Breach("words for signs", slashed, 'choose one word, or write "of" between them')
    for picture in set(_PICTURE.findall(text)) - rules.faces:
        yield Breach("no pictures for words", picture, "say it in words")
    for colour in _COLOUR.findall(text):
        yield Breach("no meaning by colour", colour, "say what stands on it")


def _twice_negated(sentence: str, rules: Rules) -> Iterator[Breach]:
    negations = [word for word in re.findall(r"\w+", sentence.lower()) if word in rules.negations]
    if len(negations) > 1:
        yield Breach("no double negation", sentence, "say what is so, or what to do")


def _passive(sentence: str, rules: Rules) -> Iterator[Breach]:
    """`wordt`, `werd` with a participle."""
    words = re.findall(r"\w+", sentence.lower())
    rest = " ".join(word for word in words if word not in rules.passive and word not in rules.no_passive)
    if any(word in rules.passive for word in words) and _PARTICIPLE.search(rest):
        yield Breach("no passive", sentence, "say who does it")


def _is_passive_at_end(clause: str, rules: Rules) -> bool:
    words = set(re.findall(r"\w+", clause))
    last = _AT_END.search(clause)
    if not last or words & _HAS or not words & rules.passive_at_end:
        return False
    return last.group(1) not in _BEFORE_A_NOUN and last.group(2) not in rules.no_passive
