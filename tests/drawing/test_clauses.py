"""Conditions taken apart."""

from __future__ import annotations

import pytest

from bot.drawing.clauses import Both, Clause, Condition, Either, Not, clauses

YES, NO, BIG = Clause("a", "is", "yes"), Clause("b", "!=", "no"), Clause("c", ">", "3")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('slots.a is "yes"', YES),
        ('slots.a = "yes"', YES),
        ('slots.b is not "no"', NO),
        ('not slots.b is "no"', NO),
        ('not slots.a is not "yes"', YES),
        ("slots.c > 3", BIG),
        ("slots.c is null", Clause("c", "is", None)),
        ("slots.c is not null", Clause("c", "!=", None)),
        ("slots.c", Clause("c", "!=", None)),
        ("slots.c is empty", Clause("c", "is", "")),
        ('slots.a contains "yes"', Clause("a", "contains", "yes")),
        ('slots.a matches "^y"', Clause("a", "matches", "^y")),
        ('slots.a is "yes" and slots.b is not "no" and slots.c > 3', Both((YES, NO, BIG))),
        ('slots.a is "yes" or slots.b is not "no" or slots.c > 3', Either((YES, NO, BIG))),
        ('slots.a is "yes" or (slots.b is not "no" and slots.c > 3)', Either((YES, Both((NO, BIG))))),
        ('not (slots.a is "yes" or slots.c > 3)', Not(Either((YES, BIG)))),
    ],
)
def test_a_condition_is_taken_apart(text: str, parts: Condition) -> None:
    assert clauses(text) == parts
