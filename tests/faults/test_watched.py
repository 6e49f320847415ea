"""Somebody who is watched, over Telegram's protocol: no sound, no words until they are asked for, an empty screen."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.control import history
from tests.faults.hall import Hall

pytestmark = pytest.mark.asyncio
ANNOUNCED = "Er is een bericht voor u."


def watched(hall: Hall) -> int:
    """Somebody who was asked where it draughts, and has a request that Fatma sees."""
    chat, fatma = hall.newcomer(), hall.newcomer("Fatma")
    with hall.database.transaction() as session:
        person = hall.talker(session, chat, hall.talks.asked)
        person.discreet = True
        hall.member(session, fatma, "Fatma")
        hall.request(session, person)
    return chat


def from_bot(hall: Hall, chat: int) -> list[dict[str, Any]]:
    return [one for one in history(hall.world, chat) if one["by"] == "bot"]


async def test_they_are_told_without_a_sound_and_read_when_it_suits(hall: Hall) -> None:
    chat = watched(hall)
    fatma = chat + 1
    await hall.send_what_waits()
    await hall.running_bot()
    hall.presses(fatma, "Ik pak dit op")
    await hall.hears(fatma, "stille berichten")
    await hall.hears(chat, ANNOUNCED)
    await hall.quiet()
    assert [one["text"].partition("\n")[0] for one in from_bot(hall, chat)] == [ANNOUNCED]
    hall.presses(chat, "Lees het nu")
    await hall.hears(chat, "Fatma pakt uw vraag op.")
    await hall.quiet()
    assert all(one["silent"] for one in from_bot(hall, chat))
    assert from_bot(hall, chat)[0]["buttons"] == []
    assert not any(one["silent"] for one in from_bot(hall, fatma))


async def test_the_word_empties_the_screen_and_the_talk_goes_on_afterwards(hall: Hall) -> None:
    chat, question = watched(hall), hall.words.say("utter_ask_tenure", {}).partition("\n")[0]
    await hall.running_bot()
    hall.says(chat, "wat vroeg u")
    await hall.hears(chat, question)
    await hall.quiet()
    hall.says(chat, "weerbericht")
    await hall.hears(chat, "naar buiten")
    await hall.quiet()
    left = [one["text"] for one in from_bot(hall, chat) if not one["deleted"]]
    assert left == [hall.words.say("utter_cover", {})]
    hall.says(chat, "terug")
    await hall.quiet()
    assert question in from_bot(hall, chat)[-1]["text"]
    assert all(one["silent"] for one in from_bot(hall, chat))
