"""The fuzz tests try as many cases as we say they do."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from tests import fuzz
from tests.fuzz import cases


def test_in_all_at_least_twenty_thousand_cases_are_tried() -> None:
    for one in pkgutil.iter_modules(fuzz.__path__):
        importlib.import_module(f"{fuzz.__name__}.{one.name}")
    assert sum(part.cases for part in cases.PARTS) >= cases.AT_LEAST


def test_a_part_that_tries_fewer_than_it_says_fails() -> None:
    part = cases.Part("example", 2, "nothing")
    part.begin()
    part.tried += 1
    with pytest.raises(AssertionError, match="example: 1 cases"):
        part.end()


def test_the_table_tells_what_was_tried_and_leaves_out_what_was_not() -> None:
    parts = [cases.Part("one", 2, "it held", tried=1200, seconds=3.4), cases.Part("other", 5, "nothing")]
    assert cases.table(parts)[2:] == ["| one | 1,200 | 3 | it held |", "| **all** | **1,200** | 3 | |"]
