"""Voice notes: made beside the bot by a program of its own, and sent again by the id that Telegram gave them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from asyncio.subprocess import PIPE
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.speaking.reading import Spoken
from store.settings import ROOT

log = structlog.get_logger()
PROGRAM = (sys.executable, "-m", "bot.speaking.synthesise")
LONGEST_SECONDS = 20.0
AT_ONCE = 2
MOST_CHARACTERS = 3000
MOST_KEPT = 500
OPUS_SAMPLES_A_SECOND = 48_000

Parts = Sequence[Spoken]


class SpeechFailed(Exception):
    """There is no voice note; the words are sent instead."""


@dataclass(frozen=True)
class Voice:
    """A voice note: Ogg with Opus, or the id by which Telegram has it. `seconds` is its length, rounded up."""

    content: bytes | str
    seconds: int


class Speech:
    """Voice notes by what they say. What is kept is bounded and in memory only: after a restart it is made again."""

    def __init__(
        self, recordings: Path, program: Sequence[str] = PROGRAM, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        self._recordings = recordings
        self._program = program
        self._longest_seconds = longest_seconds
        self._room = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[str, asyncio.Task[Voice] | Voice] = OrderedDict()

    def find(self, parts: Parts) -> Voice | None:
        """The voice note, or None while it is being made: ask again. Raises `SpeechFailed`; asking again tries anew."""
        digest = digest_of(parts)
        kept = self._kept.get(digest)
        if kept is None:
            self._keep(digest, asyncio.create_task(self._make(parts)))
            return None
        self._kept.move_to_end(digest)
        if isinstance(kept, Voice):
            return kept
        if not kept.done():
            return None
        try:
            return kept.result()
        except SpeechFailed as failed:
            del self._kept[digest]
            log.warning("speech_failed", why=str(failed))
            raise

    def note_sent(self, parts: Parts, voice: Voice, file_id: str) -> None:
        """Keep Telegram's id in place of the sound; without one the sound was refused, and is made anew next time."""
        if file_id:
            self._keep(digest_of(parts), Voice(file_id, voice.seconds))
        else:
            self._kept.pop(digest_of(parts), None)

    async def close(self) -> None:
        """End what is being made."""
        making = [one for one in self._kept.values() if isinstance(one, asyncio.Task)]
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    def _keep(self, digest: str, voice: asyncio.Task[Voice] | Voice) -> None:
        self._kept[digest] = voice
        if len(self._kept) > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            if isinstance(oldest, asyncio.Task):
                oldest.cancel()

    async def _make(self, parts: Parts) -> Voice:
        if sum(len(part.text) for part in parts) > MOST_CHARACTERS:
            raise SpeechFailed("the text is too long")
        async with self._room:
            ogg = await self._run(json.dumps([self._part(part) for part in parts]).encode())
        return Voice(ogg, _seconds(ogg))

    def _part(self, part: Spoken) -> dict[str, str]:
        recording = self._recordings / part.language / f"{part.recorded_as}.ogg"
        recorded = part.recorded_as and recording.is_file()
        return {"text": part.text, "language": part.language, "recording": str(recording) if recorded else ""}

    async def _run(self, said: bytes) -> bytes:
        """The program's sound. It gets no environment: it needs no token and no keys."""
        try:
            child = await asyncio.create_subprocess_exec(
                *self._program, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT, env={}
            )
        except OSError as error:
            raise SpeechFailed(f"the program does not start: {type(error).__name__}") from error
        try:
            ogg, unreadable = await asyncio.wait_for(child.communicate(said), self._longest_seconds)
        except TimeoutError as late:
            raise SpeechFailed(f"not ready after {self._longest_seconds:g} seconds") from late
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            raise SpeechFailed(f"the program ended with {child.returncode}")
        for recording in unreadable.decode().splitlines():
            log.warning("recording_unreadable", recording=Path(recording).name)
        return ogg


def digest_of(parts: Parts) -> str:
    """What a voice note is kept under; the words themselves are not."""
    return hashlib.sha256(repr(tuple(parts)).encode()).hexdigest()


def _seconds(ogg: bytes) -> int:
    """How long it sounds: the last page of an Ogg says how many samples there are by then (RFC 7845, section 4)."""
    place = ogg.rfind(b"OggS") + 6
    return -(-int.from_bytes(ogg[place : place + 8], "little") // OPUS_SAMPLES_A_SECOND)
