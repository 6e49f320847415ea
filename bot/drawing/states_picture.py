"""The states of a request as a picture: which change leads from where to where, and who answers for it meanwhile.

States, changes and groups come from `actions.request_states`; only where a state stands on the paper is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from actions.request_states import HELD, MOVES, WAITING, Change
from bot.drawing.layout import DOT, GAP, MARGIN, PAD, words_box
from bot.drawing.phrases import Phrases
from bot.drawing.shapes import Box, Line, Picture, Shape, Size
from store.states import RequestState as State

BESIDE = 130.0
BOX = 230.0
GUTTER = 200.0
ROW = 52.0
BETWEEN = 50.0
LANE = 16.0
CELLS: Mapping[State, tuple[int, int]] = {
    State.REQUESTED: (0, 0),
    State.OFFERED: (0, 1),
    State.EXPIRED: (0, 2),
    State.RELEASED: (0, 3),
    State.REOPENED: (0, 4),
    State.CLAIMED: (1, 1),
    State.CONTACTED: (1, 3),
    State.CLOSED: (1, 4),
}
"""Column and row: what waits for somebody on the left, what somebody has on the right."""
GROUPS = {WAITING: "waiting", HELD: "held"}


@dataclass(frozen=True)
class _Arrow:
    """The lines of a change, and its name beside them."""

    lines: tuple[Line, ...]
    label: Box


def states_picture(phrases: Phrases) -> Picture:
    """Every state with who answers for it, in a frame with those of its kind, and every change as an arrow."""
    title = phrases.word("drawing_states_title")
    head = words_box(title, MARGIN, MARGIN, BESIDE + 2 * BOX, Size.LARGE, bold=True)
    read = words_box(phrases.word("drawing_states_read"), MARGIN, head.bottom + 2, BESIDE + 2 * BOX, Size.SMALL)
    top = read.bottom + GAP + BETWEEN / 2
    states = {state: _state(state, phrases, top) for state in CELLS}
    groups = {group: _group(name, [states[state] for state in group], phrases) for group, name in GROUPS.items()}
    dot = Box(Shape.END, MARGIN + BESIDE - DOT / 2, _middle(states[State.REQUESTED]) - DOT / 2, DOT, DOT)
    arrows = [_start(dot, states[State.REQUESTED], phrases), *_arrows(states, groups, phrases)]
    boxes = (head, read, *groups.values(), dot, *states.values(), *(arrow.label for arrow in arrows))
    wide, high = max(box.right for box in boxes), max(box.bottom for box in boxes)
    lines = tuple(line for arrow in arrows for line in arrow.lines)
    return Picture(title, wide + MARGIN, high + MARGIN, boxes, lines)


def who_answers(state: State) -> str:
    """Whose task it is that a request in this state goes on; the last part of the key of the words for it."""
    if state in HELD:
        return "taker"
    if state is State.OFFERED:
        return "readers"
    return "coordinator" if state in WAITING else "nobody"


def _state(state: State, phrases: Phrases, top: float) -> Box:
    column, row = CELLS[state]
    x = MARGIN + BESIDE + LANE + PAD + column * (BOX + 2 * PAD + GUTTER)
    y = top + row * (ROW + BETWEEN)
    name = words_box(phrases.word(f"drawing_state_{state.value}"), x + PAD, y + PAD, BOX - 2 * PAD, bold=True)
    who = phrases.word("drawing_who", who=phrases.word(f"drawing_who_{who_answers(state)}"))
    below = words_box(who, x + PAD, name.bottom + 2, BOX - 2 * PAD, Size.SMALL)
    return Box(Shape.SAID, x, y, BOX, ROW, (*name.words, *below.words))


def _group(name: str, members: list[Box], phrases: Phrases) -> Box:
    """A frame round the states of a kind, with what they have in common above them."""
    x, first = members[0].x, min(box.y for box in members)
    title = words_box(phrases.word(f"drawing_group_{name}"), x, 0, BOX, bold=True)
    title = title.down(first - PAD - title.height)
    y = title.y - PAD
    return Box(Shape.GROUP, x - PAD, y, BOX + 2 * PAD, max(box.bottom for box in members) + PAD - y, title.words)


def _arrows(states: Mapping[State, Box], groups: Mapping[frozenset[State], Box], phrases: Phrases) -> Iterator[_Arrow]:
    """A change that leads from every state of a group leaves from its frame."""
    for change, step in MOVES.items():
        target = states[step.after]
        sources = [groups[step.before]] if step.before in groups else [states[state] for state in step.before]
        for source in sources:
            yield _arrow(source, target, _name(change, phrases))


def _name(change: Change, phrases: Phrases) -> str:
    return phrases.word(f"drawing_change_{change.value}")


def _start(dot: Box, target: Box, phrases: Phrases) -> _Arrow:
    y = _middle(target)
    return _Arrow((Line(dot.right, y, target.x, y, arrow=True),), _left_of(dot.x, y, _name(Change.REQUESTED, phrases)))


def _arrow(source: Box, target: Box, name: str) -> _Arrow:
    if source.overlaps(target):
        return _back_into(source, target, name)
    if source.x < target.right and target.x < source.right:
        return _down(source, target, name)
    return _across(source, target, name)


def _back_into(frame: Box, target: Box, name: str) -> _Arrow:
    """From all of a frame to one of the states in it: out on the left, and in again."""
    lane, y, below = frame.x - LANE, _middle(target), target.bottom + BETWEEN / 2
    out, up = Line(frame.x, below, lane, below), Line(lane, below, lane, y)
    return _Arrow((out, up, Line(lane, y, target.x, y, arrow=True)), _left_of(lane, (y + below) / 2, name))


def _down(source: Box, target: Box, name: str) -> _Arrow:
    x = target.x + target.width / 2
    label = words_box(name, x + PAD, 0, BOX / 2 - PAD, Size.SMALL)
    return _Arrow((Line(x, source.bottom, x, target.y, arrow=True),), _centred(label, (source.bottom + target.y) / 2))


def _across(source: Box, target: Box, name: str) -> _Arrow:
    """Straight where they stand beside each other, else with a bend next to where it comes from."""
    y = _middle(target)
    leaves, arrives = (source.right, target.x) if source.x < target.x else (source.x, target.right)
    label = words_box(name, min(leaves, arrives) + PAD + LANE, 0, GUTTER - 2 * LANE, Size.SMALL)
    label = label.down(y - 3 - label.height)
    if source.y < y < source.bottom:
        return _Arrow((Line(leaves, y, arrives, y, arrow=True),), label)
    begins, bend = source.bottom - PAD, leaves - PAD - LANE
    bent = (Line(leaves, begins, bend, begins), Line(bend, begins, bend, y), Line(bend, y, arrives, y, arrow=True))
    return _Arrow(bent, label)


def _left_of(x: float, y: float, name: str) -> Box:
    return _centred(words_box(name, MARGIN, 0, x - MARGIN - PAD, Size.SMALL), y)


def _centred(label: Box, y: float) -> Box:
    return label.down(y - label.height / 2)


def _middle(box: Box) -> float:
    return box.y + box.height / 2
