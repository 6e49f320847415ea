"""From the steps of a flow to an outline: a chain that runs down, with branches beside it that run down in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.dialogue.flow import END, Flow, Link, Step

LONG_BRANCH = 3
"""From so many steps on a branch goes on downwards instead of beside, so that a picture stays narrow."""


@dataclass(frozen=True)
class Leg:
    """A branch beside its step: `branch` is its position; `leads_to` is an id or END when it has no own steps."""

    branch: int
    chain: tuple[Node, ...]
    leads_to: str


@dataclass(frozen=True)
class Node:
    """A step in its chain. `leads_to` is the id or END that comes below it, empty when nothing does.

    `down` is the position of the branch that goes down, where the step has several.
    """

    step: Step
    legs: tuple[Leg, ...] = ()
    leads_to: str = ""
    down: int | None = None


def outline(flow: Flow) -> tuple[Node, ...]:
    """Every step that can be reached, each once, below or beside what leads to it."""
    return _Outliner(flow).chain(flow.first)


def numbers(chain: tuple[Node, ...]) -> dict[str, int]:
    """The steps, counted in the order in which they are drawn, from 1."""
    return {node.step.id: number for number, node in enumerate(_in_order(chain), start=1)}


def _in_order(chain: tuple[Node, ...]) -> Iterator[Node]:
    for node in chain:
        yield node
        for leg in node.legs:
            yield from _in_order(leg.chain)


class _Outliner:
    """Knows for each step by which step everybody comes to it: under that one it is drawn."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order = self._ordered()
        self.place = {step: position for position, step in enumerate(self.order)}
        self.entries: dict[str, list[str]] = {step: [] for step in self.order}
        for step in self.order:
            for target in self._targets(step):
                self.entries[target].append(step)

    def _targets(self, step: str) -> list[str]:
        return [branch.target for branch in self.flow.following[step] if branch.target != END]

    def _ordered(self) -> list[str]:
        """The steps so that each comes before what it leads to."""
        done: dict[str, None] = {}

        def visit(step: str, above: frozenset[str]) -> None:
            for target in reversed(self._targets(step)):
                if target not in done and target not in above:
                    visit(target, above | {step})
            done[step] = None

        visit(self.flow.first, frozenset())
        return list(reversed(done))

    @cached_property
    def below(self) -> dict[str, list[str]]:
        """The steps that can be reached only past a step, and past no other step after it (its dominated children)."""
        parent: dict[str, str] = {}
        children: dict[str, list[str]] = {step: [] for step in self.order}
        for step in self.order[1:]:
            before = [entry for entry in self.entries[step] if self.place[entry] < self.place[step]]
            parent[step] = before[0]
            for entry in before[1:]:
                parent[step] = self._common(parent, parent[step], entry)
            children[parent[step]].append(step)
        return children

    def _common(self, parent: dict[str, str], one: str, other: str) -> str:
        while one != other:
            one, other = (parent[one], other) if self.place[one] > self.place[other] else (one, parent[other])
        return one

    def chain(self, first: str) -> tuple[Node, ...]:
        nodes: list[Node] = []
        to_do = [first]
        while to_do:
            node, following = self._node(to_do.pop(0))
            nodes.append(node)
            to_do = following + to_do
        return tuple(nodes)

    def _node(self, step: str) -> tuple[Node, list[str]]:
        """A step with its branches, and the steps that come below it in the same chain."""
        branches = self.flow.following[step]
        if isinstance(self.flow.steps[step], Link):
            return Node(self.flow.steps[step]), self.below[step]
        if len(branches) == 1:
            return Node(self.flow.steps[step], (), branches[0].target), self.below[step]
        joins = [child for child in self.below[step] if len(self.entries[child]) > 1]
        down = self._down(step, joins)
        legs = tuple(self._leg(step, position) for position in range(len(branches)) if position != down)
        if down is None:
            return Node(self.flow.steps[step], legs), joins
        target = branches[down].target
        return Node(self.flow.steps[step], legs, target, down), [target, *(join for join in joins if join != target)]

    def _down(self, step: str, joins: list[str]) -> int | None:
        """The branch that goes on below: the one to where others come together again, else a long one."""
        targets = [branch.target for branch in self.flow.following[step]]
        if joins and joins[0] in targets:
            return max(position for position, target in enumerate(targets) if target == joins[0])
        sizes = {position: self._size(target) for position, target in enumerate(targets) if self._owns(step, target)}
        longest = max(sizes, key=lambda position: (sizes[position], position), default=None)
        return longest if longest is not None and sizes[longest] >= LONG_BRANCH else None

    def _owns(self, step: str, target: str) -> bool:
        return target != END and target in self.below[step] and len(self.entries[target]) == 1

    def _size(self, step: str) -> int:
        return 1 + sum(self._size(child) for child in self.below[step])

    def _leg(self, step: str, position: int) -> Leg:
        target = self.flow.following[step][position].target
        return Leg(position, self.chain(target), "") if self._owns(step, target) else Leg(position, (), target)
