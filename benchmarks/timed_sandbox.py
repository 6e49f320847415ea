"""The sandbox, which also notes when it hands out an update and when a call of the bot arrives.

`GET /bench/notes` gives and forgets the notes: [what, chat, moment], in order. `what` is "update" or the name of the
method that the bot called; the moment is of the machine's monotonic clock.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.botapi import JSON_HEADERS, respond
from sandbox.clock import Clock
from sandbox.server import make_server
from sandbox.users import read_settings
from sandbox.world import World

NOTES = "/bench/notes"


class Timed:
    """Goes before the sandbox's own program."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._notes: list[tuple[str, int | None, float]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note what passes."""
        path: str = scope.get("path", "")
        if path == NOTES:
            notes, self._notes = self._notes, []
            return await respond(send, 200, json.dumps(notes).encode(), JSON_HEADERS)
        if not path.startswith("/bot"):
            return await self._app(scope, receive, send)
        method = path.rpartition("/")[2]
        if method == "getUpdates":
            return await self._app(scope, receive, self._handing_out(send))
        return await self._app(scope, self._arriving(method, receive), send)

    def _handing_out(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.body":
                self._note_updates(message["body"])
            await send(message)

        return sending

    def _arriving(self, method: str, receive: Receive) -> Receive:
        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                chats = parse_qs(message.get("body", b"").decode()).get("chat_id", [""])
                self._note(method, int(chats[0]) if chats[0] else None)
            return message

        return receiving

    def _note_updates(self, body: bytes) -> None:
        for update in json.loads(body).get("result", ()):
            self._note("update", _chat_of(update))

    def _note(self, what: str, chat: int | None) -> None:
        self._notes.append((what, chat, time.monotonic()))


def _chat_of(update: dict[str, Any]) -> int | None:
    content: dict[str, Any] = update.get("message") or update.get("callback_query", {}).get("message") or {}
    chat: int | None = content.get("chat", {}).get("id")
    return chat


def main() -> None:
    """Run at the port that is given."""
    world = World(read_settings(), Clock(None))
    server = make_server(world, "127.0.0.1", int(sys.argv[1]), lambda _address: None)
    server.config.app = Timed(server.config.app)  # type: ignore[arg-type]
    server.run()


if __name__ == "__main__":
    main()
