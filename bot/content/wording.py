"""The rules for words over all texts; each breach becomes a line with file, line, key and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.content.everyday import Everyday, load_everyday
from bot.content.rules import Breach, Rules
from bot.content.sentences import line_by_line, sentences, words
from bot.content.shape import long_sentences
from bot.content.source import Said
from bot.content.wordrules import check_labels, check_response

FOR_MACHINES = "words_for_"
_FILLED_IN = re.compile(r"\{say_(\w+)\}")


def check_wordings(said: Iterable[Said], rules: Rules) -> Iterator[str]:
    """A line for each breach; whether words are everyday ones is left out where `wordfreq` is not installed."""
    said = [one for one in said if not one.key.startswith(FOR_MACHINES)]
    longest = _longest_words(said)
    everyday = load_everyday(rules)
    for one in said:
        yield from (told(one, breach) for breach in _breaches(one, rules, longest, everyday))


def breaches(one: Said, said: Iterable[Said], rules: Rules) -> list[Breach]:
    """The rules that one wording breaks, each once; `said` are all wordings that it may be filled in with."""
    return _breaches(one, rules, _longest_words(said), load_everyday(rules))


def _breaches(one: Said, rules: Rules, longest: Mapping[str, str], everyday: Everyday | None) -> list[Breach]:
    own = rules.for_team() if one.file.name in rules.team_files else rules
    found = [*_by_rule(one, own), *_when_filled_in(one.text, longest, own), *_rarer_words(one, everyday)]
    return list(dict.fromkeys(found))


def told(said: Said, breach: Breach) -> str:
    """A breach for who mends it."""
    return f'{said.where(breach.excerpt)}: {said.key}: {breach.rule}: "{breach.excerpt}": {breach.remedy}.'


def read_by_people(said: Said) -> Iterator[str]:
    """The text and the words on its buttons."""
    yield said.text
    yield from (title for title, _ in said.buttons)


def _by_rule(said: Said, rules: Rules) -> Iterator[Breach]:
    yield from check_response(said.key, said.text, rules, whole=said.danger or said.letter, listed=said.listed)
    yield from check_labels((title for title, _ in said.buttons), rules)


def _rarer_words(said: Said, everyday: Everyday | None) -> Iterator[Breach]:
    if everyday:
        for text in read_by_people(said):
            yield from everyday.breaches(text)


def _longest_words(said: Iterable[Said]) -> dict[str, str]:
    """For each `utter_say_<slot>` the wording with the longest sentence."""
    wordings: dict[str, list[str]] = {}
    for one in said:
        slot = one.key.removeprefix("utter_say_")
        if slot != one.key:
            wordings.setdefault(slot, []).append(one.text)
    return {slot: max(texts, key=_longest_sentence) for slot, texts in wordings.items()}


def _longest_sentence(text: str) -> int:
    return max((len(words(sentence)) for sentence in sentences(line_by_line(text))), default=0)


def _when_filled_in(text: str, longest: Mapping[str, str], rules: Rules) -> Iterator[Breach]:
    """Sentences that grow too long by the words for a slot's value, which may hold such words themselves."""
    filled = _fill(_fill(text, longest), longest)
    if filled != text:
        yield from long_sentences(line_by_line(filled), rules)


def _fill(text: str, longest: Mapping[str, str]) -> str:
    return _FILLED_IN.sub(lambda found: longest.get(found.group(1), found.group()), text)
