"""Pictures of figures, as pages and messages show them; they are drawn by a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from store.settings import ROOT

PROGRAM = (sys.executable, "-m", "actions.draw_picture")
LONGEST_SECONDS = 20.0


class DrawingFailed(Exception):
    """There is no picture; the words and numbers are shown without it."""


@dataclass(frozen=True)
class Bar:
    """What it is about, its number in words, and how long it is; nothing when the number is hidden or not known.

    `pale` is for what it is compared with; its label says so too.
    """

    label: str
    shown: str
    length: float = 0
    pale: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars that are compared with one another."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Picture:
    """Charts below one another, under a title and what it is about."""

    title: str
    about: str
    charts: tuple[Chart, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Picture:
        charts = (Chart(one["heading"], tuple(Bar(**bar) for bar in one["bars"])) for one in stored["charts"])
        return cls(stored["title"], stored["about"], tuple(charts))


def drawn(picture: Picture, program: Sequence[str] = PROGRAM, longest_seconds: float = LONGEST_SECONDS) -> bytes:
    """The picture as PNG; raises `DrawingFailed`. It takes seconds: call it in a thread.

    The program gets no environment: it needs no token and no keys.
    """
    given = json.dumps(picture.as_json()).encode()
    try:
        done = subprocess.run(program, input=given, capture_output=True, cwd=ROOT, env={}, timeout=longest_seconds)
    except OSError as error:
        raise DrawingFailed(f"the program does not start: {type(error).__name__}") from error
    except subprocess.TimeoutExpired as late:
        raise DrawingFailed(f"not ready after {longest_seconds:g} seconds") from late
    if done.returncode != 0:
        raise DrawingFailed(f"the program ended with {done.returncode}")
    return done.stdout
