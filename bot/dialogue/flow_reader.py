"""Reads one flow from YAML in Rasa's format, and refuses what the player does not run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.dialogue import conditions
from bot.dialogue.flow import (
    END,
    Act,
    Branch,
    Call,
    Collect,
    Decide,
    Flow,
    Link,
    Noop,
    Say,
    SetSlots,
    Step,
)
from store.yaml_lines import ContentError, LocatedDict, LocatedList, line_of

STEP_KEYS = ("collect", "action", "call", "link", "set_slots", "noop")
OTHER_KEYS = {"id", "next", "reset_after_flow_ends", "description"}
TRIAGE = "action_triage"
FLOW_KEYS = {"name", "description", "nlu_trigger", "persisted_slots", "steps"}


class FlowReader:
    """Flattens the nested steps of one flow into named steps and branches."""

    def __init__(self, file: Path, name: str, source: Any) -> None:
        self.file, self.name, self.source = file, name, source
        self.steps: dict[str, Step] = {}
        self.following: dict[str, tuple[Branch, ...]] = {}
        self.lines: dict[str, int] = {}

    def read(self) -> Flow:
        """The flow; raises `ContentError`."""
        self._allow(self.source, FLOW_KEYS, "a flow")
        steps = self.source.get("steps")
        if not isinstance(steps, LocatedList) or not steps:
            raise self._wrong(self.source, f"flow '{self.name}' has no steps; add 'steps:' with at least one")
        first = self._list(steps, nested=False)
        self._check_targets()
        return Flow(
            name=self.name,
            description=str(self.source.get("description", "")),
            triggers=tuple(trigger["intent"] for trigger in self.source.get("nlu_trigger", ())),
            persisted=frozenset(self.source.get("persisted_slots", ())),
            first=first,
            steps=self.steps,
            following=self.following,
        )

    def _list(self, sources: LocatedList, *, nested: bool) -> str:
        """Read steps in a row; gives the id of the first."""
        steps = [self._step(source) for source in sources]
        for position, (step, source) in enumerate(zip(steps, sources, strict=True)):
            last = position + 1 == len(steps)
            if last and nested and "next" not in source and not isinstance(step, Link):
                raise self._wrong(source, "the last step under 'then' or 'else' needs 'next:' with an id or END")
            default = END if last else steps[position + 1].id
            self.following[step.id] = self._next(source, default)
        return steps[0].id

    def _step(self, source: Any) -> Step:
        kinds = [key for key in STEP_KEYS if isinstance(source, LocatedDict) and key in source]
        if len(kinds) != 1:
            raise self._wrong(source, f"a step is one of {', '.join(STEP_KEYS)}")
        self._allow(source, {kinds[0], *OTHER_KEYS}, f"a '{kinds[0]}' step")
        step = self._build(kinds[0], source)
        if step.id in self.steps:
            raise self._wrong(source, f"'{step.id}' stands twice in flow '{self.name}'; give this step an 'id:'")
        self.steps[step.id], self.lines[step.id] = step, line_of(source)
        return step

    def _build(self, kind: str, source: LocatedDict) -> Step:
        value = source[kind]
        named = str(source.get("id") or self._default_id(kind, value))
        match kind:
            case "collect":
                return Collect(named, value, keep=source.get("reset_after_flow_ends") is False)
            case "action":
                return self._action(named, value)
            case "call":
                return Call(named, value)
            case "link":
                return Link(named, value)
            case "set_slots":
                return SetSlots(named, self._slot_values(value))
            case _:
                return Noop(named)

    def _action(self, named: str, value: str) -> Step:
        if value == TRIAGE:
            return Decide(named)
        return Say(named, value) if value.startswith("utter_") else Act(named, value)

    def _default_id(self, kind: str, value: Any) -> str:
        """A name that stays the same when steps are added elsewhere: running talks remember it."""
        stem = f"{kind}_{value}" if isinstance(value, str) else kind
        taken = sum(1 for step in self.steps if step == stem or step.startswith(f"{stem}~"))
        return f"{stem}~{taken + 1}" if taken else stem

    def _slot_values(self, value: Any) -> tuple[tuple[str, Any], ...]:
        pairs = tuple((name, filled) for entry in value for name, filled in entry.items())
        if any(filled is None for _, filled in pairs):
            raise self._wrong(value, "set_slots may not empty a slot (decision 0013); use reset_after_flow_ends")
        return pairs

    def _next(self, source: LocatedDict, default: str) -> tuple[Branch, ...]:
        following = source.get("next", default)
        if isinstance(following, str):
            return (Branch(None, following),)
        if not isinstance(following, LocatedList):
            raise self._wrong(source, "'next' is an id, END, or a list of 'if'/'then' that ends with 'else'")
        branches = tuple(self._branch(entry) for entry in following)
        if branches[-1].condition is not None:
            raise self._wrong(following, "a 'next' with 'if' ends with '- else: ...', so that every answer leads on")
        return branches

    def _branch(self, entry: Any) -> Branch:
        if "else" in entry:
            return Branch(None, self._target(entry["else"]))
        if "if" not in entry or "then" not in entry:
            raise self._wrong(entry, "write '- if: <condition>' with 'then:', or '- else:'")
        try:
            conditions.check(entry["if"])
        except conditions.ConditionError as wrong:
            raise self._wrong(entry, str(wrong)) from wrong
        return Branch(entry["if"], self._target(entry["then"]))

    def _target(self, target: Any) -> str:
        return target if isinstance(target, str) else self._list(target, nested=True)

    def _check_targets(self) -> None:
        for step_id, branches in self.following.items():
            for branch in branches:
                if branch.target != END and branch.target not in self.steps:
                    message = f"flow '{self.name}' has no step '{branch.target}'; write the id of one of its steps"
                    raise ContentError(f"{self.file}:{self.lines[step_id]}: {message}")

    def _allow(self, source: Any, allowed: set[str], what: str) -> None:
        if not isinstance(source, LocatedDict):
            raise self._wrong(source, f"{what} must be a mapping")
        unknown = sorted(set(source) - allowed)
        if unknown:
            raise self._wrong(source, f"{what} does not know '{unknown[0]}'; it knows {', '.join(sorted(allowed))}")

    def _wrong(self, source: Any, message: str) -> ContentError:
        return ContentError(f"{self.file}:{line_of(source, line_of(self.source))}: {message}.")
