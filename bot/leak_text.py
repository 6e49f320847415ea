"""The file in which the organisation tells of a leak, held against the rules for all that residents read.

An empty line stands between two parts. Each part keeps the rules of a bubble; together they are sent as one message.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from actions.leak import KEY
from bot.content import numbers
from bot.content.rules import Rules
from bot.content.source import Said
from bot.content.wording import breaches, told
from bot.text_check import LONGEST_TEXT
from store.yaml_lines import ContentError

_NOT_FILLED_IN = re.compile(r"\[[^\]\n]*\]?|\{[^}\n]*\}?|[\]}]|__+|\.\.\.+|…")
"""What stands in an example for what somebody must still write: `[naam]`, a line, dots."""


@dataclass(frozen=True)
class LeakText:
    """The parts of a file, each with the line on which it begins."""

    file: Path
    parts: tuple[Said, ...]

    @cached_property
    def text(self) -> str:
        """As it is sent; space at the ends of lines makes no other text of it."""
        return "\n\n".join(part.text for part in self.parts)

    def mistakes(self, rules: Rules, certain: Collection[str]) -> Iterator[str]:
        """A line for each, with where it stands and what to write; `certain` are the digits that may be told."""
        if not self.parts:
            yield f"{self.file}:1: there are no words in it; write what residents must know."
        if len(self.text) > LONGEST_TEXT:
            yield f"{self.file}:1: {len(self.text)} characters; a message has at most {LONGEST_TEXT}: leave words out."
        for part in self.parts:
            for place in _NOT_FILLED_IN.findall(part.text):
                yield f'{part.where(place)}: not filled in: "{place}": write what must stand there.'
            yield from (told(part, breach) for breach in breaches(part, (), rules))
        yield from numbers.not_certain(self.parts, certain)


def read(file: Path) -> LeakText:
    """Raises `ContentError` for what is no text."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as wrong:
        raise ContentError(f"{file}:1: this is no text in UTF-8; save it as such.") from wrong
    numbered = enumerate((line.strip() for line in lines), start=1)
    parts = (list(part) for has_words, part in groupby(numbered, key=lambda one: bool(one[1])) if has_words)
    return LeakText(file, tuple(Said(KEY, "\n".join(line for _, line in part), file, part[0][0]) for part in parts))
