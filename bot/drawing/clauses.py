"""A condition taken apart, so that it can be put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pypred import Predicate

_OPPOSITE = {"is": "!=", "!=": "is"}


@dataclass(frozen=True)
class Clause:
    """What is asked of one slot; `operator` is `is`, `!=`, `>`, `>=`, `<`, `<=`, `contains` or `matches`."""

    slot: str
    operator: str
    value: str | None


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Both:
    """All of several conditions."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """One of several conditions."""

    parts: tuple[Condition, ...]


Condition = Clause | Not | Both | Either


def clauses(text: str) -> Condition:
    """A condition of a flow (bot.dialogue.conditions), in parts."""
    return _read(Predicate(text).ast)


def _read(node: Any) -> Condition:
    match type(node).__name__:
        case "LogicalOperator":
            kind = Both if node.type == "and" else Either
            return kind((*_flat(kind, _read(node.left)), *_flat(kind, _read(node.right))))
        case "NegateOperator":
            return _negated(_read(node.left))
        case "ContainsOperator":
            return Clause(_slot(node.left), "contains", _value(node.right))
        case "MatchOperator":
            return Clause(_slot(node.left), "matches", _value(node.right))
        case "CompareOperator":
            return Clause(_slot(node.left), "is" if node.type == "=" else node.type, _value(node.right))
        case _:  # a slot by itself: it is filled
            return Clause(_slot(node), "!=", None)


def _flat(kind: type[Both] | type[Either], part: Condition) -> tuple[Condition, ...]:
    return part.parts if isinstance(part, kind) else (part,)


def _negated(part: Condition) -> Condition:
    if isinstance(part, Clause) and part.operator in _OPPOSITE:
        return Clause(part.slot, _OPPOSITE[part.operator], part.value)
    return Not(part)


def _slot(node: Any) -> str:
    return str(node.value).removeprefix("slots.")


def _value(node: Any) -> str | None:
    """A word without its quotes, a number without its zeros, nothing for `empty`; None for null."""
    value = getattr(node, "value", "")
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None else str(value).strip("'\"")
