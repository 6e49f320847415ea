"""What the bot says: responses in Rasa's domain format, read and chosen by condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.dialogue.yaml_lines import ContentError, LocatedDict, LocatedList, line_of


@dataclass(frozen=True)
class Option:
    """An answer that can be pressed: what stands on the button, and the slot's value."""

    title: str
    value: str


@dataclass(frozen=True)
class Line:
    """A line of a summary: the response that words it and the slots that it rests on."""

    key: str
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """One wording, used when its conditions hold."""

    text: str
    conditions: tuple[tuple[str, Any], ...] = ()
    options: tuple[Option, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    each_line: str = ""
    options_from: str = ""

    def holds(self, slots: Mapping[str, Any]) -> bool:
        return all(slots.get(name) == value for name, value in self.conditions)


@dataclass(frozen=True)
class Response:
    """All wordings under one key, and where they stand."""

    key: str
    variants: tuple[Variant, ...]
    where: str

    def variant(self, slots: Mapping[str, Any]) -> Variant:
        """The first variant whose conditions hold, else the last one."""
        return next((variant for variant in self.variants if variant.holds(slots)), self.variants[-1])


def read_response(file: Path, key: str, source: Any, lists: Mapping[str, tuple[Option, ...]]) -> Response:
    """A response; `lists` has the options that come from data. Raises `ContentError`."""
    if not isinstance(source, LocatedList) or not source:
        raise ContentError(f"{file}:{line_of(source)}: '{key}' must be a list with at least one '- text:'.")
    variants = tuple(_variant(file, key, entry, lists) for entry in source)
    return Response(key, variants, f"{file}:{source.line}")


def _variant(file: Path, key: str, source: Any, lists: Mapping[str, tuple[Option, ...]]) -> Variant:
    if not isinstance(source, LocatedDict) or not isinstance(source.get("text"), str):
        raise ContentError(f"{file}:{line_of(source)}: '{key}' needs 'text:' with words.")
    metadata = source.get("metadata", {})
    listed = metadata.get("options", "")
    if listed and listed not in lists:
        raise ContentError(f"{file}:{line_of(source)}: there is no list '{listed}'; known are {', '.join(lists)}.")
    own = tuple(Option(button["title"], str(button["payload"])) for button in source.get("buttons", ()))
    return Variant(
        text=source["text"].strip(),
        conditions=tuple((when["name"], when["value"]) for when in source.get("condition", ())),
        options=lists.get(listed, ()) + own,
        synonyms={value: tuple(words) for value, words in metadata.get("synonyms", {}).items()},
        lines=tuple(Line(line["text"], tuple(line["slots"])) for line in metadata.get("lines", ())),
        each_line=metadata.get("each_line", ""),
        options_from=listed,
    )
