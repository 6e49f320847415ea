"""The organisation's own data: wijken, complexes and the services it may name (`directory/<organisation>.yml`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from actions.records import DirectoryError, Record
from actions.service_reader import ServiceReader
from actions.services import Directory
from actions.terms import FIELD as RETENTION
from actions.terms import LONGEST, Terms, read_terms
from store.yaml_lines import ContentError, read_yaml

FIELDS = ("organisation", "timezone", "bot_name", "wijken", "complexes", RETENTION, "services")


@dataclass(frozen=True)
class Wijk:
    """A neighbourhood with a team of its own."""

    key: str
    name: str


@dataclass(frozen=True)
class Complex:
    """A flat or block in a wijk, whose residents may let their complaints count together."""

    key: str
    name: str
    wijk: str


@dataclass(frozen=True)
class Organisation:
    """Who runs this installation, and where."""

    name: str
    wijken: tuple[Wijk, ...]
    complexes: tuple[Complex, ...] = ()
    terms: Terms = field(default_factory=lambda: LONGEST, hash=False)
    """How long what is kept."""

    def wijk_name(self, key: str | None) -> str:
        """How residents call a wijk; an unknown one is given as it stands."""
        return next((wijk.name for wijk in self.wijken if wijk.key == key), key or "")

    def wijk_names(self) -> Mapping[str, str]:
        return {wijk.key: wijk.name for wijk in self.wijken}


def load_organisation(folder: Path, name: str) -> Organisation:
    """What `<folder>/<name>.yml` says beside the services; raises `DirectoryError`."""
    return _organisation(_read(folder, name))


def load_directory(folder: Path, name: str, topics: Collection[str]) -> Directory:
    """The services in `<folder>/<name>.yml`; `topics` are the intents they may name. Raises `DirectoryError`."""
    source = _read(folder, name)
    records = source.records("services", "service")
    reader = ServiceReader(tuple(_organisation(source).wijk_names()), topics)
    services = tuple(reader.read(record) for record in records)
    _all_different(records, services)
    return Directory(services)


def _read(folder: Path, name: str) -> Record:
    file = folder / f"{name}.yml"
    try:
        source = Record(file, read_yaml(file), "the organisation")
    except ContentError as wrong:
        raise DirectoryError(str(wrong)) from wrong
    except OSError as wrong:
        remedy = f"Set ORGANISATION to the name of a file in {folder}."
        raise DirectoryError(f"{file} is not there or cannot be read. {remedy}") from wrong
    source.only(FIELDS)
    return source


def _organisation(source: Record) -> Organisation:
    records = source.records("wijken", "wijk")
    if not records:
        raise source.wrong("wijken", "'wijken' is missing or empty; name at least one, with 'key' and 'name'.")
    for record in records:
        record.only(("key", "name"))
    wijken = tuple(Wijk(record.key(), record.text("name")) for record in records)
    _all_different(records, wijken)
    complexes = _complexes(source, [wijk.key for wijk in wijken])
    return Organisation(source.text("organisation"), wijken, complexes, read_terms(source))


def _complexes(source: Record, wijken: Collection[str]) -> tuple[Complex, ...]:
    """None where the organisation names none: complaints then count for the wijk."""
    records = source.records("complexes", "complex")
    for record in records:
        record.only(("key", "name", "wijk"))
    found = tuple(Complex(one.key(), one.text("name"), one.one_of("wijk", wijken)) for one in records)
    _all_different(records, found)
    return found


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


def _all_different(records: Sequence[Record], found: Sequence[_Keyed]) -> None:
    seen: set[str] = set()
    for record, one in zip(records, found, strict=True):
        if one.key in seen:
            raise record.wrong("key", f"the key '{one.key}' stands twice; give each its own.")
        seen.add(one.key)
