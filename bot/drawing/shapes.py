"""What a picture consists of: boxes with words, and lines between them. Lengths are in points, from the top down."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace


class Shape(enum.StrEnum):
    """The form of a box, which says what it is without colour."""

    QUESTION = "question"  # rounded
    SAID = "said"  # rectangle
    ACTION = "action"  # pointed at both sides
    CALL = "call"  # double sides
    LINK = "link"  # an arrow to the right
    NOTE = "note"  # a corner cut off
    DECISION = "decision"  # slanting sides
    JUMP = "jump"  # a capsule
    END = "end"  # a dot
    WORDS = "words"  # no frame
    GROUP = "group"  # a frame round other boxes


class Size(enum.IntEnum):
    """Letters, in points."""

    SMALL = 11
    NORMAL = 13
    LARGE = 17


@dataclass(frozen=True)
class Words:
    """A line of text: its left side and its baseline."""

    text: str
    x: float
    y: float
    size: Size = Size.NORMAL
    bold: bool = False


@dataclass(frozen=True)
class Box:
    """A shape with its words; END is a dot in the middle of its extent."""

    shape: Shape
    x: float
    y: float
    width: float
    height: float
    words: tuple[Words, ...] = ()

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width

    def overlaps(self, other: Box) -> bool:
        """Whether two boxes share some of the paper."""
        beside = self.right <= other.x or other.right <= self.x
        above = self.bottom <= other.y or other.bottom <= self.y
        return not (beside or above)

    def down(self, by: float) -> Box:
        words = tuple(replace(line, y=line.y + by) for line in self.words)
        return replace(self, y=self.y + by, words=words)


@dataclass(frozen=True)
class Line:
    """A straight line; `arrow` puts a point at its end."""

    x1: float
    y1: float
    x2: float
    y2: float
    arrow: bool = False

    def cut(self, top: float, bottom: float) -> Line | None:
        """The part between two heights, moved up by `top`; none when there is none."""
        if self.y2 < top or self.y1 >= bottom:
            return None
        ends_here = self.y2 <= bottom
        y1, y2 = max(self.y1, top) - top, min(self.y2, bottom) - top
        return Line(self.x1, y1, self.x2, y2, self.arrow and ends_here)


@dataclass(frozen=True)
class Picture:
    """One sheet. `title` is what a screen reader says."""

    title: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = ()


def moved(boxes: Sequence[Box], by: float) -> tuple[Box, ...]:
    return tuple(box.down(by) for box in boxes)
