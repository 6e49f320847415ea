"""Walks one run of a flow from its first step to the point where somebody must answer or act (decision 0013)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.content import Content
from bot.dialogue.conversation import Mark, Run
from bot.dialogue.flow import END, Act, Call, Collect, Decide, Flow, Link, Say, SetSlots, Step

MOST_STEPS = 500


class EndlessFlow(RuntimeError):
    """A flow that comes back to itself without asking anything."""


@dataclass(frozen=True)
class Walked:
    """Where a walk stopped: at a question (`asks`), at an action (`acts`), or at the end.

    `slots` include what the flow set on the way, `collected` the questions
    passed, `says` the texts to say now, `derived` what the flow itself set.
    `path` is the flows one in another, `links` the flow that a link leads to.
    """

    slots: Mapping[str, Any]
    derived: Mapping[str, Any]
    trail: tuple[Mark, ...]
    collected: tuple[Collect, ...]
    says: tuple[str, ...]
    path: tuple[str, ...]
    asks: Collect | None = None
    acts: Act | None = None
    links: str = ""
    mark: str = ""


@dataclass
class _Walker:
    content: Content
    run: Run
    slots: dict[str, Any]
    trail: list[Mark]
    collected: list[Collect] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    derived: dict[str, Any] = field(default_factory=dict)
    stop: Collect | Act | Link | None = None
    mark: str = ""
    steps: int = 0

    def flow(self, flow: Flow) -> None:
        """Play a flow, and those that it calls, until it stops or ends."""
        self.path.append(flow.name)
        at = flow.first
        while at != END and self.stop is None:
            step = flow.steps[at]
            self._count(flow)
            self._step(flow, step)
            if self.stop is None:
                at = flow.after(step, self.slots)
        if self.stop is None:
            self.path.pop()

    def _step(self, flow: Flow, step: Step) -> None:
        match step:
            case Collect():
                self._collect(step)
            case Say(key=key):
                self._once("said", f"{flow.name}/{step.id}", key)
            case Act():
                self._act(flow, step)
            case SetSlots(values=values):
                self._set(dict(values))
            case Decide():
                self._set(self.content.triage.decide(self.slots))
            case Link():
                self.stop = step
            case Call(flow=other):
                self.flow(self.content.flows[other])

    def _set(self, values: Mapping[str, Any]) -> None:
        self.slots.update(values)
        self.derived.update(values)

    def _collect(self, step: Collect) -> None:
        if self.slots.get(step.slot) is None:
            self.stop = step
        else:
            self.collected.append(step)

    def _once(self, what: str, name: str, key: str) -> None:
        mark = Mark(what, name)
        if mark not in self.trail:
            self.trail.append(mark)
            self.says.append(key)

    def _act(self, flow: Flow, step: Act) -> None:
        mark = f"{flow.name}/{step.id}"
        if Mark("done", mark) not in self.trail:
            self.stop, self.mark = step, mark

    def _count(self, flow: Flow) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise EndlessFlow(f"flow '{flow.name}' does not come to a question or an end")


def walk(content: Content, run: Run, slots: Mapping[str, Any]) -> Walked:
    """Play `run` from its first step, past what its trail and the slots say is behind us."""
    unfilled: dict[str, Any] = dict.fromkeys(content.slots)
    walker = _Walker(content, run, {**unfilled, **slots}, list(run.trail))
    walker.flow(content.flows[run.flow])
    return Walked(
        slots={name: value for name, value in walker.slots.items() if value is not None},
        derived=walker.derived,
        trail=tuple(walker.trail),
        collected=tuple(walker.collected),
        says=tuple(walker.says),
        path=tuple(walker.path),
        asks=walker.stop if isinstance(walker.stop, Collect) else None,
        acts=walker.stop if isinstance(walker.stop, Act) else None,
        links=walker.stop.flow if isinstance(walker.stop, Link) else "",
        mark=walker.mark,
    )
