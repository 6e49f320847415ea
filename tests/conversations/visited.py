"""Notes which steps and branches of the flows are played, and knows which there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from bot.dialogue.content import Content
from bot.dialogue.flow import Branch, Flow, Step
from bot.dialogue.walk import _Walker

Place = tuple[str, str, str]


def places(content: Content) -> set[Place]:
    """Every step of every flow, and every branch of a step that has several."""
    found: set[Place] = set()
    for flow in content.flows.values():
        found |= {(flow.name, step, "") for step in flow.steps}
        found |= {
            (flow.name, step, _named(branch))
            for step, branches in flow.following.items()
            for branch in branches
            if len(branches) > 1
        }
    return found


@contextmanager
def noted(visited: set[Place]) -> Iterator[None]:
    """Note in `visited` what is played in this block."""
    step_of, after_of = _Walker._step, Flow.after

    def step(walker: _Walker, flow: Flow, at: Step) -> None:
        visited.add((flow.name, at.id, ""))
        step_of(walker, flow, at)

    def after(flow: Flow, at: Step, slots: Mapping[str, Any]) -> str:
        branches = flow.following[at.id]
        if len(branches) > 1:
            visited.add((flow.name, at.id, _named(next(one for one in branches if one.holds(slots)))))
        return after_of(flow, at, slots)

    with mock.patch.object(_Walker, "_step", step), mock.patch.object(Flow, "after", after):
        yield


def _named(branch: Branch) -> str:
    return f"if {branch.condition}" if branch.condition else "else"
