"""How a written text is read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.content.numbers import named


@dataclass(frozen=True)
class Spoken:
    """A text to be read aloud; `recorded_as` is the key under which somebody may have spoken it in."""

    text: str
    language: str
    recorded_as: str = ""


def read_out(lines: Iterable[str]) -> str:
    """The lines as a voice must read them: telephone numbers digit by digit, with a rest at each space or dash."""
    return "\n".join(_with_digits_apart(line) for line in lines)


def _with_digits_apart(line: str) -> str:
    for number in named(line):
        groups = number.replace("-", " ").split()
        line = line.replace(number, ", ".join(" ".join(group) for group in groups))
    return line
