"""The parts of docs/hand-off.md that come from the code: how long silence may last, and the routing ladder."""

from __future__ import annotations

import ast
import enum
import inspect
from collections.abc import Iterator, Mapping
from datetime import timedelta

from actions.clocks import HOUR, IDLE, NO_ANSWER, PATIENCE
from actions.promises import TRY_AGAIN
from actions.working_time import DAY
from bot.drawing.page_parts import put
from store.states import Rule


def filled(page: str) -> str:
    """The page with its parts as the code has them now; the rest stays. Raises `PageError`."""
    for name, lines in {"patience": patience(), "ladder": ladder()}.items():
        page = put(page, name, lines)
    return page


def patience() -> Iterator[str]:
    """The table of clocks per urgency, and the clocks that are the same for all."""
    yield "| urgency | nobody takes the card | taken, no contact | message without reply | promised to the resident |"
    yield "|---|---|---|---|---|"
    for urgency, one in PATIENCE.items():
        times = " | ".join(in_words(time) for time in (one.rung, one.contact, one.reply, one.promise))
        yield f"| `{urgency.value}` | {times} |"
    yield ""
    yield f"For all: nothing happens in a talk, {in_words(IDLE)}; no answer whether a promise was kept,"
    yield f"{in_words(NO_ANSWER)}; another try after a missed call, {in_words(TRY_AGAIN)}."


def ladder() -> Iterator[str]:
    """The rungs in the order in which they are tried, with what each means."""
    meant = meanings(Rule)
    yield "| rung | stored as | who is shown the card |"
    yield "|---|---|---|"
    for number, rule in enumerate(Rule, start=1):
        yield f"| {number} | `{rule.value}` | {meant[rule.name]} |"


def meanings(kind: type[enum.Enum]) -> Mapping[str, str]:
    """What stands below each member of an enum in the source, by name; members without it are not in it."""
    (defined,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(defined, ast.ClassDef), "an enum is a class"
    found: dict[str, str] = {}
    name = ""
    for part in defined.body:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            name = part.targets[0].id
        elif name and isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            found[name] = " ".join(str(part.value.value).split())
    return found


def in_words(time: timedelta) -> str:
    """Working time in whole days of work, or in hours when it is shorter or no whole number of days."""
    count, unit = (time // HOUR, "hour") if time % DAY else (time // DAY, "day")
    return f"{count} working {unit}{'' if count == 1 else 's'}"
