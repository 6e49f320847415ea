"""Voice notes: real ones from the real program, and every way in which there is none."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy
import pytest
import pytest_asyncio
import soundfile

from bot import speech
from bot.speaking.reading import Spoken
from bot.speaking.voice import Voice as EspeakVoice
from bot.speech import PROGRAM, Speech, SpeechFailed, Voice
from store.settings import ROOT

SHORT = (Spoken("Tocht het?", "nl", "utter_ask_short"),)
LONG = (Spoken("Tocht het bij het raam?\nOf bij de deur?\nOf door de vloer?", "nl"),)
HERE = sys.executable
LOUD = 0.02
DOES_NOT_END = "import time; time.sleep(600)"
COUNTS = "import os, sys; open(os.path.join(sys.argv[1], str(os.getpid())), 'w'); sys.stdout.buffer.write(b'OggS' * 9)"


def program(code: str, *given: str) -> Sequence[str]:
    return (HERE, "-c", code, *given)


@pytest_asyncio.fixture
async def spoken(tmp_path: Path) -> AsyncIterator[Speech]:
    made = Speech(tmp_path)
    yield made
    await made.close()


async def found(made: Speech, parts: Sequence[Spoken]) -> Voice:
    """Ask until it is there, as the deliverer does."""
    while (voice := made.find(parts)) is None:
        await asyncio.sleep(0.01)
    return voice


async def heard(made: Speech, parts: Sequence[Spoken]) -> tuple[Any, Voice]:
    """The samples of a voice note that was checked to be what Telegram takes."""
    voice = await found(made, parts)
    assert isinstance(voice.content, bytes)
    assert voice.content.startswith(b"OggS") and b"OpusHead" in voice.content[:64]
    sound = soundfile.SoundFile(io.BytesIO(voice.content))
    assert (sound.samplerate, sound.channels, sound.subtype) == (24_000, 1, "OPUS")
    samples = sound.read()
    assert voice.seconds - 1 <= len(samples) / 24_000 <= voice.seconds
    return samples, voice


async def failure(made: Speech, parts: Sequence[Spoken] = SHORT) -> str:
    with pytest.raises(SpeechFailed) as failed:
        await found(made, parts)
    return str(failed.value)


# --- the real program -------------------------------------------------------------------------------------------


async def test_a_text_becomes_a_voice_note_and_a_longer_one_a_longer_one(spoken: Speech) -> None:
    short, _ = await heard(spoken, SHORT)
    long, voice = await heard(spoken, LONG)
    assert abs(short).max() > LOUD
    assert len(long) > 2 * len(short) and voice.seconds >= 3


async def test_a_recording_takes_the_place_of_the_voice(spoken: Speech, tmp_path: Path) -> None:
    """A tone of two seconds, in stereo and at another rate, as somebody may record it."""
    tone = numpy.sin(numpy.arange(2 * 44_100) * (2 * numpy.pi * 440 / 44_100)) / 2
    (tmp_path / "nl").mkdir()
    soundfile.write(tmp_path / "nl" / "utter_ask_short.ogg", numpy.stack([tone, tone], axis=1), 44_100)
    samples, _ = await heard(spoken, SHORT)
    assert 2.0 <= len(samples) / 24_000 < 2.6
    crossings = numpy.count_nonzero(numpy.diff(numpy.signbit(samples[6_000:30_000])))
    assert 870 <= crossings <= 890


async def test_a_recording_that_cannot_be_played_is_named_and_the_voice_speaks(
    spoken: Speech, tmp_path: Path, logged: list[Any]
) -> None:
    (tmp_path / "nl").mkdir()
    (tmp_path / "nl" / "utter_ask_short.ogg").write_bytes(b"no sound")
    samples, _ = await heard(spoken, SHORT)
    assert abs(samples).max() > LOUD
    assert [(line["event"], line["recording"]) for line in logged] == [("recording_unreadable", "utter_ask_short.ogg")]


async def test_a_language_without_a_voice_fails(spoken: Speech, logged: list[Any]) -> None:
    assert await failure(spoken, (Spoken("tlhIngan Hol", "xx"),)) == "the program ended with 1"
    assert logged[0]["event"] == "speech_failed" and "tlhIngan" not in str(logged)


def test_the_program_works_from_the_command_line_in_dutch() -> None:
    said = json.dumps([{"text": "één\n\ntwee", "language": "nl"}])
    done = subprocess.run(PROGRAM, input=said.encode(), capture_output=True, check=True, cwd=ROOT, timeout=60)
    assert done.stdout.startswith(b"OggS") and done.stderr == b""


PHONEMES = """
import ctypes
from bot.speaking.voice import Voice
voice = Voice()
voice.say("ja", "nl")
voice._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
text = ctypes.pointer(ctypes.c_char_p("1 1 2 graag".encode()))
print(voice._library.espeak_TextToPhonemes(text, 1, 2).decode())
"""


def test_the_voice_speaks_dutch_and_says_one_hundred_twelve_as_three_digits() -> None:
    """In phonemes: een, een, twee, and a Dutch "graag" with its two soft g's."""
    done = subprocess.run([HERE, "-c", PHONEMES], capture_output=True, check=True, cwd=ROOT, timeout=60)
    assert [word.strip("ˈ") for word in done.stdout.decode().split()] == ["eːn", "eːn", "tʋˈeː", "ɣrˈaːx"]


# --- what is kept -----------------------------------------------------------------------------------------------


async def test_what_telegram_has_is_not_made_again(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(COUNTS, str(tmp_path)))
    voice = await found(made, SHORT)
    assert await found(made, SHORT) == voice
    made.note_sent(SHORT, voice, "AwAC")
    assert await found(made, SHORT) == Voice("AwAC", voice.seconds)
    assert len(list(tmp_path.iterdir())) == 1


async def test_what_telegram_refused_is_made_again(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(COUNTS, str(tmp_path)))
    made.note_sent(SHORT, await found(made, SHORT), "")
    await found(made, SHORT)
    made.note_sent((), Voice("never", 1), "")
    assert len(list(tmp_path.iterdir())) == 2


async def test_only_so_many_are_kept_and_the_one_used_longest_ago_goes(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(DOES_NOT_END))
    with mock.patch.object(speech, "MOST_KEPT", 2):
        for number in range(2):
            made.note_sent((Spoken(str(number), "nl"),), Voice(b"", 1), f"id{number}")
        assert made.find((Spoken("0", "nl"),)) == Voice("id0", 1)
        assert made.find(SHORT) is None
        assert made.find((Spoken("0", "nl"),)) == Voice("id0", 1)
        assert made.find((Spoken("1", "nl"),)) is None
        assert len(made._kept) == 2
    await made.close()


async def test_one_that_is_being_made_and_pushed_out_is_ended(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(DOES_NOT_END))
    with mock.patch.object(speech, "MOST_KEPT", 1):
        made.find(SHORT)
        (being_made,) = made._kept.values()
        made.note_sent(LONG, Voice(b"", 1), "AwAC")
    assert isinstance(being_made, asyncio.Task)
    with pytest.raises(asyncio.CancelledError):
        await being_made
    await made.close()


# --- no voice note ----------------------------------------------------------------------------------------------


async def test_a_program_that_takes_too_long_is_ended(tmp_path: Path, logged: list[Any]) -> None:
    made = Speech(tmp_path, program(DOES_NOT_END), longest_seconds=0.05)
    with children_noted() as children:
        assert await failure(made) == "not ready after 0.05 seconds"
    assert [child.returncode for child in children] == [-9]
    assert logged[0]["why"] == "not ready after 0.05 seconds"


@contextmanager
def children_noted() -> Iterator[list[Any]]:
    """Every process that is started meanwhile."""
    children: list[Any] = []
    start = asyncio.create_subprocess_exec

    async def started(*args: Any, **options: Any) -> Any:
        children.append(await start(*args, **options))
        return children[-1]

    with mock.patch("asyncio.create_subprocess_exec", started):
        yield children


@pytest.mark.parametrize(
    ("code", "status"),
    [("import os; os.abort()", -6), ("raise SystemExit(3)", 3), ("import ctypes; ctypes.string_at(0)", -11)],
)
async def test_a_program_that_crashes_leaves_the_bot_alone(tmp_path: Path, code: str, status: int) -> None:
    assert await failure(Speech(tmp_path, program(code))) == f"the program ended with {status}"


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    made = Speech(tmp_path, (str(tmp_path / "nothing"),))
    assert await failure(made) == "the program does not start: FileNotFoundError"


async def test_after_a_failure_it_is_tried_anew(tmp_path: Path) -> None:
    made = Speech(tmp_path, program("raise SystemExit(3)"))
    await failure(made)
    made._program = program(COUNTS, str(tmp_path))
    assert (await found(made, SHORT)).content == b"OggS" * 9


async def test_a_text_of_more_than_three_thousand_characters_is_not_spoken(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(COUNTS, str(tmp_path)))
    half = Spoken("a" * 1500, "nl")
    await found(made, (half, half))
    assert await failure(made, (half, half, Spoken("b", "nl"))) == "the text is too long"
    assert len(list(tmp_path.iterdir())) == 1


async def test_two_at_once_and_the_others_wait(tmp_path: Path) -> None:
    made = Speech(tmp_path)
    most = running = 0

    async def run(_said: bytes) -> bytes:
        nonlocal most, running
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return b"OggS" * 9

    with mock.patch.object(made, "_run", run):
        parts = [(Spoken(str(number), "nl"),) for number in range(6)]
        await asyncio.gather(*(found(made, part) for part in parts))
    assert most == 2


async def test_the_program_gets_no_token_and_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    made = Speech(tmp_path, program("import os, sys; sys.exit('TELEGRAM_BOT_TOKEN' in os.environ)"))
    assert (await found(made, SHORT)).content == b""


async def test_closing_ends_what_is_being_made(tmp_path: Path) -> None:
    made = Speech(tmp_path, program(DOES_NOT_END))
    with children_noted() as children:
        made.find(SHORT)
        while not children:
            await asyncio.sleep(0.01)
    await made.close()
    assert children[0].returncode == -9


def test_espeak_that_does_not_start_or_speak_says_so() -> None:
    library = mock.MagicMock()
    library.espeak_Initialize.return_value = -1
    with mock.patch("ctypes.CDLL", return_value=library), pytest.raises(OSError, match="does not start"):
        EspeakVoice()
    library.espeak_Initialize.return_value = 22_050
    library.espeak_SetVoiceByName.return_value = 0
    library.espeak_Synth.return_value = 2
    with mock.patch("ctypes.CDLL", return_value=library), pytest.raises(OSError, match="does not speak"):
        EspeakVoice().say("ja", "nl")
    library.espeak_Synth.return_value = 0
    with mock.patch("ctypes.CDLL", return_value=library):
        assert len(EspeakVoice().say("ja", "nl")) == 0
