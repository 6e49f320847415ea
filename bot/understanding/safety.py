"""Safety phrases: looked at before anything else, in every state, and without Rasa (D11).

A message is read twice: as it was written, and with each unknown word taken for the nearest word of the phrases. An
`act` phrase in the first reading is certain. One that only the second reading holds, or that is denied or laughed
about, is asked about. An `ask` phrase that is denied or laughed about leaves nothing, and so does a denial inside a
phrase ("ik ruik geen gas"). How phrases are written: docs/flows-format.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.conversation import Danger
from bot.understanding.phrase_tree import GAP, TAKEN_OUT, Found, PhraseTree, normalised, written_out
from bot.understanding.spelling import Spelling
from store.yaml_lines import ContentError, read_yaml

__all__ = ["NEGATIONS", "Phrases", "SafetyPhrases", "normalised"]

NEGATIONS = frozenset(
    {"geen", "niet", "nooit", "nergens", "no", "not", "never", "nie", "nigdy", "yok", "degil", "kein", "keine", "nicht"}
    | {"nunca", "не", "нет", "нема", "немае", "لا", "ليس", "مش", "مو", "የለን"}
)
_DENIALS = (
    NEGATIONS
    | {"zonder", "ni", "without", "dont", "doesnt", "isnt", "don", "doesn", "didn", "isn", "keinen", "aucun", "sin"}
    | {"brak", "bez", "без", "ما", "مافي", "مفيش", "ماكاين", "ماكاينش", "بدون", "makanch", "makaynch", "makaynsh"}
)
_DENIED_IN_A_WORD = re.compile(r"m[iu]yor")
_CONJUNCTIONS = frozenset({"en", "maar", "want", "dus", "and", "but", "ve", "ama", "ale", "bo", "لكن"})
_NEW_CLAUSE = _CONJUNCTIONS | {"ik", "hij", "ze", "zij", "we", "wij", "er", "i", "he", "she", "they", "on", "ona"}
_BARRIERS = _DENIALS | _CONJUNCTIONS | {"niks", "niets"}
_LINKS = frozenset({"dat", "of", "that", "if", "whether", "czy"})
_AFTERWARDS = {"niet", "nooit", "nie", "ni", "not", "nicht", "yok", "degil", "nunca", "нет", "нема", "немае", "የለን"}
_NO_DENIAL_BEFORE = frozenset({"normaal", "grappig", "leuk", "ok", "oke", "goed", "fijn", "normal", "funny"})
_LAUGH = re.compile(
    r"\b(?:(?:h[aei]){2,}h?|lol|lmao|grapje|geintje|xd|(?:sj){2,}|joke|kidding|[sş]aka|żart\w*)\b|ه{3,}|[😂🤣😅😆😜😝🤪😹]",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.,;:!?\n؟،؛።፣]+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_ARTICLE = re.compile(r"^(?:[وفبك]?ال|لل)(?=\w{3})")
_ORDER = ("fire", "gas_smell", "carbon_monoxide", "suicide", "violence")
_REACH = 3
_REACH_ASK = 1
_SHORTEST_NEAR = 8
_SHORTEST_NEAR_ASK = 12
_SHORTEST_INSIDE = 6
_SHORTEST_JOINED = 7


@dataclass(frozen=True)
class Phrases:
    """The phrases of one danger: `act` at once, `ask` first, and look-alikes (`but_not`) that are no danger."""

    act: tuple[str, ...]
    ask: tuple[str, ...]
    but_not: tuple[str, ...]

    def __add__(self, more: Phrases) -> Phrases:
        return Phrases(self.act + more.act, self.ask + more.ask, self.but_not + more.but_not)


@dataclass(frozen=True)
class _Message:
    """The words as `written` and as `meant`, one for one; a clause starts at each of `starts`."""

    written: tuple[str, ...]
    meant: tuple[str, ...]
    starts: frozenset[int]
    laughed: bool


class SafetyPhrases:
    """Finds a danger in what somebody wrote. `small_words` change nothing; `ordinary` ones are no misspellings."""

    def __init__(
        self, phrases: Mapping[str, Phrases], small_words: Iterable[str] = (), ordinary: Iterable[str] = ()
    ) -> None:
        self.phrases = phrases
        self._small = frozenset(small_words)
        lists = [written for found in phrases.values() for written in (found.act, found.ask, found.but_not)]
        known = {word.rstrip("*") for written in lists for phrase in written for word in phrase.split() if word != GAP}
        self._spelling = Spelling(known | _DENIALS, ordinary)
        self._joined = frozenset(word for word in known if len(word) >= _SHORTEST_JOINED)
        self._dangers = {intent: _Trees(found, self._words) for intent, found in phrases.items()}

    @classmethod
    def read(cls, texts: Path) -> SafetyPhrases:
        """The phrases of every language under `flows/texts`; raises `ContentError`."""
        found: dict[str, Phrases] = {}
        small: set[str] = set()
        ordinary: set[str] = set()
        for file in sorted(texts.glob("*/safety_phrases.yml")):
            source = read_yaml(file)
            small.update(_all(source.get("small_words")))
            ordinary.update(_all(source.get("ordinary")))
            for intent, lists in source["phrases"].items():
                if intent not in _ORDER:
                    raise ContentError(f"{file}:1: '{intent}' is no danger; use {', '.join(_ORDER)}.")
                own = Phrases(_all(lists.get("act")), _all(lists.get("ask")), _all(lists.get("not")))
                found[intent] = found.get(intent, Phrases((), (), ())) + own
        return cls({intent: found[intent] for intent in _ORDER if intent in found}, small, ordinary)

    def find(self, text: str) -> Danger | None:
        """A danger that was named: certain for a phrase as it stands, else one to ask about."""
        message = self._message(text)
        unknown = [word for word in message.written if not self._spelling.knows(word)]
        asked: Danger | None = None
        for intent, trees in self._dangers.items():
            said = trees.without_look_alikes(message.written)
            acts = list(trees.act.find(said))
            if not message.laughed and any(not _denied(found, message, _REACH) for found in acts):
                return Danger(intent, certain=True)
            if asked is None and (acts or trees.asks(message, said) or trees.inside(unknown)):
                asked = Danger(intent, certain=False)
        return asked

    def _message(self, text: str) -> _Message:
        written: list[str] = []
        starts = set()
        for clause in _CLAUSE_END.split(text):
            starts.add(len(written))
            written += self._words(self._unstretched(word) for word in normalised(clause).split())
        meant = tuple(word if _DENIED_IN_A_WORD.search(word) else self._spelling.meant(word) for word in written)
        return _Message(tuple(written), meant, frozenset(starts), bool(_LAUGH.search(text)))

    def _words(self, words: Iterable[str]) -> tuple[str, ...]:
        """Without small words and Arabic articles, and with the halves of a long word together ("gas lucht")."""
        kept = [_ARTICLE.sub("", word) for word in words if word not in self._small]
        together: list[str] = []
        for word in kept:
            if together and word not in _CONJUNCTIONS and together[-1] + word in self._joined:
                word = together.pop() + word
            together.append(word)
        return tuple(together)

    def _unstretched(self, word: str) -> str:
        """ "gaaaas" is "gas"; "dooood" is "dood"."""
        if not _STRETCHED.search(word):
            return word
        doubled = _STRETCHED.sub(r"\1\1", word)
        return doubled if self._spelling.knows(doubled) else _STRETCHED.sub(r"\1", word)


class _Trees:
    """The phrases of one danger, ready to be looked for."""

    def __init__(self, phrases: Phrases, words: Callable[[Iterable[str]], tuple[str, ...]]) -> None:
        act, ask, but_not = (
            [tuple(words(phrase.split())) for phrase in written]
            for written in (phrases.act, phrases.ask, phrases.but_not)
        )
        self.act = PhraseTree(act, _BARRIERS)
        self._ask = PhraseTree(ask, _BARRIERS)
        self._but_not = PhraseTree(but_not, _BARRIERS)
        self._compact: dict[str, list[str]] = {}
        for compact in map(_compact, act):
            if len(compact) >= _SHORTEST_INSIDE:
                self._compact.setdefault(compact[:_SHORTEST_INSIDE], []).append(compact)

    def without_look_alikes(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Only the look-alike is taken out: what stands beside it still counts."""
        taken = {at for found in self._but_not.find(words) for at in range(found.start, found.end)}
        return tuple(TAKEN_OUT if at in taken else word for at, word in enumerate(words)) if taken else words

    def asks(self, message: _Message, said: tuple[str, ...]) -> bool:
        """Whether a phrase to ask about stands there, or a misspelt one."""
        asks = () if message.laughed else self._ask.find(said)
        return any(not _denied_before(found, message, _REACH_ASK) for found in asks) or self._near(message)

    def _near(self, message: _Message) -> bool:
        if message.meant == message.written:
            return False
        meant = self.without_look_alikes(message.meant)
        looked_for = [(self.act, _SHORTEST_NEAR)] + ([] if message.laughed else [(self._ask, _SHORTEST_NEAR_ASK)])
        return any(
            _letters(found) >= shortest and not _denied(found, message, _REACH)
            for tree, shortest in looked_for
            for found in tree.find(meant)
        )

    def inside(self, unknown: list[str]) -> bool:
        """Whether a phrase to act on stands within a longer word: "zelfmoordgedachten", "ikruikgas"."""
        return any(
            word.startswith(compact, at)
            for word in unknown
            for at in range(len(word) - _SHORTEST_INSIDE + 1)
            for compact in self._compact.get(word[at : at + _SHORTEST_INSIDE], ())
        )


def _all(phrases: object) -> tuple[str, ...]:
    listed = phrases if isinstance(phrases, list) else ()
    return tuple(words for phrase in listed for words in written_out(str(phrase)))


def _compact(phrase: tuple[str, ...]) -> str:
    """The phrase as those write it who leave out spaces."""
    return "".join(part.rstrip("*") for part in phrase if part != GAP)


def _letters(found: Found) -> int:
    return len(" ".join(part for part in found.phrase if part != GAP))


def _denied(found: Found, message: _Message, reach: int) -> bool:
    """A negation shortly before the phrase, in its words (Turkish) or right after it: it is certain no more."""
    if _denies_itself(found):
        return False
    if _DENIED_IN_A_WORD.search(" ".join(message.written[found.start : found.end + 1])):
        return True
    return _denied_before(found, message, reach) or _denied_after(found.end, message)


def _denies_itself(found: Found) -> bool:
    """ "ik wil niet meer leven" is no denial of anything."""
    return bool(_DENIALS.intersection(found.phrase) or _DENIED_IN_A_WORD.search(" ".join(found.phrase)))


def _denied_before(found: Found, message: _Message, reach: int) -> bool:
    """Looks back at most `reach` words, not beyond the clause: "kan niet slapen, ik ruik gas" denies nothing."""
    if _denies_itself(found):
        return False
    for at in range(found.start, max(found.start - reach, 0), -1):
        if at in message.starts:
            return False
        if message.meant[at - 1] in _DENIALS:
            return True
        if message.meant[at - 1] in _NEW_CLAUSE and not (at > 1 and message.meant[at - 2] in _LINKS):
            return False
    return False


def _denied_after(end: int, message: _Message) -> bool:
    """ "hij slaat me niet"; "ik ruik gas niet normaal" is no denial."""
    if end >= len(message.meant) or end in message.starts:
        return False
    return message.meant[end] in _AFTERWARDS and not _NO_DENIAL_BEFORE.intersection(message.meant[end + 1 : end + 2])
