"""The picture of where residents stop: question by question who saw it and who stopped there.

Made of the rows of the table beside it, so that what is hidden there is hidden here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from actions.figures import Cell, Table

WIDTH = 100
"""Of the longest bar."""


@dataclass(frozen=True)
class Step:
    """A question: how many saw it and stopped there, and how long the bars are; None where that may not be told."""

    number: int
    question: str
    seen: int
    left: int | None
    length: int
    left_length: int


@dataclass(frozen=True)
class Path:
    """The questions of a flow, the one that most people saw first; `few` of them were seen by too few to tell."""

    name: str
    steps: tuple[Step, ...]
    few: int

    @property
    def worst(self) -> Step | None:
        """Where most people stop, as far as that may be told."""
        told = [step for step in self.steps if step.left is not None]
        return max(told, key=lambda step: (step.left or 0, -step.number), default=None)


def paths(table: Table, menu: str = "") -> list[Path]:
    """A picture for each flow of `statistics_talks.FUNNEL`, the one in which most people stop first.

    The one that is called `menu` comes last: who has been helped ends there too.
    """
    found = [_path(str(name), list(rows)) for name, rows in groupby(table.rows, lambda row: row[0])]
    return sorted((one for one in found if one.steps), key=lambda one: (one.name != menu, *_stopped(one)), reverse=True)


def _stopped(path: Path) -> tuple[int, int]:
    return (path.worst.left or 0 if path.worst else 0, path.steps[0].seen)


def _path(name: str, rows: list[tuple[Cell, ...]]) -> Path:
    told = [(str(row[1]), row[2], _stopped_there(row)) for row in rows if isinstance(row[2], int)]
    most = max((seen for _, seen, _ in told), default=0)
    steps = tuple(_step(number, *one, most) for number, one in enumerate(told, start=1))
    return Path(name, steps, len(rows) - len(told))


def _stopped_there(row: tuple[Cell, ...]) -> int | None:
    """Only beside a share: without one too few are told of those who went on, and it would look as if all stopped."""
    *_, left, share = row
    return left if isinstance(left, int) and isinstance(share, int) else None


def _step(number: int, question: str, seen: int, stopped: int | None, most: int) -> Step:
    length, left_length = (round(WIDTH * count / most) for count in (seen, stopped or 0))
    return Step(number, question, seen, stopped, length, left_length)
