"""The rules for words as they are written down: `wordrules.yml`, and beside it what coordinators added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from store.yaml_lines import ContentError, LocatedDict, line_of, read_yaml

FILE = "wordrules.yml"
OWN_FILE = "wordrules_own.yml"


@dataclass(frozen=True)
class Breach:
    """A rule that a text breaks, the words that break it, and what to write instead."""

    rule: str
    excerpt: str
    remedy: str


@dataclass(frozen=True)
class Rules:
    """The limits and word lists of `wordrules.yml`; its comments say what each is for.

    Lengths are in words, sentences, lines and characters; `rare_below` and `part_above` are Zipf frequencies
    (3 is once in a million words, 4 ten times). Where two words belong together, the right one is what to write.
    """

    sentence_words: int
    bubble_sentences: int
    bubble_characters: int
    button_characters: int
    acts: int
    list_lines: int
    long_word: int
    rare_below: float
    part_above: float
    never: Mapping[str, str]
    numerals: Mapping[str, str]
    short: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    must_say: Mapping[str, str] = field(default_factory=dict)
    negations: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    passive_at_end: frozenset[str] = frozenset()
    no_passive: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    faces: frozenset[str] = frozenset()
    not_first: frozenset[str] = frozenset()
    imperatives: frozenset[str] = frozenset()
    contact: frozenset[str] = frozenset()
    goes_along: frozenset[str] = frozenset()
    says_nothing: frozenset[str] = frozenset()
    team_files: frozenset[str] = frozenset()
    team: Mapping[str, int] = field(default_factory=dict)

    def for_team(self) -> Rules:
        """The same rules with the limits for what wijkverbinders read."""
        limits: dict[str, Any] = dict(self.team)
        return replace(self, **limits)


def read_rules(file: Path) -> Rules:
    """The rules in `wordrules.yml`, with the words of `wordrules_own.yml` beside it; raises `ContentError`."""
    source = read_yaml(file).get("rules")
    if not isinstance(source, LocatedDict):
        raise ContentError(f"{file}:1: write the rules under 'rules:'.")
    expected = {entry.name: _READERS[str(entry.type)] for entry in fields(Rules)}
    for name in source:
        if name not in expected:
            raise ContentError(f"{file}:{line_of(source)}: '{name}' is no rule; use one of {', '.join(expected)}.")
    found = {name: read(file, source, name) for name, read in expected.items() if name in source}
    missing = [entry.name for entry in fields(Rules) if _is_required(entry) and entry.name not in found]
    if missing:
        raise ContentError(f"{file}:{line_of(source)}: '{missing[0]}:' is missing; write it below 'rules:'.")
    rules = Rules(**found)
    return replace(rules, never={**rules.never, **read_own(file.with_name(OWN_FILE))})


def read_own(file: Path) -> dict[str, str]:
    """The words that coordinators added; none without the file. Raises `ContentError`."""
    if not file.exists():
        return {}
    source = read_yaml(file)
    if set(source) != {"never"}:
        raise ContentError(f"{file}:{line_of(source)}: this file holds 'never:' and nothing else.")
    return _pairs(file, source, "never")


def _is_required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _number(file: Path, source: LocatedDict, name: str) -> int | float:
    found = source[name]
    if isinstance(found, int | float):
        return found
    raise ContentError(f"{file}:{line_of(source)}: '{name}:' must be a number.")


def _numbers(file: Path, source: LocatedDict, name: str) -> dict[str, int]:
    found = source[name]
    limits = [entry.name for entry in fields(Rules) if entry.type == "int"]
    if isinstance(found, LocatedDict) and all(key in limits and isinstance(found[key], int) for key in found):
        return dict(found)
    raise ContentError(f"{file}:{line_of(found)}: '{name}:' holds numbers for {', '.join(limits)}.")


def _words(file: Path, source: LocatedDict, name: str) -> frozenset[str]:
    found = source[name]
    if isinstance(found, list) and all(isinstance(word, str) for word in found):
        return frozenset(found)
    raise ContentError(f"{file}:{line_of(found)}: '{name}:' must be a list of words; put a number between quotes.")


def _pairs(file: Path, source: LocatedDict, name: str) -> dict[str, str]:
    """Word to remedy, in small letters. A list on the right is turned round: the reason for each word in it."""
    found = source[name]
    if not isinstance(found, LocatedDict):
        raise ContentError(f"{file}:{line_of(source)}: '{name}:' must be lines of the form 'word: what to write'.")
    pairs: dict[str, str] = {}
    for left, right in found.items():
        listed = isinstance(right, list)
        if not right or not all(str(word).strip() for word in (left, *(right if listed else ()))):
            raise ContentError(f"{file}:{line_of(found)}: '{left}' in '{name}:' needs words on both sides of the ':'.")
        pairs.update({str(word).lower(): str(left) for word in right} if listed else {str(left).lower(): str(right)})
    return pairs


_READERS: Mapping[str, Callable[[Path, LocatedDict, str], Any]] = {
    "int": _number,
    "float": _number,
    "frozenset[str]": _words,
    "Mapping[str, str]": _pairs,
    "Mapping[str, int]": _numbers,
}
