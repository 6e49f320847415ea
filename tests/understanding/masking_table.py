"""Measures masking on `masking_lines.yml`; `python -m tests.understanding.masking_table` prints the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.understanding.masking import MASK, mask
from bot.understanding.traces import without_traces

FILE = Path(__file__).with_name("masking_lines.yml")
SECRETS = ("bsn", "iban", "card")
KINDS = (*SECRETS, "telephone", "email", "account", "address", "name")
_MARKED = re.compile(r"\[([^\[\]|]+)\|([a-z]+)\]")


@dataclass(frozen=True)
class Line:
    """A line as it was written, and the places in it that must be masked: from, to, kind."""

    text: str
    marks: tuple[tuple[int, int, str], ...]

    @classmethod
    def read(cls, written: str) -> Line:
        """Take the brackets out of a line of the file."""
        marks, shift = [], 0
        for found in _MARKED.finditer(written):
            start = found.start() - shift
            marks.append((start, start + len(found[1]), found[2]))
            shift += len(found.group()) - len(found[1])
        return cls(_MARKED.sub(r"\1", written), tuple(marks))

    def places(self, kinds: tuple[str, ...]) -> set[int]:
        """Where the letters and figures stand that belong to marks of these kinds."""
        inside = (place for start, end, kind in self.marks if kind in kinds for place in range(start, end))
        return {place for place in inside if self.text[place].isalnum()}


@dataclass
class Measured:
    """Of one part of the file: marks and those found, by kind; lines, and those in which too much was masked."""

    marks: Counter[str]
    found: Counter[str]
    missed: list[str]
    alarms: list[str]
    secret_alarms: list[str]
    lines: int

    def recall(self, *kinds: str) -> float:
        """The part of the marks of these kinds that is masked."""
        return sum(self.found[kind] for kind in kinds) / sum(self.marks[kind] for kind in kinds)


def lines(part: str) -> dict[str, list[Line]]:
    """Lines with something to mask (`told`) and without (`alike`)."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))[part]
    return {name: [Line.read(written) for written in block.splitlines()] for name, block in read.items()}


def measure(part: str) -> Measured:
    """Secrets are measured with `mask` alone, since that is what stands before everything."""
    measured = Measured(Counter(), Counter(), [], [], [], 0)
    for line in (line for block in lines(part).values() for line in block):
        secret, all_gone = _gone(line.text, mask(line.text)[0]), _gone(line.text, without_traces(line.text))
        measured.lines += 1
        for start, end, kind in line.marks:
            one = {place for place in range(start, end) if line.text[place].isalnum()}
            measured.marks[kind] += 1
            if one <= (secret if kind in SECRETS else all_gone):
                measured.found[kind] += 1
            else:
                measured.missed.append(line.text)
        if secret - line.places(SECRETS):
            measured.secret_alarms.append(line.text)
        if all_gone - line.places(KINDS):
            measured.alarms.append(line.text)
    return measured


def table() -> str:
    """What was found, as the table in docs/privacy.md."""
    ours, held = measure("ours"), measure("hold_out")
    rows = [(kind, *(f"{one.found[kind]} of {one.marks[kind]}" for one in (ours, held))) for kind in KINDS]
    rows.append(("all", *(f"{one.found.total()} of {one.marks.total()}" for one in (ours, held))))
    rows.append(("lines with too much masked", *(f"{len(one.alarms)} of {one.lines}" for one in (ours, held))))
    told = "lines where the resident is told without need"
    rows.append((told, *(f"{len(one.secret_alarms)} of {one.lines}" for one in (ours, held))))
    head = "| masked | lines that guided the patterns | lines written afterwards |\n|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _gone(text: str, masked: str) -> set[int]:
    """Where letters and figures of the text are masked."""
    pieces = masked.split(MASK)
    return {place for start, end in _gaps(text, pieces) for place in range(start, end) if text[place].isalnum()}


def _gaps(text: str, kept: list[str]) -> Iterator[tuple[int, int]]:
    at = len(kept[0])
    for index, piece in enumerate(kept[1:], start=1):
        last = index == len(kept) - 1
        start = len(text) - len(piece) if last else text.index(piece, at)
        yield at, start
        at = start + len(piece)


if __name__ == "__main__":
    print(table())
    for part in ("ours", "hold_out"):
        measured = measure(part)
        print(part, "missed:", measured.missed, "too much:", measured.alarms, measured.secret_alarms)
