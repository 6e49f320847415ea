"""Stored first, then told and acknowledged; by polling and by webhook."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TimedOut

from bot.telegram.intake import Intake
from bot.telegram.poll import LONGEST_WAIT, ChannelError, Poller
from bot.telegram.receive import WANTED
from bot.telegram.webhook import BODY_LIMIT, SECRET_HEADER, webhook_app
from store.database import Database
from store.tables import Inbox
from tests.telegram.test_telegram_receive import FATMA, mask, message

SECRET = "a-secret-of-the-webhook"
PRESS = {"id": "77", "from": FATMA, "chat_instance": "c", "message": message(), "data": "4:ja"}


def text_update(number: int, text: str = "ja") -> dict[str, Any]:
    return {"update_id": number, "message": message(text=text)}


class Server:
    """Telegram's side: a line of answers to getUpdates, and what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[dict[str, list[str]]] = []
        self.acknowledged: list[str] = []
        self.webhooks: list[dict[str, Any]] = []
        self.without_webhook = 0
        self.refuses: Exception | None = None
        self.request = self
        self.base_url = "http://telegram/bot1"
        self.exhausted = asyncio.Event()
        self.defaults = None

    async def post(self, url: str, read_timeout: float) -> Any:
        self.asked.append(parse_qs(urlsplit(url).query))
        if not self.answers:
            self.exhausted.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def delete_webhook(self, *, drop_pending_updates: bool) -> None:
        assert not drop_pending_updates
        self.without_webhook += 1

    async def set_webhook(self, url: str, **options: Any) -> None:
        self.webhooks.append({"url": url, **options})

    async def answer_callback_query(self, callback_id: str) -> None:
        if self.refuses:
            raise self.refuses
        self.acknowledged.append(callback_id)


class Line:
    """An intake on a database, with a server, a time, and who has been told what."""

    def __init__(self, database: Database, time: Any, log: Any, logged: list[Any]) -> None:
        self.database, self.time, self.log, self.logged = database, time, log, logged
        self.server = Server()
        self.bot = cast(Bot, self.server)
        self.told: list[set[int]] = []
        self.trouble: list[Exception] = []
        self.intake = Intake(
            database, self.bot, mask, time, lambda chats: self.told.append(set(chats)), self.in_thread, log
        )

    async def in_thread(self, function: Callable[..., Any], *args: object) -> Any:
        if self.trouble:
            raise self.trouble.pop()
        return function(*args)

    def poller(self, **options: Any) -> Poller:
        return Poller(self.bot, self.intake, self.log, jitter=lambda: 0.0, sleep=self.time.sleep, **options)

    async def poll(self) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(self.poller().run(stop))
        waiting = asyncio.create_task(self.server.exhausted.wait())
        await asyncio.wait({running, waiting}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        stop.set()
        await running

    def inbox(self) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(select(Inbox.update_id).order_by(Inbox.update_id)))

    def client(self, url: str = "https://bot.example/telegram") -> TestClient:
        return TestClient(webhook_app(self.bot, self.intake, self.log, url, SECRET))


@pytest.fixture
def line(database: Database, time: Any, log: Any, capture: Any) -> Line:
    return Line(database, time, log, capture.entries)


@pytest.mark.asyncio
async def test_updates_are_acknowledged_only_after_they_are_stored(line: Line) -> None:
    line.server.answers = [[text_update(7), text_update(8)], []]
    line.trouble = [OperationalError("INSERT", {}, Exception("locked"))]
    line.server.answers.insert(0, [text_update(7), text_update(8)])
    await line.poll()
    assert [asked.get("offset") for asked in line.server.asked] == [None, None, ["9"], ["9"]]
    assert line.inbox() == [7, 8]
    assert line.told == [{5}]
    assert line.server.asked[0]["allowed_updates"][0].count('"') == 2 * len(WANTED)


@pytest.mark.asyncio
async def test_a_webhook_that_was_set_is_taken_away_once(line: Line) -> None:
    line.server.answers = [TimedOut(), []]
    await line.poll()
    assert line.server.without_webhook == 1


@pytest.mark.asyncio
async def test_network_errors_back_off_further_and_further(line: Line) -> None:
    line.server.answers = [TimedOut()] * 7 + [[], TimedOut()]
    await line.poll()
    assert line.time.slept == [1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT, 1]
    assert {entry["event"] for entry in line.logged} == {"receiving_interrupted"}


@pytest.mark.asyncio
async def test_a_429_is_waited_out(line: Line) -> None:
    line.server.answers = [RetryAfter(9), []]
    await line.poll()
    assert line.time.slept == [9]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("errors", "words"), [([Conflict("x")] * 5, "Another process"), ([InvalidToken()], "TELEGRAM_BOT_TOKEN")]
)
async def test_what_only_the_operator_can_mend_ends_it_readably(
    line: Line, errors: list[Exception], words: str
) -> None:
    line.server.answers = list(errors)
    with pytest.raises(ChannelError, match=words):
        await line.poll()


@pytest.mark.asyncio
async def test_a_poll_that_lingers_at_telegram_is_waited_for(line: Line) -> None:
    line.server.answers = [Conflict("x"), Conflict("x"), [text_update(9)], []]
    await line.poll()
    assert line.inbox() == [9]


@pytest.mark.asyncio
async def test_one_unreadable_update_does_not_stop_the_others(line: Line) -> None:
    secret = {"update_id": 7, "message": message(poll={"question": "geheim"})}
    line.server.answers = [[secret, {"update_id": 8, "message": {"text": "geheim"}}, text_update(9)], []]
    await line.poll()
    assert line.inbox() == [7, 9]
    assert [(entry["event"], entry["update_id"]) for entry in line.logged] == [
        ("update_unreadable", 7),
        ("update_unreadable", 8),
    ]
    assert "geheim" not in str(line.logged)


@pytest.mark.asyncio
async def test_updates_that_need_no_answer_are_acknowledged_all_the_same(line: Line) -> None:
    line.server.answers = [
        [{"update_id": 7, "inline_query": {"id": "1", "from": FATMA, "query": "", "offset": ""}}],
        [],
    ]
    await line.poll()
    assert line.server.asked[1]["offset"] == ["8"]
    assert line.told == []


@pytest.mark.asyncio
async def test_presses_are_acknowledged_after_storing_old_and_repeated_ones_too(line: Line) -> None:
    await line.intake.take([{"update_id": 7, "callback_query": PRESS}])
    await line.intake.take([{"update_id": 7, "callback_query": PRESS}])
    await line.intake.settle()
    assert line.server.acknowledged == ["77", "77"]
    assert line.inbox() == [7]


@pytest.mark.asyncio
async def test_a_press_that_cannot_be_acknowledged_is_logged_by_its_number(line: Line) -> None:
    line.server.refuses = BadRequest("Query is too old")
    await line.intake.take([{"update_id": 7, "callback_query": PRESS}])
    await line.intake.settle()
    assert line.logged == [
        {"event": "press_not_acknowledged", "log_level": "info", "update_id": 7, "error": "BadRequest"}
    ]


def test_the_webhook_stores_and_answers_200(line: Line) -> None:
    with line.client() as client:
        answer = client.post(
            "/telegram", json={"update_id": 7, "callback_query": PRESS}, headers={SECRET_HEADER: SECRET}
        )
    assert answer.status_code == 200
    assert (line.inbox(), line.told, line.server.acknowledged) == ([7], [{5}], ["77"])


def test_the_webhook_is_set_at_start(line: Line) -> None:
    with line.client():
        pass
    assert line.server.webhooks == [
        {
            "url": "https://bot.example/telegram",
            "secret_token": SECRET,
            "allowed_updates": list(WANTED),
            "drop_pending_updates": False,
        }
    ]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: SECRET + "é".encode().decode("latin-1")}]
)
def test_without_the_secret_nothing_gets_in(line: Line, headers: dict[str, str]) -> None:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    assert line.client().post("/telegram", json=text_update(7), headers=encoded).status_code == 403
    assert line.inbox() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 400),
        (b"\xff\xfe\xfa", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b'{"update_id": "7"}', 400),
        (b" " * (BODY_LIMIT + 1), 413),
    ],
)
def test_bodies_that_are_no_update_are_refused(line: Line, body: bytes, status: int) -> None:
    answer = line.client().post("/telegram", content=body, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == status


def test_when_the_database_is_away_telegram_is_asked_to_come_again(line: Line) -> None:
    line.trouble = [OperationalError("INSERT", {}, Exception("locked"))]
    client = line.client()
    assert client.post("/telegram", json=text_update(7), headers={SECRET_HEADER: SECRET}).status_code == 503
    assert client.post("/telegram", json=text_update(7), headers={SECRET_HEADER: SECRET}).status_code == 200
    assert line.inbox() == [7]


def test_the_webhook_tells_that_it_is_well(line: Line) -> None:
    client = line.client("https://bot.example")
    assert client.get("/health").text == "ok"
    assert client.post("/", json=text_update(7), headers={SECRET_HEADER: SECRET}).status_code == 200


def test_nothing_that_people_write_reaches_the_log(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        line.client().post("/telegram", json=text_update(7, "geheim"), headers={SECRET_HEADER: SECRET})
    assert "geheim" not in caplog.text + str(line.logged)
