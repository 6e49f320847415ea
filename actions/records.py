"""One mapping of the organisation's file, read strictly: what is wrong is told with file, line and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from store.yaml_lines import LocatedDict, LocatedList, line_of

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class DirectoryError(ValueError):
    """The organisation's file is missing or wrong; the message says what to do."""


@dataclass(frozen=True)
class Record:
    """A mapping with its place; every reader of a field raises `DirectoryError` when the field is not as it must be."""

    file: Path
    source: LocatedDict
    what: str

    def wrong(self, name: str, remedy: str) -> DirectoryError:
        """The error that points at a field, or at the beginning of the mapping when the field is not there."""
        line = self.source.lines.get(name, line_of(self.source))
        return DirectoryError(f"{self.file}:{line}: {self.what}: {remedy}")

    def only(self, known: Collection[str]) -> None:
        """Refuse fields that nobody reads: most likely they are misspelt."""
        for name in self.source:
            if name not in known:
                raise self.wrong(name, f"there is no field '{name}'; use {', '.join(known)}.")

    def text(self, name: str) -> str:
        """Words that must be there."""
        found = self.optional_text(name)
        if found is None:
            raise self.wrong(name, f"'{name}' is missing or empty; fill it in.")
        return found

    def optional_text(self, name: str) -> str | None:
        found = self.source.get(name)
        if found is not None and not isinstance(found, str):
            raise self.wrong(name, f"'{name}' must be words; put quotes around it.")
        return (found or "").strip() or None

    def key(self, name: str = "key") -> str:
        """A name for code and data: at most 40 small letters, figures and underscores."""
        found = self.text(name)
        if not _KEY.fullmatch(found):
            raise self.wrong(name, f"'{found}' is no key; use at most 40 small letters, figures and underscores.")
        return found

    def one_of(self, name: str, *known: Collection[str]) -> str:
        return self._among(name, self.text(name), *known)

    def some_of(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of which every member is known; a field that is not there is an empty list."""
        return tuple(self._among(name, found, known) for found in self._list(name))

    def flag(self, name: str, default: bool) -> bool:
        found = self.source.get(name, default)
        if not isinstance(found, bool):
            raise self.wrong(name, f"'{name}' must be true or false.")
        return found

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number within these limits, both included."""
        found = self.source.get(name)
        if found is not None and not (type(found) is int and low <= found <= high):
            raise self.wrong(name, f"'{name}' must be a whole number from {low} to {high}.")
        return found

    def day(self, name: str) -> date | None:
        """A date, year-month-day."""
        return self._read_day(name, whole=True)

    def day_or_year(self, name: str) -> date | None:
        """A date that may lack its day or month: the first day that fits, which is the most careful one."""
        return self._read_day(name, whole=False)

    def records(self, name: str, what: str) -> tuple[Record, ...]:
        """The mappings in a list."""
        found = self._list(name)
        if not all(isinstance(entry, LocatedDict) for entry in found):
            raise self.wrong(name, f"each entry of '{name}' must be a mapping with named fields.")
        return tuple(
            Record(self.file, entry, f"{what} '{entry.get('key', number)}'") for number, entry in enumerate(found, 1)
        )

    def record(self, name: str, what: str) -> Record | None:
        """The mapping in a field, if it is there."""
        found = self.source.get(name)
        if found is not None and not isinstance(found, LocatedDict):
            raise self.wrong(name, f"'{name}' must be a mapping with named fields.")
        return None if found is None else Record(self.file, found, what)

    def _list(self, name: str) -> list[Any]:
        found = self.source.get(name)
        if found is None:
            return []
        if not isinstance(found, LocatedList):
            raise self.wrong(name, f"'{name}' must be a list: [a, b], or [] for none.")
        return found

    def _among(self, name: str, found: Any, *known: Collection[str]) -> str:
        if not isinstance(found, str) or not any(found in some for some in known):
            raise self.wrong(name, f"'{found}' is unknown as '{name}'; use one of: {', '.join(chain(*known))}.")
        return found

    def _read_day(self, name: str, whole: bool) -> date | None:
        found = self.source.get(name)
        if found is None:
            return None
        parts = _DAY.fullmatch(str(found))
        try:
            if parts is None or (whole and parts[3] is None):
                raise ValueError
            return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
        except ValueError as wrong:
            form = "2026-11-23" if whole else "2026, 2026-11 or 2026-11-23"
            raise self.wrong(name, f"'{found}' is no date; write it as {form}.") from wrong
