"""Figures, and the table that they are printed in."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ADDITIONS = 3_000_000
HEAD = ("measured", "value", "asked", "compared with")


@dataclass(frozen=True)
class Figure:
    """One line of the table. `missed`: it was asked for and is not reached."""

    what: str
    value: str
    asked: str = ""
    compared: str = ""
    missed: bool = False


def at_most(what: str, value: float, limit: float, unit: str, compared: str = "") -> Figure:
    """A figure that must stay below a limit."""
    return Figure(what, f"{value:.1f} {unit}", f"below {limit:g} {unit}", compared, value >= limit)


def at_least(what: str, value: float, limit: float, unit: str, compared: str = "") -> Figure:
    """A figure that must reach a limit."""
    return Figure(what, f"{value:.1f} {unit}", f"at least {limit:g} {unit}", compared, value < limit)


def known(what: str, wrong: Sequence[str], right: str) -> Figure:
    """Something that must hold: it does, or the first things that are wrong."""
    return Figure(what, "; ".join(wrong[:3]) or right, "holds", missed=bool(wrong))


@dataclass(frozen=True)
class Times:
    """Seconds, looked at in milliseconds."""

    seconds: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1] * 1000

    @property
    def longest(self) -> float:
        return max(self.seconds) * 1000

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f} ms"


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table, in columns that line up."""
    rows = [HEAD, *((f.what, _marked(f), f.asked, f.compared) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _marked(figure: Figure) -> str:
    return f"**{figure.value}: missed**" if figure.missed else figure.value


def machine() -> str:
    """What the figures were taken on, how busy it was and how fast it ran: lent machines can be slowed down."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; load before the run: {load}; "
        f"Python adds {_additions() / 1e6:.0f} million times a second"
    )


def _additions() -> float:
    """Additions in a plain loop per second of processor time; about 25 million on an unhurried core of 2.5 GHz."""
    begin = time.process_time()
    total = 0
    for number in range(ADDITIONS):
        total += number
    return ADDITIONS / (time.process_time() - begin)


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown processor")
