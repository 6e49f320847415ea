"""The time, read in one place at the edge and handed down from there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


class ClockError(ValueError):
    """The clock file cannot be read as one ISO date-time."""


@dataclass(frozen=True)
class Clock:
    """Gives the present moment; with a file, the moment of the demo.

    The file holds one ISO date-time with offset. Time runs on from there: the
    moment is the file's date-time plus the real time since it was written.
    """

    file: Path | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self.file is None or not self.file.exists():
            return datetime.now(UTC)
        return self._from_file(self.file)

    def _from_file(self, file: Path) -> datetime:
        with file.open(encoding="utf-8") as opened:  # one file, also when another takes its place meanwhile
            written, text = os.fstat(opened.fileno()).st_mtime, opened.read().strip()
        try:
            start = datetime.fromisoformat(text)
        except ValueError as wrong:
            raise ClockError(f"{file} must hold an ISO date-time, for example 2026-11-24T10:00:00+01:00") from wrong
        if start.tzinfo is None:
            raise ClockError(f"{file} must name an offset, for example 2026-11-24T10:00:00+01:00")
        return start.astimezone(UTC) + timedelta(seconds=time.time() - written)
