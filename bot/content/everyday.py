"""Whether a word is an everyday one: how often it is used in Dutch, by the library `wordfreq`.

`wordfreq` is there for who writes texts, not for the running bot; it is imported when a check asks for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.content.rules import Breach, Rules
from bot.content.sentences import letters

NOT_CHECKED = "Not checked: whether words are everyday ones. Install wordfreq (`make setup` does) and check again."
_ENDINGS = ("en", "t", "s", "e", "n", "er", "st", "d", "je", "jes", "'s")
_PARTICLES = frozenset(
    {"aan", "af", "bij", "door", "in", "los", "mee", "na", "neer", "om", "op", "over", "terug", "toe", "uit", "weg"}
)
_SHORTEST_PART = 3
_ELSE = "If not, add it to 'known' in wordrules.yml with the reason"


class Everyday:
    """Knows how often words are used; `frequencies` are shares of all words in running text."""

    def __init__(self, frequencies: Mapping[str, float], rules: Rules) -> None:
        self._frequencies = frequencies
        self._rules = rules

    def breaches(self, text: str) -> Iterator[Breach]:
        """Each rarer or long word of a text, once; names in capitals are left to the rule for abbreviations."""
        for word in dict.fromkeys(letters(text)):
            if word.isupper() or self._is_known(word) or self._is_compound(word.lower()):
                continue
            if len(word) > self._rules.long_word:
                yield Breach("long word", word, f"a long word; can you say it in shorter ones? {_ELSE}")
            elif self._of_family(word) < self._rules.rare_below:
                yield Breach("everyday word", word, f"a rarer word; is there an everyday one? {_ELSE}")

    def is_common(self, word: str) -> bool:
        """Whether a word is used often, in whatever form; words that `known` excuses are not common."""
        return self._of_family(word) >= self._rules.rare_below

    def _zipf(self, word: str) -> float:
        share = self._frequencies.get(word, 0.0)
        return math.log10(share) + 9 if share else 0.0

    def _of_family(self, word: str) -> float:
        """The frequency of the most used form: `kieren` counts as `kier`, `bewaart` as `bewaren`."""
        return max(map(self._zipf, _forms(word.lower())))

    def _is_known(self, word: str) -> bool:
        return any(form in self._rules.known for form in _forms(word.lower()))

    def _is_compound(self, word: str) -> bool:
        """Whether a word consists of common or known words (`lichtknop`, `meebellen`)."""
        cuts = range(2, len(word) - _SHORTEST_PART + 1)
        return any(self._opens(word[:at]) and self._closes(word[at:]) for at in cuts)

    def _opens(self, part: str) -> bool:
        """The first part may end in a hyphen or a linking `s`."""
        bare = part.removesuffix("-")
        return bare in _PARTICLES or any(self._is_part(form) for form in (bare, bare.removesuffix("s")))

    def _is_part(self, part: str) -> bool:
        often = len(part) >= _SHORTEST_PART and self._zipf(part) >= self._rules.part_above
        return often or part in self._rules.known

    def _closes(self, part: str) -> bool:
        return self._of_family(part) >= self._rules.part_above or self._is_known(part) or self._is_compound(part)


def load_everyday(rules: Rules) -> Everyday | None:
    """What `wordfreq` knows of Dutch; nothing when it is not installed."""
    frequencies = _frequencies()
    return Everyday(frequencies, rules) if frequencies else None


def not_checked() -> tuple[str, ...]:
    """The line that says so when words cannot be weighed."""
    return () if _frequencies() else (NOT_CHECKED,)


@lru_cache(maxsize=1)
def _frequencies() -> Mapping[str, float] | None:
    try:
        from wordfreq import get_frequency_dict
    except ImportError:
        return None
    return get_frequency_dict("nl")


def _forms(word: str) -> Iterable[str]:
    """A word, and the words it may be a form of."""
    stems = {word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST_PART}
    return {word, *stems, *(f"{stem}en" for stem in stems), *(f"{word}{end}" for end in ("en", "t", "e", "n", "s"))}
