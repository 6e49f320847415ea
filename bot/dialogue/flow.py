"""What a flow is, once read: steps with names, and where each leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue import conditions

END = "END"


@dataclass(frozen=True)
class Collect:
    """Ask `utter_ask_<slot>` unless the slot is filled; `keep` holds the answer when the flow ends."""

    id: str
    slot: str
    keep: bool = False


@dataclass(frozen=True)
class Say:
    id: str
    key: str


@dataclass(frozen=True)
class Act:
    """Let the organisation do something; never done twice in one run of a flow."""

    id: str
    name: str


@dataclass(frozen=True)
class Decide:
    """Read the triage table for the answers so far; done anew on each walk, so a changed answer changes the advice."""

    id: str


@dataclass(frozen=True)
class Call:
    id: str
    flow: str


@dataclass(frozen=True)
class Link:
    id: str
    flow: str


@dataclass(frozen=True)
class SetSlots:
    id: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Noop:
    id: str


Step = Collect | Say | Act | Decide | Call | Link | SetSlots | Noop


@dataclass(frozen=True)
class Branch:
    """Where to go when the condition holds; the branch without one is the `else`."""

    condition: str | None
    target: str

    def holds(self, slots: Mapping[str, Any]) -> bool:
        return self.condition is None or conditions.holds(self.condition, slots)


@dataclass(frozen=True)
class Flow:
    """A named list of steps; `following` says for each step where it leads."""

    name: str
    description: str
    triggers: tuple[str, ...]
    persisted: frozenset[str]
    first: str
    steps: Mapping[str, Step]
    following: Mapping[str, tuple[Branch, ...]]

    def after(self, step: Step, slots: Mapping[str, Any]) -> str:
        """The id of the step that follows, or `END`."""
        return next(branch.target for branch in self.following[step.id] if branch.holds(slots))

    def collects(self) -> Iterator[Collect]:
        return (step for step in self.steps.values() if isinstance(step, Collect))


@dataclass(frozen=True)
class Slot:
    """A place for an answer: one of `values`, or free text when there are none; `counted` in the figures by value."""

    name: str
    values: tuple[str, ...] = ()
    counted: bool = False

    @property
    def free(self) -> bool:
        return not self.values
