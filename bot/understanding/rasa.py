"""Asks Rasa what a sentence means; within a time limit, and never again soon after it failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

log = structlog.get_logger()
REST_SECONDS = 5.0
WAKE_SECONDS = 0.5
PATIENCE_SECONDS = 3.0
WARM_UP = "hallo"
LONGEST_TEXT = 1000
LONGEST_MODEL = 120
FAILURES = (httpx.HTTPError, ValueError, KeyError, TypeError)
"""It is not there, is too slow, or answers in another shape."""


@dataclass(frozen=True)
class Meaning:
    """An intent and how sure the classifier is of it, between 0 and 1."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Parsed:
    """What Rasa makes of a text: the intents, surest first, and its language (ISO 639-1), None when that is unsure."""

    meanings: tuple[Meaning, ...]
    language: str | None = None


def _plain(text: str) -> str:
    """Without the slash with which Rasa would take the text for an intent by name."""
    return text.lstrip("/ \t\r\n")[:LONGEST_TEXT]


def _language(found: dict[str, Any]) -> str | None:
    """None also when a model without recogniser answers, or an answer of another shape: the intents count then."""
    language = found.get("language")
    name = language.get("name") if isinstance(language, dict) else None
    return name if isinstance(name, str) and name else None


class Rasa:
    """The client of Rasa's `POST /model/parse`. After a failure it rests, so that nobody waits for nothing."""

    def __init__(
        self,
        url: str,
        timeout: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._client = client or httpx.AsyncClient(timeout=timeout, trust_env=False)
        self._url = url.rstrip("/")
        self._clock = clock
        self._rests_until = 0.0
        self._awake = asyncio.Event()
        self._awake.set()

    async def wake(self, seconds: float) -> None:
        """Wait until Rasa answers, at most so long. Until then sentences wait; buttons and dangers do not."""
        self._awake.clear()
        until = self._clock() + seconds
        try:
            while self._clock() < until and await self._ask(WARM_UP) is None:
                await asyncio.sleep(WAKE_SECONDS)
        finally:
            self._awake.set()

    async def parse(self, text: str) -> Parsed | None:
        """Intents and language; None when Rasa cannot answer now."""
        try:
            await asyncio.wait_for(self._awake.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            return None  # a danger in the next message of this chat must not wait for Rasa to start
        if self._clock() < self._rests_until:
            return None
        found = await self._ask(text)
        if found is None:
            self._rests_until = self._clock() + REST_SECONDS
        return found

    async def model(self) -> str | None:
        """The name of the model that Rasa runs, another one after each training; None when it cannot say now."""
        try:
            answer = await self._client.get(f"{self._url}/status")
            answer.raise_for_status()
            name = answer.json()["model_file"]
        except FAILURES as failed:
            log.warning("rasa_unavailable", error=type(failed).__name__)
            return None
        return name if isinstance(name, str) and 0 < len(name) <= LONGEST_MODEL else None

    async def _ask(self, text: str) -> Parsed | None:
        try:
            answer = await self._client.post(f"{self._url}/model/parse", json={"text": _plain(text)})
            answer.raise_for_status()
            found = answer.json()
            ranking = found["intent_ranking"]
            meanings = tuple(Meaning(entry["name"], float(entry["confidence"])) for entry in ranking)
            return Parsed(meanings, _language(found))
        except FAILURES as failed:
            log.warning("rasa_unavailable", error=type(failed).__name__)
            return None

    async def close(self) -> None:
        await self._client.aclose()
