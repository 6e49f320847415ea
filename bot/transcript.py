"""A talk as a transcript, in the form of tests/conversations (its README), so that it becomes a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml
from sqlalchemy import select

from bot.rehearsal import SHOWS_CHOICE, Answered, Stage, keys
from bot.understanding.rasa import Parsed
from store.tables import Request

LEAST_CONFIDENCE = 0.05
"""Meanings that are less sure than this change nothing."""
OWN_LANGUAGE = "nl"
LINE = 116
REQUEST_FIELDS = ("state", "urgency", "wijk", "topics")


@dataclass
class Transcript:
    """What was said and pressed, and which texts came of it."""

    name: str
    given: Mapping[str, str]
    steps: list[dict[str, Any]] = field(default_factory=list)

    def says(self, text: str, parsed: Parsed | None, answers: Sequence[Answered]) -> None:
        """A typed sentence, with what was made of it if that was asked."""
        means = [f"{one.intent} {one.confidence:.2f}" for one in parsed.meanings] if parsed else []
        sure = [told for told in means if float(told.split()[1]) >= LEAST_CONFIDENCE]
        language = parsed.language if parsed and parsed.language != OWN_LANGUAGE else None
        step = {"says": text, "means": sure, "in": language}
        self.steps.append({name: value for name, value in step.items() if value} | {"bot": _told(answers)})

    def presses(self, choice: str, answers: Sequence[Answered]) -> None:
        self.steps.append({"presses": choice, "bot": _told(answers)})

    def append_to(self, file: Path, stage: Stage) -> None:
        """Write the talk at the end of a file, which is made when it is not there."""
        rows = {"requests": found} if (found := _requests(stage)) else {}
        parts = {"name": self.name, "given": dict(self.given), "steps": self.steps, "rows": rows}
        talk = [{name: part for name, part in parts.items() if part}]
        before = file.read_text(encoding="utf-8") if file.exists() else "talks:\n"
        file.write_text(before.rstrip("\n") + "\n" + indent(_as_yaml(talk), "  "), encoding="utf-8")


def _told(answers: Sequence[Answered]) -> list[str]:
    """The keys; what shows the choice comes last after every answer, and is left out."""
    told = keys(answers)
    return told[:-1] if told[-1:] == [SHOWS_CHOICE] else told


def _requests(stage: Stage) -> list[dict[str, str]]:
    """What remains with the organisation."""
    with stage.database.reading() as session:
        rows = list(session.scalars(select(Request).order_by(Request.id)))
    found = [{name: getattr(row, name) for name in REQUEST_FIELDS} for row in rows]
    return [{name: str(value) for name, value in one.items() if value is not None} for one in found]


def _as_yaml(talk: Any) -> str:
    """In the manner of the files of talks: a line for each thing, lists of words on one line."""
    layout: Any = {"sort_keys": False, "allow_unicode": True, "default_flow_style": None, "width": LINE}
    return str(yaml.dump(talk, Dumper=_Dumper, **layout))


class _Dumper(yaml.SafeDumper):
    """Indents lists, as the files of talks do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)
