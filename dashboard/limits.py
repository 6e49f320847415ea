"""How often something may be done from one address, kept in memory: a restart forgets it."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

MOST_KEPT = 10_000


@dataclass
class Limit:
    """At most so many times within a while, for each key."""

    most: int = 10
    within: timedelta = timedelta(minutes=10)
    _times: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def reached(self, now: datetime, key: str) -> bool:
        """Whether it has been done as often as may be."""
        with self._lock:
            return len(self._recent(now, key)) >= self.most

    def count(self, now: datetime, key: str) -> None:
        """It was done once more. Who has done nothing for the longest is forgotten when there are too many."""
        with self._lock:
            self._recent(now, key).append(now)
            self._times.move_to_end(key)
            while len(self._times) > MOST_KEPT:
                self._times.popitem(last=False)

    def _recent(self, now: datetime, key: str) -> deque[datetime]:
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self.within:
            times.popleft()
        return times
