"""The records of all organisations in `directory/`, and what is wrong with what residents read of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from actions.directory import load_directory
from actions.services import Directory
from bot.content.source import Said


def read_directories(folder: Path, intents: Collection[str]) -> Mapping[Path, Directory]:
    """The directory in each file; raises `DirectoryError` for the first that is wrong."""
    return {file: load_directory(folder, file.stem, intents) for file in sorted(folder.glob("*.yml"))}


def described(directories: Mapping[Path, Directory]) -> Iterator[Said]:
    """What residents read about services, to be held against the rules for words."""
    for file, directory in directories.items():
        for service in directory.services:
            yield Said(f"service '{service.key}'", service.description, file, line=1)


def not_there(said: Iterable[Said], directories: Mapping[Path, Directory]) -> Iterator[str]:
    """Services that a text names and a directory does not have."""
    for one in said:
        for file, directory in directories.items():
            for key in one.services:
                if key not in directory:
                    yield f"{one.where(key)}: there is no service '{key}' in {file}; add it there, or take it out here."
