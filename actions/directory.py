"""The organisation's own data: its wijken and the services it may name (`directory/<organisation>.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


class DirectoryError(ValueError):
    """The organisation's file is missing or wrong; the message says what to do."""


@dataclass(frozen=True)
class Wijk:
    """A neighbourhood with a team of its own."""

    key: str
    name: str


@dataclass(frozen=True)
class Organisation:
    """Who runs this installation, and where."""

    name: str
    wijken: tuple[Wijk, ...]

    def wijk_name(self, key: str | None) -> str:
        """How residents call a wijk; an unknown one is given as it stands."""
        return next((wijk.name for wijk in self.wijken if wijk.key == key), key or "")

    def wijk_names(self) -> Mapping[str, str]:
        return {wijk.key: wijk.name for wijk in self.wijken}


def load_organisation(folder: Path, name: str) -> Organisation:
    """Read `<folder>/<name>.yml`; raises `DirectoryError`."""
    file = folder / f"{name}.yml"
    if not file.exists():
        raise DirectoryError(f"{file} is not there. Set ORGANISATION to the name of a file in {folder}.")
    try:
        source = yaml.safe_load(file.read_text(encoding="utf-8"))
        wijken = tuple(Wijk(entry["key"], entry["name"]) for entry in source["wijken"])
        return Organisation(source["organisation"], wijken)
    except yaml.YAMLError as wrong:
        raise DirectoryError(f"{file} is not YAML: {wrong}") from wrong
    except (KeyError, TypeError) as wrong:
        raise DirectoryError(f"{file} needs 'organisation:' and 'wijken:' with 'key' and 'name' each.") from wrong
