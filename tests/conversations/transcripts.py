"""Reads transcripts: talks as data, in files with the names of the flows (format: tests/conversations/README.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.yaml_lines import LocatedDict, read_yaml

FOLDER = Path(__file__).parent
DOES = ("says", "presses", "sends", "edits", "waits")
STEP_KEYS = {*DOES, "means", "in", "who", "bot", "others", "was"}
TALK_KEYS = {"name", "given", "steps", "rows"}
RESIDENT = "bewoner"


@dataclass(frozen=True)
class Step:
    """Something that somebody does, and the text keys that come of it: `bot` to them, `others` to the rest."""

    where: str
    who: str
    does: str
    what: Any
    means: tuple[str, ...]
    language: str
    was: str
    bot: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Talk:
    """A talk: what is given, its steps, and the rows that remain."""

    name: str
    where: str
    given: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    rows: Mapping[str, Any] = field(default_factory=dict)


def read_talks() -> list[Talk]:
    """All talks of all files; a mistake is told with file and line."""
    return [_talk(file, entry) for file in sorted(FOLDER.glob("*.yml")) for entry in read_yaml(file)["talks"]]


def _talk(file: Path, entry: LocatedDict) -> Talk:
    where = f"{file.name}:{entry.line}"
    _allow(where, entry, TALK_KEYS)
    steps = tuple(_step(file, source) for source in entry["steps"])
    return Talk(entry["name"], where, entry.get("given", {}), steps, entry.get("rows", {}))


def _step(file: Path, entry: LocatedDict) -> Step:
    where = f"{file.name}:{entry.line}"
    _allow(where, entry, STEP_KEYS)
    does = [key for key in DOES if key in entry]
    if len(does) != 1 or ("bot" not in entry and does != ["waits"]):
        raise ValueError(f"{where}: a step is one of {', '.join(DOES)}; each but 'waits' says what the 'bot' answers")
    return Step(
        where=where,
        who=entry.get("who", RESIDENT),
        does=does[0],
        what=entry[does[0]],
        means=tuple(entry.get("means", ())),
        language=entry.get("in", ""),
        was=entry.get("was", ""),
        bot=tuple(entry.get("bot", ())),
        others={who: tuple(keys) for who, keys in entry.get("others", {}).items()},
    )


def _allow(where: str, entry: LocatedDict, allowed: set[str]) -> None:
    unknown = sorted(set(entry) - allowed)
    if unknown:
        raise ValueError(f"{where}: '{unknown[0]}' is not known here; use {', '.join(sorted(allowed))}")
