"""Figures as a picture: a real upload over Telegram's protocol, and words where it cannot be drawn or is refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from threading import Event
from typing import Any

import pytest
from telegram.error import BadRequest, Forbidden

from actions.outbox import Message
from actions.pictures import DrawingFailed, Picture
from bot.telegram import drawn
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.drawn import MOST_KEPT, Drawn
from bot.telegram.pacing import Pacing
from bot.words import Words
from sandbox.client import SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store.states import OutgoingState as State
from tests.actions.test_monday import FACTS

pytestmark = pytest.mark.asyncio
FIGURES = Message("team_figures", FACTS, picture=FACTS)
PNG = b"\x89PNG drawn"
MOST_IN_CAPTION = 1024


class Drawer:
    """Draws nothing, and counts how often it was asked to; fails as often as a test says."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: Counter[str] = Counter()
        self.may_go_on = Event()
        self.may_go_on.set()

    def __call__(self, picture: Picture) -> bytes:
        self.asked[picture.about] += 1
        assert self.may_go_on.wait(10)
        if self.failures > 0:
            self.failures -= 1
            raise DrawingFailed("made up")
        return PNG


def caption(words: Words) -> str:
    return words.render(FIGURES).text


async def test_the_figures_go_up_as_a_photo_with_the_sentences_under_it(post: Any, words: Words) -> None:
    row = post.queue(1, message=FIGURES)
    await post.deliverer(render=words.render, drawn=Drawn(Drawer())).drain()
    assert post.telegram.calls == [("photo", 1, PNG, caption(words))]
    assert (post.row(row).state, post.row(row).telegram_message_id) == (State.SENT, 101)


async def test_one_picture_is_drawn_once_for_all_who_get_it(post: Any, words: Words) -> None:
    drawer = Drawer()
    for chat in range(1, 6):
        post.queue(chat, message=FIGURES)
    await post.deliverer(render=words.render, drawn=Drawn(drawer)).drain()
    assert [call[0] for call in post.telegram.calls] == ["photo"] * 5
    assert drawer.asked == {"Alle wijken": 1}


async def test_pictures_are_drawn_one_after_another(post: Any, words: Words) -> None:
    drawer = Drawer()
    drawer.may_go_on.clear()
    for chat, wijk in enumerate(("", "de_eng", "smitsveen"), start=1):
        post.queue(chat, message=Message("team_figures", {**FACTS, "wijk": wijk}, picture={**FACTS, "wijk": wijk}))
    sending = asyncio.create_task(post.deliverer(render=words.render, drawn=Drawn(drawer)).drain())
    while not drawer.asked:
        await asyncio.sleep(0)
    for _ in range(20):  # what was given to other threads by now has begun
        await asyncio.to_thread(len, "")
    assert drawer.asked.total() == 1
    drawer.may_go_on.set()
    await sending
    assert drawer.asked == {"Alle wijken": 1, "De Eng": 1, "Smitsveen": 1}


async def test_other_chats_do_not_wait_for_a_picture(post: Any, words: Words) -> None:
    drawer = Drawer()
    drawer.may_go_on.clear()
    post.queue(1, message=FIGURES)
    post.queue(2, "utter_ask_tenure")
    sending = asyncio.create_task(post.deliverer(render=words.render, drawn=Drawn(drawer)).drain())
    while not post.telegram.said_to(2):
        await asyncio.sleep(0)
    assert [call[:2] for call in post.telegram.calls] == [("send", 2)]
    drawer.may_go_on.set()
    await sending
    assert [call[:2] for call in post.telegram.calls] == [("send", 2), ("photo", 1)]


async def test_without_a_picture_the_sentences_are_said_and_the_next_time_it_is_tried_again(
    post: Any, words: Words
) -> None:
    drawer = Drawer(failures=1)
    sending = post.deliverer(render=words.render, drawn=Drawn(drawer))
    first = post.queue(1, message=FIGURES)
    await sending.drain()
    post.time.seconds += 5
    second = post.queue(1, message=FIGURES)
    await sending.drain()
    assert [call[0] for call in post.telegram.calls] == ["send", "photo"]
    assert post.telegram.said_to(1) == [caption(words)]
    assert post.states(first, second) == [State.SENT, State.SENT]


async def test_when_the_photo_is_refused_the_sentences_are_said(post: Any, words: Words) -> None:
    row = post.queue(1, message=FIGURES)
    post.telegram.fails(1, BadRequest("Photo_invalid_dimensions"))
    await post.deliverer(render=words.render, drawn=Drawn(Drawer())).drain()
    assert post.telegram.said_to(1) == [caption(words)]
    assert post.states(row) == [State.SENT]


async def test_who_blocked_the_bot_is_unreachable(post: Any, words: Words) -> None:
    row = post.queue(1, message=FIGURES)
    post.telegram.fails(1, Forbidden("bot was blocked by the user"))
    await post.deliverer(render=words.render, drawn=Drawn(Drawer())).drain()
    assert post.states(row) == [State.UNREACHABLE]


async def test_facts_of_another_version_hold_nobody_up(post: Any, words: Words) -> None:
    broken = post.queue(1, message=Message("team_figures", FACTS, picture={"week": "2026-11-09"}))
    next_one = post.queue(1, "utter_ask_tenure")
    await post.deliverer(render=words.render, drawn=Drawn(Drawer())).drain()
    assert post.states(broken, next_one) == [State.FAILED, State.SENT]


async def test_only_so_many_pictures_are_kept() -> None:
    drawer = Drawer()
    kept = Drawn(drawer)
    for number in range(MOST_KEPT + 3):
        await kept.find(Picture(str(number), "a", ()))
    assert len(kept._kept) <= MOST_KEPT + 1
    await kept.find(Picture("0", "a", ()))
    assert drawer.asked == {"a": MOST_KEPT + 4}, "the first was forgotten, and is drawn again"


async def test_a_failure_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Mapping[str, Any]] = []
    monkeypatch.setattr(drawn.log, "warning", lambda event, **told: logged.append({"event": event, **told}))
    kept, picture = Drawn(Drawer(failures=1)), Picture("a", "b", ())
    assert await asyncio.gather(*(kept.find(picture) for _ in range(3))) == [None] * 3
    assert logged == [{"event": "picture_failed", "why": "made up"}]


async def test_a_phone_gets_the_picture_and_can_open_it(post: Any, words: Words) -> None:
    async with (
        running(World(read_settings(), SandboxClock(None))) as address,
        SandboxClient(address) as sandbox,
        make_bot(DEFAULT_TOKEN, address) as bot,
    ):
        coby = await sandbox.person("Fatma")
        await coby.says("hoi")
        post.queue(coby.id, message=FIGURES)
        pacing = Pacing(1000)
        await Deliverer(post.database, bot, words.render, post.time, pacing, log=post.log, drawn=Drawn()).drain()
        (arrived,) = await coby.next_messages()
        assert (arrived.kind, arrived.text) == ("photo", caption(words))
        opened = await sandbox.http.get(f"/sandbox/files/{arrived.raw['photo']['file_id']}")
        assert opened.content.startswith(b"\x89PNG")


async def test_the_sentences_always_fit_under_a_photo(words: Words) -> None:
    longest = {**FACTS, "topic_told": "Buren met dezelfde klacht", "wijk": "soesterberg", "talks": 10**6, "hours": 1000}
    assert len(words.render(Message("team_figures", longest, picture=longest)).text) < MOST_IN_CAPTION
