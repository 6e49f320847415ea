"""The demo's clock: a file with an ISO date-time from which the time of all processes runs on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sandbox.wire import ControlError


class Clock:
    """Now is the time in the file plus the real time since the file was written; without a file, the real time."""

    def __init__(self, file: Path | None = None, real: Callable[[], float] = time.time) -> None:
        self.file = file
        self._real = real
        self._written = -1
        self._ahead = 0.0

    @property
    def movable(self) -> bool:
        """Say whether there is a file through which the clock can be moved."""
        return self.file is not None

    def now(self) -> datetime:
        """Return the demo's time, in UTC."""
        return datetime.fromtimestamp(self._real() + self._seconds_ahead(), UTC)

    def timestamp(self) -> int:
        """Return the demo's time in whole seconds, as Telegram dates its messages."""
        return int(self._real() + self._seconds_ahead())

    def move_to(self, moment: datetime) -> None:
        """Write the file so that the time is `moment` from now on."""
        if self.file is None:
            raise ControlError("the sandbox was started without --clock-file", 409)
        if moment.tzinfo is None:
            raise ControlError("a moment needs its offset, as in 2026-11-02T09:00:00+01:00")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_name(self.file.name + ".new")
        beside.write_text(moment.isoformat() + "\n", encoding="utf-8")
        os.utime(beside, (self._real(), self._real()))
        beside.replace(self.file)

    def back(self) -> None:
        """Return to the real time."""
        self.move_to(datetime.fromtimestamp(self._real(), UTC))

    def _seconds_ahead(self) -> float:
        if self.file is None:
            return 0.0
        try:
            written = os.stat(self.file).st_mtime_ns
        except FileNotFoundError:
            return 0.0
        if written != self._written:
            self._ahead = read_moment(self.file).timestamp() - written / 1e9
            self._written = written
        return self._ahead


def read_moment(file: Path) -> datetime:
    """Read the file's date-time; a readable error when it holds something else."""
    text = file.read_text(encoding="utf-8").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ControlError(f"{file} does not hold an ISO date-time but {text!r}", 409) from error
    if moment.tzinfo is None:
        raise ControlError(f"the date-time in {file} has no offset: {text!r}", 409)
    return moment
