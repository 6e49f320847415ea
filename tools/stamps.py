"""Knows whether a step must be done again, by the contents of what it was made from.

Contents and not file times: a fresh clone gives every file the time of cloning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *words: str, base: Path) -> str:
    """A short digest of the files' names (relative to `base`) and contents, and of the words."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for file in sorted(files):
        digest.update(file.relative_to(base).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


class Stamp:
    """A file inside what a step made, so that it disappears together with it."""

    def __init__(self, file: Path, expected: str) -> None:
        self._file = file
        self._expected = expected

    def is_fresh(self) -> bool:
        """Whether the step was done with these very inputs."""
        return self._file.is_file() and self._file.read_text() == self._expected

    def set(self) -> None:
        """Notes that the step is done."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._expected)
