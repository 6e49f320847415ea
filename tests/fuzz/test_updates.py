"""Whatever comes in at the door, from Telegram or from somebody who knows the webhook's secret: it breaks nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from telegram import Bot

from bot.incoming import Incoming, Kind
from bot.telegram.intake import Intake
from bot.telegram.receive import Unreadable, read, unreadable
from bot.telegram.webhook import SECRET_HEADER, webhook_app
from bot.understanding.masking import mask
from store.database import Database
from store.tables import Inbox
from tests.fuzz.cases import cases
from tests.fuzz.shapes import CHAT, USER, anything, broken, contents, huge, texts
from tests.store.shared import empty
from tests.talks import GivenClock

BOT = Bot("110201543:a")
SECRET = "a-secret-of-the-webhook"
DATA = ("q1:yes", "q12:portaal", "q3:!back", "q3:~2", "f:tips_later:same", "claim:5", "end:5:solved", "set:away:1")
_numbers = itertools.count(1)


def _received(raw: Any) -> Incoming | None:
    try:
        return read(raw, BOT, mask)
    except Unreadable:
        return unreadable(raw)


def _as_json(raw: Any) -> Any:
    """As it comes over the line: halves of characters are escapes there."""
    return json.loads(json.dumps(raw))


@cases("updates of the Bot API's own shapes", 1800, "read, answered in a private chat, stored as UTF-8")
@given(contents(DATA))
def test_an_update_of_the_bot_api_is_read(found: dict[str, Any]) -> None:
    received = _received(_as_json({"update_id": 5, **found}))
    is_private = {"message", "edited_message", "callback_query", "my_chat_member"} & set(found)
    if received is None:
        assert not is_private or _without_chat(found)
        return
    assert Incoming.from_json(_as_json(received.as_json())) == received
    json.dumps(received.as_json(), ensure_ascii=False).encode()
    assert len(received.text) <= 4096 * 2 and len(received.data.encode()) <= 64 and len(received.first_name) <= 64


def _without_chat(found: dict[str, Any]) -> bool:
    """A press on what is no message of ours has no chat to answer in; polls of a newer kind are no private talk."""
    one = found.get("callback_query") or found.get("edited_message") or {}
    return "message" not in one


@cases("updates with wrong, missing and huge values", 1500, "read as far as they can be, and never break")
@given(st.one_of(broken(contents(DATA).map(lambda one: {"update_id": 5, **one})), anything))
def test_a_broken_update_is_read_or_passed_over(raw: Any) -> None:
    received = _received(_as_json(raw))
    if received is not None:
        json.dumps(received.as_json(), ensure_ascii=False).encode()
        assert isinstance(received.chat_id, int) and isinstance(received.update_id, int)


# --- the webhook --------------------------------------------------------------------------------------------------


class Line:
    """A webhook in memory; gives the status of an answer and how many updates are in the inbox."""

    def __init__(self, database: Database) -> None:
        self.database, self.loop = database, asyncio.new_event_loop()
        log = structlog.get_logger()
        intake = Intake(database, BOT, mask, GivenClock(), lambda _: None, self._at_once, log)  # type: ignore[arg-type]
        intake._answer = lambda _: None  # type: ignore[method-assign]
        app = webhook_app(BOT, intake, log, "https://bot.example/telegram", SECRET)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.client = httpx.AsyncClient(transport=transport, base_url="https://bot.example")

    async def _at_once(self, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    def sends(self, body: bytes, secret: bytes = SECRET.encode(), method: str = "POST", path: str = "/telegram") -> int:
        headers = {SECRET_HEADER.encode(): secret}
        return self.loop.run_until_complete(
            self.client.request(method, path, content=body, headers=headers)  # type: ignore[arg-type]
        ).status_code

    def stored(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Inbox)) or 0


@pytest.fixture(scope="module")
def line(shared_sqlite: Database) -> Iterator[Line]:
    empty(shared_sqlite)
    line = Line(shared_sqlite)
    yield line
    line.loop.run_until_complete(line.client.aclose())
    line.loop.close()


updates = st.one_of(contents(DATA), broken(contents(DATA))).map(lambda one: one if isinstance(one, dict) else {})


def _dumped(two: tuple[Any, dict[str, Any]]) -> bytes:
    return json.dumps({**two[1], "update_id": two[0]}).encode()


numbered = st.tuples(st.one_of(st.integers(1, 2**40), huge), updates).map(_dumped)
bodies = st.one_of(
    numbered,
    numbered,
    st.binary(max_size=300),
    texts.map(lambda text: text.encode(errors="surrogatepass")),
    anything.map(lambda one: json.dumps(one).encode()),
    st.tuples(st.sampled_from(["utf-16", "utf-32", "latin-1"]), texts).map(
        lambda two: f'{{"update_id": 3, "x": "{two[1]}"}}'.encode(two[0], errors="ignore")
    ),
    st.integers(1, 100_000).map(lambda deep: b"[" * deep),
    st.integers(1, 20_000).map(lambda deep: b'{"update_id":1,"message":' + b'{"reply_to_message":' * deep),
    st.integers(1, 3000).map(lambda deep: b'{"update_id":1,"x":' + b"[" * deep + b"]" * deep + b"}"),
    st.integers(1, 6000).map(lambda digits: b'{"update_id":' + b"9" * digits + b"}"),
    st.sampled_from(
        [
            b'{"update_id":1,"update_id":"x"}',
            b'{"update_id":1,"message":{},"message":null}',
            b'{"update_id":NaN}',
            b'{"update_id":1e400}',
            b'{"update_id":-0}',
            b'{"update_id":true}',
            b'\xef\xbb\xbf{"update_id":1}',
            b'{"update_id":1}\x00',
            b"",
        ]
    ),
)


@cases("webhook bodies: bytes, deep and broken JSON, huge numbers", 700, "200, 400 or 413, never a 5xx")
@given(bodies)
def test_a_webhook_body_is_taken_or_refused(line: Line, body: bytes) -> None:
    assert line.sends(body) in (200, 400, 413)


@cases("the webhook without its secret", 150, "403 or 404, and nothing is stored")
@given(
    bodies,
    st.binary(max_size=60).filter(lambda one: one != SECRET.encode() and not set(one) & set(b"\r\n\0")),
    st.sampled_from(["POST", "GET", "PUT", "HEAD", "OPTIONS"]),
    st.sampled_from(["/telegram", "/telegram/", "/", "//telegram", "/%2e%2e/telegram"]),
)
def test_without_the_secret_nothing_is_stored(line: Line, body: bytes, secret: bytes, method: str, path: str) -> None:
    before = line.stored()
    assert line.sends(body, secret, method, path) in (307, 403, 404, 405)
    assert line.stored() == before


def test_whoever_writes_privately_is_heard_though_their_message_cannot_be_read() -> None:
    raw = {"update_id": 1, "message": {"message_id": 2, "date": 1, "chat": CHAT, "from": USER, "poll": {}}}
    received = _received(raw)
    assert received is not None and received.kind is Kind.OTHER
