"""Receiving by being called by Telegram (webhook)."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger
from telegram import Bot

from bot.telegram.intake import Intake
from bot.telegram.receive import WANTED
from store.database import DATABASE_TROUBLE

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_LIMIT = 1024 * 1024


def webhook_app(bot: Bot, intake: Intake, log: FilteringBoundLogger, url: str, secret: str) -> Starlette:
    """Takes updates at the path of `url`, which is told to Telegram at start; `/health` answers 200.

    At start it raises `telegram.error.TelegramError` when Telegram refuses the address.
    """

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _update(body)
        if update is None:
            return Response(status_code=400)
        return await _take(intake, log, update)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=list(WANTED), drop_pending_updates=False)
        yield
        await intake.settle()

    path = urlsplit(url).path or "/"
    return Starlette(routes=[Route(path, receive, methods=["POST"]), Route("/health", _health)], lifespan=lifespan)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _take(intake: Intake, log: FilteringBoundLogger, update: dict[str, Any]) -> Response:
    try:
        await intake.take([update])
    except DATABASE_TROUBLE as error:
        log.warning("receiving_interrupted", error=type(error).__name__)
        return Response(status_code=503)  # Telegram brings it again
    return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body; none when it is larger than any update, without reading it to the end."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and type(update.get("update_id")) is int else None
