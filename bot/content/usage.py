"""Which texts the flows and the code use. Code is read, not run: its string literals name keys."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.source import Source

CODE = ("bot", "actions")
NOT_CODE = Path("bot") / "content"
_KEY = re.compile(r"(?:utter|button|card)(?:_[a-z0-9]+)+")
_SAID = re.compile(r"\{say_(\w+)\}")
_PREFIX = re.compile(r"[a-z]+_(?:[a-z0-9]+_)*")


@dataclass(frozen=True)
class Usage:
    """`needed` keys with the place that names them; `literals` and `prefixes` are what the code spells out."""

    needed: Mapping[str, str]
    literals: frozenset[str]
    prefixes: frozenset[str]

    def uses(self, key: str) -> bool:
        """Whether a flow, a text or the code names this key, in full or by its beginning and its end."""
        if key in self.needed or key in self.literals:
            return True
        return any(self._completes(prefix, key) for prefix in self.prefixes if key.startswith(prefix))

    def _completes(self, prefix: str, key: str) -> bool:
        """`utter_danger_` says enough; after `utter_` alone the rest must be a name that the code spells out."""
        return prefix.count("_") > 1 or key.removeprefix(prefix) in self.literals


def read_usage(root: Path, source: Source) -> Usage:
    """What is used of the texts in `source`, by its flows and by the code under `root`."""
    needed = {**_from_code(root), **_from_texts(source), **source.named}
    literals = {value for _, value in _literals(root)} | {file.stem for file in (root / "nlu" / "data").glob("*.yml")}
    return Usage(needed, frozenset(literals), frozenset(_prefixes(root)))


def _from_texts(source: Source) -> dict[str, str]:
    """Keys that stand inside other texts: the lines of a summary, and the words for a value."""
    found: dict[str, str] = {}
    for said in source.said:
        for key in (*said.lines, *(f"utter_say_{name}" for name in _SAID.findall(said.text))):
            found.setdefault(key, said.where(key))
    return found


def _from_code(root: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for where, value in _literals(root):
        if _KEY.fullmatch(value):
            found.setdefault(value, where)
    return found


def _trees(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            if not file.is_relative_to(root / NOT_CODE):
                yield file, ast.parse(file.read_text(encoding="utf-8"))


def _literals(root: Path) -> Iterator[tuple[str, str]]:
    """Whole strings in the code; the pieces of a filled-in string are no keys."""
    for file, tree in _trees(root):
        pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
                yield f"{file}:{node.lineno}", node.value


def _prefixes(root: Path) -> Iterator[str]:
    """The beginnings of keys that the code completes: f"utter_danger_{intent}"."""
    for _, tree in _trees(root):
        for node in ast.walk(tree):
            first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
            if isinstance(first, ast.Constant) and _PREFIX.fullmatch(str(first.value)):
                yield str(first.value)
