"""The pictures that are sent: each drawn once, however many people get it at the same moment."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

import structlog

from actions import pictures
from actions.pictures import DrawingFailed, Picture

log = structlog.get_logger()
MOST_KEPT = 20


class Drawn:
    """Pictures as PNG. What is kept is bounded and in memory only."""

    def __init__(self, draw: Callable[[Picture], bytes] = pictures.drawn) -> None:
        self._draw = draw
        self._kept: OrderedDict[Picture, asyncio.Task[bytes]] = OrderedDict()
        self._one_by_one = asyncio.Lock()

    async def find(self, picture: Picture) -> bytes | None:
        """The picture, once it is drawn; None when that failed. Asking again then tries anew."""
        if picture not in self._kept:
            self._kept[picture] = asyncio.create_task(self._make(picture))
        self._kept.move_to_end(picture)
        self._forget_oldest()
        try:
            return await asyncio.shield(self._kept[picture])
        except DrawingFailed:
            return None

    async def _make(self, picture: Picture) -> bytes:
        try:
            async with self._one_by_one:
                return await asyncio.to_thread(self._draw, picture)
        except DrawingFailed as failed:
            del self._kept[picture]
            log.warning("picture_failed", why=str(failed))
            raise

    def _forget_oldest(self) -> None:
        """Not one that is being drawn: somebody waits for it."""
        ready = [picture for picture, task in self._kept.items() if task.done()]
        for picture in ready[: max(0, len(self._kept) - MOST_KEPT)]:
            del self._kept[picture]
