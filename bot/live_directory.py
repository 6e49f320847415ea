"""The directory as it is now, in a running bot: the last good file, with what the team has said since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from actions import directory_changes
from actions.directory import load_directory
from actions.records import DirectoryError
from actions.services import Directory
from bot.dialogue.content import Content
from store.database import Database

log = structlog.get_logger()


class Ticking(Protocol):
    def now(self) -> datetime: ...


class Source(Protocol):
    """Where the directory is written. `stamp` is another one when it must be read again."""

    def stamp(self) -> object: ...

    def read(self) -> Directory: ...


class Texts(Protocol):
    """The flows and texts at the moment: `bot.words.Words`."""

    content: Content


@dataclass(frozen=True)
class DirectoryFile:
    """`<folder>/<name>.yml`, held against the intents that start flows and the services that texts name."""

    folder: Path
    name: str
    texts: Texts

    def stamp(self) -> object:
        """Another one when the file was written anew, or the texts that it must fit."""
        try:
            found = (self.folder / f"{self.name}.yml").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, self.texts.content

    def read(self) -> Directory:
        """Raises `DirectoryError`, also when a service is gone that a text names."""
        directory = load_directory(self.folder, self.name, self.texts.content.triggers)
        for key, where in not_there(self.texts.content, directory):
            told = f"there is no service '{key}', which {where} names; add it here, or take it out there."
            raise DirectoryError(f"{self.folder / self.name}.yml:1: {told}")
        return directory


def not_there(content: Content, directory: Directory) -> Iterator[tuple[str, str]]:
    """Each service that a text names and the directory does not have, and where it is named."""
    responses = (response for texts in content.texts.values() for response in texts.values())
    named = ((key, told.where) for told in responses for variant in told.variants for key in variant.services)
    return ((key, where) for key, where in named if key not in directory)


class LiveDirectory:
    """Keeps `current` up to date; raises `DirectoryError` only when it is made, and goes on with the last good one."""

    def __init__(self, source: Source, database: Database, clock: Ticking) -> None:
        self._source, self._database, self._clock = source, database, clock
        self._stamp = source.stamp()
        self._written = source.read()
        self._current = self._written

    def current(self) -> Directory:
        return self._current

    def refresh(self) -> None:
        """Read the file again if it was written anew, and what the team has said."""
        self._read_again()
        with self._database.reading() as session:
            self._current = directory_changes.with_changes(self._written, directory_changes.history(session))

    def ask(self) -> int:
        """Ask who is responsible about what is overdue; gives how many were asked."""
        with self._database.transaction() as session:
            return directory_changes.ask(session, self._clock.now(), self._current)

    def _read_again(self) -> None:
        stamp = self._source.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._written = self._source.read()
            log.info("directory_read", services=len(self._written.services))
        except DirectoryError as wrong:
            log.error("directory_refused", problem=str(wrong))
