"""How hard the texts are to read, in figures that a person can compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.everyday import Everyday
from bot.content.sentences import letters, line_by_line, sentences, words
from bot.content.source import Said
from bot.content.wording import read_by_people

HARDEST = 10
_ENOUGH_WORDS = 8
_SYLLABLE = re.compile(r"[äëïöü][aeiouy]*|[aeiouyáàâéèêíîóôúû]+")


@dataclass(frozen=True)
class FileScore:
    """One file of texts; lengths in words. `common` is the share of everyday words, from 0 to 1, where it is known."""

    file: Path
    texts: int
    words_per_sentence: float
    longest: int
    common: float | None


@dataclass(frozen=True)
class TextScore:
    """One text with its reading ease (see `ease`) and its words that are no everyday ones."""

    said: Said
    ease: float
    rarer: tuple[str, ...]


def by_file(said: Iterable[Said], everyday: Everyday | None) -> list[FileScore]:
    files: dict[Path, list[Said]] = {}
    for one in said:
        files.setdefault(one.file, []).append(one)
    return [_file_score(file, texts, everyday) for file, texts in files.items()]


def hardest(said: Iterable[Said], everyday: Everyday | None) -> list[TextScore]:
    """The ten texts with the lowest reading ease; shorter ones than eight words tell nothing."""
    long_enough = [one for one in said if len(letters(one.text)) >= _ENOUGH_WORDS]
    return sorted((_text_score(one, everyday) for one in long_enough), key=lambda score: score.ease)[:HARDEST]


def ease(text: str) -> float:
    """The reading ease of Flesch for Dutch (Douma, 1960): 100 is very easy, below 60 is hard."""
    spoken = letters(text)
    if not spoken:
        return 100.0
    syllables = sum(max(1, len(_SYLLABLE.findall(word.lower()))) for word in spoken)
    return 206.84 - 0.93 * len(spoken) / max(1, len(_sentences(text))) - 77 * syllables / len(spoken)


def _text_score(said: Said, everyday: Everyday | None) -> TextScore:
    rarer = dict.fromkeys(_rarer(letters(said.text), everyday))
    return TextScore(said, ease(said.text), tuple(rarer))


def _file_score(file: Path, said: Sequence[Said], everyday: Everyday | None) -> FileScore:
    lengths = [len(words(sentence)) for one in said for sentence in _sentences(one.text)]
    spoken = [word for one in said for text in read_by_people(one) for word in letters(text)]
    common = 1 - len(list(_rarer(spoken, everyday))) / max(1, len(spoken)) if everyday else None
    return FileScore(file, len(said), sum(lengths) / max(1, len(lengths)), max(lengths, default=0), common)


def _sentences(text: str) -> list[str]:
    return sentences(line_by_line(text))


def _rarer(spoken: Iterable[str], everyday: Everyday | None) -> Iterator[str]:
    if everyday:
        yield from (word for word in spoken if not everyday.is_common(word))
