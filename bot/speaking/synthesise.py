"""Makes a voice note: what is to be said comes in as JSON, Ogg with Opus goes out.

    echo '[{"text": "Dag!", "language": "nl"}]' | python -m bot.speaking.synthesise > dag.ogg

A part with `recording` (a path) is played from there; what cannot be played is
said all the same, and named on standard error. A program of its own, so that
neither a crash of the voice nor its licence reaches the bot.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy
import soundfile

from bot.speaking.voice import Samples, Voice

SAMPLES_A_SECOND = 24_000
PAUSE_SECONDS = 0.35


def main() -> None:
    parts: list[dict[str, str]] = json.load(sys.stdin)
    sys.stdout.buffer.write(voice_note(parts))


def voice_note(parts: list[dict[str, str]]) -> bytes:
    """All parts after one another, with a pause after each line."""
    pause = numpy.zeros(int(PAUSE_SECONDS * SAMPLES_A_SECOND), numpy.int16)
    voice = Voice()
    sounds = [sound for part in parts for spoken in _sounds(voice, part) for sound in (spoken, pause)]
    return _as_ogg(numpy.concatenate(sounds))


def _sounds(voice: Voice, part: dict[str, str]) -> Iterator[Samples]:
    played = _played(part["recording"]) if part.get("recording") else None
    if played is not None:
        yield played
        return
    for line in filter(str.strip, part["text"].splitlines()):
        yield _at_our_rate(voice.say(line, part["language"]), voice.samples_a_second)


def _played(path: str) -> Samples | None:
    """A recording, its channels made into one; none when it cannot be read."""
    try:
        sound, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (OSError, soundfile.LibsndfileError):
        print(path, file=sys.stderr)
        return None
    return _at_our_rate(sound.mean(axis=1).astype(numpy.int16), rate)


def _at_our_rate(sound: Samples, rate: int) -> Samples:
    """Straight lines between the samples: good enough for speech."""
    if rate == SAMPLES_A_SECOND:
        return sound
    moments = numpy.arange(int(len(sound) * SAMPLES_A_SECOND / rate)) * (rate / SAMPLES_A_SECOND)
    stretched: Any = numpy.interp(moments, numpy.arange(len(sound)), sound) if len(sound) else sound
    return stretched.astype(numpy.int16)  # type: ignore[no-any-return]


def _as_ogg(sound: Samples) -> bytes:
    written = io.BytesIO()
    soundfile.write(written, sound, SAMPLES_A_SECOND, format="OGG", subtype="OPUS")
    return written.getvalue()


if __name__ == "__main__":
    main()
