"""Voice notes and files by their id: sent, sent again, refused; and nothing waits for a voice that is being made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError, TimedOut

from actions.outbox import Button, Message
from bot.speaking.reading import Spoken
from bot.speech import Speech, SpeechFailed, Voice, digest_of
from bot.telegram.claims import record
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.outcomes import BEING_MADE, Claimed, Outcome
from bot.telegram.pacing import Pacing
from bot.telegram.rendered import Rendered
from sandbox.client import SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.samples import voice_note
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store.states import OutgoingState as State

pytestmark = pytest.mark.asyncio
OGG = Voice(b"OggS", 7)
ALOUD = Message("utter_listen_failed", aloud=(Message("utter_ask_tenure"),))
DANGER = "utter_danger_gas_smell"


@pytest.fixture
def logged_lines() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def render(message: Message) -> Rendered:
    rows = ((("Een mens", "q0:!human"),),) if message.buttons else ()
    return Rendered(message.key, rows, aloud=tuple(Spoken(one.key, "nl") for one in message.aloud))


@dataclass
class Voices:
    """Stands in for what makes voice notes; `made` is None while it is at work."""

    made: Voice | None = None
    failed: bool = False
    asked: list[Any] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def find(self, parts: Any) -> Voice | None:
        self.asked.append(parts)
        if self.failed:
            raise SpeechFailed("on purpose")
        return self.made

    def note_sent(self, parts: Any, _voice: Voice, file_id: str) -> None:
        assert parts == self.asked[-1]
        self.sent.append(file_id)


def deliverer(post: Any, voices: Any) -> Deliverer:
    made: Deliverer = post.deliverer(render=render, speech=voices)
    return made


async def test_what_is_to_be_heard_is_sent_as_a_voice_note_and_its_id_is_kept(post: Any) -> None:
    voices, row = Voices(OGG), post.queue(1, message=ALOUD)
    await deliverer(post, voices).drain()
    ((kind, chat, sound, seconds, options),) = post.telegram.calls
    assert (kind, chat, sound, seconds, options["reply_markup"]) == ("voice", 1, b"OggS", 7, None)
    assert (post.row(row).state, post.row(row).telegram_message_id, voices.sent) == (State.SENT, 101, ["id101"])
    assert voices.asked == [(Spoken("utter_ask_tenure", "nl"),)]


async def test_a_voice_note_may_have_buttons(post: Any) -> None:
    buttons = ((Button("button_human", "q0:!human"),),)
    post.queue(1, message=Message("utter_listen_failed", buttons=buttons, aloud=ALOUD.aloud))
    await deliverer(post, Voices(OGG)).drain()
    assert post.telegram.calls[0][-1]["reply_markup"].inline_keyboard[0][0].text == "Een mens"


async def test_a_danger_text_does_not_wait_for_a_voice_that_is_being_made(post: Any) -> None:
    voices, voice = Voices(), post.queue(1, message=ALOUD)
    danger = post.queue(1, DANGER)
    await deliverer(post, voices).drain()
    assert post.states(voice, danger) == [State.WAITING, State.SENT]
    assert post.telegram.said_to(1) == [DANGER]
    row = post.row(voice)
    assert (row.due_at, row.attempts, row.claimed_until) == (post.time.now() + timedelta(seconds=0.5), 0, None)


async def test_a_danger_text_that_comes_later_goes_first_too(post: Any) -> None:
    voices, voice = Voices(), post.queue(1, message=ALOUD)
    sending = deliverer(post, voices)
    for _ in range(3):
        await sending.drain()
        post.time.seconds += 0.5
    danger = post.queue(1, DANGER)
    await sending.drain()
    assert post.states(voice, danger) == [State.WAITING, State.SENT]


async def test_a_voice_is_sent_when_it_has_been_made(post: Any) -> None:
    voices, row = Voices(), post.queue(1, message=ALOUD)
    sending = deliverer(post, voices)
    await sending.drain()
    voices.made = OGG
    await sending.drain()
    assert post.telegram.calls == []
    post.time.seconds += 0.5
    await sending.drain()
    assert post.states(row) == [State.SENT]


async def test_a_voice_that_another_process_took_over_is_left_to_it(post: Any) -> None:
    row, now = post.queue(1, message=ALOUD), post.time.now()
    theirs = now + timedelta(seconds=60)
    post.set(row, state=State.SENDING, claimed_until=theirs)
    ours = Outcome(Claimed(row, 1, {}, True, 0, now), BEING_MADE)
    with post.database.transaction() as session:
        record(session, now, [ours], None)
    assert (post.row(row).state, post.row(row).claimed_until, post.row(row).due_at) == (State.SENDING, theirs, now)


@pytest.mark.parametrize("voices", [Voices(failed=True), None], ids=["failed", "no voices"])
async def test_without_a_voice_the_words_say_so(post: Any, voices: Voices | None) -> None:
    row = post.queue(1, message=ALOUD)
    await deliverer(post, voices).drain()
    assert (post.telegram.said_to(1), post.states(row)) == (["utter_listen_failed"], [State.SENT])


async def test_who_does_not_want_voice_notes_gets_the_words_and_the_sound_is_made_anew(
    post: Any, logged_lines: list[Any]
) -> None:
    voices, row = Voices(OGG), post.queue(1, message=ALOUD)
    post.telegram.fails(1, BadRequest("VOICE_MESSAGES_FORBIDDEN"))
    await deliverer(post, voices).drain()
    assert (post.telegram.said_to(1), post.states(row)) == (["utter_listen_failed"], [State.SENT])
    assert voices.sent == [""]
    assert logged_lines[0]["why"] == "VOICE_MESSAGES_FORBIDDEN"


@pytest.mark.parametrize(
    ("errors", "state"),
    [
        ([RetryAfter(3)], State.WAITING),
        ([TimedOut()], State.WAITING),
        ([Forbidden("bot was blocked by the user")], State.UNREACHABLE),
        ([BadRequest("Chat not found"), BadRequest("Chat not found")], State.UNREACHABLE),
    ],
    ids=str,
)
async def test_other_troubles_are_those_of_any_message(post: Any, errors: list[TelegramError], state: State) -> None:
    voices, row = Voices(OGG), post.queue(1, message=ALOUD)
    post.telegram.fails(1, *errors)
    sending = deliverer(post, voices)
    await sending.drain()
    assert post.states(row) == [state]
    post.time.seconds += 5
    await sending.drain()
    assert post.states(row) == [State.SENT if state is State.WAITING else state]


@pytest.mark.parametrize("kind", ["photo", "voice", "audio", "document"])
async def test_a_file_is_sent_by_its_id(post: Any, kind: str) -> None:
    row = post.queue(1, message=Message("case_file_gone", file=(kind, "AgAC")))
    await deliverer(post, None).drain()
    assert (post.telegram.calls[0][:3], post.states(row)) == ((kind, 1, "AgAC"), [State.SENT])


async def test_a_file_that_telegram_no_longer_gives_makes_place_for_words(post: Any, logged_lines: list[Any]) -> None:
    post.telegram.fails(1, BadRequest("Wrong file identifier/HTTP URL specified"))
    post.queue(1, message=Message("case_file_gone", file=("photo", "AgAC")))
    post.queue(1, message=Message("case_file_gone", file=("hologram", "AgAC")))
    await deliverer(post, None).drain()
    assert post.telegram.said_to(1) == ["case_file_gone", "case_file_gone"]
    assert [line["event"] for line in logged_lines] == ["file_refused"]


# --- over Telegram's protocol -----------------------------------------------------------------------------------


@asynccontextmanager
async def line(post: Any, speech: Any) -> AsyncIterator[tuple[Deliverer, SandboxClient]]:
    async with (
        running(World(read_settings(), SandboxClock(None))) as address,
        SandboxClient(address) as sandbox,
        make_bot(DEFAULT_TOKEN, address) as bot,
    ):
        yield Deliverer(post.database, bot, render, post.time, Pacing(1000), log=post.log, speech=speech), sandbox


async def test_a_voice_note_goes_up_once_and_then_by_its_id(post: Any, tmp_path: Path) -> None:
    speech, parts = Speech(tmp_path), (Spoken("utter_ask_tenure", "nl"),)
    speech._keep(digest_of(parts), Voice(voice_note(2).content, 2))
    async with line(post, speech) as (sending, sandbox):
        fatma = await sandbox.person("Fatma")
        await fatma.says("luister")
        for _ in range(2):
            post.queue(fatma.id, message=ALOUD)
        await sending.drain()
        first, second = await fatma.next_messages(2)
        voice = speech.find(parts)
        assert (first.kind, first.raw["voice"]["duration"]) == ("voice", 2)
        assert voice is not None and first.raw["voice"]["file_id"] == second.raw["voice"]["file_id"] == voice.content


@pytest.mark.parametrize("kind", ["photo", "voice", "audio", "document"])
async def test_what_a_resident_sent_reaches_who_helps_by_its_id(post: Any, kind: str) -> None:
    async with line(post, None) as (sending, sandbox):
        annie, fatma = await sandbox.person("Annie"), await sandbox.person("Fatma")
        await fatma.says("hoi")
        await annie.sends(kind)
        sent = (await sandbox.history(annie.id))[-1].raw[kind]
        post.queue(fatma.id, message=Message("case_file_gone", file=(kind, sent["file_id"])))
        post.queue(fatma.id, message=Message("case_file_gone", file=(kind, "made up")))
        await sending.drain()
        arrived, gone = await fatma.next_messages(2)
        assert (arrived.kind, arrived.raw[kind]["file_id"]) == (kind, sent["file_id"])
        assert (gone.kind, gone.text) == ("text", "case_file_gone")
