"""YAML in which every mapping and list knows its line, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml


class ContentError(ValueError):
    """A file of flows, texts or the directory is wrong; the message names file, line and what to do."""


class LocatedDict(dict[str, Any]):
    """A mapping that knows the line it starts on, and the line of each of its names."""

    line = 0
    lines: Mapping[str, int] = {}


class LocatedList(list[Any]):
    """A list that knows the line it starts on."""

    line = 0


class _Loader(yaml.CSafeLoader):
    """Reads `yes`, `no` and dates as words, as YAML 1.2 (and so Rasa) does."""


_WORDS = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _WORDS]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_BOOLEAN = re.compile(r"^(?:true|false)$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, list("tf"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LocatedDict:
    pairs = loader.construct_pairs(node, deep=True)
    names = [name for name, _ in pairs]
    if not all(isinstance(name, Hashable) for name in names):
        raise yaml.constructor.ConstructorError(None, None, "a name is a list or a mapping", node.start_mark)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"'{twice}' stands twice", node.start_mark)
    found = LocatedDict(pairs)
    found.line = node.start_mark.line + 1
    found.lines = {name: key.start_mark.line + 1 for name, (key, _) in zip(names, node.value, strict=True)}
    return found


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> LocatedList:
    found = LocatedList(loader.construct_object(child, deep=True) for child in node.value)
    found.line = node.start_mark.line + 1
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)


def read_yaml(file: Path) -> LocatedDict:
    """The mapping in a file; raises `ContentError` with file and line."""
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise ContentError(f"{file}:{line}: this is not YAML: {wrong.problem}. Check the spaces and quotes.") from wrong
    except (yaml.reader.ReaderError, UnicodeDecodeError) as wrong:
        raise ContentError(f"{file}:1: it holds a character that does not belong in a text: {wrong}.") from wrong
    if not isinstance(found, LocatedDict):
        raise ContentError(f"{file}:1: the file must hold a mapping, such as 'flows:' or 'responses:'.")
    return found


@contextmanager
def reading(file: Path, what: str, entry: Any = None) -> Iterator[None]:
    """Tells a value of another kind than its reader expects (a list in the place of words) as `ContentError`."""
    try:
        yield
    except ContentError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        told = f"{what} cannot be read; compare it with docs/flows-format.md ({type(wrong).__name__})"
        raise ContentError(f"{file}:{line_of(entry)}: {told}.") from wrong


def section(file: Path, source: LocatedDict, name: str) -> LocatedDict:
    """The named entries below `name:`, none when it is not there. Raises `ContentError`."""
    found = source.get(name, LocatedDict())
    if not isinstance(found, LocatedDict) or not all(isinstance(one, str) for one in found):
        line = source.lines.get(name, line_of(source))
        raise ContentError(f"{file}:{line}: below '{name}:' must stand names, each with what it holds.")
    return found


def line_of(value: Any, fallback: int = 1) -> int:
    return getattr(value, "line", 0) or fallback
