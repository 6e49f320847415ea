"""Says in which language a text is written, and would rather say nothing than call Dutch something else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from nlu.components.scripts import LANGUAGES_OF, LATIN, script_of, shown_by_its_own

DUTCH = "nl"
# Digits and signs say nothing about the language.
WORD = re.compile(r"[^\W\d_]+")
# How likely a text is in each language, as logarithms: differences are logarithms of odds.
Evidence = Callable[[str], dict[str, float]]
UNKNOWN: tuple[None, float] = (None, 0.0)

# Moroccan Arabic as it is typed on a telephone: a digit for a letter that Latin lacks (wa7ed), "kay" for the present.
MOROCCAN_FORM = re.compile(r"[a-z]+[379][a-z]+|kay[a-z]{3,}")
MOROCCAN_WRITTEN = """
    3afak 3andi 3la 3lach 3lia 3ndi afak bach bezaf bezzaf bghina bghit bghiti bzaf bzzaf chhal chi chkoun chnou
    chokran choukran daba dial diali dyal dyali dyalna dyalo fach fhemt fin flous ghadi hadchi hamdullah ila
    iyeh kayn kayna kaynin khass khassni khoya khti kifach labas lflous lyoum makaynch mezyan mochkil mosa3ada
    mouchkil mzyan rah rani salam smahli smeh wach wakha walakin walo walou ydir zwin
"""
MOROCCAN = frozenset(MOROCCAN_WRITTEN.split())
MOROCCAN_WORDS, MOROCCAN_SHARE, MOROCCAN_CONFIDENCE = 2, 0.25, 0.9


@dataclass(frozen=True)
class Caution:
    """How sure one must be (`nlu.components.language` says what each means)."""

    sure: float
    sure_of_few: float
    few: int
    known_words: float


class Recogniser:
    """Weighs the script, letters of one language, words known as Dutch, and the evidence of a model."""

    def __init__(self, evidence: Evidence, caution: Caution, dutch: Collection[str] = frozenset()) -> None:
        self._evidence = evidence
        self._caution = caution
        self._dutch = dutch

    def language(self, text: str) -> tuple[str | None, float]:
        """The ISO 639-1 code (None when unsure) and how sure it is, of a cleaned text."""
        script = script_of(text)
        if script is None:
            return UNKNOWN
        if script != LATIN:
            return self._by_script(text.lower(), script)
        if _is_moroccan(text.lower()):
            return "ar", MOROCCAN_CONFIDENCE
        name, confidence = self._likeliest(_words(text))
        return (name if self._is_sure(name, confidence, text) else None), confidence

    def dutch_words(self, texts: Iterable[str]) -> set[str]:
        """The words of those texts that the model by itself takes for Dutch; greetings from elsewhere stay out."""
        unhelped = Recogniser(self._evidence, self._caution)
        divided = [_words(text) for text in texts if script_of(text) == LATIN]
        return {word for words in divided if unhelped._likeliest(words)[0] == DUTCH for word in words}

    def _by_script(self, text: str, script: str) -> tuple[str | None, float]:
        """One word may be enough: it is not Dutch."""
        languages = LANGUAGES_OF[script]
        shown = shown_by_its_own(text, script) or (languages[0] if len(languages) == 1 else None)
        if shown:
            return shown, 1.0
        name, confidence = _first_of(self._evidence(text), languages)
        return (name if confidence >= self._caution.sure else None), confidence

    def _likeliest(self, words: list[str]) -> tuple[str, float]:
        evidence = self._evidence(" ".join(words))
        known = sum(word in self._dutch for word in words) / len(words)
        evidence[DUTCH] += self._caution.known_words * known
        return _first_of(evidence, LANGUAGES_OF[LATIN])

    def _is_sure(self, name: str, confidence: float, text: str) -> bool:
        if name == DUTCH:
            return confidence >= self._caution.sure
        few = len(_words(text)) <= self._caution.few
        return not _is_like_a_name(text) and confidence >= (self._caution.sure_of_few if few else self._caution.sure)


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _is_like_a_name(text: str) -> bool:
    """Every word with one capital: a Turkish name does not make its owner write Turkish."""
    return all(word.istitle() for word in WORD.findall(text))


def _is_moroccan(text: str) -> bool:
    words = re.findall(r"\w+", text)
    found = sum(word in MOROCCAN or bool(MOROCCAN_FORM.fullmatch(word)) for word in words)
    return found >= max(MOROCCAN_WORDS, MOROCCAN_SHARE * len(words))


def _first_of(evidence: dict[str, float], languages: tuple[str, ...]) -> tuple[str, float]:
    """The likeliest of the languages, with its probability among them."""
    best = max(languages, key=evidence.__getitem__)
    return best, 1 / sum(math.exp(evidence[other] - evidence[best]) for other in languages)
