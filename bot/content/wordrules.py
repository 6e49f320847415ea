"""The rules for words (domain.md, section 6): a text goes in, what is wrong with it and what to write comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.dialogue.yaml_lines import read_yaml

_PLACEHOLDER = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[\w{}/'-]+")
_BREAK = re.compile(r"(?<=[.!])\s+(?=\S)")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}|\b(?:bijv|evt|enz|incl|excl|max|min|nr|tel|blz|ca|resp)\.", re.IGNORECASE)
_TIMES = re.compile(r"\b\d+x\b")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_PERCENT = re.compile(r"\d*\s*%")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
_PARTICIPLE = re.compile(r"\b(?:ge|be|ver|ont|her|door|af|op|aan|uit|in)\w{2,}(?:d|t|en)\b")
_LABELS = ("button_", "utter_say_", "utter_topic_")
_LINES = "utter_line_"


@dataclass(frozen=True)
class Breach:
    """A rule that a text breaks, the words that break it, and what to write instead."""

    rule: str
    excerpt: str
    remedy: str


@dataclass(frozen=True)
class Rules:
    """The limits and word lists; lengths are in words, sentences and characters."""

    sentence_words: int
    bubble_sentences: int
    bubble_characters: int
    button_characters: int
    never: Mapping[str, str]
    numerals: Mapping[str, str]
    negations: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    team_files: frozenset[str] = frozenset()
    team_sentence_words: int = 15
    team_bubble_sentences: int = 5

    def for_team(self) -> Rules:
        """The same rules with the limits for what wijkverbinders read."""
        return replace(self, sentence_words=self.team_sentence_words, bubble_sentences=self.team_bubble_sentences)


def read_rules(file: Path) -> Rules:
    """The rules in `wordrules.yml`; raises `ContentError` when it is not YAML."""
    source = dict(read_yaml(file)["rules"])
    for name in ("negations", "passive", "capitals", "team_files"):
        source[name] = frozenset(source.get(name, ()))
    for name in ("never", "numerals"):
        source[name] = {str(word).lower(): str(instead) for word, instead in source[name].items()}
    return Rules(**source)


def check(text: str, rules: Rules, *, danger: bool = False) -> list[Breach]:
    """What is wrong with a bubble. `danger` allows more sentences: steps that save a life stay together."""
    breaches = [*_lines_of_their_own(text), *_long_sentences(text, rules), *check_words(text, rules)]
    if not danger:
        breaches += _too_many_sentences(text, rules)
    return breaches + _too_long(text, rules)


def check_line(text: str, rules: Rules) -> list[Breach]:
    """What is wrong with a line of a summary: its sentences stand side by side."""
    return [*_long_sentences(_BREAK.sub("\n", text), rules), *check_words(text, rules)]


def check_label(text: str, rules: Rules) -> list[Breach]:
    """What is wrong with the words on a button, or with words that stand inside a text."""
    found = check_words(text, rules)
    if len(_PLACEHOLDER.sub("", text)) > rules.button_characters:
        found.append(Breach("button length", text, f"use at most {rules.button_characters} characters"))
    return found


def check_response(key: str, text: str, rules: Rules, *, danger: bool = False) -> list[Breach]:
    """The check that fits the kind of response, which its key tells."""
    if key.startswith("button_"):
        return check_label(text, rules)
    if key.startswith(_LABELS):
        return check_words(text, rules)
    if key.startswith(_LINES):
        return check_line(text, rules)
    return check(text, rules, danger=danger)


def check_words(text: str, rules: Rules) -> list[Breach]:
    """What is wrong with the words themselves, whatever they stand in."""
    found = [*_banned(text, rules), *_written_numbers(text, rules), *_shortened(text, rules), *_pictures(text)]
    for sentence in _sentences(text):
        found += [*_twice_negated(sentence, rules), *_passive(sentence, rules)]
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if _PLACEHOLDER.sub("", line).strip()]


def _sentences(text: str) -> list[str]:
    return [sentence for line in _lines(text) for sentence in _BREAK.split(line)]


def _lines_of_their_own(text: str) -> Iterator[Breach]:
    for line in _lines(text):
        if len(_BREAK.split(line)) > 1:
            yield Breach("sentence on its own line", line, "put each sentence on a line of its own")


def _long_sentences(text: str, rules: Rules) -> Iterator[Breach]:
    for sentence in _sentences(text):
        words = len(_WORD.findall(sentence))
        if words > rules.sentence_words:
            remedy = f"{words} words; use at most {rules.sentence_words}: make two sentences, or leave words out"
            yield Breach("sentence length", sentence, remedy)


def _too_many_sentences(text: str, rules: Rules) -> list[Breach]:
    lines = _lines(text)
    if len(lines) <= rules.bubble_sentences:
        return []
    remedy = f"{len(lines)} sentences; use at most {rules.bubble_sentences}, or make two messages"
    return [Breach("sentences in a bubble", lines[0], remedy)]


def _too_long(text: str, rules: Rules) -> list[Breach]:
    length = len(text.strip())
    if length <= rules.bubble_characters:
        return []
    remedy = f"{length} characters; use at most {rules.bubble_characters}, or make two messages"
    return [Breach("length of a bubble", _lines(text)[0], remedy)]


def _banned(text: str, rules: Rules) -> Iterator[Breach]:
    for word, instead in rules.never.items():
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
        if found:
            yield Breach("word to avoid", found.group(), f"write: {instead}")


def _written_numbers(text: str, rules: Rules) -> Iterator[Breach]:
    for word in re.findall(r"\w+", text):
        if word.lower() in rules.numerals:
            yield Breach("numbers in figures", word, f"write: {rules.numerals[word.lower()]}")
    for found in _PERCENT.findall(text):
        yield Breach("no percentages", found, 'write a number, such as "1 van de 10 mensen"')


def _shortened(text: str, rules: Rules) -> Iterator[Breach]:
    for found in _DOTTED.finditer(text):
        yield Breach("no abbreviations", found.group(), "write the words in full")
    for times in _TIMES.findall(text):
        yield Breach("no abbreviations", times, f"write: {times[:-1]} keer")
    for capitals in _CAPITALS.findall(_PLACEHOLDER.sub("", text)):
        if capitals not in rules.capitals:
            yield Breach("no abbreviations", capitals, "write the words in full, or add it to 'capitals'")


def _pictures(text: str) -> Iterator[Breach]:
    for picture in _PICTURE.findall(text):
        yield Breach("no pictures for words", picture, "say it in words")


def _twice_negated(sentence: str, rules: Rules) -> Iterator[Breach]:
    negations = [word for word in re.findall(r"\w+", sentence.lower()) if word in rules.negations]
    if len(negations) > 1:
        yield Breach("no double negation", sentence, "say what is so, or what to do")


def _passive(sentence: str, rules: Rules) -> Iterator[Breach]:
    words = sentence.lower()
    helper = next((word for word in re.findall(r"\w+", words) if word in rules.passive), None)
    rest = words.replace(helper, " ", 1) if helper else ""
    if helper and _PARTICIPLE.search(rest):
        yield Breach("no passive", sentence, "say who does it")
