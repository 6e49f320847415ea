"""What figures look like wherever they are shown: tables with a definition, over a period, small numbers hidden."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time

from actions.opening_hours import AMSTERDAM


class Hidden(enum.Enum):
    """A number that is not shown, because it would tell something about one household."""

    SMALL = "small"


HIDDEN_WORDS = "<5"
"""How a hidden number is written, on pages and in files alike; also one that is reckoned from too few."""

Cell = int | float | str | Hidden | None
"""A number, words, a hidden number, or nothing to say."""


@dataclass(frozen=True)
class Period:
    """From the first moment of `first` until the first moment of `until`, days in the Netherlands: half open."""

    first: date
    until: date

    @property
    def starts_at(self) -> datetime:
        """Included."""
        return datetime.combine(self.first, time(), AMSTERDAM)

    @property
    def ends_at(self) -> datetime:
        """Not included."""
        return datetime.combine(self.until, time(), AMSTERDAM)


@dataclass(frozen=True)
class Column:
    """What stands above the cells; `unit` is empty for counts and words."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One figure: what it is called, what exactly it counts, and the numbers; the first cell of a row names it."""

    key: str
    title: str
    definition: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
