"""Voice notes of the bot: what Telegram takes, how it is found again, and how the page plays it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from telegram import Bot
from telegram.error import BadRequest

from sandbox import samples
from sandbox.client import Person
from sandbox.limits import CAPTION_CHARACTERS
from sandbox.world import World
from tests.sandbox.conftest import TOKEN, Place
from tests.sandbox.test_page import DESKTOP, RESIDENT, address, browser, opened, phone, world

__all__ = ["address", "browser", "world"]

pytestmark = pytest.mark.asyncio
OGG = samples.voice_note(2).content
VORBIS = OGG.replace(b"OpusHead", b"\x01vorbis0")


async def test_a_voice_note_is_sent_found_again_and_sent_by_its_id(bot: Bot, fatma: Person) -> None:
    sent = await bot.send_voice(fatma.id, OGG, 2, caption="x" * CAPTION_CHARACTERS, filename="wijkwijzer.bin")
    assert sent.voice is not None
    assert (sent.voice.mime_type, sent.voice.to_dict()["duration"]) == ("audio/ogg", 2)
    assert bytes(await (await sent.voice.get_file()).download_as_bytearray()) == OGG
    again = await bot.send_voice(fatma.id, sent.voice.file_id)
    assert again.voice is not None and again.voice.file_unique_id == sent.voice.file_unique_id
    assert [message.kind for message in await fatma.next_messages(2)] == ["voice", "voice"]


@pytest.mark.parametrize(
    ("sound", "caption", "reason"),
    [
        (samples.picture().content, "", "must be OGG encoded with OPUS"),
        (VORBIS, "", "must be OGG encoded with OPUS"),
        (b"OpusHead", "", "must be OGG encoded with OPUS"),
        (OGG, "x" * (CAPTION_CHARACTERS + 1), "caption is too long"),
        ("voice-0-made-up", "", "wrong file identifier"),
    ],
    ids=["a picture", "vorbis", "no ogg", "a long caption", "an unknown id"],
)
async def test_what_is_no_voice_note_is_refused(bot: Bot, fatma: Person, sound: Any, caption: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.send_voice(fatma.id, sound, caption=caption)


async def test_a_voice_note_of_a_person_reaches_another_one_as_it_is(place: Place, bot: Bot, fatma: Person) -> None:
    answer = await place.http.post(
        f"/bot{TOKEN}/sendVoice", data={"chat_id": fatma.id}, files={"voice": ("a.mp3", OGG, "audio/mpeg")}
    )
    shown = json.loads(answer.content)["result"]["voice"]
    fetched = await place.http.get(f"/sandbox/files/{shown['file_id']}")
    assert (fetched.content, fetched.headers["content-type"]) == (OGG, "audio/ogg")


@pytest.mark.browser
async def test_the_page_plays_a_voice_note_of_the_bot(browser: Browser, address: str, world: World) -> None:
    page, complaints = await opened(browser, address, DESKTOP)
    mine = phone(page, RESIDENT)
    await mine.get_by_role("button", name="Start", exact=True).click()
    await expect(mine.get_by_role("button", name="Ik wil een mens")).to_be_visible()
    async with Bot(TOKEN, base_url=f"{address}/bot") as bot:
        await bot.send_voice(RESIDENT, OGG, 2)
    bubble = mine.locator(".message.theirs[data-kind='voice']")
    await expect(bubble).to_contain_text("0:02")
    assert (await bubble.locator("audio").get_attribute("src") or "").startswith("/sandbox/files/voice-")
    await bubble.get_by_role("button", name="Spraakbericht van 2 seconden afspelen").click()
    await expect(bubble.locator("progress")).not_to_have_js_property("value", 0)
    assert await bubble.locator("audio").evaluate("sound => Math.round(sound.duration)") == 2
    assert complaints == []
