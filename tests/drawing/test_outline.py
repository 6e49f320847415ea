"""Where steps go: below what leads to them, or beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.content import Content
from bot.drawing.outline import Node, numbers, outline
from tests.drawing.drawn import flow

ASKS = """
    - collect: colour
      next:
        - if: slots.colour is "red"
          then: {red}
        - else: {other}
    - id: end
      action: utter_end
"""


def told(chain: tuple[Node, ...]) -> list[Any]:
    """In short: a step, `[branch, steps or where it leads]` for a branch beside, `> id` for what is below."""
    return [part for node in chain for part in _told(node)]


def _told(node: Node) -> Iterator[Any]:
    yield node.step.id
    for leg in node.legs:
        yield [leg.branch, *(told(leg.chain) or [f"> {leg.leads_to}"])]
    if node.leads_to:
        yield f"> {node.leads_to}" if node.down is None else f"{node.down}> {node.leads_to}"


SAY = "[{action: utter_red, next: NEXT}]"
LONG = "[{id: a, action: utter_a}, {id: b, action: utter_b}, {id: c, action: utter_c, next: END}]"
CASES = {
    "steps run down": (
        "[{id: a, action: utter_a}, {id: b, collect: colour}]",
        ["a", "> b", "b", "> END"],
    ),
    "a branch that comes back is beside, the other goes down": (
        ASKS.format(red=SAY.replace("NEXT", "end"), other="end"),
        ["collect_colour", [0, "action_utter_red", "> end"], "1> end", "end", "> END"],
    ),
    "two branches that come together again are both beside": (
        ASKS.format(red=SAY.replace("NEXT", "end"), other="[{id: o, action: utter_o, next: end}]"),
        ["collect_colour", [0, "action_utter_red", "> end"], [1, "o", "> end"], "end", "> END"],
    ),
    "a branch that ends is beside": (
        ASKS.format(red="END", other="end"),
        ["collect_colour", [0, "> END"], [1, "end", "> END"]],
    ),
    "a long branch goes down": (
        ASKS.format(red="END", other=LONG).rsplit("    - id: end", 1)[0],
        ["collect_colour", [0, "> END"], "1> a", "a", "> b", "b", "> c", "c", "> END"],
    ),
    "nothing is below a link": ("[{link: other}]", ["link_other"]),
    "a loop is drawn once": (
        "[{id: a, action: utter_a}, {id: b, action: utter_b, next: a}]",
        ["a", "> b", "b", "> a"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_outline(tmp_path: Path, case: str) -> None:
    steps, expected = CASES[case]
    assert told(outline(flow(tmp_path, steps))) == expected


def test_steps_are_counted_as_they_are_drawn(tmp_path: Path) -> None:
    steps = ASKS.format(red=SAY.replace("NEXT", "end"), other="end")
    counted = numbers(outline(flow(tmp_path, steps)))
    assert counted == {"collect_colour": 1, "action_utter_red": 2, "end": 3}


def test_every_step_of_the_house_is_drawn_once(content: Content) -> None:
    for one in content.flows.values():
        drawn = list(_ids(outline(one)))
        assert sorted(drawn) == sorted(one.steps), one.name


def _ids(chain: tuple[Node, ...]) -> Iterator[str]:
    for node in chain:
        yield node.step.id
        for leg in node.legs:
            yield from _ids(leg.chain)
