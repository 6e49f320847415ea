"""Where everything of a flow stands: a narrow column that runs down, with branches a little to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.flow import END
from bot.drawing.letters import LINE_HEIGHT, width, wrapped
from bot.drawing.outline import Leg, Node
from bot.drawing.shapes import Box, Line, Shape, Size, Words

WIDTH = 560.0
"""A phone shows it with letters of about the size of its own; it is a little less than the width of A4."""
MARGIN = 16.0
INDENT = 34.0
TRUNK = 16.0
GAP = 20.0
PAD = 9.0
SIDE = 18.0
DOT = 14.0
APART = "\u00a0" * 4
"""Between words that stand beside each other; a browser draws several plain spaces as one."""
NARROWEST = 220.0
MARK_HEIGHT = int(Size.SMALL) * LINE_HEIGHT + 6


@dataclass(frozen=True)
class Told:
    """What stands in the box of a step: a caption, the words, and the answers, each with a mark before it."""

    shape: Shape
    caption: str
    text: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """The words of one flow: of its steps, of the branches after a step, and those that lead on."""

    steps: dict[str, Told]
    branches: dict[str, Sequence[str]]
    jumps: dict[str, str]
    end: str


class Layout:
    """Places an outline from the top down; `boxes` and `lines` are the result."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.boxes: list[Box] = []
        self.lines: list[Line] = []
        self.y = 0.0

    def chain(self, chain: Sequence[Node], depth: int = 0) -> None:
        """Place steps one below the other, each with its branches."""
        for position, node in enumerate(chain):
            following = chain[position + 1].step.id if position + 1 < len(chain) else ""
            self._node(node, depth, following)

    def _node(self, node: Node, depth: int, following: str) -> None:
        box = step_box(self.wording.steps[node.step.id], MARGIN + depth * INDENT, self.y, _room(depth))
        self.boxes.append(box)
        self.y = box.bottom
        for leg in node.legs:
            self._leg(self.wording.branches[node.step.id][leg.branch], leg, depth, box.bottom)
        if node.leads_to:
            self._down(node, depth, box.bottom, following)
        elif following:
            self.y += GAP

    def _leg(self, words: str, leg: Leg, depth: int, top: float) -> None:
        """A line to the right with the condition, and below it what follows."""
        trunk, left = MARGIN + depth * INDENT + TRUNK, MARGIN + (depth + 1) * INDENT
        self.y += GAP / 2
        label = self._label(words, left, _room(depth + 1))
        middle = label.y + int(Size.NORMAL) * LINE_HEIGHT / 2
        self.lines += [Line(trunk, top, trunk, middle), Line(trunk, middle, left - 3, middle, arrow=True)]
        self.y = label.bottom
        if leg.leads_to:
            self._lead_on(label, leg.leads_to)
        else:
            self._to_next(left + TRUNK, label.bottom, "", "")
            self.chain(leg.chain, depth + 1)

    def _lead_on(self, label: Box, target: str) -> None:
        """Where a branch without steps goes on: beside its condition, or below it when there is no room."""
        beside = self._mark(target, label.right + GAP + TRUNK, label.bottom - MARK_HEIGHT)
        if beside.right > WIDTH - MARGIN:
            return self._to_next(label.x + TRUNK, label.bottom, target, "")
        middle = label.bottom - MARK_HEIGHT / 2
        self.lines.append(Line(label.right + 4, middle, beside.x, middle, arrow=True))
        self.boxes.append(beside)

    def _down(self, node: Node, depth: int, top: float, following: str) -> None:
        """The line from a step to what comes below it, past the branches beside it."""
        trunk = MARGIN + depth * INDENT + TRUNK
        if node.down is not None:
            self.y += GAP / 2
            label = self._label(self.wording.branches[node.step.id][node.down], trunk + 8, _room(depth) - TRUNK)
            self.y = label.bottom - GAP / 2
        self._to_next(trunk, top, node.leads_to, following)

    def _to_next(self, x: float, top: float, target: str, following: str) -> None:
        """A line down to the next box, to the dot at the end, or to the words that say where to go on."""
        self.y += GAP
        self.lines.append(Line(x, top, x, self.y, arrow=True))
        if target not in ("", following):
            mark = self._mark(target, x, self.y)
            self.boxes.append(mark)
            self.y = mark.bottom + (GAP if following else 0)

    def _mark(self, target: str, x: float, y: float) -> Box:
        """The dot at the end, or the step to go to; `x` is where the line to it comes in from above."""
        baseline = y + MARK_HEIGHT / 2 + int(Size.SMALL) * 0.36
        if target == END:
            words = self.wording.end
            text = Words(words, x + DOT, baseline, Size.SMALL)
            return Box(Shape.END, x - DOT / 2, y, DOT * 1.5 + width(words, Size.SMALL), MARK_HEIGHT, (text,))
        words = self.wording.jumps[target]
        text = Words(words, x + 2, baseline, Size.SMALL, bold=True)
        return Box(Shape.JUMP, x + 2 - PAD, y, width(words, Size.SMALL, True) + 2 * PAD, MARK_HEIGHT, (text,))

    def _label(self, words: str, left: float, room: float) -> Box:
        box = words_box(words, left, self.y, room, bold=True)
        self.boxes.append(box)
        return box


def _room(depth: int) -> float:
    return max(NARROWEST, WIDTH - 2 * MARGIN - depth * INDENT)


def words_box(text: str, x: float, y: float, room: float, size: Size = Size.NORMAL, bold: bool = False) -> Box:
    """Words without a frame."""
    lines = wrapped(text, room, size, bold)
    step = int(size) * LINE_HEIGHT
    words = tuple(Words(line, x, y + n * step + int(size), size, bold) for n, line in enumerate(lines))
    widest = max(width(line, size, bold) for line in lines)
    return Box(Shape.WORDS, x, y, widest, len(lines) * step, words)


def step_box(told: Told, x: float, y: float, room: float) -> Box:
    """A box of a fixed width, as high as its words need."""
    left, inner = x + SIDE, room - 2 * SIDE
    parts = [words_box(told.caption, left, y + PAD - 2, inner, Size.SMALL)]
    if told.text:
        parts.append(words_box(told.text, left, parts[-1].bottom + 1, inner, bold=told.shape is Shape.QUESTION))
    if told.answers:
        answers = "\n".join(_side_by_side(told.answers, inner))
        parts.append(words_box(answers, left, parts[-1].bottom + 3, inner, Size.SMALL))
    words = tuple(line for part in parts for line in part.words)
    return Box(told.shape, x, y, room, parts[-1].bottom + PAD - 2 - y, words)


def _side_by_side(answers: Sequence[str], room: float) -> list[str]:
    """Lines of answers, with a mark before each, broken between them."""
    lines: list[str] = []
    for answer in (f"○\u00a0{answer}" for answer in answers):
        if lines and width(f"{lines[-1]}{APART}{answer}", Size.SMALL) <= room:
            lines[-1] += f"{APART}{answer}"
        else:
            lines.append(answer)
    return lines
