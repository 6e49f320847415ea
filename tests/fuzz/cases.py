"""Says of each fuzz test how many cases it tries, counts those that were truly tried, and makes the table of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
"""How many times as many cases as `make test` tries; with more than 1 they are other cases each time."""
AT_LEAST = 20_000
PHASES = (Phase.generate, Phase.shrink)
"""Without the explanation, which takes longer than all the rest."""


@dataclass
class Part:
    """One kind of thing that comes from outside: what is tried with it, and what must hold whatever it is."""

    what: str
    cases: int
    holds: str
    tried: int = 0
    seconds: float = 0.0
    _since: float = field(default=0.0, repr=False)

    @property
    def wanted(self) -> int:
        return self.cases * TIMES

    def begin(self) -> None:
        self.tried, self._since = 0, time.process_time()

    def end(self) -> None:
        """Raises `AssertionError` when fewer cases were tried than the table promises."""
        self.seconds = time.process_time() - self._since
        assert self.tried >= self.wanted, f"{self.what}: {self.tried} cases, not {self.wanted}"


PARTS: list[Part] = []


def how_many(number: int, **other: Any) -> settings:
    """The settings of a fuzz test of that many cases."""
    checks = list(HealthCheck)
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        phases=PHASES,
        suppress_health_check=checks,
        **other,
    )


def part(what: str, cases: int, holds: str) -> Part:
    """A part that its test counts by itself, between `begin` and `end`."""
    made = Part(what, cases, holds)
    PARTS.append(made)
    return made


def cases(what: str, number: int, holds: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Above `given`: try so many cases, and fail when it were fewer."""
    made = part(what, number, holds)

    def counted(test: Any) -> Callable[..., None]:
        inner = test.hypothesis.inner_test

        @wraps(inner)
        def one(*args: Any, **named: Any) -> None:
            made.tried += 1
            inner(*args, **named)

        test.hypothesis.inner_test = one
        test.part = made
        return how_many(number)(test)

    return counted


def table(parts: Iterable[Part]) -> list[str]:
    """What was tried, as the table of docs/security.md."""
    rows = [f"| {one.what} | {one.tried:,} | {one.seconds:.0f} | {one.holds} |" for one in parts if one.tried]
    total = sum(one.tried for one in parts)
    head = ["| what comes in | cases | s | what held |", "|---|---:|---:|---|"]
    return [*head, *rows, f"| **all** | **{total:,}** | {sum(one.seconds for one in parts):.0f} | |"]
