"""Conditions of flows, in the language that Rasa's flows use (pypred)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pypred import Predicate


class ConditionError(ValueError):
    """A condition that pypred cannot read."""


@lru_cache(maxsize=1024)
def _predicate(text: str) -> Predicate:
    predicate = Predicate(text)
    if not predicate.is_valid():
        raise ConditionError(f"the condition '{text}' cannot be read: {predicate.errors().get('errors')}")
    return predicate


def check(text: str) -> None:
    """Raise `ConditionError` when a condition cannot be read."""
    _predicate(text)


def holds(text: str, slots: Mapping[str, Any]) -> bool:
    """Whether a condition is true for these slots; a slot that is not filled is null."""
    return bool(_predicate(text).evaluate({"slots": slots}))


def slots_named(text: str) -> frozenset[str]:
    """The slots that a condition looks at."""
    return frozenset(re.findall(r"\bslots\.([a-z0-9_]+)", text))
