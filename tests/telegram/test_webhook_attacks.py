"""What strangers can do with the webhook when they find its port: nothing."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from unittest import mock

import pytest

from bot.telegram.webhook import BODY_LIMIT, SECRET_HEADER, webhook_app
from store.settings import Settings
from tests.telegram.test_telegram_intake import PRESS, SECRET, Line, line, text_update

__all__ = ["line"]
PATH = "/telegram"


def _call(line: Line, headers: dict[str, str], parts: list[bytes], path: str = PATH) -> tuple[int, int]:
    """The status, and how many parts of the body were read for it."""
    app = webhook_app(line.bot, line.intake, line.log, f"https://bot.example{PATH}", SECRET)
    read, sent = 0, list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": parts[read - 1], "more_body": read < len(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": pairs, "http_version": "1.1", "scheme": "http", "server": ("a", 1), "client": ("b", 2)}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], read


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: SECRET[:-1]},
        {SECRET_HEADER: f"{SECRET}x"},
        {SECRET_HEADER: SECRET.upper()},
    ],
    ids=["none", "empty", "too short", "too long", "in capitals"],
)
def test_without_the_secret_nothing_of_the_body_is_read(line: Line, headers: dict[str, str]) -> None:
    assert _call(line, headers, [b"x" * 1000] * 9) == (403, 0)
    assert line.inbox() == []


def test_a_body_without_end_is_left_as_soon_as_it_is_too_large(line: Line) -> None:
    part = b"x" * (BODY_LIMIT // 4)
    status, read = _call(line, {SECRET_HEADER: SECRET}, [part] * 1000)
    assert (status, read) == (413, 5)


def test_the_secret_is_compared_in_constant_time(line: Line) -> None:
    with mock.patch("bot.telegram.webhook.hmac.compare_digest", wraps=hmac.compare_digest) as compared:
        _call(line, {SECRET_HEADER: "wrong"}, [b""])
    compared.assert_called_once_with(b"wrong", SECRET.encode())


@pytest.mark.parametrize("path", ["/", "/telegram/", "/telegram/x", "/other", "//telegram"])
def test_no_other_path_takes_updates(line: Line, path: str) -> None:
    status, read = _call(line, {SECRET_HEADER: SECRET}, [b"{}"], path)
    assert status in (307, 404) and read == 0


@pytest.mark.parametrize(
    "kind", ["text/html", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_what_is_no_update_is_refused_whatever_it_says_it_is(line: Line, kind: str) -> None:
    with line.client() as client:
        given = {SECRET_HEADER: SECRET, "Content-Type": kind}
        assert client.post(PATH, content=b"--x\r\nupdate_id=7", headers=given).status_code == 400
    assert line.inbox() == []


def test_an_update_that_is_played_again_is_stored_once(line: Line) -> None:
    update, given = text_update(7), {SECRET_HEADER: SECRET}
    with line.client() as client:
        for again in (update, update, {**update, "callback_query": PRESS}):
            assert client.post(PATH, json=again, headers=given).status_code == 200
    assert line.inbox() == [7]


def test_by_itself_it_listens_on_this_machine_only() -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.telegram_webhook_listen.startswith("127.0.0.1:")
    assert settings.dashboard_listen.startswith("127.0.0.1:")


def test_a_webhook_with_a_short_secret_does_not_start() -> None:
    with pytest.raises(ValueError, match="TELEGRAM_WEBHOOK_SECRET needs at least 16 characters"):
        Settings(_env_file=None, telegram_webhook_url="https://a.example", telegram_webhook_secret="s" * 15)  # type: ignore[call-arg]
