"""Appointments as a file for the agenda: real uploads over Telegram's protocol, and words where that fails."""

from __future__ import annotations

from typing import Any

import pytest
import vobject
from telegram.error import BadRequest, RetryAfter

from actions.outbox import Message
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.pacing import Pacing
from bot.words import Words
from sandbox.client import SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store.states import OutgoingState as State

pytestmark = pytest.mark.asyncio
CALENDAR = {
    "uid": "a-1",
    "sequence": 1,
    "number": 12,
    "kind": "talk",
    "starts": "2026-11-24T09:00:00+00:00",
    "ends": "2026-11-24T09:45:00+00:00",
    "changed": "2026-11-23T10:20:30+00:00",
    "cancelled": False,
}
FILE = Message("team_calendar_file", {"number": 12}, calendar=CALENDAR)


async def test_an_appointment_goes_up_as_a_file_with_its_words(post: Any, words: Words) -> None:
    row = post.queue(1, message=FILE)
    await post.deliverer(render=words.render).drain()
    ((kind, chat, content, caption, options),) = post.telegram.calls
    assert (kind, chat, options) == ("document", 1, {"reply_markup": None, "filename": "afspraak.ics"})
    assert caption == words.say("team_calendar_file", {"number": 12})
    assert vobject.readOne(content.decode()).vevent.summary.value == words.say("calendar_summary", {"number": 12})
    assert (post.row(row).state, post.row(row).telegram_message_id) == (State.SENT, 101)


async def test_when_the_file_is_refused_the_words_are_said(post: Any, words: Words) -> None:
    row = post.queue(1, message=FILE)
    post.telegram.fails(1, BadRequest("Document_invalid"))
    await post.deliverer(render=words.render).drain()
    assert post.telegram.said_to(1) == [words.say("team_calendar_file", {"number": 12})]
    assert post.states(row) == [State.SENT]


async def test_other_troubles_are_those_of_any_message(post: Any, words: Words) -> None:
    row = post.queue(1, message=FILE)
    post.telegram.fails(1, RetryAfter(3))
    sending = post.deliverer(render=words.render)
    await sending.drain()
    assert post.states(row) == [State.WAITING]
    post.time.seconds += 5
    await sending.drain()
    assert [call[0] for call in post.telegram.calls] == ["document", "document"]
    assert post.states(row) == [State.SENT]


async def test_facts_of_another_version_hold_nobody_up(post: Any, words: Words) -> None:
    broken = post.queue(1, message=Message("team_calendar_file", {"number": 12}, calendar={"uid": "a-1"}))
    next_one = post.queue(1, "utter_ask_tenure")
    await post.deliverer(render=words.render).drain()
    assert post.states(broken, next_one) == [State.FAILED, State.SENT]


async def test_a_phone_gets_the_file_and_can_open_it(post: Any, words: Words) -> None:
    async with (
        running(World(read_settings(), SandboxClock(None))) as address,
        SandboxClient(address) as sandbox,
        make_bot(DEFAULT_TOKEN, address) as bot,
    ):
        fatma = await sandbox.person("Fatma")
        await fatma.says("hoi")
        post.queue(fatma.id, message=FILE)
        await Deliverer(post.database, bot, words.render, post.time, Pacing(1000), log=post.log).drain()
        (arrived,) = await fatma.next_messages()
        shown = arrived.raw["document"]
        assert (arrived.kind, arrived.text) == ("document", words.say("team_calendar_file", {"number": 12}))
        assert (shown["file_name"], shown["mime_type"]) == ("afspraak.ics", "text/calendar")
        opened = await sandbox.http.get(f"/sandbox/files/{shown['file_id']}")
        assert vobject.readOne(opened.text).vevent.uid.value == "a-1"
