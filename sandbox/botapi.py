"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sandbox import faults
from sandbox.methods import METHODS, SLOW_METHODS
from sandbox.params import Params, read_params
from sandbox.wire import BotApiError, Json
from sandbox.world import World

JSON_HEADERS = (b"content-type", b"application/json")
log = logging.getLogger("sandbox")


class BotApi:
    """Answers as api.telegram.org would. A plain ASGI app: this path must stay cheap."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises ConnectionCut when a fault asks for that."""
        path: str = scope["path"]
        if path.startswith("/file/bot"):
            await self._send_file(path.removeprefix("/file/bot"), send)
            return
        token, _, method = path.removeprefix("/bot").partition("/")
        try:
            self._check_token(token)
            result = await self._call(method.lower(), Request(scope, receive))
            answer: Json = {"ok": True, "result": result}
            status = 200
        except BotApiError as error:
            answer, status = error.answer(), error.code
        await respond(send, status, json.dumps(answer, separators=(",", ":")).encode(), JSON_HEADERS)

    def _check_token(self, token: str) -> None:
        if token == self.world.settings.token:
            return
        if ":" not in token:
            raise BotApiError(404, "Not Found")
        raise BotApiError(401, "Unauthorized")

    async def _call(self, method: str, request: Request) -> Any:
        if method not in METHODS and method not in SLOW_METHODS:
            raise BotApiError(404, "Not Found: method not found")
        params = await read_params(request)
        if not self.world.faults.rules:
            return await self._carry_out(method, params)
        fault = self.world.faults.take(method, self._chat_of(params))
        if fault is None:
            return await self._carry_out(method, params)
        await faults.before(fault)
        result = await self._carry_out(method, params)
        await faults.after(fault)
        return result

    async def _carry_out(self, method: str, params: Params) -> Any:
        if method in SLOW_METHODS:
            return await SLOW_METHODS[method](self.world, params)
        return METHODS[method](self.world, params)

    def _chat_of(self, params: Params) -> int | None:
        given = str(params.values.get("chat_id") or "")
        if given.lstrip("-").isdigit():
            return int(given)
        press = self.world.presses.get(params.text("callback_query_id"))
        return press.chat if press else None

    async def _send_file(self, rest: str, send: Send) -> None:
        token, _, path = rest.partition("/")
        stored = self.world.files.at(path)
        try:
            self._check_token(token)
            if stored is None:
                raise BotApiError(404, "Not Found")
        except BotApiError as error:
            await respond(send, error.code, json.dumps(error.answer()).encode(), JSON_HEADERS)
            return
        await respond(send, 200, stored.content, (b"content-type", b"application/octet-stream"))


def webhook_reply(world: World, answer: Json) -> None:
    """Carry out the method that a bot put in its answer to a webhook call; Telegram tells it nothing about it."""
    method = str(answer.get("method", "")).lower()
    if method not in METHODS:
        return
    try:
        METHODS[method](world, Params(answer))
    except BotApiError as error:
        log.warning("the method in a webhook answer failed: %s: %s", method, error.description)


async def respond(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    """Send a whole answer."""
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body})
