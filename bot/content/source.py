"""What stands in `flows/`, as plain rows with the place where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from store.yaml_lines import line_of, read_yaml

DUTCH = "nl"


@dataclass(frozen=True)
class Said:
    """One wording of a response, with its buttons and what else people may type."""

    key: str
    text: str
    file: Path
    line: int
    buttons: tuple[tuple[str, str], ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    danger: bool = False
    listed: bool = False
    services: tuple[str, ...] = ()
    letter: bool = False

    def where(self, excerpt: str = "") -> str:
        """File and line: of the excerpt where it can be found, else of the wording."""
        below = self.file.read_text(encoding="utf-8").splitlines()[self.line - 1 :]
        offset = next((n for n, line in enumerate(below) if excerpt and excerpt in line), 0)
        return f"{self.file}:{self.line + offset}"


@dataclass(frozen=True)
class SlotRow:
    """A slot of `slots.yml`; no values means free text."""

    name: str
    values: frozenset[str]
    where: str


@dataclass(frozen=True)
class Source:
    """All wordings, slots and what flows name: `named` keys with the file, `filled` slots, `intents` that start one."""

    said: tuple[Said, ...]
    slots: Mapping[str, SlotRow]
    named: Mapping[str, str]
    filled: frozenset[str]
    intents: frozenset[str]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(said.key for said in self.said)

    def first(self, key: str) -> Said:
        return next(said for said in self.said if said.key == key)


def read_source(flows_dir: Path) -> Source:
    """Read flows, slots and Dutch texts; raises `ContentError` for a file that is not YAML."""
    said = read_texts(flows_dir / "texts" / DUTCH)
    slots = {row.name: row for row in _slots(flows_dir / "slots.yml")}
    named: dict[str, str] = {}
    filled: set[str] = set()
    intents: set[str] = set()
    for file, step in _steps(flows_dir):
        for key in _keys_of(step):
            named.setdefault(key, f"{file}:{line_of(step)}")
        filled |= _filled_by(step)
        intents |= {step["intent"]} if isinstance(step.get("intent"), str) else set()
    for row in _tips(flows_dir / "triage.yml"):
        named.setdefault(row["say"], f"{flows_dir / 'triage.yml'}:{line_of(row)}")
    return Source(said, slots, named, frozenset(filled), frozenset(intents))


def read_texts(folder: Path) -> tuple[Said, ...]:
    """All wordings in a folder of texts; raises `ContentError` for a file that is not YAML."""
    return tuple(_said(folder))


def _said(folder: Path) -> Iterator[Said]:
    for file in sorted(folder.glob("*.yml")):
        for key, variants in read_yaml(file).get("responses", {}).items():
            for variant in variants:
                yield _wording(file, key, variant)


def _wording(file: Path, key: str, variant: Any) -> Said:
    metadata = variant.get("metadata", {})
    return Said(
        key=key,
        text=str(variant["text"]).strip(),
        file=file,
        line=line_of(variant),
        buttons=tuple((str(button["title"]), str(button["payload"])) for button in variant.get("buttons", ())),
        synonyms={str(v): tuple(map(str, words)) for v, words in metadata.get("synonyms", {}).items()},
        lines=tuple(line["text"] for line in metadata.get("lines", ())),
        danger=bool(metadata.get("danger")),
        listed=bool(metadata.get("list")),
        services=tuple(metadata.get("services", ())),
        letter=bool(metadata.get("letter")),
    )


def _slots(file: Path) -> Iterator[SlotRow]:
    for name, entry in read_yaml(file)["slots"].items():
        yield SlotRow(name, frozenset(map(str, entry.get("values", ()))), f"{file}:{line_of(entry)}")


def _steps(flows_dir: Path) -> Iterator[tuple[Path, Any]]:
    for file in sorted(flows_dir.glob("*.yml")):
        for found in _mappings(read_yaml(file).get("flows", {})):
            yield file, found


def _tips(file: Path) -> Iterator[Any]:
    return iter(read_yaml(file).get("tips", ()))


def _mappings(found: Any) -> Iterator[Any]:
    """Every mapping, however deep it lies."""
    if isinstance(found, dict):
        yield found
        found = list(found.values())
    if isinstance(found, list):
        for part in found:
            yield from _mappings(part)


def _keys_of(step: Any) -> Iterator[str]:
    if isinstance(step.get("collect"), str):
        yield f"utter_ask_{step['collect']}"
    if str(step.get("action", "")).startswith("utter_"):
        yield step["action"]


def _filled_by(step: Any) -> set[str]:
    collected = {step["collect"]} if isinstance(step.get("collect"), str) else set()
    settings = step.get("set_slots", ())
    return collected | {name for entry in settings for name in entry}
