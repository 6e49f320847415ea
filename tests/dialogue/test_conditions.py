"""Conditions as Rasa's flows write them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue import conditions

SLOTS: dict[str, Any] = {"house": "rent", "rooms": 3, "empty": None, "name": "Portaal Soest", "left": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('slots.house is "rent"', True),
        ('slots.house is "own"', False),
        ('slots.house is not "own"', True),
        ("slots.rooms > 2", True),
        ("slots.rooms > 3", False),
        ("slots.empty is null", True),
        ("slots.house is null", False),
        ("not slots.empty is null", False),
        ('slots.house is "rent" and slots.rooms > 5', False),
        ('slots.house is "rent" or slots.rooms > 5', True),
        ('slots.name contains "Soest"', True),
        ('slots.left contains "c"', False),
        ('slots.name matches "^Portaal"', True),
        ('slots.house is "rent" and (slots.rooms > 5 or slots.empty is null)', True),
    ],
)
def test_conditions_hold_or_not(text: str, holds: bool) -> None:
    conditions.check(text)
    assert conditions.holds(text, SLOTS) is holds


@pytest.mark.parametrize("text", ["slots.a is is", "", "(slots.a", 'slots.a is "unclosed'])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(conditions.ConditionError, match="cannot be read"):
        conditions.check(text)


def test_the_slots_of_a_condition_are_known() -> None:
    assert conditions.slots_named('slots.a is "b" and not slots.c_1 is null') == {"a", "c_1"}
